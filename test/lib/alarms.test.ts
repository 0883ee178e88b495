import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import { expectedCallers } from '../../lambda/domain/doctor/alarm-findings.ts';
import { aCopyingPlan, aDrillingPlan, aMonitoringStack, aPlan, propertiesOf, resourcesOf } from './deploy.ts';
import type { EnginePlanProps } from '../../lib/both-engines.ts';
import { aMonitoredStack } from './monitored.ts';

const day = 24 * 3600;
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');

/** Every kind of alarm there is: a plan that drills and promises everything, one that promises nothing, one that is rare. */
const everything = () =>
  aMonitoredStack({
    plans: {
      orders: aDrillingPlan({
        objectives: { recoveryPoint: Duration.hours(2), recoveryTime: Duration.hours(1) },
        pointInTimeRecovery: {},
      }),
      users: aPlan({ tables: { tagged: { backup: 'users' } }, pausedUntil: new Date(Date.now() + 7 * day * 1000) }),
      archive: aPlan({ tables: { named: ['archive'] }, backup: { schedule: 'rate(28 days)' }, keep: { last: 3 } }),
      once: aPlan({ tables: { named: ['once'] }, backup: { schedule: 'at(2027-01-01T03:00:00)' } }),
      vaulted: aCopyingPlan({ tables: { named: ['ledgers'] } }),
    },
    notify: { emails: ['oncall@example.com'] },
  });

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly MetricName?: string;
  readonly Metrics?: readonly unknown[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Period?: number;
  readonly TreatMissingData: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
}

interface CompositeProperties extends Pick<AlarmProperties, 'AlarmDescription' | 'AlarmActions' | 'OKActions'> {
  readonly AlarmName: string;
  readonly AlarmRule: unknown;
  readonly ActionsSuppressor?: unknown;
}

const alarmsOf = (stack: Stack) => propertiesOf(stack, 'AWS::CloudWatch::Alarm') as unknown as AlarmProperties[];
const compositesOf = (stack: Stack) =>
  propertiesOf(stack, 'AWS::CloudWatch::CompositeAlarm') as unknown as CompositeProperties[];
