import type { Alarms } from './cloudwatch/alarms.ts';
import { AwsError, validationError } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import type { Tables } from './dynamodb/tables.ts';
import type { ApiCall, Service } from './front.ts';
import { Input } from './input.ts';
import { randomHex, randomUuid, type Random } from './random.ts';

/** What can be scaled: one dimension of one table or index. */
interface Subject {
  readonly ServiceNamespace: string;
  readonly ResourceId: string;
  readonly ScalableDimension: string;
}

interface Target extends Subject {
  readonly ScalableTargetARN: string;
  readonly RoleARN: string;
  readonly CreationTime: number;
  readonly MinCapacity: number;
  readonly MaxCapacity: number;
  readonly SuspendedState: Readonly<Record<string, unknown>>;
}

interface Policy extends Subject {
  readonly PolicyName: string;
  readonly PolicyARN: string;
  readonly PolicyType: string;
  readonly CreationTime: number;
  readonly Alarms: readonly { readonly AlarmName: string; readonly AlarmARN: string }[];
  readonly [configuration: `${string}Configuration`]: unknown;
}

interface AutoScalingParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly tables: Tables;
  readonly alarms: Alarms;
  readonly region: string;
  readonly accountId: string;
}

const dimensions = ['table', 'index'].flatMap((kind) =>
  ['ReadCapacityUnits', 'WriteCapacityUnits'].map((unit) => `dynamodb:${kind}:${unit}`),
);
const policyTypes = ['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'];
const targetsPerPage = 50;
const policiesPerPage = 10;
const nothingSuspended = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};
/** The alarms that target tracking makes for itself on a table, and the metric of each: `Consumed…` or `Provisioned…`. */
const trackingAlarms = [
  ['AlarmHigh', 'Consumed', 'GreaterThanThreshold'],
  ['AlarmLow', 'Consumed', 'LessThanThreshold'],
  ['ProvisionedCapacityHigh', 'Provisioned', 'GreaterThanThreshold'],
  ['ProvisionedCapacityLow', 'Provisioned', 'LessThanThreshold'],
] as const;

/**
 * Application Auto Scaling for DynamoDB: what is registered, not what it would do. Targets and policies outlive their table, as they do in
 * AWS for everybody but the console. Target tracking makes alarms of its own, which go with their policy.
 */
export class AutoScaling {
  readonly #parts: AutoScalingParts;
  readonly #targets = new Map<string, Target>();
  readonly #policies = new Map<string, Policy>();

  constructor(parts: AutoScalingParts) {
    this.#parts = parts;
  }

