import { describe, expect, test } from '@jest/globals';
import { settingNames, type SettingName } from '../../lambda/domain/settings.ts';
import { decide, type Request, type Statement } from './iam-simulation.ts';
import { rearming } from './rearming.ts';

const account = 'eu-west-1:123456789012';
const table = `arn:aws:dynamodb:${account}:table`;
const alarm = `arn:aws:cloudwatch:${account}:alarm`;
const serviceRole = 'arn:aws:iam::123456789012:role/aws-service-role';

const places: Record<string, Omit<Request, 'action'>> = {
  'a drill table': { resource: `${table}/ddb-drill-1` },
  'its index': { resource: `${table}/ddb-drill-1/index/by-day` },
  'a table': { resource: `${table}/orders` },
  'a table whose name holds the prefix': { resource: `${table}/my-ddb-drill-1` },
  'a drill table of another account': { resource: 'arn:aws:dynamodb:eu-west-1:999999999999:table/ddb-drill-1' },
  'a backup of a table': { resource: `${table}/orders/backup/01489173575360` },
  everything: { resource: '*' },
  'a scalable target': {
    resource: `arn:aws:application-autoscaling:${account}:scalable-target/1`,
    context: { 'application-autoscaling:service-namespace': 'dynamodb' },
  },
  'a scalable target of ECS': {
    resource: `arn:aws:application-autoscaling:${account}:scalable-target/2`,
    context: { 'application-autoscaling:service-namespace': 'ecs' },
  },
  'a scaling alarm of a drill table': { resource: `${alarm}:TargetTracking-table/ddb-drill-1-AlarmHigh-1` },
  'a scaling alarm of a table': { resource: `${alarm}:TargetTracking-table/orders-AlarmHigh-1` },
  'an alarm of a drill table': { resource: `${alarm}:ddb-drill-1-orders-throttled` },
  'an alarm': { resource: `${alarm}:orders-throttled` },
  'a stream': { resource: `arn:aws:kinesis:${account}:stream/s` },
  ...Object.fromEntries(
    [
      [
        'scaling',
        'dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
      ],
      ['insights', 'contributorinsights.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBCloudWatchContributorInsights'],
      ['streams', 'kinesisreplication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBKinesisDataStreamsReplication'],
      ['another service', 'eks.amazonaws.com/AWSServiceRoleForAmazonEKS'],
    ].map(([name, path = '']) => [
      `the role of ${String(name)}`,
      { resource: `${serviceRole}/${path}`, context: { 'iam:AWSServiceName': path.split('/')[0] ?? '' } },
    ]),
  ),
};