/** What reads as text once deployed; what only the deployment knows is its JSON. */
function textOf(value: unknown): string {
  const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (joined) return joined[1].map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const articles = runbook
  .split('\n## ')
  .slice(1)
  .map((text) => ({ heading: text.split('\n')[0] ?? '', text }));

/** The gauges whose silence is a fault. */
const freshness = [
  'RecoveryPointAge',
  'NewlyMissingBackups',
  'BackupRunAge',
  'CopyAge',
  'PruneRunAge',
  'DrillAgeToExpected',
  'WatchHeartbeat',
];

const always = [
  'backup-failed',
  'backup-shrank',
  'backups-missing',
  'deletion-denied',
  'deletion-failing',
  'encryption-key-at-risk',
  'ever-watched',
  'plan-covers-nothing',
  'pruner-silent',
  'retention-blocked',
  'schedule-missing',
  'watched-now',
];
/** Of a plan that runs again and again. */
const scheduled = ['recovery-point-overdue', 'scheduler-silent'];
const drilling = [
  'drill-failed',
  'drill-overdue',
  'drill-table-left-behind',
  'recovery-time-exceeded',
  'recovery-time-forecast',
];

const composed = ['plan-unhealthy', 'plan-degraded'];
/** What may go on for weeks after everybody knows. */
const alone = ['backup-shrank', 'encryption-key-at-risk', 'plan-covers-nothing'];
const aloneWithDrills = ['drill-failed', 'recovery-time-exceeded', 'recovery-time-forecast'];

describe('every alarm', () => {
  const stack = everything();
  const alarms = alarmsOf(stack);
  const composites = compositesOf(stack);
  const rules = composites.map(({ AlarmRule }) => textOf(AlarmRule)).join('\n');
  const isNamedInRule = ({ AlarmName }: AlarmProperties) => rules.includes(logicalIdOf(stack, AlarmName));

  test.each([
    ['orders', [...always, ...scheduled, 'unprotected-table', 'point-in-time-recovery-off', ...drilling]],
    ['users', [...always, ...scheduled, 'unprotected-table']],
    ['archive', [...always, ...scheduled]],
    ['once', always],
    ['vaulted', [...always, ...scheduled, 'unprotected-table', 'copy-failed', 'copy-overdue']],
  ])('of plan %s is about something it promises', (plan, expected) => {
    expect(namesOf(alarms, plan)).toEqual([...expected].sort());
  });

  test('[M02] calls somebody, or is heard by an alarm that does', () => {
    const callers = [...alarms, ...composites].filter(({ AlarmActions }) => (AlarmActions ?? []).length > 0);

    expect(callers.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      [
        ...['archive', 'once', 'orders', 'users', 'vaulted'].flatMap((plan) =>
          [...composed, ...alone].map((name) => `dynamodb-backups/team1/${plan}/${name}`),
        ),
        ...[...aloneWithDrills, 'point-in-time-recovery-off'].map((name) => `dynamodb-backups/team1/orders/${name}`),
        'dynamodb-backups/team1/dead-letters/backup-events',
        'dynamodb-backups/team1/dead-letters/backup-runs',
        'dynamodb-backups/team1/invocations-dropped/dynamodb-backups-team1',
        'dynamodb-backups/team1/nobody-listens',
        'dynamodb-backups/team1/subscription-unconfirmed',
        'dynamodb-backups/team1/watch-silent',
      ].sort(),
    );
    expect(alarms.filter((alarm) => !callers.includes(alarm) && !isNamedInRule(alarm))).toEqual([]);
  });

  test('[M02] of freshness takes silence for a fault, and no other does', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');

    expect([...new Set(breaching.map(({ MetricName }) => MetricName))].sort()).toEqual([...freshness].sort());
    expect(alarms.filter((each) => freshness.includes(each.MetricName ?? '') && !isKnowing(each))).toEqual(breaching);
  });

  test('[M02] that only runs speak to keeps its state until the next run', () => {
    const kept = alarms
      .filter(({ TreatMissingData }) => TreatMissingData === 'ignore')
      .filter((each) => !isKnowing(each));

    expect([...new Set(kept.map(({ MetricName }) => MetricName))].sort()).toEqual([
      'BackupDeletionsDenied',
      'BackupDeletionsFailed',
      'BackupsFailed',
      'CopiesFailed',
      'RetentionBlocked',
    ]);
  });

  test.each([...alarms, ...composites])('$AlarmName says what broke and points to its heading', (alarm) => {
    const description = textOf(alarm.AlarmDescription);

    const [, heading] = /^[A-Z].{20,}[^.]\. docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];

    expect(headings(runbook)).toContain(heading);
    expect(description.length).toBeLessThanOrEqual(1024);
    expect(alarm.AlarmName.length).toBeLessThanOrEqual(255);
  });

  test('has a heading of its own in the runbook, and the runbook has no other', () => {
    const named = [...alarms, ...composites].map(
      ({ AlarmDescription }) => /#([a-z-]+)/.exec(textOf(AlarmDescription))?.[1],
    );

    expect(headings(runbook).sort()).toEqual([...new Set(named)].sort());
  });

  test.each(articles)('is explained by the runbook: $heading', ({ text }) => {
    for (const part of ['Means', 'Look', 'Do', 'Do not']) expect(text.split(`**${part}**`)).toHaveLength(2);
  });

  test('[M10] looks back no farther than CloudWatch can', () => {
    for (const { AlarmName, EvaluationPeriods, DatapointsToAlarm, Period = 3600 } of alarms) {
      const isWithinLimits = EvaluationPeriods * Period <= (Period < 3600 ? day : 7 * day);

      expect({ AlarmName, isWithinLimits }).toEqual({ AlarmName, isWithinLimits: true });
      expect(DatapointsToAlarm ?? 1).toBe(EvaluationPeriods);
    }
  });

  test('[M10] hangs on what is said every quarter of an hour, not on what a weekly run says', () => {
    const ofDrills = alarms.filter(({ AlarmName }) => /drill|recovery-time/.test(AlarmName));

    expect([...new Set(ofDrills.map(({ MetricName }) => MetricName))].sort()).toEqual([
      'DrillAgeToExpected',
      'FailedDrills',
      'LeftoverDrillTables',
      'RestoreTimeForecastDays',
      'RestoreTimeToObjective',
    ]);
  });

  test.each(composites)('$AlarmName has a rule that CloudWatch takes', ({ AlarmRule }) => {
    const rule = textOf(AlarmRule);
    const children = rule.match(/(ALARM|INSUFFICIENT_DATA)\(/g) ?? [];
    // Once deployed, each child is an ARN with a name of at most 255 characters.
    const deployed =
      children.length *
      (255 + 'INSUFFICIENT_DATA("arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:") OR '.length);

    expect(children.length).toBeLessThanOrEqual(100);
    expect(deployed).toBeLessThanOrEqual(10_240);
  });
});

