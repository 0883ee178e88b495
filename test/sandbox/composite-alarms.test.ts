import {
  CloudWatchClient,
  DeleteAlarmMuteRuleCommand,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
  PutAlarmMuteRuleCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutCompositeAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import type { AlarmState } from '../../sandbox/cloudwatch/judgement.ts';

const minute = 60_000;
const startAt = new Date('2026-11-20T00:00:00Z');
const topic = 'arn:aws:sns:eu-central-1:123456789012:pages';

/** Three alarms without data, whose states are set by hand, and somebody who reads what alarms say. */
class World {
  readonly account = new SandboxAccount({ seed: 3, startAt });
  readonly watch = this.account.client(CloudWatchClient);

  static async create(): Promise<World> {
    const world = new World();
    world.account.topics.create('pages');
    world.account.topics.subscribe(topic, 'email', 'oncall@example.com');
    world.account.inbox.confirm('oncall@example.com');
    for (const AlarmName of ['a', 'b', 'quiet']) {
      await world.watch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'App',
          MetricName: AlarmName,
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'ignore',
        }),
      );
    }
    return world;
  }

  async put(changes: Partial<PutCompositeAlarmCommandInput> = {}): Promise<void> {
    const members = {
      AlarmName: 'both',
      AlarmRule: 'ALARM("a") AND ALARM("b")',
      AlarmActions: [topic],
      OKActions: [topic],
    };
    await this.watch.send(new PutCompositeAlarmCommand({ ...members, ...changes }));
  }

  set(states: Readonly<Record<string, AlarmState>>): void {
    for (const [name, state] of Object.entries(states)) this.account.alarms.setState(name, state, 'by hand');
  }

  stateOf(name: string): string | undefined {
    return this.account.alarms.get(name)?.state.value;
  }

  /** Minute of the hour and beginning of the subject of every mail about an alarm. */
  get mails(): [number, string][] {
    return this.account.inbox
      .messages()
      .filter(({ subject }) => !subject.startsWith('AWS'))
      .map(({ at, subject }) => [
        Math.floor((at - startAt.getTime()) / minute),
        subject.split('"').slice(0, 2).join(''),
      ]);
  }
}

