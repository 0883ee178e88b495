import { Stack } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, test } from '@jest/globals';
import { settingNames } from '../../lambda/domain/settings.ts';
import { aDrillingPlan, aDrillStack, env, resourcesOf } from './deploy.ts';
import { decide, type Request, roleStatements, type Statement } from './iam-simulation.ts';

const regional = 'eu-west-1:123456789012';
const table = `arn:aws:dynamodb:${regional}:table`;
const lambda = `arn:aws:lambda:${regional}:function`;
const validator = Function.fromFunctionArn(
  new Stack(undefined, 'Elsewhere', { env }),
  'Check',
  `${lambda}:check-orders`,
);
const tables = { named: ['Orders'], matching: ['prod-*'] };
const schedule = 'cron(0 6 ? * SUN *)';

/** Drills with everything a plan can ask for, and with as little as possible. */
const generous = statementsOf(
  aDrillingPlan({
    tables,
    drill: { schedule, backup: 'point-in-time', validate: { function: validator }, rearm: settingNames },
  }),
);
const frugal = statementsOf(aDrillingPlan({ tables, drill: { schedule, rearm: [] } }));
const tagged = statementsOf(aDrillingPlan({ tables: { tagged: { backup: 'daily' } } }));

function statementsOf(plan: ReturnType<typeof aDrillingPlan>): Map<string, Statement[]> {
  return roleStatements(resourcesOf(aDrillStack({ plans: { orders: plan } })));
}

const role = (roles: Map<string, Statement[]>, name: string): Statement[] => roles.get(name) ?? [];
const owner = /table\/ddb-drill-(\w+)-\*/.exec(JSON.stringify([...generous.values()]))?.[1] ?? '';
const alarm = `arn:aws:cloudwatch:${regional}:alarm`;
const execution = 'durable-execution/orders-1/0a1b2c';

/** Everything there is. */
const places: Readonly<Record<string, Omit<Request, 'action'>>> = {
  Orders: { resource: `${table}/Orders` },
  Orders2: { resource: `${table}/Orders2` },
  'prod-users': { resource: `${table}/prod-users` },
  'a drill table': { resource: `${table}/ddb-drill-${owner}-0123456789abcdef` },
  'its index': { resource: `${table}/ddb-drill-${owner}-0123456789abcdef/index/by-day` },
  'a drill table of another owner': { resource: `${table}/ddb-drill-ffffffff-0123456789abcdef` },
  'a drill table of another account': {
    resource: `arn:aws:dynamodb:eu-west-1:999999999999:table/ddb-drill-${owner}-0123456789abcdef`,
  },
  'a drill table of another Region': {
    resource: `arn:aws:dynamodb:us-east-1:123456789012:table/ddb-drill-${owner}-0123456789abcdef`,
  },
  'a table whose name holds the prefix': { resource: `${table}/my-ddb-drill-${owner}-0123456789abcdef` },
  'a table with the prefix alone': { resource: `${table}/ddb-drill-orders` },
  ledger: { resource: 'arn:Ledger' },
  'backup of Orders': { resource: `${table}/Orders/backup/01489173575360` },
  'backup of prod-users': { resource: `${table}/prod-users/backup/01489173575360` },
  'backup of Orders2': { resource: `${table}/Orders2/backup/01489173575360` },
  'backup of another account': {
    resource: 'arn:aws:dynamodb:eu-west-1:999999999999:table/Orders/backup/01489173575360',
  },
  everything: { resource: '*' },
  'drill function': { resource: 'arn:DrillFunction' },
  'its alias': { resource: 'arn:DrillFunctionAliaslive' },
  'its version': { resource: 'arn:DrillFunction:7' },
  'its latest code': { resource: 'arn:DrillFunction:$LATEST' },
  'its execution': { resource: `arn:DrillFunction:7/${execution}` },
  'drill start function': { resource: 'arn:DrillStartFunction' },
  'a version of the drill start function': { resource: 'arn:DrillStartFunction:7' },
  'sweep function': { resource: 'arn:SweepFunction' },
  'a validation function': { resource: `${lambda}:check-orders` },
  'a version of the validation function': { resource: `${lambda}:check-orders:7` },
  'another function': { resource: `${lambda}:other` },
  'execution of another function': { resource: `${lambda}:other:1/${execution}` },
  'failed runs': { resource: 'arn:FailedRuns' },
  'undelivered events': { resource: 'arn:UndeliveredEvents' },
  'drill log': { resource: 'arn:DrillLog:log-stream:1' },
  'drill start log': { resource: 'arn:DrillStartLog:log-stream:1' },
  'sweep log': { resource: 'arn:SweepLog:log-stream:1' },
  'a stream': { resource: `arn:aws:kinesis:${regional}:stream/s` },
  'a scalable target': {
    resource: `arn:aws:application-autoscaling:${regional}:scalable-target/1`,
    context: { 'application-autoscaling:service-namespace': 'dynamodb' },
  },
  'a scalable target of ECS': {
    resource: `arn:aws:application-autoscaling:${regional}:scalable-target/2`,
    context: { 'application-autoscaling:service-namespace': 'ecs' },
  },
  'an alarm of a drill table': { resource: `${alarm}:ddb-drill-${owner}-0123456789abcdef-throttled` },
  'a scaling alarm of a drill table': {
    resource: `${alarm}:TargetTracking-table/ddb-drill-${owner}-0123456789abcdef-AlarmHigh-1`,
  },
  'an alarm': { resource: `${alarm}:orders-throttled` },
  'a scaling alarm': { resource: `${alarm}:TargetTracking-table/Orders-AlarmHigh-1` },
  'the event bus in our name': {
    resource: `arn:aws:events:${regional}:event-bus/default`,
    context: { 'events:source': 'dynamodb-backups' },
  },
  "the event bus in another's name": {
    resource: `arn:aws:events:${regional}:event-bus/default`,
    context: { 'events:source': 'orders' },
  },
  'another event bus': {
    resource: `arn:aws:events:${regional}:event-bus/orders`,
    context: { 'events:source': 'dynamodb-backups' },
  },
  ...keysThrough('dynamodb', 'sqs', 'logs'),
  'key through no service': { resource: 'arn:Key' },
  "a table's key through dynamodb": {
    resource: `arn:aws:kms:${regional}:key/0a1b`,
    context: { 'kms:ViaService': 'dynamodb.eu-west-1.amazonaws.com' },
  },
  "a table's key through no service": { resource: `arn:aws:kms:${regional}:key/0a1b` },
};