/** Alarms that only know whether there ever was a value, or is one now. */
const isKnowing = ({ AlarmName }: AlarmProperties) => /\/(ever-watched|watched-now)$/.test(AlarmName);

function logicalIdOf(stack: Stack, alarmName: string): string {
  const found = Object.entries(resourcesOf(stack)).find(([, { Properties }]) => Properties.AlarmName === alarmName);
  return found?.[0] ?? 'no such alarm';
}

function namesOf(alarms: readonly AlarmProperties[], plan: string): string[] {
  const prefix = `dynamodb-backups/team1/${plan}/`;
  return alarms
    .flatMap(({ AlarmName }) => (AlarmName.startsWith(prefix) ? [AlarmName.slice(prefix.length)] : []))
    .sort();
}

test('[M03] the alarms that the doctor misses when they are gone are in every deployment, and call somebody', () => {
  const plans = {
    orders: aPlan(),
    once: aPlan({ tables: { named: ['once'] }, backup: { schedule: 'at(2027-01-01T03:00:00)' } }),
  };
  const stack = aMonitoringStack({ plans, owner: 'team1', notify: { emails: ['oncall@example.com'] } });

  const calling = [...alarmsOf(stack), ...propertiesOf(stack, 'AWS::CloudWatch::CompositeAlarm')]
    .filter(({ AlarmActions }) => AlarmActions !== undefined)
    .map(({ AlarmName }) => String(AlarmName).replace('dynamodb-backups/team1/', ''));

  expect(calling).toEqual(expect.arrayContaining(expectedCallers(Object.keys(plans), [])));
});

