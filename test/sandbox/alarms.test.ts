import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const minute = 60_000;
const hour = 60 * minute;
const startAt = new Date('2026-11-20T00:00:00Z');

const age: PutMetricAlarmCommandInput = {
  AlarmName: 'orders-overdue',
  Namespace: 'App',
  MetricName: 'Age',
  Dimensions: [{ Name: 'Plan', Value: 'orders' }],
  Statistic: 'Maximum',
  Period: 900,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanThreshold',
};

class World {
  readonly account = new SandboxAccount({ seed: 3, startAt });
  readonly watch = this.account.client(CloudWatchClient);

  async put(changes: Partial<PutMetricAlarmCommandInput> = {}): Promise<void> {
    await this.watch.send(new PutMetricAlarmCommand({ ...age, ...changes }));
  }

  measure(value: number, name = 'Age'): void {
    this.account.metrics.put('App', name, { Plan: 'orders' }, { at: this.account.clock.now, value });
  }

  /** Measures these values one after the other; undefined measures nothing. */
  async series(values: readonly (number | undefined)[], everyMs = 15 * minute): Promise<void> {
    for (const value of values) {
      if (value !== undefined) this.measure(value);
      await this.account.runFor(everyMs);
    }
  }

  get state(): string | undefined {
    return this.account.alarms.get('orders-overdue')?.state.value;
  }

  /** The states it has been in, and when it entered them. */
  get changes(): [string, string][] {
    return this.account.alarms
      .history('orders-overdue')
      .filter(({ type }) => type === 'StateUpdate')
      .map(({ at, summary }) => [new Date(at).toISOString().slice(11, 19), summary.split(' ').at(-1) ?? '']);
  }
}

