import type { Input } from '../input.ts';
import { readBundle } from '../lambda/bundle.ts';
import type { DurableConfig } from '../lambda/durable-execution.ts';
import { functionName, functionReference } from '../lambda/function-reference.ts';
import { functionArnPrefix } from '../lambda/lambda-permissions.ts';
import { backupCreators, backupManagedStatements } from './backup-resources.ts';
import { monitoringCreators } from './monitoring-resources.ts';
import { named, type Creator } from './resource.ts';

/** A resource that the account needs to know only by name: nothing in the sandbox behaves differently for it. */
function recorded(service: string, property: string, path = ''): Creator {
  return (resource, account) => {
    const name = named(resource, property);
    const arn = `arn:aws:${service}:${account.region}:${account.accountId}:${path}${name}`;
    return { ref: name, attributes: { Arn: arn } };
  };
}

const attached: Creator = ({ generatedName }) => ({ ref: generatedName, attributes: {} });

const createFunction: Creator = (resource, account) => {
  const { properties, assets } = resource;
  const name = named(resource, 'FunctionName');
  const key = properties.structure('Code').text('S3Key');
  const folder = assets.get(key);
  if (folder === undefined) throw new Error(`the function ${name} has no asset with the key ${key}`);
  const handler = properties.text('Handler');
  const variables = properties.optionalStructure('Environment')?.optionalStructure('Variables')?.members ?? {};
  const arn = account.loadFunction({
    name,
    code: readBundle(folder, handler),
    exportName: handler.slice(handler.lastIndexOf('.') + 1),
    env: Object.fromEntries(Object.entries(variables).map(([variable, value]) => [variable, String(value)])),
    timeoutSeconds: properties.optionalNumber('Timeout') ?? 3,
    memoryMb: properties.optionalNumber('MemorySize') ?? 128,
    roleArn: properties.text('Role'),
    reservedConcurrency: properties.optionalNumber('ReservedConcurrentExecutions'),
    durable: durableConfig(properties.optionalStructure('DurableConfig')),
  });
  return { ref: name, attributes: { Arn: arn } };
};

/** The default is Lambda's. */
function durableConfig(properties: Input | undefined): DurableConfig | undefined {
  if (!properties) return undefined;
  const executionTimeoutSeconds = properties.optionalNumber('ExecutionTimeout', 1, 31_622_400);
  if (executionTimeoutSeconds === undefined) throw new Error('a DurableConfig must have an ExecutionTimeout');
  return { executionTimeoutSeconds, retentionDays: properties.optionalNumber('RetentionPeriodInDays', 1, 90) ?? 14 };
}

const publishVersion: Creator = ({ properties, generatedName }, account) => {
  const reference = properties.text('FunctionName');
  const Version = account.functions.publish(functionName(reference), generatedName);
  const arn = `${functionArnPrefix(account)}${functionName(reference)}:${Version}`;
  return { ref: arn, attributes: { FunctionArn: arn, Version } };
};

const createAlias: Creator = ({ properties }, account) => {
  if (properties.members.RoutingConfig !== undefined) throw new Error('the sandbox has no aliases of two versions');
  const name = functionName(properties.text('FunctionName'));
  const alias = properties.text('Name');
  const arn = account.functions.putAlias(name, alias, properties.text('FunctionVersion'));
  const remove = (): void => {
    account.functions.removeAlias(name, alias);
  };
  return { ref: arn, attributes: { AliasArn: arn }, remove };
};

const configureInvocations: Creator = ({ properties, generatedName }, account) => {
  const maxAgeSeconds = properties.optionalNumber('MaximumEventAgeInSeconds', 60, 21_600);
  const onFailure = properties.optionalStructure('DestinationConfig')?.optionalStructure('OnFailure');
  const { name, qualifier } = functionReference(properties.text('FunctionName'));
  account.functions.configure(`${name}:${properties.optionalText('Qualifier') ?? qualifier ?? '$LATEST'}`, {
    retryAttempts: properties.optionalNumber('MaximumRetryAttempts', 0, 2),
    maxEventAgeMs: maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000,
    onFailureArn: onFailure?.text('Destination'),
  });
  return { ref: generatedName, attributes: {} };
};

/** What AWS's managed policies allow of what the sandbox asks about; the others allow logs and the like, which it does not ask about. */
const managedStatements: Readonly<Record<string, object>> = {
  ...backupManagedStatements,
  AWSLambdaBasicDurableExecutionRolePolicy: {
    Effect: 'Allow',
    Action: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
    Resource: '*',
  },
};

const createRole: Creator = (resource, account) => {
  const name = named(resource, 'RoleName');
  const arn = account.roles.put(name);
  for (const policy of resource.properties.structures('Policies')) {
    account.roles.attach(name, policy.text('PolicyName'), policy.members.PolicyDocument);
  }
  for (const arn of resource.properties.texts('ManagedPolicyArns')) {
    const statement = managedStatements[arn.slice(arn.lastIndexOf('/') + 1)];
    if (statement) account.roles.attach(name, arn, { Statement: statement });
  }
  return { ref: name, attributes: { Arn: arn, RoleId: name } };
};

