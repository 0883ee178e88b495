import { CloudWatchClient, PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const arnOf = (service: string, name: string) => `arn:aws:${service}:eu-central-1:123456789012:${name}`;
const backup = { table: 'orders', size: 12, tags: ['daily', 'gold'] };

class World {
  readonly account = new SandboxAccount({ seed: 5, startAt: new Date('2026-11-20T00:00:00Z') });
  readonly events = this.account.client(EventBridgeClient);

  constructor() {
    this.account.queues.create('heard');
  }

  async rule(EventPattern: object, target: Partial<Target> = {}): Promise<void> {
    await this.events.send(new PutRuleCommand({ Name: 'backups', EventPattern: JSON.stringify(EventPattern) }));
    const Targets = [{ Id: 'queue', Arn: arnOf('sqs', 'heard'), ...target }];
    await this.events.send(new PutTargetsCommand({ Rule: 'backups', Targets }));
  }

  async put(detail: object = backup, changes: { Source?: string; Detail?: string } = {}) {
    const entry = { Source: 'app.backups', DetailType: 'Backup Taken', Detail: JSON.stringify(detail), ...changes };
    const answer = await this.events.send(new PutEventsCommand({ Entries: [entry] }));
    await this.account.runFor(1000);
    return answer;
  }

  get heard(): string[] {
    return this.account.queues.messages('heard').map(({ body }) => body);
  }
}

describe('the default event bus', () => {
  test('records every event as rules see it', async () => {
    const world = new World();

    const { Entries } = await world.put();

    expect(world.account.eventBus.events('app.backups', 'Backup Taken')).toEqual([
      {
        version: '0',
        id: Entries?.[0]?.EventId,
        'detail-type': 'Backup Taken',
        source: 'app.backups',
        account: '123456789012',
        time: '2026-11-20T00:00:00Z',
        region: 'eu-central-1',
        resources: [],
        detail: backup,
      },
    ]);
  });

  // Source of the operators: EventBridge user guide, eb-create-pattern-operators.
  test.each([
    [{ source: ['app.backups'] }, true],
    [{ source: ['app.other'] }, false],
    [{ source: ['app.other', 'app.backups'] }, true],
    [{ source: [{ prefix: 'app.' }] }, true],
    [{ source: [{ suffix: '.other' }] }, false],
    [{ detail: { table: [{ 'anything-but': ['orders'] }] } }, false],
    [{ detail: { table: [{ 'anything-but': { prefix: 'in' } }] } }, true],
    [{ detail: { table: [{ 'equals-ignore-case': 'ORDERS' }] } }, true],
    [{ detail: { size: [{ numeric: ['>', 10, '<=', 12] }] } }, true],
    [{ detail: { size: [{ numeric: ['<', 12] }] } }, false],
    [{ detail: { error: [{ exists: false }] } }, true],
    [{ detail: { table: [{ exists: false }] } }, false],
    [{ detail: { tags: ['gold'] } }, true],
    [{ detail: { tags: ['silver'] } }, false],
    [{ source: ['app.backups'], detail: { table: ['invoices'] } }, false],
  ])('passes on by the pattern %j: %s', async (pattern, isHeard) => {
    const world = new World();
    await world.rule(pattern);

    await world.put();

    expect(world.heard).toHaveLength(isHeard ? 1 : 0);
  });

  test('refuses a pattern that it cannot match', async () => {
    await expect(new World().rule({ source: [{ wildcard: 'a*' }] })).rejects.toMatchObject({
      name: 'InvalidEventPatternException',
    });
  });

  test.each([
    ['the event', {}, expect.stringContaining('"detail-type":"Backup Taken"')],
    ['a part of it', { InputPath: '$.detail.table' }, '"orders"'],
    ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
    [
      'a text made from it',
      { InputTransformer: { InputPathsMap: { t: '$.detail.table' }, InputTemplate: 'The table <t> is safe' } },
      'The table orders is safe',
    ],
    [
      'JSON made from it',
      {
        InputTransformer: {
          InputPathsMap: { t: '$.detail.table', n: '$.detail.size' },
          InputTemplate: '{"t":<t>,"n":<n>}',
        },
      },
      '{"t":"orders","n":12}',
    ],
  ])('hands its target %s', async (_, target, expected) => {
    const world = new World();
    await world.rule({ source: ['app.backups'] }, target);

    await world.put();

    expect(world.heard).toEqual([expected]);
  });

  test('reaches functions and topics, which must let it publish', async () => {
    const world = new World();
    const code = 'exports.handler = async (event) => { console.log(event.source); };';
    const Arn = world.account.loadFunction({ name: 'reader', code });
    const topic = world.account.topics.create('pages');
    world.account.topics.subscribe(topic.arn, 'sqs', arnOf('sqs', 'heard'), true);
    await world.rule({ source: ['app.backups'] }, { Id: 'function', Arn });
    world.account.queues.create('lost');
    const DeadLetterConfig = { Arn: arnOf('sqs', 'lost') };
    const Targets = [{ Id: 'topic', Arn: topic.arn, DeadLetterConfig }];
    await world.events.send(new PutTargetsCommand({ Rule: 'backups', Targets }));

    await world.put();
    topic.policy = { Statement: [] };
    await world.put();

    expect(world.account.logs.of('reader').map(({ text }) => text)).toEqual(['app.backups', 'app.backups']);
    expect(world.heard).toHaveLength(1);
    expect(world.account.queues.messages('lost')).toHaveLength(1);
  });

  test('lists its rules and targets, and forgets them', async () => {
    const world = new World();
    await world.rule({ source: ['app.backups'] });

    const { Rules } = await world.events.send(new ListRulesCommand({}));
    const { Targets } = await world.events.send(new ListTargetsByRuleCommand({ Rule: 'backups' }));
    await world.events.send(new RemoveTargetsCommand({ Rule: 'backups', Ids: ['queue'] }));
    await world.put();

    expect(Rules).toMatchObject([{ Name: 'backups', State: 'ENABLED', EventPattern: '{"source":["app.backups"]}' }]);
    expect(Targets).toEqual([{ Id: 'queue', Arn: arnOf('sqs', 'heard') }]);
    expect(world.heard).toEqual([]);
  });

  // Source: EventBridge API reference, PutEvents.
  test.each([
    ['a source of AWS', { Source: 'aws.dynamodb' }, 'NotAuthorizedForSourceException'],
    ['a detail that is no JSON', { Detail: 'none' }, 'MalformedDetail'],
    ['a detail that is no object', { Detail: '[1]' }, 'MalformedDetail'],
  ])('refuses %s, entry by entry', async (_, changes, code) => {
    const world = new World();

    const { FailedEntryCount, Entries } = await world.put(backup, changes);

    expect(FailedEntryCount).toBe(1);
    expect(Entries).toMatchObject([{ ErrorCode: code }]);
    expect(world.account.eventBus.events()).toEqual([]);
  });
});

// Source: CloudWatch user guide, cloudwatch-and-eventbridge.
test('an alarm tells the bus of every change of its state, whether or not it acts', async () => {
  const world = new World();
  await world.rule({ source: ['aws.cloudwatch'], detail: { state: { value: ['ALARM'] } } }, { InputPath: '$.detail' });
  const alarm: PutMetricAlarmCommandInput = {
    AlarmName: 'overdue',
    AlarmDescription: 'too old',
    ActionsEnabled: false,
    Namespace: 'App',
    MetricName: 'Age',
    Dimensions: [{ Name: 'Plan', Value: 'orders' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanThreshold',
  };
  await world.account.client(CloudWatchClient).send(new PutMetricAlarmCommand(alarm));

  world.account.metrics.put('App', 'Age', { Plan: 'orders' }, { at: world.account.clock.now, value: 2 });
  await world.account.runFor(120_000);

  expect(world.heard.map((body): unknown => JSON.parse(body))).toEqual([
    {
      alarmName: 'overdue',
      state: {
        value: 'ALARM',
        reason: expect.stringContaining('Threshold Crossed'),
        reasonData: expect.stringContaining('"threshold":1'),
        timestamp: '2026-11-20T00:01:10.000+0000',
      },
      previousState: {
        value: 'INSUFFICIENT_DATA',
        reason: 'Unchecked: Initial alarm creation',
        timestamp: expect.stringMatching(/^2026-11-20T00:00:00/),
      },
      configuration: {
        description: 'too old',
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: { namespace: 'App', name: 'Age', dimensions: { Plan: 'orders' } },
              period: 60,
              stat: 'Maximum',
            },
            returnData: true,
          },
        ],
      },
    },
  ]);
});
