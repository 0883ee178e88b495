import type { SandboxAccount } from '../account.ts';
import { Input, isRecord } from '../input.ts';
import { randomHex, randomStream } from '../random.ts';
import { noValue, resolve, type Scope } from './intrinsics.ts';
import type { StackTemplate, TemplateResource } from './assembly.ts';
import type { CreatedResource } from './resource.ts';
import { creatorOf } from './resources.ts';

/** What a stack declared, as it stands in the account. */
export interface DeployedStack {
  readonly name: string;
  readonly resources: ReadonlyMap<string, CreatedResource>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
}

/** Deploys one template: a resource is created when it, or something that refers to it, is due. */
class StackDeployment implements Scope {
  readonly #template: StackTemplate;
  readonly #account: SandboxAccount;
  readonly #imports: ReadonlyMap<string, string>;
  readonly #created = new Map<string, Promise<CreatedResource>>();

  constructor(template: StackTemplate, account: SandboxAccount, imports: ReadonlyMap<string, string>) {
    this.#template = template;
    this.#account = account;
    this.#imports = imports;
  }

  async run(): Promise<DeployedStack> {
    const resources = new Map<string, CreatedResource>();
    for (const [logicalId, { condition }] of this.#template.resources) {
      if (condition === undefined || (await this.condition(condition)))
        resources.set(logicalId, await this.#create(logicalId));
    }
    const outputs: Record<string, string> = {};
    const exports: Record<string, string> = {};
    for (const [name, output] of Object.entries(this.#template.outputs)) {
      if (!isRecord(output)) continue;
      outputs[name] = String(await resolve(output.Value, this));
      if (isRecord(output.Export)) exports[String(await resolve(output.Export.Name, this))] = outputs[name];
    }
    return { name: this.#template.name, resources, outputs, exports };
  }

  async ref(name: string): Promise<unknown> {
    const pseudo = this.#pseudoParameter(name);
    if (pseudo !== undefined) return pseudo;
    const parameter = this.#template.parameters[name];
    if (isRecord(parameter)) return parameter.Default;
    return (await this.#create(name)).ref;
  }

  async attribute(resource: string, name: string): Promise<unknown> {
    const value = (await this.#create(resource)).attributes[name];
    if (value === undefined) {
      throw new Error(
        `the sandbox does not know the attribute ${name} of ${this.#template.resources.get(resource)?.type ?? resource}`,
      );
    }
    return value;
  }

  async condition(name: string): Promise<boolean> {
    const condition = this.#template.conditions[name];
    if (condition === undefined) throw new Error(`stack ${this.#template.name} has no condition ${name}`);
    return (await resolve(condition, this)) === true;
  }

  mapping(name: string, first: string, second: string): unknown {
    const rows = this.#template.mappings[name];
    const row = isRecord(rows) ? rows[first] : undefined;
    if (!isRecord(row) || row[second] === undefined) throw new Error(`no mapping ${name}.${first}.${second}`);
    return row[second];
  }

  importValue(name: string): unknown {
    const value = this.#imports.get(name);
    if (value === undefined) throw new Error(`no deployed stack exports ${name}`);
    return value;
  }

  #pseudoParameter(name: string): unknown {
    const { accountId, region } = this.#account;
    const values: Readonly<Record<string, unknown>> = {
      'AWS::AccountId': accountId,
      'AWS::Region': region,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.#template.name,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${this.#template.name}/sandbox`,
      'AWS::NoValue': noValue,
    };
    return values[name];
  }

  #create(logicalId: string): Promise<CreatedResource> {
    const resource = this.#template.resources.get(logicalId);
    if (!resource) throw new Error(`stack ${this.#template.name} has no resource or parameter ${logicalId}`);
    const created = this.#created.get(logicalId) ?? this.#resolveAndCreate(logicalId, resource);
    this.#created.set(logicalId, created);
    return created;
  }

  async #resolveAndCreate(logicalId: string, { type, properties }: TemplateResource): Promise<CreatedResource> {
    const creator = creatorOf(type);
    const { name: stackName, assets } = this.#template;
    const suffix = randomHex(randomStream(stackName, logicalId), 12).toUpperCase();
    const resolved = new Input(await resolve(properties, this));
    const generatedName = `${stackName}-${logicalId}-${suffix}`.slice(-64);
    return creator({ logicalId, type, properties: resolved, generatedName, assets }, this.#account);
  }
}

/**
 * Creates what a template declares, or brings it up to date; what an earlier deployment of the same stack declared and this one does not, or
 * under another name, is removed where CloudFormation's removal has an effect here.
 */
export async function deployStack(
  template: StackTemplate,
  account: SandboxAccount,
  deployed: ReadonlyMap<string, DeployedStack>,
): Promise<DeployedStack> {
  const imports = new Map([...deployed.values()].flatMap((stack) => Object.entries(stack.exports)));
  const stack = await new StackDeployment(template, account, imports).run();
  for (const [logicalId, before] of deployed.get(template.name)?.resources ?? []) {
    if (stack.resources.get(logicalId)?.ref !== before.ref) before.remove?.();
  }
  return stack;
}