  get targets(): Target[] {
    return [...this.#targets.values()];
  }

  get policies(): Policy[] {
    return [...this.#policies.values()];
  }

  service(): Service {
    return {
      name: 'application-autoscaling',
      contentType: 'application/x-amz-json-1.1',
      operations: {
        RegisterScalableTarget: (call) => this.#register(call),
        DeregisterScalableTarget: (call) => { this.#deregister(call); }, // prettier-ignore
        DescribeScalableTargets: (call) => this.#describeTargets(call),
        PutScalingPolicy: (call) => this.#putPolicy(call),
        DeleteScalingPolicy: (call) => { this.#deletePolicy(call); }, // prettier-ignore
        DescribeScalingPolicies: (call) => this.#describePolicies(call),
      },
      errorBody: (error) => ({ __type: error.name, Message: error.message }),
    };
  }

  #register(call: ApiCall): object {
    const input = new Input(call.input);
    const subject = subjectIn(input);
    this.#checkExists(subject);
    const known = this.#targets.get(keyOf(subject));
    const least = input.optionalNumber('MinCapacity', 0) ?? known?.MinCapacity;
    const most = input.optionalNumber('MaxCapacity', 0) ?? known?.MaxCapacity;
    if (least === undefined || most === undefined)
      throw validationError('MinCapacity and MaxCapacity must be given for a new scalable target');
    if (least > most) throw validationError('Maximum capacity cannot be less than minimum capacity');
    const { clock, random, region, accountId } = this.#parts;
    const target: Target = {
      ...subject,
      ScalableTargetARN:
        known?.ScalableTargetARN ??
        `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${randomHex(random, 36)}`,
      RoleARN: `arn:aws:iam::${accountId}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`,
      CreationTime: known?.CreationTime ?? clock.now / 1000,
      MinCapacity: least,
      MaxCapacity: most,
      SuspendedState: {
        ...(known?.SuspendedState ?? nothingSuspended),
        ...input.optionalStructure('SuspendedState')?.members,
      },
    };
    this.#targets.set(keyOf(subject), target);
    return { ScalableTargetARN: target.ScalableTargetARN };
  }

  #deregister(call: ApiCall): void {
    const subject = subjectIn(new Input(call.input));
    if (!this.#targets.delete(keyOf(subject))) throw noTarget(subject);
    for (const policy of this.policies) {
      if (keyOf(policy) === keyOf(subject)) this.#remove(policy);
    }
  }

  #putPolicy(call: ApiCall): object {
    const input = new Input(call.input);
    const subject = subjectIn(input);
    const name = input.text('PolicyName', { min: 1, max: 256 });
    const key = `${name}/${keyOf(subject)}`;
    const known = this.#policies.get(key);
    if (!this.#targets.has(keyOf(subject))) throw noTarget(subject);
    const type = input.optionalText('PolicyType', { oneOf: policyTypes }) ?? known?.PolicyType ?? 'StepScaling';
    const configurations = Object.entries(call.input).filter(([member]) => member.endsWith('PolicyConfiguration'));
    if (configurations.length !== 1) throw validationError('Exactly one policy configuration must be given');
    const { clock, random, region, accountId } = this.#parts;
    const policy: Policy = {
      ...subject,
      PolicyName: name,
      PolicyARN:
        known?.PolicyARN ??
        `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${randomUuid(random)}:resource/dynamodb/${subject.ResourceId}:policyName/${name}`,
      PolicyType: type,
      CreationTime: known?.CreationTime ?? clock.now / 1000,
      Alarms: known?.Alarms ?? (type === 'TargetTrackingScaling' ? this.#trackWith(subject) : []),
      ...Object.fromEntries(configurations),
    };
    this.#policies.set(key, policy);
    return { PolicyARN: policy.PolicyARN, Alarms: policy.Alarms };
  }

  #deletePolicy(call: ApiCall): void {
    const input = new Input(call.input);
    const subject = subjectIn(input);
    const name = input.text('PolicyName');
    const policy = this.#policies.get(`${name}/${keyOf(subject)}`);
    if (!policy) throw new AwsError('ObjectNotFoundException', `No scaling policy found: ${name}`);
    this.#remove(policy);
  }

  #describeTargets(call: ApiCall): object {
    const input = new Input(call.input);
    const ids = input.members.ResourceIds === undefined ? undefined : input.texts('ResourceIds');
    const found = this.targets.filter(
      (target) => isSought(target, input) && (ids === undefined || ids.includes(target.ResourceId)),
    );
    const { page, next } = paged(found, input, targetsPerPage);
    return { ScalableTargets: page, ...next };
  }

  #describePolicies(call: ApiCall): object {
    const input = new Input(call.input);
    const names = input.members.PolicyNames === undefined ? undefined : input.texts('PolicyNames');
    const id = input.optionalText('ResourceId');
    const found = this.policies.filter(
      (policy) =>
        isSought(policy, input) &&
        (id === undefined || id === policy.ResourceId) &&
        (names === undefined || names.includes(policy.PolicyName) || names.includes(policy.PolicyARN)),
    );
    const { page, next } = paged(found, input, policiesPerPage);
    return { ScalingPolicies: page, ...next };
  }

  #remove(policy: Policy): void {
    this.#policies.delete(`${policy.PolicyName}/${keyOf(policy)}`);
    for (const alarm of policy.Alarms) this.#parts.alarms.remove(alarm.AlarmName);
  }