const attachPolicy: Creator = (resource, account) => {
  const { properties } = resource;
  const name = properties.optionalText('PolicyName') ?? named(resource, 'ManagedPolicyName');
  for (const role of properties.texts('Roles')) account.roles.attach(role, name, properties.members.PolicyDocument);
  return { ref: name, attributes: {} };
};

const createTable: Creator = async (resource, account) => {
  const { properties } = resource;
  const name = named(resource, 'TableName');
  const existing = account.dynamodb.tables.get(name);
  const table = existing ?? (await account.createTable({ ...properties.members, TableName: name }));
  const timeToLive = properties.optionalStructure('TimeToLiveSpecification');
  if (!existing && timeToLive?.optionalBoolean('Enabled')) {
    account.dynamodb.settings.setTimeToLive(table, timeToLive.text('AttributeName'));
  }
  const recovery = properties.optionalStructure('PointInTimeRecoverySpecification');
  const days = recovery?.optionalNumber('RecoveryPeriodInDays', 1, 35) ?? 35;
  if (recovery?.optionalBoolean('PointInTimeRecoveryEnabled'))
    account.dynamodb.settings.setPointInTimeRecovery(table, days);
  return { ref: name, attributes: { Arn: table.arn, StreamArn: table.latestStream?.arn ?? '' } };
};

const createQueue: Creator = (resource, account) => {
  const name = named(resource, 'QueueName');
  account.queues.create(name);
  const { region, accountId } = account;
  const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
  return {
    ref: url,
    attributes: { Arn: `arn:aws:sqs:${region}:${accountId}:${name}`, QueueName: name, QueueUrl: url },
  };
};

const createScheduleGroup: Creator = (resource, account) => {
  const name = named(resource, 'Name');
  return { ref: name, attributes: { Arn: account.schedules.createGroup(name) } };
};

function date(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

const createSchedule: Creator = (resource, account) => {
  const { properties } = resource;
  const target = properties.structure('Target');
  const retries = target.optionalStructure('RetryPolicy');
  const maxAgeSeconds = retries?.optionalNumber('MaximumEventAgeInSeconds', 60, 86_400);
  const schedule = account.schedules.put({
    name: named(resource, 'Name'),
    group: properties.optionalText('GroupName'),
    expression: properties.text('ScheduleExpression', { min: 1, max: 256 }),
    timeZone: properties.optionalText('ScheduleExpressionTimezone'),
    flexibleWindowMinutes: properties.structure('FlexibleTimeWindow').optionalNumber('MaximumWindowInMinutes', 1, 1440),
    enabled: properties.optionalText('State') !== 'DISABLED',
    startDate: date(properties.optionalText('StartDate')),
    endDate: date(properties.optionalText('EndDate')),
    targetArn: target.text('Arn'),
    roleArn: target.text('RoleArn'),
    input: target.optionalText('Input'),
    retryAttempts: retries?.optionalNumber('MaximumRetryAttempts', 0, 185),
    maxEventAgeMs: maxAgeSeconds === undefined ? undefined : maxAgeSeconds * 1000,
    deadLetterArn: target.optionalStructure('DeadLetterConfig')?.text('Arn'),
  });
  const remove = (): void => {
    account.schedules.remove(schedule.arn);
  };
  return { ref: schedule.name, attributes: { Arn: schedule.arn }, remove };
};

/** How each resource type comes to be. A type that is not here cannot be deployed. */
const creators: Readonly<Record<string, Creator>> = {
  ...backupCreators,
  ...monitoringCreators,
  'AWS::CDK::Metadata': attached,
  'AWS::DynamoDB::Table': createTable,
  'AWS::IAM::ManagedPolicy': attachPolicy,
  'AWS::IAM::Policy': attachPolicy,
  'AWS::IAM::Role': createRole,
  'AWS::Lambda::Alias': createAlias,
  'AWS::Lambda::EventInvokeConfig': configureInvocations,
  'AWS::Lambda::Function': createFunction,
  'AWS::Lambda::Permission': attached,
  'AWS::Lambda::Version': publishVersion,
  'AWS::Logs::LogGroup': recorded('logs', 'LogGroupName', 'log-group:'),
  'AWS::SQS::Queue': createQueue,
  'AWS::SQS::QueuePolicy': attached,
  'AWS::Scheduler::Schedule': createSchedule,
  'AWS::Scheduler::ScheduleGroup': createScheduleGroup,
};

export function creatorOf(type: string): Creator {
  const creator = creators[type];
  if (!creator) throw new Error(`the sandbox cannot deploy ${type}: it knows ${Object.keys(creators).join(', ')}`);
  return creator;
}
