import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MeasuredDrill, restoreForecast } from '../../../lambda/domain/drill/forecast.ts';

const now = new Date('2026-11-22T05:00:00Z');
const GB = 1e9;

/** A drill so many days before now. */
function drill(daysAgo: number, seconds: number, sizeBytes = GB): MeasuredDrill {
  return { at: new Date(now.getTime() - daysAgo * 24 * 3_600_000), seconds, sizeBytes };
}

const weekly = (...seconds: number[]) => seconds.map((each, i) => drill(7 * (seconds.length - 1 - i), each));
const forecast = (drills: readonly MeasuredDrill[], objectiveSeconds = 3600) =>
  restoreForecast(drills, { objectiveSeconds, now });

describe('the forecast of a restore time', () => {
  test('says in how many days the objective is crossed at the present growth', () => {
    const drills = weekly(1000, 1070, 1140, 1210, 1280);

    expect(forecast(drills)).toEqual({
      kind: 'crossing',
      seconds: expect.closeTo(1280, 6),
      secondsPerDay: expect.closeTo(10, 9),
      days: expect.closeTo(232, 6),
      daysAtLeast: expect.closeTo(232, 6),
    });
  });

  test('counts from now, not from the last drill', () => {
    const drills = weekly(1000, 1070, 1140, 1210, 1280).map((each) => ({
      ...each,
      at: new Date(each.at.getTime() - 10 * 24 * 3_600_000),
    }));

    expect(forecast(drills)).toMatchObject({ seconds: expect.closeTo(1380, 6), days: expect.closeTo(222, 6) });
  });

  test('says how soon it may be when growth is uncertain', () => {
    const result = forecast(weekly(1000, 1040, 1170, 1180, 1290, 1330, 1450));

    expect(result.kind === 'crossing' && result.daysAtLeast < result.days).toBe(true);
  });

  test('says how much longer a gigabyte makes a restore, when the size changed at all', () => {
    const drills = weekly(1000, 1070, 1140, 1210, 1280).map((each, i) => ({ ...each, sizeBytes: (10 + 2 * i) * GB }));

    expect(forecast(drills)).toMatchObject({ secondsPerGigabyte: expect.closeTo(35, 9) });
    expect(forecast(weekly(1000, 1070, 1140, 1210, 1280))).not.toHaveProperty('secondsPerGigabyte');
  });

  test.each([
    ['none', [], { drills: 0, days: 0 }],
    ['four', weekly(1000, 1070, 1140, 1210), { drills: 4, days: 21 }],
    ['many of one day', Array.from({ length: 9 }, (_, i) => drill(i / 10, 1000 + i)), { drills: 9, days: 0.8 }],
    ['five of 13 days', [13, 9, 6, 3, 0].map((ago) => drill(ago, 1000 - ago)), { drills: 5, days: 13 }],
    ['of the future', [-1, -8, -15, -22, -29].map((ago) => drill(ago, 1000)), { drills: 0, days: 0 }],
    ['without a time', weekly(NaN, Infinity, 1, 2, 3, 4), { drills: 4, days: 21 }],
    ['of no date', weekly(1, 2, 3, 4, 5).map((each) => ({ ...each, at: new Date(NaN) })), { drills: 0, days: 0 }],
  ])('is too little data rather than a guess: %s', (_, drills, found) => {
    expect(forecast(drills)).toEqual({ kind: 'too-little-data', ...found });
  });

  test('needs five drills over 14 days and no more', () => {
    expect(forecast([14, 10, 6, 3, 0].map((ago) => drill(ago, 1000 - ago))).kind).toBe('crossing');
  });

  test.each([
    ['shrinking', weekly(1280, 1210, 1140, 1070, 1000)],
    ['level', weekly(1000, 1000, 1000, 1000, 1000)],
    ['up and down', weekly(1000, 1100, 1000, 1100, 1010, 1090)],
    ['level, with one odd measurement', weekly(1000, 1000, 1000, 1000, 1000, 9000)],
  ])('is that it does not grow: %s', (_, drills) => {
    expect(forecast(drills).kind).toBe('not-growing');
  });

  test('is that the objective is crossed already, whether or not it grows on', () => {
    expect(forecast(weekly(4000, 4000, 4000, 4000, 4000))).toMatchObject({ kind: 'over', seconds: 4000 });
    expect(forecast(weekly(3000, 3200, 3400, 3600, 3800)).kind).toBe('over');
  });

  test('is not moved by odd measurements: 4 of 24 drills may take any time', () => {
    const odd = fc.array(fc.tuple(fc.nat(23), fc.integer({ min: 1, max: 1_000_000 })), { maxLength: 4 });
    fc.assert(
      fc.property(odd, (changes) => {
        const seconds = Array.from({ length: 24 }, (_, i) => 1000 + 70 * i);
        for (const [at, value] of changes) seconds[at] = value;

        const result = forecast(weekly(...seconds));

        expect(result).toMatchObject({ kind: 'crossing', secondsPerDay: expect.closeTo(10, 9) });
        expect(result.kind === 'crossing' && result.days).toBeCloseTo((3600 - 2610) / 10, 6);
      }),
    );
  });

  test('stays near the truth with up to 10 % of noise on every measurement', () => {
    const noise = fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 26, maxLength: 26 });
    fc.assert(
      fc.property(noise, fc.integer({ min: 50, max: 200 }), (factors, perWeek) => {
        const seconds = factors.map((factor, i) => (1000 + perWeek * i) * (1 + factor));

        const result = forecast(weekly(...seconds), 10_000);

        const error = Math.abs(result.kind === 'too-little-data' ? NaN : result.secondsPerDay - perWeek / 7);
        // 10 % of the largest value either way, over half of the time observed.
        expect(error).toBeLessThan((0.2 * (1000 + perWeek * 25)) / (7 * 12.5));
      }),
    );
  });

  test('does not depend on the order of the drills, and looks at the newest 300 only', () => {
    const many = Array.from({ length: 400 }, (_, i) => drill(399 - i, i < 100 ? 90_000 - i : 1000 + 5 * i));

    const result = forecast(many.toReversed(), 100_000);

    expect(result).toEqual(forecast(many.slice(100), 100_000));
    expect(result).toMatchObject({ secondsPerDay: expect.closeTo(5, 9) });
  });
});