describe('a composite alarm', () => {
  test.each([
    ['ALARM("a") AND ALARM("b")', false],
    ['ALARM("a") OR ALARM("b")', true],
    ['ALARM(a) AND NOT ALARM(b)', true],
    ['NOT (ALARM("a") OR ALARM("b"))', false],
    ['OK("b") AND INSUFFICIENT_DATA("quiet")', true],
    ['ALARM("b") AND ALARM("b") OR ALARM("a")', true],
    ['ALARM("a") AND (ALARM("b") OR TRUE)', true],
    ['ALARM("a") AND FALSE', false],
    ['ALARM("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:a")', true],
  ])('with the rule %s is judged when a is in ALARM and b is OK', async (AlarmRule, isRaised) => {
    const world = await World.create();
    world.set({ a: 'ALARM', b: 'OK' });

    await world.put({ AlarmRule });

    expect(world.stateOf('both')).toBe(isRaised ? 'ALARM' : 'OK');
  });

  test('changes with its alarms at once, says which one it was, and acts', async () => {
    const world = await World.create();
    world.set({ a: 'ALARM', b: 'OK' });
    await world.put();

    world.set({ b: 'ALARM' });

    const { CompositeAlarms: found } = await world.watch.send(
      new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }),
    );
    expect(found).toMatchObject([
      {
        AlarmName: 'both',
        StateValue: 'ALARM',
        StateReason: expect.stringMatching(/:alarm:b transitioned to ALARM at Fri, 20 Nov 2026/),
      },
    ]);
    expect(world.mails).toEqual([
      [0, 'OK: both'],
      [0, 'ALARM: both'],
    ]);
  });

  test('can stand on other composite alarms', async () => {
    const world = await World.create();
    await world.put({ AlarmName: 'inner', AlarmRule: 'ALARM("a")' });
    await world.put({ AlarmName: 'outer', AlarmRule: 'ALARM("inner") AND NOT OK("b")' });

    world.set({ a: 'ALARM' });

    expect([world.stateOf('inner'), world.stateOf('outer')]).toEqual(['ALARM', 'ALARM']);
  });

  test('is described only when asked for', async () => {
    const world = await World.create();
    await world.put();

    const { MetricAlarms, CompositeAlarms } = await world.watch.send(new DescribeAlarmsCommand({}));
    const parents = await world.watch.send(new DescribeAlarmsCommand({ ParentsOfAlarmName: 'a' }));

    expect([MetricAlarms?.length, CompositeAlarms]).toEqual([3, []]);
    expect(parents.CompositeAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['both']);
  });

  test.each([
    ['an alarm that is not there', 'ALARM("none")'],
    ['a state that is none', 'BROKEN("a")'],
    ['a rule without an end', 'ALARM("a") AND'],
    ['an open parenthesis', '(ALARM("a")'],
    ['an open quotation', 'ALARM("a'],
    ['two states in a row', 'ALARM("a") ALARM("b")'],
    ['more than 10,240 characters', `${'ALARM("a") OR '.repeat(800)}ALARM("b")`],
  ])('refuses %s', async (_, AlarmRule) => {
    const world = await World.create();

    await expect(world.put({ AlarmRule })).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuses a rule that leads back to it', async () => {
    const world = await World.create();
    await world.put({ AlarmName: 'inner', AlarmRule: 'ALARM("a")' });
    await world.put({ AlarmName: 'outer', AlarmRule: 'ALARM("inner")' });

    await expect(world.put({ AlarmName: 'inner', AlarmRule: 'ALARM("outer")' })).rejects.toThrow('leads back');
  });
});

// Source: CloudWatch API reference, PutCompositeAlarm: ActionsSuppressor, its wait period and its extension period.
describe('the actions of a composite alarm with a suppressor', () => {
  async function suppressed(): Promise<World> {
    const world = await World.create();
    world.set({ a: 'ALARM', b: 'OK', quiet: 'OK' });
    const periods = { ActionsSuppressorWaitPeriod: 120, ActionsSuppressorExtensionPeriod: 180 };
    await world.put({ ActionsSuppressor: 'quiet', OKActions: [], ...periods });
    await world.account.runFor(5 * minute);
    return world;
  }

  test('wait for it to go into ALARM, and are taken when it does not', async () => {
    const world = await suppressed();

    world.set({ b: 'ALARM' });
    const waiting = world.account.alarms.get('both')?.suppressedBy;
    await world.account.runFor(10 * minute);

    expect(waiting).toBe('WaitPeriod');
    expect(world.mails).toEqual([[7, 'ALARM: both']]);
    expect(world.account.alarms.get('both')?.suppressedBy).toBeUndefined();
  });

  test('are not taken while it is in ALARM, and after it for the extension period', async () => {
    const world = await suppressed();
    world.set({ b: 'ALARM' });
    await world.account.runFor(minute);

    world.set({ quiet: 'ALARM' });
    await world.account.runFor(10 * minute);
    const during = [...world.mails];
    world.set({ quiet: 'OK' });
    const after = world.account.alarms.get('both')?.suppressedBy;
    await world.account.runFor(10 * minute);

    expect(during).toEqual([]);
    expect(after).toBe('ExtensionPeriod');
    expect(world.mails).toEqual([[19, 'ALARM: both']]);
  });

  test('are those of the state it is in when they are taken at last', async () => {
    const world = await suppressed();
    world.set({ b: 'ALARM' });
    await world.account.runFor(minute);
    world.set({ b: 'OK' });
    await world.account.runFor(10 * minute);

    expect(world.mails).toEqual([]);
    expect(world.stateOf('both')).toBe('OK');
  });
});