const actions = [
  ...[
    ...['DescribeTable', 'ListTagsOfResource', 'DescribeTimeToLive', 'DescribeContinuousBackups', 'GetResourcePolicy'],
    ...['DescribeContributorInsights', 'DescribeKinesisStreamingDestination', 'TagResource', 'UntagResource'],
    ...['UpdateTimeToLive', 'UpdateTable', 'UpdateContinuousBackups', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ...['UpdateContributorInsights', 'EnableKinesisStreamingDestination', 'DisableKinesisStreamingDestination'],
    ...['DeleteTable', 'CreateTable', 'DeleteBackup', 'PutItem', 'GetItem', 'Scan', 'RestoreTableFromBackup'],
  ].map((action) => `dynamodb:${action}`),
  ...['DescribeScalableTargets', 'DescribeScalingPolicies', 'RegisterScalableTarget', 'DeregisterScalableTarget'].map(
    (action) => `application-autoscaling:${action}`,
  ),
  ...['PutScalingPolicy', 'PutScheduledAction'].map((action) => `application-autoscaling:${action}`),
  ...['DescribeAlarms', 'PutMetricAlarm', 'DeleteAlarms', 'SetAlarmState'].map((action) => `cloudwatch:${action}`),
  ...['DescribeStream', 'DescribeStreamSummary', 'ListStreams', 'PutRecords', 'GetRecords', 'DeleteStream'].map(
    (action) => `kinesis:${action}`,
  ),
  ...['iam:CreateServiceLinkedRole', 'iam:PassRole', 'iam:DeleteServiceLinkedRole'],
];

function allowed(statements: readonly Statement[]): string[] {
  return Object.entries(places)
    .flatMap(([name, place]) =>
      actions
        .filter((action) => decide(statements, { action, ...place }) === 'allowed')
        .map((action) => `${action} on ${name}`),
    )
    .sort();
}

const reading = [
  ...['a drill table', 'its index'].flatMap((place) =>
    [
      ...['DescribeTable', 'ListTagsOfResource', 'DescribeTimeToLive', 'DescribeContinuousBackups'],
      ...['GetResourcePolicy', 'DescribeContributorInsights', 'DescribeKinesisStreamingDestination'],
    ].map((action) => `dynamodb:${action} on ${place}`),
  ),
  ...['DescribeScalableTargets', 'DescribeScalingPolicies'].flatMap((action) =>
    Object.keys(places).map((place) => `application-autoscaling:${action} on ${place}`),
  ),
  ...Object.keys(places).map((place) => `cloudwatch:DescribeAlarms on ${place}`),
  ...['DescribeStream', 'DescribeStreamSummary'].map((action) => `kinesis:${action} on a stream`),
];

function onDrillTables(...names: readonly string[]): string[] {
  return ['a drill table', 'its index'].flatMap((place) => names.map((name) => `dynamodb:${name} on ${place}`));
}

const mayDo: Readonly<Record<SettingName, readonly string[]>> = {
  tags: onDrillTables('TagResource'),
  'time-to-live': onDrillTables('UpdateTimeToLive'),
  stream: onDrillTables('UpdateTable'),
  'deletion-protection': onDrillTables('UpdateTable'),
  'table-class': onDrillTables('UpdateTable'),
  'point-in-time-recovery': onDrillTables('UpdateContinuousBackups'),
  'resource-policy': onDrillTables('PutResourcePolicy', 'DeleteResourcePolicy'),
  'contributor-insights': [
    ...onDrillTables('UpdateContributorInsights'),
    'iam:CreateServiceLinkedRole on the role of insights',
  ],
  'auto-scaling': [
    ...onDrillTables('UpdateTable'),
    ...['RegisterScalableTarget', 'DeregisterScalableTarget', 'PutScalingPolicy'].map(
      (action) => `application-autoscaling:${action} on a scalable target`,
    ),
    ...['PutMetricAlarm', 'DeleteAlarms'].map((action) => `cloudwatch:${action} on a scaling alarm of a drill table`),
    'iam:CreateServiceLinkedRole on the role of scaling',
  ],
  'kinesis-destination': [
    ...onDrillTables('EnableKinesisStreamingDestination', 'DisableKinesisStreamingDestination'),
    ...['ListStreams', 'PutRecords'].map((action) => `kinesis:${action} on a stream`),
    'iam:CreateServiceLinkedRole on the role of streams',
  ],
  alarms: ['PutMetricAlarm', 'DeleteAlarms'].map((action) => `cloudwatch:${action} on an alarm of a drill table`),
};

describe('a role that re-arms restored tables', () => {
  test.each(settingNames)(
    '[B25] to give back %s, may do what that takes on tables of the prefix, and nothing else',
    (name) => {
      expect(allowed(rearming([name]))).toEqual([...reading, ...mayDo[name]].sort());
    },
  );

  test('may do everything that all settings take, and nothing else', () => {
    const all = new Set([...reading, ...Object.values(mayDo).flat()]);

    expect(allowed(rearming(settingNames))).toEqual([...all].sort());
  });

  test('has no statement that could be left out', () => {
    const statements = rearming(settingNames);
    const all = allowed(statements).length;

    for (const statement of statements) {
      const fewer = allowed(statements.filter((other) => other !== statement)).length;
      expect({ sid: statement.sid, needed: fewer < all }).toEqual({ sid: statement.sid, needed: true });
    }
  });

  test.each(['', '*', 'drill-*', 'drill-', 'ddb?drill-', '${Token}-drill'])(
    '[X02] for the prefix "%s" is refused',
    (prefix) => {
      expect(() => rearming(['tags'], prefix)).toThrow(/the prefix of restored tables must be at least 8/);
    },
  );
});
