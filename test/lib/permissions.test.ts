import { describe, expect, test } from '@jest/globals';
import { aPlan, aStack, resourcesOf } from './deploy.ts';
import { decide, type Request, roleStatements, type Statement } from './iam-simulation.ts';

const choices = {
  'by name': { orders: aPlan({ tables: { named: ['Orders'], matching: ['prod-*'] } }) },
  'by tag': { tagged: aPlan({ tables: { tagged: { backup: 'daily' } } }) },
};
type Choice = keyof typeof choices;

const statementsOf = Object.fromEntries(
  Object.entries(choices).map(([choice, plans]) => [choice, roleStatements(resourcesOf(aStack({ plans })))]),
) as Record<Choice, Map<string, Statement[]>>;

const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table';

const bus = 'arn:aws:events:eu-west-1:123456789012:event-bus';

const readSettings = [
  ...['ListTagsOfResource', 'DescribeTimeToLive', 'DescribeContinuousBackups', 'GetResourcePolicy'],
  ...['DescribeContributorInsights', 'DescribeKinesisStreamingDestination'],
].map((action) => `dynamodb:${action}`);

describe('every Allow statement is on the list', () => {
  const ledger =
    'dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:Query on arn:Ledger';
  const ledgerKey =
    'kms:Encrypt kms:Decrypt kms:ReEncryptFrom kms:ReEncryptTo kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:DescribeKey ' +
    'on arn:Key if kms:ViaService=dynamodb.eu-west-1.amazonaws.com';
  const queueKey = 'kms:GenerateDataKey kms:Decrypt on arn:Key if kms:ViaService=sqs.eu-west-1.amazonaws.com';

  const elsewhere = [
    `ReadIndexSettings: dynamodb:DescribeContributorInsights on ${table}/*/index/*`,
    'ReadDestinations: kinesis:DescribeStream kinesis:DescribeStreamSummary on arn:aws:kinesis:eu-west-1:123456789012:stream/*',
    'ReadScalingAndAlarms: application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScalingPolicies ' +
      'cloudwatch:DescribeAlarms on *',
  ];
  const function_ = (name: string): string[] => [
    `KeepLedger: ${ledger}`,
    `SendEvents: events:PutEvents on ${bus}/default if events:source=dynamodb-backups`,
    `UseLedgerKey: ${ledgerKey}`,
    `UseQueueKey: ${queueKey}`,
    `WriteLog: logs:CreateLogStream logs:PutLogEvents on arn:${name}Log:*`,
    'ReportFailedRun: sqs:SendMessage on arn:FailedRuns',
    `Continue: lambda:InvokeFunction on arn:${name}Function`,
  ];
  const scheduler = (name: string): string[] => [
    `StartJob: lambda:InvokeFunction on arn:${name}Function`,
    'ReportUndelivered: sqs:SendMessage on arn:UndeliveredEvents',
    `UseQueueKey: ${queueKey}`,
  ];

  test('of a deployment that chooses tables by name', () => {
    expect(allowed('by name')).toEqual({
      BackupRole: [
        'ListTablesAndBackups: dynamodb:ListTables dynamodb:ListBackups on *',
        `TakeBackups: dynamodb:DescribeTable dynamodb:CreateBackup ${readSettings.join(' ')} on ${table}/Orders ${table}/prod-*`,
        ...elsewhere,
        `WatchBackups: dynamodb:DescribeBackup on ${table}/Orders/backup/* ${table}/prod-*/backup/*`,
        ...function_('Backup'),
      ],
      PruneRole: [
        'ListTablesAndBackups: dynamodb:ListTables dynamodb:ListBackups on *',
        `DescribeTables: dynamodb:DescribeTable on ${table}/Orders ${table}/prod-*`,
        `ExpireBackups: dynamodb:DescribeBackup dynamodb:DeleteBackup on ${table}/Orders/backup/* ${table}/prod-*/backup/*`,
        ...function_('Prune'),
      ],
      BackupSchedulesRole: scheduler('Backup'),
      PruneSchedulesRole: scheduler('Prune'),
    });
  });

  test('of a deployment that chooses tables by tag', () => {
    expect(allowed('by tag')).toEqual({
      BackupRole: [
        'ListTablesAndBackups: dynamodb:ListTables dynamodb:ListBackups on *',
        'FindTablesByTag: tag:GetResources on *',
        `TakeBackupsByTag1: dynamodb:DescribeTable dynamodb:CreateBackup ${readSettings.join(' ')} on ${table}/* if aws:ResourceTag/backup=daily`,
        ...elsewhere,
        `WatchBackups: dynamodb:DescribeBackup on ${table}/*/backup/*`,
        ...function_('Backup'),
      ],
      PruneRole: [
        'ListTablesAndBackups: dynamodb:ListTables dynamodb:ListBackups on *',
        'FindTablesByTag: tag:GetResources on *',
        `DescribeTablesByTag1: dynamodb:DescribeTable on ${table}/* if aws:ResourceTag/backup=daily`,
        `ExpireBackups: dynamodb:DescribeBackup dynamodb:DeleteBackup on ${table}/*/backup/*`,
        ...function_('Prune'),
      ],
      BackupSchedulesRole: scheduler('Backup'),
      PruneSchedulesRole: scheduler('Prune'),
    });
  });

  function allowed(choice: Choice): Record<string, string[]> {
    return Object.fromEntries(
      [...statementsOf[choice]].map(([role, statements]) => [
        role,
        statements.filter(({ effect }) => effect === 'Allow').map(lineOf),
      ]),
    );
  }

  function lineOf({ sid, actions, resources, equals }: Statement): string {
    const conditions = Object.entries(equals).map(([key, values]) => `${key}=${values.join('|')}`);
    const condition = conditions.length > 0 ? ` if ${conditions.join(' ')}` : '';
    return `${sid}: ${actions.join(' ')} on ${resources.join(' ')}${condition}`;
  }
});

