import { AwsError } from '../aws-error.ts';
import type { Tables } from '../dynamodb/tables.ts';
import type { ApiCall } from '../front.ts';
import { isRecord } from '../input.ts';
import { deciderOf, statementFrom, type Decision, type Question, type Statement } from './policy.ts';

interface Role {
  readonly name: string;
  /** The statements of each policy, by the policy's name. */
  readonly policies: Map<string, readonly Statement[]>;
  decide: (question: Question) => Decision;
}

const servicePrefixes: Readonly<Record<string, string>> = { tagging: 'tag' };
const actionNames: Readonly<Record<string, string>> = { 'lambda:Invoke': 'lambda:InvokeFunction' };
/** Operations that IAM cannot restrict to a resource. */
const unrestrictable = new Set([
  'ListTables',
  'ListBackups',
  'DescribeLimits',
  'GetResources',
  'DescribeScalableTargets',
  'DescribeScalingPolicies',
  'DescribeAlarmsForMetric',
  'ListSchedules',
  'DescribeAlarmHistory',
  'GetMetricData',
  'ListMetrics',
  'PutMetricData',
  'ListTopics',
  'ListSubscriptions',
]);

/** CloudWatch operations on the one alarm that they name. */
const alarmOperations = new Set(['PutMetricAlarm', 'PutCompositeAlarm', 'SetAlarmState']);
/** CloudWatch operations on a list of alarms. */
const alarmsOperations = new Set(['DeleteAlarms', 'EnableAlarmActions', 'DisableAlarmActions']);

/** What a restore does to its target in the caller's name. Source: DynamoDB developer guide, backuprestore_IAM. */
const restoreDataActions = ['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem', 'Query', 'Scan', 'BatchWriteItem'].map(
  (operation) => `dynamodb:${operation}`,
);

const noFacts: Question['context'] = new Map();

/** The condition keys of CloudWatch and of Application Auto Scaling. */
function conditionsOf({ service, input }: ApiCall): Question['context'] {
  if (service === 'cloudwatch') return new Map([['cloudwatch:namespace', String(input.Namespace)]]);
  if (service !== 'application-autoscaling') return noFacts;
  return new Map([
    ['application-autoscaling:service-namespace', String(input.ServiceNamespace)],
    ['application-autoscaling:scalable-dimension', String(input.ScalableDimension)],
  ]);
}

/** What conditions are held against. > Events are judged one by one (source: Service Authorization Reference, "Amazon EventBridge"). */
function factsOf(call: ApiCall): Question['context'][] {
  const { Entries } = call.input;
  if (call.service !== 'events' || !Array.isArray(Entries)) return [conditionsOf(call)];
  return Entries.filter(isRecord).map(
    ({ Source, DetailType }) =>
      new Map([
        ['events:source', String(Source)],
        ['events:detail-type', String(DetailType)],
      ]),
  );
}

/** The alarms that a call is about; a listing is about all. */
function alarmNames({ operation, input }: ApiCall): string[] {
  if (alarmOperations.has(operation)) return [String(input.AlarmName)];
  return alarmsOperations.has(operation) && Array.isArray(input.AlarmNames) ? input.AlarmNames.map(String) : ['*'];
}

/** Reads the statements of a policy document. */
function statementsOf(document: unknown): Statement[] {
  const statements = isRecord(document) ? document.Statement : undefined;
  return [statements]
    .flat()
    .filter((statement) => statement !== undefined)
    .map(statementFrom);
}

interface RolesParts {
  readonly accountId: string;
  readonly region: string;
  readonly tables: Tables;
  /** Called whenever a role may do more or less than before. */
  readonly changed: () => void;
  /** The same roles as another Region sees them: IAM has no Regions. */
  readonly sharedWith: Roles | undefined;
}

/** The roles of the account, as one Region asks for them. A function may do what the policies of its role allow, and nothing else. */
export class Roles {
  readonly #parts: RolesParts;
  readonly #roles: Map<string, Role>;
  /** What each Region brings, by its name. */
  readonly #regions: Map<string, RolesParts>;

  constructor(parts: RolesParts) {
    this.#parts = parts;
    const { sharedWith } = parts;
    this.#roles = sharedWith ? sharedWith.#roles : new Map<string, Role>();
    this.#regions = sharedWith ? sharedWith.#regions : new Map<string, RolesParts>();
    this.#regions.set(parts.region, parts);
  }

  /** Creates a role without policies, or empties it; returns its ARN. */
  put(name: string): string {
    const arn = this.arnOf(name);
    this.#roles.set(arn, { name, policies: new Map(), decide: deciderOf([]) });
    this.#tell();
    return arn;
  }

  arnOf(name: string): string {
    return `arn:aws:iam::${this.#parts.accountId}:role/${name}`;
  }