function keysThrough(...services: readonly string[]): Record<string, Omit<Request, 'action'>> {
  return Object.fromEntries(
    services.map((service) => [
      `key through ${service}`,
      { resource: 'arn:Key', context: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } },
    ]),
  );
}

const dataActions = ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map(
  (action) => `dynamodb:${action}`,
);
const actions = [
  ...dataActions,
  ...[
    ...['ListTables', 'ListBackups', 'CreateBackup', 'DescribeBackup', 'DeleteBackup', 'StartAwsBackupJob'],
    ...['CreateTable', 'DescribeTable', 'UpdateTable', 'DeleteTable', 'DeleteTableReplica'],
    ...['RestoreTableFromBackup', 'RestoreTableToPointInTime', 'RestoreTableFromAwsBackup'],
    ...['DescribeContinuousBackups', 'UpdateContinuousBackups', 'ExportTableToPointInTime'],
    ...['BatchGetItem', 'PartiQLSelect', 'PartiQLInsert', 'PartiQLUpdate', 'PartiQLDelete'],
    ...['TagResource', 'UntagResource', 'ListTagsOfResource', 'DescribeTimeToLive', 'UpdateTimeToLive'],
    ...['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ...['DescribeContributorInsights', 'UpdateContributorInsights', 'DescribeKinesisStreamingDestination'],
    ...['EnableKinesisStreamingDestination', 'DisableKinesisStreamingDestination'],
  ].map((action) => `dynamodb:${action}`),
  ...[
    ...['InvokeFunction', 'GetDurableExecution', 'StopDurableExecution', 'CheckpointDurableExecution'],
    ...['GetDurableExecutionState', 'ListDurableExecutionsByFunction', 'UpdateFunctionCode', 'DeleteFunction'],
  ].map((action) => `lambda:${action}`),
  ...['SendMessage', 'ReceiveMessage', 'DeleteMessage'].map((action) => `sqs:${action}`),
  ...['CreateLogStream', 'PutLogEvents', 'DeleteLogGroup'].map((action) => `logs:${action}`),
  ...['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey'].map((action) => `kms:${action}`),
  ...['GenerateDataKeyWithoutPlaintext', 'DescribeKey', 'CreateGrant', 'DisableKey', 'ScheduleKeyDeletion'].map(
    (action) => `kms:${action}`,
  ),
  ...['RegisterScalableTarget', 'DeregisterScalableTarget', 'PutScalingPolicy', 'DescribeScalableTargets'].map(
    (action) => `application-autoscaling:${action}`,
  ),
  'application-autoscaling:DescribeScalingPolicies',
  ...['DescribeAlarms', 'PutMetricAlarm', 'DeleteAlarms', 'SetAlarmState', 'PutMetricData'].map(
    (action) => `cloudwatch:${action}`,
  ),
  ...['DescribeStream', 'DescribeStreamSummary', 'ListStreams', 'PutRecords', 'GetRecords'].map(
    (action) => `kinesis:${action}`,
  ),
  ...[
    'events:PutEvents',
    'events:PutRule',
    'tag:GetResources',
    'iam:PassRole',
    'sts:AssumeRole',
    'backup:StartRestoreJob',
    'backup:DeleteRecoveryPoint',
  ],
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

function on(names: readonly string[], ...some: readonly string[]): string[] {
  return names.flatMap((name) => some.map((action) => `${action} on ${name}`));
}

const drillTables = ['a drill table', 'its index'];
const keyActions = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo', 'GenerateDataKey', 'DescribeKey'].map(
  (action) => `kms:${action}`,
);
const ledgerKeyActions = [...keyActions, 'kms:GenerateDataKeyWithoutPlaintext'];
const ledger = [
  ...on(['ledger'], ...['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'].map((each) => `dynamodb:${each}`)),
  ...on(['key through dynamodb'], ...ledgerKeyActions),
];
const queueKey = on(['key through sqs'], 'kms:GenerateDataKey', 'kms:Decrypt');
const ownJob = (log: string): string[] => [
  ...on([log], 'logs:CreateLogStream', 'logs:PutLogEvents'),
  ...on(['failed runs'], 'sqs:SendMessage'),
  ...queueKey,
];
const lookAndDelete = on(drillTables, 'dynamodb:DescribeTable', 'dynamodb:DeleteTable', 'dynamodb:UpdateTable');
const allPlaces = Object.keys(places);

const start = [
  ...on(allPlaces, 'dynamodb:ListTables', 'dynamodb:ListBackups'),
  ...on(['its alias'], 'lambda:InvokeFunction'),
  ...ledger,
  ...ownJob('drill start log'),
];
const drill = [
  ...on(allPlaces, 'dynamodb:ListBackups'),
  ...on(['backup of Orders', 'backup of prod-users'], 'dynamodb:DescribeBackup', 'dynamodb:RestoreTableFromBackup'),
  ...on(drillTables, 'dynamodb:RestoreTableFromBackup', ...dataActions),
  ...lookAndDelete,
  ...on(["a table's key through dynamodb", 'key through dynamodb'], 'kms:CreateGrant', ...ledgerKeyActions),
  ...on(
    ['its version', 'its latest code', 'its execution'],
    'lambda:CheckpointDurableExecution',
    'lambda:GetDurableExecutionState',
  ),
  ...ledger,
  ...on(['the event bus in our name'], 'events:PutEvents'),
  ...ownJob('drill log'),
];
const recover = ['DescribeTable', 'DescribeContinuousBackups', 'RestoreTableToPointInTime'].map(
  (action) => `dynamodb:${action}`,
);
const toPointInTime = [
  ...on(['Orders', 'prod-users'], ...recover),
  ...on(drillTables, 'dynamodb:RestoreTableToPointInTime'),
  // The * of a pattern reaches the ARNs of backups as well, of which these actions know nothing.
  ...on(['backup of prod-users'], ...recover),
];
const sweep = [
  ...on(allPlaces, 'dynamodb:ListTables'),
  ...lookAndDelete,
  ...on(['its version', 'its latest code', 'its execution'], 'lambda:GetDurableExecution'),
  ...ledger,
  ...ownJob('sweep log'),
];
const readsEverywhere = on(
  allPlaces,
  'application-autoscaling:DescribeScalableTargets',
  'application-autoscaling:DescribeScalingPolicies',
  'cloudwatch:DescribeAlarms',
);
const takingOff = [
  ...on(
    drillTables,
    ...['DescribeContinuousBackups', 'UpdateContinuousBackups', 'GetResourcePolicy', 'DeleteResourcePolicy'].map(
      (action) => `dynamodb:${action}`,
    ),
    ...['DescribeKinesisStreamingDestination', 'DisableKinesisStreamingDestination'].map(
      (action) => `dynamodb:${action}`,
    ),
  ),
  ...readsEverywhere,
  ...on(['a scalable target'], 'application-autoscaling:DeregisterScalableTarget'),
  ...on(['an alarm of a drill table', 'a scaling alarm of a drill table'], 'cloudwatch:DeleteAlarms'),
];
const rearming = [
  ...takingOff,
  ...on(
    drillTables,
    ...['TagResource', 'ListTagsOfResource', 'DescribeTimeToLive', 'UpdateTimeToLive', 'PutResourcePolicy'].map(
      (action) => `dynamodb:${action}`,
    ),
    ...['DescribeContributorInsights', 'UpdateContributorInsights', 'EnableKinesisStreamingDestination'].map(
      (action) => `dynamodb:${action}`,
    ),
  ),
  ...on(['a scalable target'], 'application-autoscaling:RegisterScalableTarget'),
  ...on(['a scalable target'], 'application-autoscaling:PutScalingPolicy'),
  ...on(['an alarm of a drill table', 'a scaling alarm of a drill table'], 'cloudwatch:PutMetricAlarm'),
  ...on(
    ['a stream'],
    ...['DescribeStream', 'DescribeStreamSummary', 'ListStreams', 'PutRecords'].map((a) => `kinesis:${a}`),
  ),
];
/** What is read to compare is read also where nothing is given back. */
const comparing = [
  ...on(
    drillTables,
    ...['ListTagsOfResource', 'DescribeTimeToLive', 'DescribeContinuousBackups', 'GetResourcePolicy'].map(
      (action) => `dynamodb:${action}`,
    ),
    'dynamodb:DescribeContributorInsights',
    'dynamodb:DescribeKinesisStreamingDestination',
  ),
  ...on(['a stream'], 'kinesis:DescribeStream', 'kinesis:DescribeStreamSummary'),
  ...readsEverywhere,
];
const scheduling = (name: string): string[] => [
  ...on([name], 'lambda:InvokeFunction'),
  ...on(['undelivered events'], 'sqs:SendMessage'),
  ...queueKey,
];

describe('a role of the drill stack', () => {
  const expected: readonly [string, string, Map<string, Statement[]>, readonly string[]][] = [
    ['DrillStartRole', 'everything', generous, start],
    ['DrillStartRole', 'as little as possible', frugal, start],
    [
      'DrillRole',
      'everything',
      generous,
      [...drill, ...toPointInTime, ...rearming, ...on(['a validation function'], 'lambda:InvokeFunction')],
    ],
    ['DrillRole', 'as little as possible', frugal, [...drill, ...comparing]],
    ['SweepRole', 'everything', generous, [...sweep, ...takingOff]],
    ['SweepRole', 'as little as possible', frugal, sweep],
    ['DrillSchedulesRole', 'everything', generous, scheduling('drill start function')],
    ['SweepScheduleRole', 'everything', generous, scheduling('sweep function')],
  ];

  test.each(expected)(
    '[B25] %s, where plans want %s, may do what its job needs, and nothing else on anything',
    (name, _wanted, roles, may) => {
      expect(allowed(role(roles, name))).toEqual([...new Set(may)].sort());
    },
  );

  test.each(['DrillStartRole', 'DrillRole', 'SweepRole'])('%s has no statement that could be left out', (name) => {
    const statements = role(generous, name);
    const all = allowed(statements).length;
    const needless = statements
      .filter(({ effect }) => effect === 'Allow')
      .filter((one) => allowed(statements.filter((other) => other !== one)).length === all)
      .map(({ sid }) => sid);

    expect(needless.filter((sid) => !/^Create\w+ServiceRole$/.test(sid)).sort()).toEqual(doubled[name] ?? []);
  });

  /** What one statement allows on every key or table that another one needs of a few: neither depends on the other. */
  const doubled: Readonly<Record<string, readonly string[]>> = {
    DrillRole: ['LookAtDrillTables', 'UseLedgerKey'],
  };
});

describe('a restore', () => {
  /** Both ARNs are asked about, and the seven data actions on the target for as long as it lasts. */
  function mayRestore(statements: readonly Statement[], action: string, from: string, into: string): boolean {
    const questions = [[action, from], ...[action, ...dataActions].map((each) => [each, into])];
    return questions.every(([what = '', where = '']) => {
      const place = places[where];
      if (!place) throw new Error(`no place is called ${where}`);
      return decide(statements, { action: what, ...place }) === 'allowed';
    });
  }

  const sources: readonly (readonly [string, readonly string[]])[] = [
    ['dynamodb:RestoreTableFromBackup', ['backup of Orders', 'backup of prod-users']],
    ['dynamodb:RestoreTableToPointInTime', ['Orders', 'prod-users', 'backup of prod-users']],
  ];

  test.each(sources)(
    '[X01] by %s goes from a table of a plan into a drill table, and nowhere else',
    (action, froms) => {
      const wanted = froms.flatMap((from) => drillTables.map((into) => [from, into]));
      const possible = allPlaces.flatMap((from) =>
        allPlaces
          .filter((into) => !into.startsWith('backup') && from !== into && !drillTables.includes(from))
          .filter((into) => mayRestore(role(generous, 'DrillRole'), action, from, into))
          .map((into) => [from, into]),
      );

      expect(possible).toEqual(wanted);
    },
  );

  test('of a table chosen by tag may be of any backup, and still goes into a drill table only', () => {
    const statements = role(tagged, 'DrillRole');
    const into = allPlaces.filter((name) =>
      mayRestore(statements, 'dynamodb:RestoreTableFromBackup', 'backup of Orders2', name),
    );

    expect(into).toEqual(drillTables);
  });
});

describe('whatever somebody allows later', () => {
  const everything: Statement = {
    sid: 'Generous',
    effect: 'Allow',
    actions: ['*'],
    resources: ['*'],
    notResources: [],
    equals: {},
  };
  const never = ['CreateBackup', 'DeleteBackup', 'DeleteTableReplica', 'RestoreTableFromAwsBackup'];
  const destroying = [
    ...never.map((action) => `dynamodb:${action}`),
    ...['backup:DeleteRecoveryPoint', 'backup:DeleteBackupVault', 'backup:DeleteBackupVaultLockConfiguration'],
    ...['backup:CancelLegalHold', 'kms:DisableKey', 'kms:ScheduleKeyDeletion'],
  ];
  const ofTables = ['dynamodb:DeleteTable', 'dynamodb:UpdateContinuousBackups'];
  const restores = ['dynamodb:RestoreTableFromBackup', 'dynamodb:RestoreTableToPointInTime'];
  const items = [...dataActions, 'dynamodb:BatchGetItem', 'dynamodb:PartiQLSelect', 'dynamodb:PartiQLDelete'];
  const foreign = [
    'Orders2',
    'a drill table of another owner',
    'a drill table of another account',
    'a table with the prefix alone',
  ];
  const production = ['Orders', 'prod-users', ...foreign];

  const denials: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    ...['DrillStartRole', 'DrillRole', 'SweepRole'].map((name) => [name, 'destroys', destroying, allPlaces] as const),
    ...['DrillRole', 'SweepRole'].map((name) => [name, 'deletes another table', ofTables, production] as const),
    ['DrillStartRole', 'deletes any table', ofTables, [...production, ...drillTables]],
    ...['DrillStartRole', 'SweepRole'].map((name) => [name, 'restores', restores, allPlaces] as const),
    ['DrillRole', 'restores elsewhere', restores, [...foreign, 'backup of Orders2', 'backup of another account']],
    ['DrillRole', 'touches items elsewhere', items, production],
    ...['DrillStartRole', 'SweepRole'].map(
      (name) => [name, 'touches items', items, [...production, ...drillTables]] as const,
    ),
  ];

  test.each(denials)('%s never %s', (name, _what, some, where) => {
    const statements = [...role(generous, name), everything];
    const possible = some.flatMap((action) =>
      where
        .filter(
          (place) => decide(statements, { action, ...(places[place] ?? { resource: '' }) }) !== 'explicitly denied',
        )
        .map((place) => `${action} on ${place}`),
    );

    expect(possible).toEqual([]);
  });
});
