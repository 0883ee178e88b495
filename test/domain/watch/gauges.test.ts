import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gauge, later, secondsBetween } from '../../../lambda/domain/watch/gauge.ts';
import { leftoverTables } from '../../../lambda/domain/watch/leftover-drill-tables.ts';
import { countMissingSchedules, scheduledJobs } from '../../../lambda/domain/watch/missing-schedules.ts';
import { monthlyCost } from '../../../lambda/domain/watch/monthly-cost.ts';
import { watchInstant } from '../../../lambda/domain/watch/watch-clock.ts';
import { ago, aDrill, aPlan, day, hour, now } from './watch-builders.ts';

describe('a gauge', () => {
  test('[M05] is never negative and always a number', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const published = gauge(value);
        expect(Number.isFinite(published) && published >= 0).toBe(true);
        if (value >= 0 && value < Infinity) expect(published === value).toBe(true);
      }),
    );
    expect(secondsBetween(new Date(NaN), now)).toBe(0);
    expect(secondsBetween(now, ago(hour))).toBe(0);
  });

  test('counts from the later of two instants, as far as they are known', () => {
    expect(later(ago(1), ago(2))).toEqual(ago(1));
    expect(later(ago(2), ago(1))).toEqual(ago(1));
    expect(later(undefined, ago(2))).toEqual(ago(2));
    expect(later(ago(1), undefined)).toEqual(ago(1));
    expect(later(undefined, undefined)).toBeUndefined();
  });
});

describe('[M11] the instant of a run', () => {
  test('is ours while AWS agrees, and that of AWS where it does not', () => {
    expect(watchInstant(now, undefined)).toBe(now);
    expect(watchInstant(now, ago(4 * 60_000))).toBe(now);
    expect(watchInstant(now, ago(6 * 60_000))).toEqual(ago(6 * 60_000));
    expect(watchInstant(ago(day), now)).toBe(now);
  });
});

describe('schedules', () => {
  const schedule = (name: string, isEnabled: boolean) =>
    [name, { name, isEnabled, createdAt: undefined, changedAt: undefined }] as const;

  test('[D07] are missing when they are switched off or gone', () => {
    const found = new Map([schedule('a', true), schedule('b', false)]);

    expect(countMissingSchedules(['a', 'b', 'c'], found)).toBe(2);
    expect(countMissingSchedules(['a'], found)).toBe(0);
  });

  test('are needed for backups and prune, and for drills where there are any', () => {
    expect(scheduledJobs(aPlan())).toEqual(['backup', 'prune']);
    expect(scheduledJobs(aPlan({ drill: { schedule: 'rate(7 days)' } }))).toContain('drill-start');
  });
});

describe('the cost of a month', () => {
  const prices = { storagePerGigabyteMonth: 0.1, restorePerGigabyte: 0.15 };
  const costOf = (drill: ReturnType<typeof aDrill> | undefined, tableBytes: number[]) =>
    monthlyCost({ prices, storedBytes: 50e9, tableBytes, drill, now });

  test('is what is stored', () => {
    expect(costOf(undefined, [10e9])).toBeCloseTo(5);
  });

  test('and what the schedule of drills restores in an average month', () => {
    // 52 Sundays of 2026, two of four tables each.
    const drill = aDrill({ tablesPerRun: 2 });

    expect(costOf(drill, [10e9, 10e9, 10e9, 10e9])).toBeCloseTo(5 + (52 / 12) * 20 * 0.15);
    expect(costOf(drill, [10e9, 10e9, 10e9, 10e9])).toBeCloseTo(5 + (52 / 12) * 20 * 0.15);
    expect(costOf(aDrill({ schedule: 'rate(5 days)' }), [10e9])).toBeCloseTo(5 + (365 / 60) * 10 * 0.15);
    expect(costOf(aDrill({ pick: 'all' }), [10e9, 30e9])).toBeCloseTo(5 + (52 / 12) * 40 * 0.15);
    expect(costOf(aDrill(), [])).toBeCloseTo(5);
  });

  test('within the cap of gigabytes of a run, but for one table that alone is larger', () => {
    expect(costOf(aDrill({ pick: 'all', gigabytesPerRun: 15 }), [10e9, 10e9])).toBeCloseTo(5 + (52 / 12) * 15 * 0.15);
    expect(costOf(aDrill({ pick: 'all', gigabytesPerRun: 1 }), [10e9])).toBeCloseTo(5 + (52 / 12) * 10 * 0.15);
  });

  test('of drills that come to an end is that of their last year', () => {
    const drill = aDrill({ schedule: 'cron(0 5 ? * SUN 2026)' });

    expect(costOf(drill, [10e9])).toBeCloseTo(5 + (52 / 12) * 10 * 0.15);
  });
});

describe('what drills left behind', () => {
  const scope = { drillTablePrefix: 'ddb-drill-', owner: 'ab12cd34' };
  const table = 'ddb-drill-ab12cd34-0123456789abcdef';
  const leftovers = (parts: { recordedAt?: Date; names?: string[]; region?: string } = {}) => {
    const { recordedAt, names = [table], region } = parts;
    const drill = { targetName: table, plan: 'orders', ...(region !== undefined && { region }) };
    const announced = recordedAt ? [{ ...drill, recordedAt: recordedAt.toISOString() }] : [];
    const plans = [aPlan({ drill: { schedule: 'rate(7 days)', timeout: 'PT2H' } }), aPlan({ name: 'other' })];
    return leftoverTables(names, { ...scope, announced, plans, now });
  };

  test('is a drill table that no drill announced', () => {
    expect(leftovers()).toEqual([{ table, plan: undefined }]);
  });

  test('is one whose drill should have ended an hour ago', () => {
    expect(leftovers({ recordedAt: ago(3 * hour) })).toEqual([]);
    expect(leftovers({ recordedAt: ago(3 * hour + 1000) })).toEqual([{ table, plan: 'orders' }]);
  });

  test('is one in another Region for as long as its drill is announced', () => {
    const away = { names: [], region: 'eu-west-1' };

    expect(leftovers({ ...away, recordedAt: ago(3 * hour) })).toEqual([]);
    expect(leftovers({ ...away, recordedAt: ago(3 * hour + 1000) })).toEqual([{ table, plan: 'orders' }]);
    expect(leftovers({ names: [], recordedAt: ago(4 * hour) })).toEqual([]);
    expect(leftovers({ names: [table], region: 'eu-west-1', recordedAt: ago(4 * hour) })).toHaveLength(1);
  });

  test('is no other table, and none of another deployment', () => {
    expect(leftovers({ names: ['orders', 'ddb-drill-ffffffff-0123456789abcdef'] })).toEqual([]);
  });
});