/** Everything there is, and every action worth asking for on it. */
const tables: Record<string, Omit<Request, 'action'>> = {
  Orders: { resource: `${table}/Orders` },
  orders: { resource: `${table}/orders` },
  Orders2: { resource: `${table}/Orders2` },
  OrdersArchive: { resource: `${table}/OrdersArchive` },
  'prod-users': { resource: `${table}/prod-users` },
  'preprod-users': { resource: `${table}/preprod-users` },
  tagged: { resource: `${table}/tagged`, context: { 'aws:ResourceTag/backup': 'daily' } },
  mistagged: { resource: `${table}/mistagged`, context: { 'aws:ResourceTag/backup': 'never' } },
  'drill-1': { resource: `${table}/drill-1` },
  'Orders of another account': { resource: 'arn:aws:dynamodb:eu-west-1:999999999999:table/Orders' },
  'Orders of another Region': { resource: 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders' },
  ledger: { resource: 'arn:Ledger' },
};
const backups = Object.fromEntries(
  Object.entries(tables).map(([name, { resource }]) => [
    `backup of ${name}`,
    { resource: `${resource}/backup/01489173575360` },
  ]),
);
const keys = Object.fromEntries(
  ['dynamodb', 'sqs', 'logs', 'no'].map((service) => [
    `key through ${service} service`,
    { resource: 'arn:Key', context: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } },
  ]),
);
const matrix: readonly { actions: readonly string[]; on: Readonly<Record<string, Omit<Request, 'action'>>> }[] = [
  {
    actions: [
      ...[
        'CreateBackup',
        'DescribeTable',
        'DescribeContinuousBackups',
        'UpdateContinuousBackups',
        'DeleteTable',
        'UpdateTable',
      ],
      ...[
        'CreateTable',
        'RestoreTableFromBackup',
        'RestoreTableToPointInTime',
        'RestoreTableFromAwsBackup',
        'StartAwsBackupJob',
      ],
      ...[
        'GetItem',
        'BatchGetItem',
        'Query',
        'Scan',
        'PutItem',
        'UpdateItem',
        'DeleteItem',
        'BatchWriteItem',
        'PartiQLSelect',
      ],
      ...['TagResource', 'UntagResource', 'PutResourcePolicy', 'UpdateTimeToLive', 'ExportTableToPointInTime'],
      ...['ListTagsOfResource', 'DescribeTimeToLive', 'GetResourcePolicy', 'DescribeContributorInsights'],
      ...['DescribeKinesisStreamingDestination', 'UpdateContributorInsights', 'EnableKinesisStreamingDestination'],
    ].map((action) => `dynamodb:${action}`),
    on: tables,
  },
  {
    actions: ['dynamodb:DescribeContributorInsights', 'dynamodb:UpdateContributorInsights', 'dynamodb:Query'],
    on: { 'an index': { resource: `${table}/Orders2/index/by-day` } },
  },
  {
    actions: ['kinesis:DescribeStream', 'kinesis:DescribeStreamSummary', 'kinesis:PutRecords', 'kinesis:GetRecords'],
    on: { 'a stream': { resource: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s' } },
  },
  {
    actions: ['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup', 'dynamodb:RestoreTableFromBackup'],
    on: backups,
  },
  {
    actions: [
      ...[
        'dynamodb:ListTables',
        'dynamodb:ListBackups',
        'dynamodb:DescribeLimits',
        'tag:GetResources',
        'tag:TagResources',
      ],
      ...['iam:PassRole', 'sts:AssumeRole', 'backup:ListBackupJobs', 'cloudwatch:PutMetricData', 'logs:CreateLogGroup'],
      ...['backup:DeleteBackupVault', 'backup:DeleteRecoveryPoint', 'backup:CancelLegalHold', 'backup:StartBackupJob'],
      ...['backup:DeleteBackupVaultLockConfiguration', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      ...['application-autoscaling:DescribeScalableTargets', 'application-autoscaling:DescribeScalingPolicies'],
      ...['cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm', 'application-autoscaling:RegisterScalableTarget'],
    ],
    on: { everything: { resource: '*' } },
  },
  {
    actions: ['lambda:InvokeFunction', 'lambda:UpdateFunctionCode', 'lambda:DeleteFunction'],
    on: {
      'backup function': { resource: 'arn:BackupFunction' },
      'prune function': { resource: 'arn:PruneFunction' },
      'a version of the prune function': { resource: 'arn:PruneFunction:7' },
      'another function': { resource: 'arn:aws:lambda:eu-west-1:123456789012:function:other' },
    },
  },
  {
    actions: ['events:PutEvents', 'events:PutRule', 'events:DeleteEventBus'],
    on: {
      'the default bus as ourselves': { resource: `${bus}/default`, context: { 'events:source': 'dynamodb-backups' } },
      'the default bus as somebody else': { resource: `${bus}/default`, context: { 'events:source': 'payments' } },
      'another bus': { resource: `${bus}/orders`, context: { 'events:source': 'dynamodb-backups' } },
    },
  },
  {
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:PurgeQueue'],
    on: { 'failed runs': { resource: 'arn:FailedRuns' }, 'undelivered events': { resource: 'arn:UndeliveredEvents' } },
  },
  {
    actions: [
      ...[
        'Encrypt',
        'Decrypt',
        'ReEncryptFrom',
        'ReEncryptTo',
        'GenerateDataKey',
        'GenerateDataKeyWithoutPlaintext',
        'DescribeKey',
      ],
      ...['CreateGrant', 'DisableKey', 'ScheduleKeyDeletion', 'PutKeyPolicy'],
    ].map((action) => `kms:${action}`),
    on: keys,
  },
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DeleteLogGroup'],
    on: {
      'backup log': { resource: 'arn:BackupLog:log-stream:1' },
      'prune log': { resource: 'arn:PruneLog:log-stream:1' },
      'another log': { resource: 'arn:aws:logs:eu-west-1:123456789012:log-group:other:log-stream:1' },
    },
  },
];

const mustAllow = {
  settings: (tableNames: readonly string[]) => [
    ...tableNames.flatMap((name) => readSettings.map((action) => `${action} on ${name}`)),
    'dynamodb:DescribeContributorInsights on an index',
    ...['DescribeStream', 'DescribeStreamSummary'].map((action) => `kinesis:${action} on a stream`),
    ...['application-autoscaling:DescribeScalableTargets', 'application-autoscaling:DescribeScalingPolicies'].map(
      (action) => `${action} on everything`,
    ),
    'cloudwatch:DescribeAlarms on everything',
  ],
  discovery: ['dynamodb:ListTables on everything', 'dynamodb:ListBackups on everything'],
  ledger: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action} on ledger`),
  ledgerKey: [
    ...[
      'Encrypt',
      'Decrypt',
      'ReEncryptFrom',
      'ReEncryptTo',
      'GenerateDataKey',
      'GenerateDataKeyWithoutPlaintext',
      'DescribeKey',
    ],
  ].map((action) => `kms:${action} on key through dynamodb service`),
  queueKey: ['kms:Decrypt on key through sqs service', 'kms:GenerateDataKey on key through sqs service'],
  ownJob: (job: string) => [
    `lambda:InvokeFunction on ${job} function`,
    `logs:CreateLogStream on ${job} log`,
    `logs:PutLogEvents on ${job} log`,
    'sqs:SendMessage on failed runs',
    'events:PutEvents on the default bus as ourselves',
  ],
  schedules: (job: string) => [`lambda:InvokeFunction on ${job} function`, 'sqs:SendMessage on undelivered events'],
};
const everyBackup = Object.keys(backups).filter((name) => !/another|ledger/.test(name));

const mayDo: Record<Choice, Record<string, readonly string[]>> = {
  'by name': {
    BackupRole: [
      ...[
        ...mustAllow.discovery,
        ...mustAllow.ledger,
        ...mustAllow.ledgerKey,
        ...mustAllow.queueKey,
        ...mustAllow.ownJob('backup'),
      ],
      ...['Orders', 'prod-users'].flatMap((name) => [
        `dynamodb:DescribeTable on ${name}`,
        `dynamodb:CreateBackup on ${name}`,
        `dynamodb:DescribeBackup on backup of ${name}`,
      ]),
      ...mustAllow.settings(['Orders', 'prod-users']),
    ],
    PruneRole: [
      ...[
        ...mustAllow.discovery,
        ...mustAllow.ledger,
        ...mustAllow.ledgerKey,
        ...mustAllow.queueKey,
        ...mustAllow.ownJob('prune'),
      ],
      ...['Orders', 'prod-users'].flatMap((name) => [
        `dynamodb:DescribeTable on ${name}`,
        `dynamodb:DescribeBackup on backup of ${name}`,
        `dynamodb:DeleteBackup on backup of ${name}`,
      ]),
    ],
    BackupSchedulesRole: [...mustAllow.schedules('backup'), ...mustAllow.queueKey],
    PruneSchedulesRole: [...mustAllow.schedules('prune'), ...mustAllow.queueKey],
  },
  'by tag': {
    BackupRole: [
      ...[
        ...mustAllow.discovery,
        ...mustAllow.ledger,
        ...mustAllow.ledgerKey,
        ...mustAllow.queueKey,
        ...mustAllow.ownJob('backup'),
      ],
      ...['tag:GetResources on everything', 'dynamodb:DescribeTable on tagged', 'dynamodb:CreateBackup on tagged'],
      ...everyBackup.map((name) => `dynamodb:DescribeBackup on ${name}`),
      ...mustAllow.settings(['tagged']),
    ],
    PruneRole: [
      ...[
        ...mustAllow.discovery,
        ...mustAllow.ledger,
        ...mustAllow.ledgerKey,
        ...mustAllow.queueKey,
        ...mustAllow.ownJob('prune'),
      ],
      ...['tag:GetResources on everything', 'dynamodb:DescribeTable on tagged'],
      ...everyBackup.flatMap((name) => [`dynamodb:DescribeBackup on ${name}`, `dynamodb:DeleteBackup on ${name}`]),
    ],
    BackupSchedulesRole: [...mustAllow.schedules('backup'), ...mustAllow.queueKey],
    PruneSchedulesRole: [...mustAllow.schedules('prune'), ...mustAllow.queueKey],
  },
};

describe.each(Object.keys(choices) as Choice[])('where tables are chosen %s', (choice) => {
  test.each(Object.keys(mayDo[choice]))(
    '[B25] %s may do what its job needs on its tables, and nothing else on anything',
    (role) => {
      const allowed = allowedRequests(statementsOf[choice].get(role) ?? []);

      expect(allowed).toEqual([...(mayDo[choice][role] ?? [])].sort());
    },
  );

  test('no statement could be left out', () => {
    for (const [role, statements] of statementsOf[choice]) {
      const all = allowedRequests(statements).length;
      for (const statement of statements.filter(({ effect }) => effect === 'Allow')) {
        const fewer = allowedRequests(statements.filter((other) => other !== statement)).length;
        expect({ role, sid: statement.sid, needed: fewer < all }).toEqual({ role, sid: statement.sid, needed: true });
      }
    }
  });

  test.each(['BackupRole', 'PruneRole'])(
    '%s stays unable to destroy, even if somebody allowed it everything',
    (role) => {
      const generous: Statement = {
        sid: 'Generous',
        effect: 'Allow',
        actions: ['*'],
        resources: ['*'],
        notResources: [],
        equals: {},
      };
      const statements = [...(statementsOf[choice].get(role) ?? []), generous];
      const other = role === 'BackupRole' ? 'dynamodb:DeleteBackup' : 'dynamodb:CreateBackup';

      for (const action of [
        other,
        ...[
          'dynamodb:DeleteTable',
          'dynamodb:RestoreTableFromBackup',
          'dynamodb:RestoreTableToPointInTime',
          'dynamodb:Scan',
        ],
        ...[
          'dynamodb:UpdateContinuousBackups',
          'dynamodb:PutItem',
          'backup:DeleteBackupVault',
          'backup:CancelLegalHold',
        ],
        ...['backup:DeleteBackupVaultLockConfiguration', 'kms:ScheduleKeyDeletion', 'kms:DisableKey'],
      ]) {
        expect({ action, decision: decide(statements, { action, resource: `${table}/drill-1` }) }).toEqual({
          action,
          decision: 'explicitly denied',
        });
      }
    },
  );
});

describe('UpdateContinuousBackups', () => {
  const promising = { pointInTimeRecovery: {} };
  const rolesOf = (props: Parameters<typeof aStack>[0]) => roleStatements(resourcesOf(aStack(props)));
  const mayRecover = (statements: readonly Statement[]) =>
    Object.keys(tables).filter(
      (name) =>
        decide(statements, { action: 'dynamodb:UpdateContinuousBackups', resource: '', ...tables[name] }) === 'allowed',
    );

  test.each([
    ['by name', { tables: { named: ['Orders'], matching: ['prod-*'] }, ...promising }, ['Orders', 'prod-users']],
    ['by tag', { tables: { tagged: { backup: 'daily' } }, ...promising }, ['tagged']],
    ['but only reports drift', { pointInTimeRecovery: { correct: false } }, []],
    ['but promises nothing', {}, []],
  ])('[B25] is for the backup role and the tables of plans that promise it: %s', (_, changes, expected) => {
    const other = aPlan({ tables: { named: ['Orders2'] } });
    const roles = rolesOf({ plans: { promising: aPlan(changes), other } });

    expect(mayRecover(roles.get('BackupRole') ?? [])).toEqual(expected);
    for (const [role, statements] of roles) {
      if (role !== 'BackupRole') expect({ role, may: mayRecover(statements) }).toEqual({ role, may: [] });
    }
  });

  test('stays denied on all other tables, even if somebody allowed the backup role everything', () => {
    const roles = rolesOf({ plans: { promising: aPlan({ tables: { named: ['Orders'] }, ...promising }) } });
    const everything = { effect: 'Allow', actions: ['*'], resources: ['*'], notResources: [], equals: {} } as const;

    const statements = [...(roles.get('BackupRole') ?? []), { sid: 'Generous', ...everything }];

    expect(mayRecover(statements)).toEqual(['Orders']);
  });
});

function allowedRequests(statements: readonly Statement[]): string[] {
  return matrix
    .flatMap(({ actions, on }) =>
      actions.flatMap((action) =>
        Object.entries(on)
          .filter(([, target]) => decide(statements, { action, ...target }) === 'allowed')
          .map(([name]) => `${action} on ${name}`),
      ),
    )
    .sort();
}
