import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from '@jest/globals';
import { eventBusName, eventSource } from '../../lambda/contract/events.ts';
import { aMonitoringStack, aPlan, env, resourcesOf } from './deploy.ts';
import { decide, roleStatements, type Request, type Statement } from './iam-simulation.ts';

const table = 'arn:aws:dynamodb:eu-west-1:123456789012:table';
const topic = Topic.fromTopicArn(
  new Stack(undefined, 'Operations', { env }),
  'Alarms',
  'arn:aws:sns:eu-west-1:123456789012:alarms',
);

function statementsOf(tables: Parameters<typeof aPlan>[0] = {}): Statement[] {
  const stack = aMonitoringStack({ plans: { orders: aPlan(tables) }, notify: { topic } });
  return roleStatements(resourcesOf(stack)).get('WatchRole') ?? [];
}

const byName = statementsOf({ tables: { named: ['Orders'], matching: ['prod-*'] } });
const byTag = statementsOf({ tables: { tagged: { backup: 'daily' } } });

const bus = `arn:aws:events:eu-west-1:123456789012:event-bus/${eventBusName}`;

/** All that a request may be about. */
const resources: Readonly<Record<string, Omit<Request, 'action'>>> = {
  everything: { resource: '*' },
  Orders: { resource: `${table}/Orders` },
  'prod-users': { resource: `${table}/prod-users` },
  OrdersArchive: { resource: `${table}/OrdersArchive` },
  tagged: { resource: `${table}/tagged`, context: { 'aws:ResourceTag/backup': 'daily' } },
  'a backup of Orders': { resource: `${table}/Orders/backup/01489173575360-b308cd7d` },
  ledger: { resource: 'arn:Ledger' },
  'key of a table': { resource: 'arn:aws:kms:eu-west-1:999999999999:key/1' },
  'key of another Region': { resource: 'arn:aws:kms:us-east-1:123456789012:key/1' },
  topic: { resource: 'arn:aws:sns:eu-west-1:123456789012:alarms' },
  'another topic': { resource: 'arn:aws:sns:eu-west-1:123456789012:others' },
  'our events': { resource: bus, context: { 'events:source': eventSource } },
  'events of others': { resource: bus, context: { 'events:source': 'others' } },
  schedule: { resource: 'arn:aws:scheduler:eu-west-1:123456789012:schedule/dynamodb-backups-x/orders-backup' },
};

const reads = [
  ...[
    'ListTables',
    'ListBackups',
    'DescribeTable',
    'DescribeContinuousBackups',
    'DescribeBackup',
    'GetItem',
    'Query',
    'Scan',
  ].map((operation) => `dynamodb:${operation}`),
  ...[
    'tag:GetResources',
    'scheduler:ListSchedules',
    'scheduler:GetSchedule',
    'kms:DescribeKey',
    'sns:GetTopicAttributes',
  ],
];
const writes = [
  ...[
    'CreateBackup',
    'DeleteBackup',
    'DeleteTable',
    'UpdateTable',
    'CreateTable',
    'RestoreTableFromBackup',
    'RestoreTableToPointInTime',
  ],
  ...[
    'UpdateContinuousBackups',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'BatchWriteItem',
    'PartiQLUpdate',
    'TagResource',
  ],
  ...['PutResourcePolicy', 'UpdateTimeToLive'],
]
  .map((operation) => `dynamodb:${operation}`)
  .concat(['scheduler:UpdateSchedule', 'scheduler:DeleteSchedule', 'scheduler:CreateSchedule'])
  .concat(['kms:DisableKey', 'kms:ScheduleKeyDeletion', 'kms:PutKeyPolicy', 'sns:Publish', 'sns:Unsubscribe']);

function allowed(statements: readonly Statement[], actions: readonly string[]): string[] {
  return actions.flatMap((action) =>
    Object.entries(resources)
      .filter(([, request]) => decide(statements, { action, ...request }) === 'allowed')
      .map(([name]) => `${action} on ${name}`),
  );
}

describe('[B25] the role of the watch', () => {
  test('may read what the watch reads where tables are chosen by name, send events of its own, and nothing else', () => {
    expect(allowed(byName, [...reads, ...writes, 'events:PutEvents'])).toEqual(
      [
        'dynamodb:ListTables on everything',
        'dynamodb:ListBackups on everything',
        'dynamodb:DescribeTable on Orders',
        'dynamodb:DescribeTable on prod-users',
        'dynamodb:DescribeContinuousBackups on Orders',
        'dynamodb:DescribeContinuousBackups on prod-users',
        'dynamodb:GetItem on ledger',
        'dynamodb:Query on ledger',
        'scheduler:ListSchedules on everything',
        'kms:DescribeKey on key of a table',
        'sns:GetTopicAttributes on topic',
        'events:PutEvents on our events',
      ].flatMap(onAnyResource),
    );
  });

  test('may find tables by tag, and look at those that carry it', () => {
    const lines = allowed(byTag, ['tag:GetResources', 'dynamodb:DescribeTable']);

    expect(lines).toContain('tag:GetResources on everything');
    expect(lines.filter((line) => line.startsWith('dynamodb'))).toEqual(['dynamodb:DescribeTable on tagged']);
  });

  test('needs every statement it has', () => {
    for (const statements of [byName, byTag]) {
      const job = statements.filter(({ sid, effect }) => effect === 'Allow' && !/Key$|^WriteLog|^Report/.test(sid));
      for (const statement of job) {
        const asked = [...reads, 'events:PutEvents'];
        const without = statements.filter((other) => other !== statement);
        expect({
          sid: statement.sid,
          lost: allowed(without, asked).length < allowed(statements, asked).length,
        }).toEqual({
          sid: statement.sid,
          lost: true,
        });
      }
    }
  });

  test('stays unable to change anything, even if somebody allowed it everything', () => {
    const generous: Statement = {
      sid: 'Generous',
      effect: 'Allow',
      actions: ['*'],
      resources: ['*'],
      notResources: [],
      equals: {},
    };

    expect(allowed([...byName, generous], writes)).toEqual([]);
    expect(allowed([...byName, generous], ['dynamodb:GetItem', 'dynamodb:Scan'])).toEqual([
      'dynamodb:GetItem on ledger',
      'dynamodb:Scan on ledger',
    ]);
  });
});

/** An action that knows no resource is allowed on `*`, which is every resource. */
function onAnyResource(line: string): string[] {
  const [action = '', name] = line.split(' on ');
  return name === 'everything' ? Object.keys(resources).map((each) => `${action} on ${each}`) : [line];
}