describe('a metric alarm', () => {
  test('changes its state within a minute and the metric delay after the value that decides', async () => {
    const world = new World();
    await world.put();

    await world.account.runUntil(new Date('2026-11-20T00:20:30Z'));
    world.measure(5);
    await world.account.runUntil(new Date('2026-11-20T00:40:30Z'));
    world.measure(11);
    await world.account.runUntil(new Date('2026-11-20T01:00:00Z'));

    expect(world.changes).toEqual([
      ['00:21:10', 'OK'],
      ['00:41:10', 'ALARM'],
    ]);
  });

  test.each([
    ['Average', 10],
    ['Sum', 40],
    ['Minimum', 1],
    ['Maximum', 30],
    ['SampleCount', 4],
  ] as const)('judges the %s of a period', async (Statistic, expected) => {
    const world = new World();
    await world.put({ Statistic, Threshold: expected, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    await world.put({ AlarmName: 'beyond', Statistic, Threshold: expected });

    for (const value of [1, 4, 5, 30]) world.measure(value);
    await world.account.runFor(5 * minute);

    expect([world.state, world.account.alarms.get('beyond')?.state.value]).toEqual(['ALARM', 'OK']);
  });

  test('judges a percentile of a period', async () => {
    const world = new World();
    await world.put({ Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 8.5 });

    for (let value = 1; value <= 10; value++) world.measure(value);
    await world.account.runFor(5 * minute);

    expect(world.state).toBe('ALARM');
  });

  test.each([
    ['GreaterThanThreshold', 'OK'],
    ['GreaterThanOrEqualToThreshold', 'ALARM'],
    ['LessThanThreshold', 'OK'],
    ['LessThanOrEqualToThreshold', 'ALARM'],
  ] as const)('compares a value at its threshold by %s', async (ComparisonOperator, expected) => {
    const world = new World();
    await world.put({ ComparisonOperator });

    await world.series([10]);

    expect(world.state).toBe(expected);
  });

  test('is raised by M breaching points of N, whatever is between them', async () => {
    const world = new World();
    await world.put({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });

    await world.series([20, 5, 5, 5, 20, 5, 20, 5, 5]);

    expect(world.changes.map(([, state]) => state)).toEqual(['OK', 'ALARM', 'OK']);
  });

  // Source: CloudWatch user guide, alarms-and-missing-data: more points than the evaluation periods are looked at.
  test('that treats missing data as breaching is raised once no value is left in its evaluation range', async () => {
    const world = new World();
    await world.put({ TreatMissingData: 'breaching' });

    await world.series([5]);
    await world.account.runFor(6 * hour);

    expect(world.changes).toEqual([
      ['00:01:10', 'OK'],
      ['00:46:10', 'ALARM'],
    ]);
    expect(world.account.alarms.get('orders-overdue')?.state.reason).toBe(
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [Breaching].',
    );
  });

  test.each([
    ['notBreaching', 'OK'],
    ['ignore', 'ALARM'],
    ['missing', 'INSUFFICIENT_DATA'],
  ])(
    'that treats missing data as %s ends up in %s after its last, breaching value',
    async (TreatMissingData, expected) => {
      const world = new World();
      await world.put({ TreatMissingData });

      await world.series([20]);
      await world.account.runFor(6 * hour);

      expect(world.state).toBe(expected);
    },
  );

  // Source: CloudWatch API reference, PutMetricAlarm.
  test('on AWS/DynamoDB ignores missing data, whatever it says', async () => {
    const world = new World();
    await world.put({ Namespace: 'AWS/DynamoDB', TreatMissingData: 'breaching' });

    await world.account.runFor(6 * hour);

    expect(world.state).toBe('INSUFFICIENT_DATA');
  });

  test('sees values that arrived before it was put', async () => {
    const world = new World();
    await world.series([20]);

    await world.put({ EvaluationPeriods: 2, DatapointsToAlarm: 1 });
    await world.account.runFor(2 * minute);

    expect(world.state).toBe('ALARM');
  });

  test('takes only values of its unit', async () => {
    const world = new World();
    await world.put({ Unit: 'Seconds' });

    await world.series([20]);
    const before = world.state;
    await world.watch.send(
      new PutMetricDataCommand({
        Namespace: 'App',
        MetricData: [{ MetricName: 'Age', Dimensions: age.Dimensions, Unit: 'Seconds', Value: 20 }],
      }),
    );
    await world.account.runFor(2 * minute);

    expect([before, world.state]).toEqual(['INSUFFICIENT_DATA', 'ALARM']);
  });

  test('keeps its state when it is put anew, and is judged by its new threshold', async () => {
    const world = new World();
    await world.put();
    await world.series([20, 20]);

    await world.put({ Threshold: 30 });
    const kept = world.state;
    await world.account.runFor(2 * minute);

    expect([kept, world.state]).toEqual(['ALARM', 'OK']);
  });

  test('set to a state by hand returns to the one it should be in', async () => {
    const world = new World();
    await world.put();
    await world.series([5]);

    await world.watch.send(
      new SetAlarmStateCommand({ AlarmName: 'orders-overdue', StateValue: 'ALARM', StateReason: 'a rehearsal' }),
    );
    const rehearsed = world.account.alarms.get('orders-overdue')?.state;
    await world.account.runFor(2 * minute);

    expect(rehearsed).toMatchObject({ value: 'ALARM', reason: 'a rehearsal' });
    expect(world.state).toBe('OK');
  });

  test('says why it changed, in the words of CloudWatch', async () => {
    const world = new World();
    await world.put();

    await world.series([12, 5]);

    const { AlarmHistoryItems: items } = await world.watch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: 'orders-overdue', HistoryItemType: 'StateUpdate' }),
    );
    const reasons = items?.map(({ HistoryData }): unknown => JSON.parse(HistoryData ?? '{}'));
    expect(reasons).toEqual([
      expect.objectContaining({
        newState: expect.objectContaining({
          stateReason:
            'Threshold Crossed: 1 out of the last 1 datapoints [5.0 (20/11/26 00:01:00)] was not greater than the threshold (10.0) (minimum 1 datapoint for ALARM -> OK transition).',
        }),
      }),
      expect.objectContaining({
        newState: expect.objectContaining({
          stateReason:
            'Threshold Crossed: 1 out of the last 1 datapoints [12.0 (19/11/26 23:46:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).',
        }),
      }),
    ]);
  });
});

