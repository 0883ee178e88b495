import type { Resource } from './deploy.ts';

/** One statement of an identity policy, its ARNs resolved. */
export interface Statement {
  readonly sid: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** `StringEquals`, and `Bool`, which is the same of `true` and `false`: the only operators our roles use. */
  readonly equals: Readonly<Record<string, readonly string[]>>;
}

/** One call as IAM sees it. An action that knows no resource is asked for `*`. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the call, such as `aws:ResourceTag/backup`. */
  readonly context?: Readonly<Record<string, string>>;
}

export type Decision = 'allowed' | 'denied' | 'explicitly denied';

/** Decides a request as IAM does for one principal: an explicit deny wins, then an allow, and silence denies. */
export function decide(statements: readonly Statement[], request: Request): Decision {
  const matching = statements.filter((statement) => applies(statement, request));
  if (matching.some(({ effect }) => effect === 'Deny')) return 'explicitly denied';
  return matching.length > 0 ? 'allowed' : 'denied';
}

function applies(statement: Statement, { action, resource, context = {} }: Request): boolean {
  return (
    remembered(statement, `action ${action}`, () => coversAction(statement, action)) &&
    remembered(statement, `resource ${resource}`, () => coversResource(statement, resource)) &&
    Object.entries(statement.equals).every(([key, values]) => key in context && values.includes(context[key] ?? ''))
  );
}

function coversAction({ actions }: Statement, action: string): boolean {
  return actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
}

function coversResource({ resources, notResources }: Statement, resource: string): boolean {
  return notResources.length > 0
    ? !notResources.some((pattern) => matches(pattern, resource))
    : resources.some((pattern) => matches(pattern, resource));
}

const answers = new WeakMap<Statement, Map<string, boolean>>();

/** What was answered to the same question before: every action is asked about every resource, and the other way round. */
function remembered(statement: Statement, question: string, answer: () => boolean): boolean {
  const known = answers.get(statement) ?? new Map<string, boolean>();
  answers.set(statement, known);
  const result = known.get(question) ?? answer();
  known.set(question, result);
  return result;
}

const patterns = new Map<string, RegExp>();

/** `*` stands for any characters, slashes and colons included, `?` for one; everything else for itself, case and all. */
function matches(pattern: string, text: string): boolean {
  const known = patterns.get(pattern);
  if (known) return known.test(text);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  patterns.set(pattern, new RegExp(`^${source}$`, 's'));
  return matches(pattern, text);
}

interface PolicyStatementJson {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface PolicyJson {
  readonly PolicyDocument: { readonly Statement: readonly PolicyStatementJson[] };
}

/**
 * All statements of all roles of a template, by the role's logical id without its hash: its inline policies and the policies attached to it.
 * Throws when a role has a managed policy or a condition this evaluator does not know, for it would then judge wrongly.
 */
export function roleStatements(resources: Readonly<Record<string, Resource>>): Map<string, Statement[]> {
  const roles = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
  return new Map(
    roles.map(([id, { Properties }]) => {
      if (Properties.ManagedPolicyArns)
        throw new Error(`${id} has managed policies, whose statements are unknown here`);
      const inline = (Properties.Policies ?? []) as PolicyJson[];
      return [
        withoutHash(id),
        [...inline, ...attachedPolicies(resources, id)].flatMap((policy) => statementsOf(policy, resources)),
      ];
    }),
  );
}

function attachedPolicies(resources: Readonly<Record<string, Resource>>, role: string): PolicyJson[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .map(({ Properties }) => Properties as unknown as PolicyJson & { Roles: { Ref: string }[] })
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref === role));
}

function statementsOf({ PolicyDocument }: PolicyJson, resources: Readonly<Record<string, Resource>>): Statement[] {
  const arns = (value: unknown): string[] =>
    value === undefined ? [] : [value].flat().map((arn) => spellOut(arn, resources));
  return PolicyDocument.Statement.map((statement) => ({
    sid: statement.Sid ?? '',
    effect: statement.Effect,
    actions: [statement.Action].flat(),
    resources: arns(statement.Resource),
    notResources: arns(statement.NotResource),
    equals: conditionsOf(statement, arns),
  }));
}

function conditionsOf(
  { Condition = {} }: PolicyStatementJson,
  arns: (value: unknown) => string[],
): Record<string, string[]> {
  const { StringEquals = {}, Bool = {}, ...others } = Condition;
  if (Object.keys(others).length > 0) throw new Error(`unknown condition operators ${Object.keys(others).join(', ')}`);
  const equal = Object.entries({ ...StringEquals, ...Bool });
  return Object.fromEntries(equal.map(([key, values]) => [key, arns(values)]));
}

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'eu-west-1',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/**
 * What CloudFormation would make of an ARN. A resource of the template gets the ARN `arn:<logical id without its hash>`, and a log
 * group the `:*` that CloudFormation appends. A value of another stack is spelled like its resource there.
 */
export function spellOut(value: unknown, resources: Readonly<Record<string, Resource>>): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::GetAtt'?: [string, string];
    'Fn::ImportValue'?: string;
    Ref?: string;
  };
  if (intrinsic['Fn::Join'])
    return intrinsic['Fn::Join'][1].map((part) => spellOut(part, resources)).join(intrinsic['Fn::Join'][0]);
  if (intrinsic['Fn::GetAtt']?.[1] === 'Arn') {
    const [id] = intrinsic['Fn::GetAtt'];
    const arn = `arn:${withoutHash(id)}`;
    return resources[id]?.Type === 'AWS::Logs::LogGroup' ? `${arn}:*` : arn;
  }
  const imported = /ExportsOutputFnGetAtt(\w+?)[0-9A-F]{8}Arn/.exec(intrinsic['Fn::ImportValue'] ?? '')?.[1];
  if (imported !== undefined) return `arn:${imported}`;
  if (intrinsic.Ref !== undefined && referredByArn.has(resources[intrinsic.Ref]?.Type ?? ''))
    return `arn:${withoutHash(intrinsic.Ref)}`;
  const text = intrinsic.Ref && pseudoParameters[intrinsic.Ref];
  if (text === undefined) throw new Error(`cannot spell out ${JSON.stringify(value)}`);
  return text;
}

/** Types whose `Ref` is their ARN. */
const referredByArn = new Set(['AWS::Lambda::Alias', 'AWS::SNS::Topic']);

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/, '');
}