  #checkExists({ ResourceId: id }: Subject): void {
    const [, tableName = '', indexName] = /^table\/([^/]+)(?:\/index\/([^/]+))?$/.exec(id) ?? [];
    const table = this.#parts.tables.get(tableName);
    if (!table || table.status === 'DELETING' || table.status === 'CREATING')
      throw validationError(`DynamoDB table does not exist: ${id}`);
    const indexes = table.definition.GlobalSecondaryIndexes ?? [];
    if (indexName !== undefined && !indexes.some((index) => index.IndexName === indexName))
      throw validationError(`DynamoDB index does not exist: ${id}`);
  }

  #trackWith({ ResourceId: id, ScalableDimension: dimension }: Subject): Policy['Alarms'] {
    const { alarms, random } = this.#parts;
    const [, tableName = '', indexName] = /^table\/([^/]+)(?:\/index\/([^/]+))?$/.exec(id) ?? [];
    return trackingAlarms.map(([kind, metric, ComparisonOperator]) => {
      const alarm = alarms.put({
        AlarmName: `TargetTracking-${id}-${kind}-${randomUuid(random)}`,
        AlarmDescription: 'DO NOT EDIT OR DELETE. For TargetTrackingScaling policy.',
        Namespace: 'AWS/DynamoDB',
        MetricName: `${metric}${dimension.split(':').at(-1) ?? ''}`,
        Dimensions: [
          { Name: 'TableName', Value: tableName },
          ...(indexName === undefined ? [] : [{ Name: 'GlobalSecondaryIndexName', Value: indexName }]),
        ],
        Statistic: metric === 'Consumed' ? 'Sum' : 'Average',
        Period: metric === 'Consumed' ? 60 : 300,
        EvaluationPeriods: kind === 'AlarmLow' ? 15 : 3,
        Threshold: 0,
        ComparisonOperator,
      });
      return { AlarmName: alarm.name, AlarmARN: alarm.arn };
    });
  }
}

function subjectIn(input: Input): Subject {
  const ServiceNamespace = input.text('ServiceNamespace');
  if (ServiceNamespace !== 'dynamodb') throw validationError(`the sandbox scales only dynamodb: ${ServiceNamespace}`);
  const ResourceId = input.text('ResourceId', { min: 1, max: 1600 });
  const ScalableDimension = input.text('ScalableDimension', { oneOf: dimensions });
  if (ResourceId.includes('/index/') !== ScalableDimension.startsWith('dynamodb:index:'))
    throw validationError(`Unsupported scalable dimension for ${ResourceId}: ${ScalableDimension}`);
  return { ServiceNamespace, ResourceId, ScalableDimension };
}

function keyOf({ ServiceNamespace, ResourceId, ScalableDimension }: Subject): string {
  return `${ServiceNamespace}/${ResourceId}/${ScalableDimension}`;
}

function isSought(subject: Subject, input: Input): boolean {
  const dimension = input.optionalText('ScalableDimension', { oneOf: dimensions });
  return (
    input.text('ServiceNamespace') === subject.ServiceNamespace &&
    (dimension === undefined || dimension === subject.ScalableDimension)
  );
}

function paged<Row>(rows: readonly Row[], input: Input, most: number): { page: readonly Row[]; next: object } {
  const start = Number(input.optionalText('NextToken') ?? '0');
  const end = start + (input.optionalNumber('MaxResults', 1, most) ?? most);
  return { page: rows.slice(start, end), next: end < rows.length ? { NextToken: String(end) } : {} };
}

function noTarget({ ServiceNamespace, ResourceId, ScalableDimension }: Subject): AwsError {
  return new AwsError(
    'ObjectNotFoundException',
    `No scalable target registered for service namespace: ${ServiceNamespace}, resource ID: ${ResourceId}, scalable dimension: ${ScalableDimension}`,
  );
}
