import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  drillAgeSeconds,
  drillCoverage,
  expectedDrillAgeSeconds,
  forecastDays,
} from '../../../lambda/domain/watch/drill-proof.ts';
import { ago, aDrill, aTable, day, hour, now } from './watch-builders.ts';

const week = 7 * 86_400;

describe('the age of a proof', () => {
  test('counts from the last drill that passed', () => {
    expect(drillAgeSeconds(aTable(), ago(hour), { drillsSince: undefined, now })).toBe(3_600);
  });

  test('of a table never proven counts from the later of its creation and that of the drills’ schedule', () => {
    expect(drillAgeSeconds(aTable(), undefined, { drillsSince: ago(2 * hour), now })).toBe(7_200);
    expect(drillAgeSeconds(aTable({ createdAt: ago(hour) }), undefined, { drillsSince: ago(day), now })).toBe(3_600);
    expect(
      drillAgeSeconds(aTable({ createdAt: undefined }), undefined, { drillsSince: undefined, now }),
    ).toBeUndefined();
  });
});

describe('the age that is expected', () => {
  test('is as many rounds as reach every table, one more gap, and one drill', () => {
    const drill = aDrill({ tablesPerRun: 5 });

    expect(expectedDrillAgeSeconds(drill, 11)).toBe((3 + 1) * week + 86_400);
    expect(expectedDrillAgeSeconds(drill, 0)).toBe((1 + 1) * week + 86_400);
  });

  test('is one round where a run drills every table, and one per table under a cap of gigabytes', () => {
    expect(expectedDrillAgeSeconds(aDrill({ pick: 'all' }), 11)).toBe(2 * week + 86_400);
    expect(expectedDrillAgeSeconds(aDrill({ gigabytesPerRun: 10 }), 11)).toBe(12 * week + 86_400);
  });

  test('is none where drills do not come again', () => {
    expect(expectedDrillAgeSeconds(aDrill({ schedule: 'at(2027-01-01T00:00:00)' }), 1)).toBeUndefined();
  });

  test('is reached by no table while every drill passes, however many tables take turns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }), (tables, tablesPerRun) => {
        const expected = expectedDrillAgeSeconds(aDrill({ tablesPerRun }), tables) ?? 0;
        const provenAt = new Array<number>(tables).fill(0);
        let worst = 0;
        for (let run = 1; run <= 3 * tables; run++) {
          worst = Math.max(worst, ...provenAt.map((at) => run * week + 86_400 - at));
          const turns = provenAt.map((at, nth) => ({ at, nth })).sort((one, other) => one.at - other.at);
          for (const { nth } of turns.slice(0, tablesPerRun)) provenAt[nth] = run * week;
        }

        expect(worst / expected).toBeLessThan(1);
      }),
      { numRuns: 15 },
    );
  });
});

describe('coverage', () => {
  test('is the part of the tables proven within the last 30 days, in per cent', () => {
    expect(drillCoverage([ago(30 * day), ago(31 * day), undefined, ago(hour)], now)).toBe(50);
    expect(drillCoverage([undefined], now)).toBe(0);
  });

  test('of no table is no statement', () => {
    expect(drillCoverage([], now)).toBeUndefined();
  });
});

describe('the forecast', () => {
  const growing = (secondsPerDay: number, start = 600) =>
    Array.from({ length: 10 }, (_, nth) => ({
      at: ago((9 - nth) * 7 * day),
      seconds: start + (nth - 9) * 7 * secondsPerDay,
      sizeBytes: 1e9,
    }));
  const daysOf = (drills: ReturnType<typeof growing>) => forecastDays(drills, { objectiveSeconds: 1000, now });

  test('says in how many days restores take longer than the objective', () => {
    expect(daysOf(growing(4))).toBeCloseTo(100);
  });

  test('is 0 where they do already, and 3,650 where they do not grow or will take ten years', () => {
    expect(daysOf(growing(1, 1200))).toBe(0);
    expect(daysOf(growing(0))).toBe(3_650);
    expect(daysOf(growing(0.01))).toBe(3_650);
  });

  test('is no statement while there is too little data', () => {
    expect(daysOf(growing(4).slice(-3))).toBeUndefined();
  });
});
