import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../input.ts';

export interface TemplateResource {
  readonly type: string;
  readonly properties: unknown;
  readonly condition: string | undefined;
}

/** One stack of a cloud assembly (`cdk.out`), read but not yet resolved. */
export interface StackTemplate {
  readonly name: string;
  readonly region: string;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Folder or file of each asset, by the S3 key that the template gives it. */
  readonly assets: ReadonlyMap<string, string>;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  return record(JSON.parse(readFileSync(path, 'utf8')));
}

/** Reads every stack of a cloud assembly, in the order in which they depend on each other. */
export function readAssembly(folder: string): StackTemplate[] {
  const artifacts = Object.entries(record(readJson(join(folder, 'manifest.json')).artifacts));
  const assets = new Map(
    artifacts
      .filter(([, artifact]) => record(artifact).type === 'cdk:asset-manifest')
      .flatMap(([, artifact]) => readAssets(folder, String(record(record(artifact).properties).file))),
  );
  const stacks = artifacts.filter(([, artifact]) => record(artifact).type === 'aws:cloudformation:stack');
  return inOrder(stacks).map(([id, artifact]) => readStack(folder, id, record(artifact), assets));
}

function inOrder(stacks: [string, unknown][]): [string, unknown][] {
  const ordered = new Map<string, unknown>();
  const visit = (id: string): void => {
    const found = stacks.find(([other]) => other === id);
    if (!found || ordered.has(id)) return;
    const { dependencies } = record(found[1]);
    for (const dependency of Array.isArray(dependencies) ? dependencies.map(String) : []) visit(dependency);
    ordered.set(...found);
  };
  for (const [id] of stacks) visit(id);
  return [...ordered];
}

function readAssets(folder: string, file: string): [string, string][] {
  const files = Object.values(record(readJson(join(folder, file)).files)).map(record);
  return files.flatMap(({ source, destinations }) =>
    Object.values(record(destinations)).map((destination): [string, string] => [
      String(record(destination).objectKey),
      join(folder, String(record(source).path)),
    ]),
  );
}

function readStack(
  folder: string,
  id: string,
  artifact: Readonly<Record<string, unknown>>,
  assets: ReadonlyMap<string, string>,
): StackTemplate {
  const properties = record(artifact.properties);
  const template = readJson(join(folder, String(properties.templateFile)));
  const resources = Object.entries(record(template.Resources)).map(
    ([logicalId, resource]): [string, TemplateResource] => {
      const { Type, Properties, Condition } = record(resource);
      const condition = typeof Condition === 'string' ? Condition : undefined;
      return [logicalId, { type: String(Type), properties: Properties ?? {}, condition }];
    },
  );
  return {
    name: typeof properties.stackName === 'string' ? properties.stackName : id,
    region: String(artifact.environment).split('/').at(-1) ?? '',
    resources: new Map(resources),
    parameters: record(template.Parameters),
    conditions: record(template.Conditions),
    mappings: record(template.Mappings),
    outputs: record(template.Outputs),
    assets,
  };
}