// Source: CloudWatch API reference, PutAlarmMuteRule.
describe('a mute rule', () => {
  const schedule = (Expression: string, Duration: string) => ({ Schedule: { Expression, Duration } });

  async function muted(Expression: string, Duration = 'PT10M'): Promise<World> {
    const world = await World.create();
    await world.put({ AlarmRule: 'ALARM("a")' });
    await world.account.runFor(minute);
    const MuteTargets = { AlarmNames: ['both'] };
    await world.watch.send(
      new PutAlarmMuteRuleCommand({ Name: 'pause', Rule: schedule(Expression, Duration), MuteTargets }),
    );
    await world.account.runUntil(new Date(startAt.getTime() + 32 * minute));
    return world;
  }

  test('lets an alarm change without a word, and tells at its end what still holds', async () => {
    const world = await muted('at(2026-11-20T00:30)');

    world.set({ a: 'ALARM' });
    const during = world.stateOf('both');
    await world.account.runFor(60 * minute);

    expect(during).toBe('ALARM');
    expect(world.mails).toEqual([
      [0, 'OK: both'],
      [40, 'ALARM: both'],
    ]);
  });

  test('never tells what was over before its end', async () => {
    const world = await muted('at(2026-11-20T00:30)');

    world.set({ a: 'ALARM' });
    await world.account.runFor(minute);
    await world.put({ AlarmRule: 'ALARM("a")', OKActions: [] });
    world.set({ a: 'OK' });
    await world.account.runFor(60 * minute);

    expect(world.mails).toEqual([[0, 'OK: both']]);
  });

  test('mutes again and again by cron', async () => {
    const world = await muted('cron(30 * * * *)');

    world.set({ a: 'ALARM' });
    await world.account.runFor(10 * minute);
    world.set({ a: 'OK' });
    await world.account.runUntil(new Date(startAt.getTime() + 95 * minute));
    world.set({ a: 'ALARM' });
    await world.account.runFor(60 * minute);

    expect(world.mails).toEqual([
      [0, 'OK: both'],
      [40, 'ALARM: both'],
      [42, 'OK: both'],
      [100, 'ALARM: both'],
    ]);
  });

  test('that is deleted in its window ends it', async () => {
    const world = await muted('at(2026-11-20T00:30)', 'P7D');
    world.set({ a: 'ALARM' });

    const open = await world.watch.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: 'pause' }));
    await world.watch.send(new DeleteAlarmMuteRuleCommand({ AlarmMuteRuleName: 'pause' }));
    const left = await world.watch.send(new ListAlarmMuteRulesCommand({}));

    expect(open).toMatchObject({ Status: 'ACTIVE', MuteType: 'ONE_TIME', MuteTargets: { AlarmNames: ['both'] } });
    expect(left.AlarmMuteRuleSummaries).toEqual([]);
    expect(world.mails.at(-1)).toEqual([32, 'ALARM: both']);
  });

  test('mutes at once when it is put in the middle of its window', async () => {
    const world = await muted('at(2026-11-20T00:00)', 'PT1H');

    world.set({ a: 'ALARM' });
    await world.account.runFor(40 * minute);

    expect(world.mails.at(-1)).toEqual([60, 'ALARM: both']);
  });

  test.each([
    ['six fields', 'cron(0 2 * * ? *)', 'PT1H'],
    ['a rate', 'rate(1 day)', 'PT1H'],
    ['a duration that is none', 'cron(0 2 * * *)', 'an hour'],
    ['less than a minute', 'cron(0 2 * * *)', 'PT30S'],
    ['more than fifteen days', 'cron(0 2 * * *)', 'P16D'],
  ])('refuses %s', async (_, expression, duration) => {
    const world = await World.create();
    const Rule = schedule(expression, duration);

    await expect(world.watch.send(new PutAlarmMuteRuleCommand({ Name: 'odd', Rule }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
