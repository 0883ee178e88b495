import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VirtualClock } from '../../sandbox/clock.ts';
import { Alarms } from '../../sandbox/cloudwatch/alarms.ts';
import { judge, type AlarmState, type MissingData } from '../../sandbox/cloudwatch/judgement.ts';
import { Metrics } from '../../sandbox/cloudwatch/metrics.ts';

const minute = 60_000;
const startAt = Date.UTC(2026, 10, 20);

interface Case {
  readonly periodMinutes: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum' | 'Average';
  readonly missingData: MissingData;
  /** Seconds since the start, and values. */
  readonly values: readonly (readonly [number, number])[];
}

const minutesLived = 360;
const scattered = fc.array(fc.tuple(fc.integer({ min: 0, max: 18_000 }), fc.constantFrom(1, 1, 1, 20)), {
  maxLength: 30,
});
/** Long stretches of measurements on one side of the threshold, some of them doubled, a few of them late or left out. */
const stretches = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 20 }),
      value: fc.constantFrom(1, 1, 20),
      doubled: fc.constantFrom(undefined, undefined, 1, 20),
      late: fc.integer({ min: 0, max: 70 }),
      pauseSeconds: fc.constantFrom(0, 0, 600, 3600),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((parts) => {
    const measured: [number, number][] = [];
    let at = 0;
    for (const { length, value, doubled, late, pauseSeconds } of parts) {
      for (let n = 0; n < length; n++, at += 300) {
        measured.push([at + late, value]);
        if (doubled !== undefined && n === 0) measured.push([at + late + 1, doubled]);
      }
      at += pauseSeconds;
    }
    return measured.filter(([seconds]) => seconds < 18_000);
  });

const cases: fc.Arbitrary<Case> = fc
  .record({
    periodMinutes: fc.constantFrom(1, 5, 10, 15),
    evaluationPeriods: fc.integer({ min: 1, max: 4 }),
    share: fc.integer({ min: 1, max: 4 }),
    statistic: fc.constantFrom('Maximum', 'Minimum', 'Sum', 'Average'),
    missingData: fc.constantFrom('missing', 'breaching', 'notBreaching', 'ignore'),
    values: fc.oneof(scattered, stretches, stretches),
  })
  .map(({ share, ...rest }): Case => ({ ...rest, datapointsToAlarm: Math.min(share, rest.evaluationPeriods) }));

const statistics = {
  Maximum: (values: readonly number[]) => Math.max(...values),
  Minimum: (values: readonly number[]) => Math.min(...values),
  Sum: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  Average: (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length,
};

/** What an alarm does that really looks at everything each minute. */
function expected(of: Case): string[] {
  const changes: string[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  const periodMs = of.periodMinutes * minute;
  for (let end = startAt + minute; end < startAt + minutesLived * minute; end += minute) {
    const points = Array.from({ length: of.evaluationPeriods + 2 }, (_, index) => {
      const until = end - (of.evaluationPeriods + 1 - index) * periodMs;
      const within = of.values.filter(([at]) => startAt + at * 1000 < until && startAt + at * 1000 >= until - periodMs);
      return within.length === 0 ? undefined : statistics[of.statistic](within.map(([, each]) => each));
    });
    const judged: AlarmState = judge(points, { ...of, breaches: (each) => each > 10 }).state ?? state;
    if (judged !== state) changes.push(`${(end - startAt) / minute} ${judged}`);
    state = judged;
  }
  return changes;
}

async function actual(of: Case): Promise<string[]> {
  const changes: string[] = [];
  const clock = new VirtualClock(startAt);
  const metrics = new Metrics();
  const alarms = new Alarms({
    clock,
    metrics,
    region: 'eu-central-1',
    accountId: '123456789012',
    metricDelayMs: 10_000,
    act: () => undefined,
    changed: ({ to }) => { changes.push(`${(to.since - 10_000 - startAt) / minute} ${to.value}`); }, // prettier-ignore
  });
  alarms.put({
    AlarmName: 'watched',
    Namespace: 'App',
    MetricName: 'M',
    Statistic: of.statistic,
    Period: of.periodMinutes * 60,
    EvaluationPeriods: of.evaluationPeriods,
    DatapointsToAlarm: of.datapointsToAlarm,
    TreatMissingData: of.missingData,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  for (const [at, each] of of.values) {
    const instant = startAt + at * 1000;
    clock.at(instant, () => { metrics.put('App', 'M', {}, { at: instant, value: each }); }); // prettier-ignore
  }
  await clock.runUntil(startAt + minutesLived * minute - 1);
  return changes;
}

describe('an alarm that skips minutes without news', () => {
  test('changes its state when one does that looks each minute', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        expect(await actual(of)).toEqual(expected(of));
      }),
      { numRuns: 300 },
    );
  });
});