describe('an alarm on metric math', () => {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace: 'App', MetricName, Dimensions: age.Dimensions }, Period: 900, Stat: 'Maximum' },
  });
  const math = (Expression: string): Partial<PutMetricAlarmCommandInput> => ({
    Namespace: undefined,
    MetricName: undefined,
    Dimensions: undefined,
    Statistic: undefined,
    Period: undefined,
    Threshold: 0,
    Metrics: [{ Id: 'e', Expression }, metric('m1', 'Age'), metric('m2', 'Limit')],
  });

  test.each([
    ['m1 > m2', 11, 10, 'ALARM'],
    ['m1 > m2', 10, 10, 'OK'],
    ['m1 - 2 * m2', 21, 10, 'ALARM'],
    ['(m1 - 2) * m2', 2, 10, 'OK'],
    ['IF(m1 > 5 AND m2 > 5, 1, 0)', 6, 6, 'ALARM'],
    ['IF(m1 > 5 AND m2 > 5, 1, 0)', 6, 5, 'OK'],
    ['m1 > 5 || m2 > 5', 1, 6, 'ALARM'],
    ['MAX([m1, m2]) - 7', 1, 8, 'ALARM'],
    ['MIN(METRICS()) - 7', 1, 8, 'OK'],
    ['SUM(METRICS("m")) == 9', 1, 8, 'ALARM'],
    ['FLOOR(m1 / m2)', 7, 8, 'OK'],
    ['CEIL(m1 / m2)', 7, 8, 'ALARM'],
    ['ABS(m1 - m2) > 6', 1, 8, 'ALARM'],
    ['AVG([m1, m2]) != 4.5', 1, 8, 'OK'],
  ])('%s with %d and %d', async (expression, first, second, expected) => {
    const world = new World();
    await world.put(math(expression));

    world.measure(first, 'Age');
    world.measure(second, 'Limit');
    await world.account.runFor(2 * minute);

    expect(world.state).toBe(expected);
  });

  test('has no point where one of its metrics has none', async () => {
    const world = new World();
    await world.put(math('m1 > m2'));

    await world.series([20, 20]);

    expect(world.state).toBe('INSUFFICIENT_DATA');
  });

  test('has a point where FILL stands in for a missing one, and so needs no further points', async () => {
    const world = new World();
    await world.put(math('FILL(m1, 99) > 10'));

    await world.series([5]);
    await world.account.runFor(hour);

    expect(world.changes).toEqual([
      ['00:01:10', 'OK'],
      ['00:16:10', 'ALARM'],
    ]);
  });

  test.each([
    ['a search', "SEARCH('{App,Plan} MetricName=\"Age\"', 'Maximum', 900)"],
    ['more than one series', 'METRICS()'],
    ['a number', 'AVG(m1)'],
    ['an id that is not there', 'm1 > m3'],
    ['itself', 'e + 1'],
    ['a function that is not there', 'NOPE(m1)'],
    ['a broken syntax', 'm1 > '],
  ])('refuses %s', async (_, expression) => {
    await expect(new World().put(math(expression))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('putting an alarm', () => {
  const topics = Array.from({ length: 6 }, (_, n) => `arn:aws:sns:eu-central-1:123456789012:t${n}`);

  // Sources: CloudWatch API reference, PutMetricAlarm; user guide, cloudwatch_limits.
  test.each([
    ['more than a day of short periods', { Period: 900, EvaluationPeriods: 97 }],
    ['more than seven days', { Period: 86_400, EvaluationPeriods: 8 }],
    ['a period that is no whole minute', { Period: 90 }],
    ['more points to alarm than there are', { EvaluationPeriods: 2, DatapointsToAlarm: 3 }],
    ['six actions of one state', { AlarmActions: topics }],
    ['a description of 1025 characters', { AlarmDescription: 'x'.repeat(1025) }],
    ['no threshold', { Threshold: undefined }],
    ['no metric', { MetricName: undefined }],
  ])('refuses %s', async (_, changes) => {
    await expect(new World().put(changes)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test.each([
    ['a day of short periods', { Period: 900, EvaluationPeriods: 96 }],
    ['seven days', { Period: 86_400, EvaluationPeriods: 7 }],
    ['seven days of hours', { Period: 3600, EvaluationPeriods: 168 }],
    ['five actions of each state', { AlarmActions: topics.slice(1), OKActions: topics.slice(1) }],
    ['ten seconds', { Period: 10 }],
  ])('takes %s', async (_, changes) => {
    await expect(new World().put(changes)).resolves.toBeUndefined();
  });

  test('refuses what the sandbox cannot evaluate, and says so', async () => {
    await expect(new World().put({ EvaluationWindow: { WallClockWindow: {} } })).rejects.toThrow('EvaluationWindow');
  });
});

describe('the actions of an alarm', () => {
  const topic = 'arn:aws:sns:eu-central-1:123456789012:pages';

  function aWorldWithMail(): World {
    const world = new World();
    world.account.topics.create('pages');
    world.account.topics.subscribe(topic, 'email', 'oncall@example.com');
    world.account.inbox.confirm('oncall@example.com');
    return world;
  }

  const mails = ({ account }: World) =>
    account.inbox
      .messages('oncall@example.com')
      .slice(1)
      .map(({ subject }) => subject);

  test('are those of the state it enters, taken once for each change', async () => {
    const world = aWorldWithMail();
    await world.put({ AlarmActions: [topic], OKActions: [topic] });

    await world.series([5, 20, 20, 20, 5]);

    expect(mails(world)).toEqual([
      'OK: "orders-overdue" in EU (Frankfurt)',
      'ALARM: "orders-overdue" in EU (Frankfurt)',
      'OK: "orders-overdue" in EU (Frankfurt)',
    ]);
  });

  test('are told as AWS tells them', async () => {
    const world = aWorldWithMail();
    await world.put({ AlarmActions: [topic], AlarmDescription: 'too old' });

    await world.series([20]);

    const message: unknown = JSON.parse(world.account.inbox.messages().at(-1)?.message ?? '{}');
    expect(message).toEqual({
      AlarmName: 'orders-overdue',
      AlarmDescription: 'too old',
      AWSAccountId: '123456789012',
      AlarmConfigurationUpdatedTimestamp: expect.stringMatching(/^2026-11-20T00:00:00\.\d{3}\+0000$/),
      NewStateValue: 'ALARM',
      NewStateReason: expect.stringContaining('Threshold Crossed: 1 out of the last 1 datapoints [20.0'),
      StateChangeTime: '2026-11-20T00:01:10.000+0000',
      Region: 'EU (Frankfurt)',
      AlarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-overdue',
      OldStateValue: 'INSUFFICIENT_DATA',
      OKActions: [],
      AlarmActions: [topic],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: 'Age',
        Namespace: 'App',
        StatisticType: 'Statistic',
        Statistic: 'MAXIMUM',
        Unit: null,
        Dimensions: [{ name: 'Plan', value: 'orders' }],
        Period: 900,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 10,
        TreatMissingData: 'missing',
        EvaluateLowSampleCountPercentile: '',
      },
    });
  });

  test('are not taken while they are disabled, though the state changes', async () => {
    const world = aWorldWithMail();
    await world.put({ AlarmActions: [topic] });
    const AlarmNames = ['orders-overdue'];

    await world.watch.send(new DisableAlarmActionsCommand({ AlarmNames }));
    await world.series([20, 5]);
    const whileDisabled = mails(world);
    await world.watch.send(new EnableAlarmActionsCommand({ AlarmNames }));
    await world.series([20]);

    expect(whileDisabled).toEqual([]);
    expect(world.changes.map(([, state]) => state)).toEqual(['ALARM', 'OK', 'ALARM']);
    expect(mails(world)).toHaveLength(1);
  });

  test('that fail are in the history, with the reason', async () => {
    const world = new World();
    await world.put({ AlarmActions: [topic] });

    await world.series([20]);

    const failed = world.account.alarms.history('orders-overdue').filter(({ type }) => type === 'Action');
    expect(failed.map(({ summary }) => summary)).toEqual([
      `Failed to execute action ${topic}. Received error: "Topic does not exist"`,
    ]);
  });
});

test('alarms are found by state', async () => {
  const world = new World();
  await world.put();
  await world.put({ AlarmName: 'calm', Threshold: 1000 });

  await world.series([20]);

  const { MetricAlarms: raised } = await world.watch.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
  expect(raised?.map(({ AlarmName }) => AlarmName)).toEqual(['orders-overdue']);
});