  attach(roleName: string, policyName: string, document: unknown): void {
    const role = this.#roles.get(this.arnOf(roleName));
    if (!role) throw new AwsError('NoSuchEntity', `The role with name ${roleName} cannot be found.`, 404);
    role.policies.set(policyName, statementsOf(document));
    role.decide = deciderOf([...role.policies.values()].flat());
    this.#tell();
  }

  #tell(): void {
    for (const { changed } of this.#regions.values()) changed();
  }

  /** Throws AccessDeniedException unless the caller's role allows the call. A caller without a role of this account may do everything. */
  authorize(call: ApiCall): void {
    const { roleArn } = call.caller;
    if (roleArn === undefined) return;
    const spelt = `${servicePrefixes[call.service] ?? call.service}:${call.operation}`;
    const action = actionNames[spelt] ?? spelt;
    for (const facts of factsOf(call)) {
      for (const resource of this.#resourcesOf(call)) this.demand(roleArn, action, resource, facts);
    }
    const target = this.#restoreTarget(call);
    if (target === undefined) return;
    for (const wanted of [action, ...restoreDataActions]) this.demand(roleArn, wanted, target);
  }

  /** Whether a role has the data actions that a restore needs on its target for as long as it runs. */
  mayRestoreInto(roleArn: string, tableArn: string): boolean {
    try {
      for (const action of restoreDataActions) this.demand(roleArn, action, tableArn);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  /** Throws AccessDeniedException unless a role may do this. `facts` are condition keys of the call itself. */
  demand(roleArn: string, action: string, resource: string, facts: Question['context'] = noFacts): void {
    const role = this.#roles.get(roleArn);
    if (!role) return;
    const decision = role.decide({ action, resource, context: this.#context(resource, facts) });
    if (decision === 'allowed') return;
    const user = `arn:aws:sts::${this.#parts.accountId}:assumed-role/${role.name}/sandbox`;
    const reason =
      decision === 'denied explicitly'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`;
    const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
    throw new AwsError('AccessDeniedException', message, /^(lambda|backup):/.test(action) ? 403 : 400);
  }

  #restoreTarget(call: ApiCall): string | undefined {
    const { TargetTableName } = call.input;
    if (!call.operation.startsWith('RestoreTable') || typeof TargetTableName !== 'string') return undefined;
    return `arn:aws:dynamodb:${this.#parts.region}:${this.#parts.accountId}:table/${TargetTableName}`;
  }

  #resourcesOf(call: ApiCall): string[] {
    const {
      BackupArn,
      TopicArn,
      ResourceArn,
      FunctionName,
      QueueUrl,
      RequestItems,
      SourceTableArn,
      SourceTableName,
      KeyId,
    } = call.input;
    const TableName = call.input.TableName ?? SourceTableArn ?? SourceTableName;
    const { region, accountId } = this.#parts;
    const arn = (service: string, name: unknown): string => {
      const text = String(name);
      return text.startsWith('arn:') ? text : `arn:aws:${service}:${region}:${accountId}:${text}`;
    };
    if (unrestrictable.has(call.operation)) return ['*'];
    if (call.service === 'application-autoscaling') return [arn('application-autoscaling', 'scalable-target/*')];
    if (call.service === 'events') return [arn('events', 'event-bus/default')];
    if (call.service === 'cloudwatch') return alarmNames(call).map((name) => arn('cloudwatch', `alarm:${name}`));
    if (typeof BackupArn === 'string') return [BackupArn];
    if (typeof TopicArn === 'string') return [TopicArn];
    if (typeof ResourceArn === 'string') return [ResourceArn];
    if (typeof TableName === 'string')
      return [TableName.startsWith('arn:') ? TableName : arn('dynamodb', `table/${TableName}`)];
    if (isRecord(RequestItems)) return Object.keys(RequestItems).map((name) => arn('dynamodb', `table/${name}`));
    if (typeof FunctionName === 'string') {
      return [FunctionName.startsWith('arn:') ? FunctionName : arn('lambda', `function:${FunctionName}`)];
    }
    if (typeof KeyId === 'string') return [KeyId.startsWith('arn:') ? KeyId : arn('kms', `key/${KeyId}`)];
    if (typeof QueueUrl === 'string') return [arn('sqs', QueueUrl.split('/').at(-1))];
    return ['*'];
  }

  #context(resource: string, facts: Question['context']): ReadonlyMap<string, string> {
    const context = new Map([
      ['aws:sourceaccount', this.#parts.accountId],
      ['aws:requestedregion', this.#parts.region],
    ]);
    const [, region = '', name = ''] = /^arn:[^:]*:dynamodb:([^:]*):\d*:table\/([^/]+)$/.exec(resource) ?? [];
    const tags = this.#regions.get(region)?.tables.get(name)?.tags;
    for (const [key, value] of tags ?? []) context.set(`aws:resourcetag/${key.toLowerCase()}`, value);
    for (const [key, value] of facts) context.set(key, value);
    return context;
  }
}