function headings(document: string): string[] {
  return [...document.matchAll(/^## (.*)$/gm)].map(([, heading]) => (heading ?? '').toLowerCase().replace(/ /g, '-'));
}

const hour = 3600;

/** The alarm of one name of plan orders. */
function alarmNamed(name: string, plan: Partial<EnginePlanProps>): AlarmProperties | undefined {
  const stack = aMonitoredStack({ plans: { orders: aPlan(plan) } });
  return alarmsOf(stack).find(({ AlarmName }) => AlarmName === `dynamodb-backups/team1/orders/${name}`);
}

describe('thresholds are what a plan promises', () => {
  test.each<[Partial<EnginePlanProps>, number, number, number]>([
    // The recovery point, then the silence of backups and of prune: gap, flexible window, an hour of retries, half an hour to be seen.
    [{ backup: { schedule: 'rate(1 hour)' } }, 2 * hour, 2.5 * hour, 3.5 * hour],
    [
      { objectives: { recoveryPoint: Duration.hours(26) }, backup: { schedule: 'rate(1 day)' } },
      26 * hour,
      25.5 * hour,
      25.5 * hour,
    ],
    [{ backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' } }, 26 * hour, 26.5 * hour, 25.5 * hour],
    [
      { backup: { schedule: 'cron(0 3 * * ? *)', flexibleWindow: Duration.hours(4) } },
      29 * hour,
      29.5 * hour,
      25.5 * hour,
    ],
    [{ backup: { schedule: 'cron(0 3 ? * MON-FRI *)' } }, 73 * hour, 73.5 * hour, 25.5 * hour],
    [
      {
        backup: { schedule: 'rate(1 day)' },
        prune: { schedule: 'cron(0 4 ? * SUN *)', deletionCap: { perTableCount: 7 } },
      },
      25 * hour,
      25.5 * hour,
      7 * 24 * hour + 1.5 * hour,
    ],
  ])('%j', (plan, recoveryPoint, backups, prune) => {
    expect(alarmNamed('recovery-point-overdue', plan)).toMatchObject({
      MetricName: 'RecoveryPointAge',
      Threshold: recoveryPoint,
    });
    expect(alarmNamed('scheduler-silent', plan)).toMatchObject({ MetricName: 'BackupRunAge', Threshold: backups });
    expect(alarmNamed('pruner-silent', plan)).toMatchObject({ MetricName: 'PruneRunAge', Threshold: prune });
  });

  test.each<[string, string, Partial<EnginePlanProps>, number | undefined, number | undefined]>([
    ['an hourly plan', 'unprotected-table', { backup: { schedule: 'rate(1 hour)' } }, hour, 3],
    ['a daily plan', 'unprotected-table', { backup: { schedule: 'rate(1 day)' } }, hour, 26],
    ['a plan of every six days', 'unprotected-table', { backup: { schedule: 'rate(6 days)' } }, hour, 146],
    [
      'a weekly plan, which no alarm can wait for',
      'unprotected-table',
      { backup: { schedule: 'rate(7 days)' } },
      undefined,
      undefined,
    ],
    ['any plan', 'schedule-missing', {}, hour / 4, 2],
    ['any plan', 'recovery-point-overdue', {}, hour / 4, 1],
    ['any plan', 'backups-missing', {}, hour / 4, 1],
    ['a drilling plan', 'drill-table-left-behind', { drill: { schedule: 'rate(7 days)' } }, hour, 14],
    ['an hourly plan', 'point-in-time-recovery-off', { pointInTimeRecovery: {} }, hour, 9],
    [
      'a daily plan',
      'point-in-time-recovery-off',
      { backup: { schedule: 'rate(1 day)' }, pointInTimeRecovery: {} },
      hour,
      32,
    ],
    [
      'a plan that only reports',
      'point-in-time-recovery-off',
      { pointInTimeRecovery: { correct: false } },
      hour / 4,
      1,
    ],
    ['a plan that promises nothing', 'point-in-time-recovery-off', {}, undefined, undefined],
  ])('of %s, %s waits as long as it must', (_, name, plan, period, periods) => {
    const alarm = alarmNamed(name, plan);

    expect([alarm?.Period, alarm?.EvaluationPeriods]).toEqual([period, periods]);
  });

  test('a plan covers nothing after a whole day of no table, with a backup or without', () => {
    const alarm = alarmNamed('plan-covers-nothing', {});

    expect(alarm).toMatchObject({ EvaluationPeriods: 24, Threshold: 1, ComparisonOperator: 'LessThanThreshold' });
    expect(alarm?.Metrics).toEqual([
      { Expression: 'protected + unprotected', Id: 'expr_1', Label: 'CoveredTables', ReturnData: true },
      ...['protected', 'unprotected'].map((id) => ({
        Id: id,
        MetricStat: {
          Metric: {
            Namespace: 'DynamoDBBackups',
            MetricName: id === 'protected' ? 'ProtectedTables' : 'UnprotectedTables',
            Dimensions: [{ Name: 'Plan', Value: 'orders' }],
          },
          Period: hour,
          Stat: 'Maximum',
        },
        ReturnData: false,
      })),
    ]);
  });

  test('the forecast warns as early as the deployment asks for', () => {
    const thresholdOf = (forecast?: Duration) => {
      const stack = aMonitoredStack({
        plans: { orders: aDrillingPlan() },
        monitoring: { ...(forecast && { forecast }) },
      });
      return alarmsOf(stack).find(({ AlarmName }) => AlarmName.endsWith('/recovery-time-forecast'))?.Threshold;
    };

    expect(thresholdOf()).toBe(30);
    expect(thresholdOf(Duration.days(90))).toBe(90);
  });

  test('descriptions point to where the runbook is read', () => {
    const [first] = compositesOf(aMonitoredStack({ monitoring: { runbookUrl: 'https://wiki.example.com/backups' } }));

    expect(textOf(first?.AlarmDescription)).toMatch(/ https:\/\/wiki\.example\.com\/backups#not-watched$/);
  });
});

describe('one incident is one call', () => {
  const stack = aMonitoredStack({ plans: { orders: aDrillingPlan() } });
  const composite = (name: string) =>
    compositesOf(stack).find(({ AlarmName }) => AlarmName === `dynamodb-backups/team1/${name}`);
  const id = (name: string) => logicalIdOf(stack, `dynamodb-backups/team1/${name}`);

  test.each([
    ['plan-unhealthy', ['backups-missing', 'recovery-point-overdue', 'schedule-missing', 'scheduler-silent', 'unprotected-table']], // prettier-ignore
    ['plan-degraded', ['backup-failed', 'deletion-denied', 'deletion-failing', 'drill-overdue', 'drill-table-left-behind', 'pruner-silent', 'retention-blocked']], // prettier-ignore
  ])('%s calls about %j, and when it is over', (name, expected) => {
    const caller = composite(`orders/${name}`);

    const rule = textOf(caller?.AlarmRule);
    const heard = namesOf(alarmsOf(stack), 'orders').filter((symptom) => rule.includes(`"${id(`orders/${symptom}`)}"`));
    expect(heard).toEqual(expected);
    expect(rule.match(/ALARM\("/g)).toHaveLength(expected.length);
    expect(caller?.OKActions).toEqual(caller?.AlarmActions);
    expect(textOf(caller?.ActionsSuppressor)).toContain(id('orders/not-watched'));
  });

  test('what may go on for weeks calls itself, so that it hides nothing', () => {
    const callers = alarmsOf(stack).filter(({ AlarmActions = [] }) => AlarmActions.length > 0);

    expect(namesOf(callers, 'orders')).toEqual([...alone, ...aloneWithDrills].sort());
    for (const { AlarmActions, OKActions } of callers.filter(({ AlarmName }) => AlarmName.includes('/orders/')))
      expect(OKActions).toEqual(AlarmActions);
  });

  test('[M08] while watch is silent only its own alarm calls: plans know nothing then', () => {
    const silent = composite('watch-silent');

    expect(textOf(silent?.AlarmRule)).toContain(id('watch-silent/heartbeat'));
    expect(silent?.AlarmActions).toHaveLength(1);
    expect(textOf(composite('orders/not-watched')?.AlarmRule)).toMatch(
      new RegExp(`\\(ALARM.*${id('watch-silent')}.* AND INSUFFICIENT_DATA.*${id('orders/watched-now')}`),
    );
    expect(textOf(composite('orders/plan-unhealthy')?.ActionsSuppressor)).toContain(id('orders/not-watched'));
  });

  test('a plan or deployment that watch never looked at calls nobody, and later silence does', () => {
    for (const [name, suppressor, memory] of [
      ['orders/plan-unhealthy', 'orders/not-watched', 'orders/ever-watched'],
      ['watch-silent', 'not-watched', 'ever-watched'],
    ] as const) {
      expect(textOf(composite(name)?.ActionsSuppressor)).toContain(id(suppressor));
      expect(textOf(composite(suppressor)?.AlarmRule)).toMatch(new RegExp(`INSUFFICIENT_DATA\\("\\{.*${id(memory)}`));
      const remembering = alarmsOf(stack).find(({ AlarmName }) => AlarmName === `dynamodb-backups/team1/${memory}`);
      expect(remembering).toMatchObject({
        TreatMissingData: 'ignore',
        Threshold: 0,
        ComparisonOperator: 'LessThanThreshold',
      });
    }
  });
});
