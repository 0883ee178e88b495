import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { theilSen } from '../../../lambda/domain/drill/theil-sen.ts';

describe('the line of Theil and Sen', () => {
  test('has the median of all pairs of slopes: by hand', () => {
    // Slopes: (1,1) 2, (2,?) … of (0,1) (1,3) (2,4) (4,1): 2, 1.5, 0, 1, -1, -1.5; sorted -1.5 -1 0 1 1.5 2.
    const trend = theilSen([
      [0, 1],
      [1, 3],
      [2, 4],
      [4, 1],
    ]);

    expect(trend?.slope).toBe(0.5);
    // What is left over: 1, 2.5, 3, -1; sorted -1 1 2.5 3.
    expect(trend?.intercept).toBe(1.75);
  });

  test("has Sen's limits of the slope: by hand", () => {
    // Five points: 10 slopes, spread 1.6449 * sqrt(5 * 4 * 15 / 18) = 6.72, ranks round(1.64) = 2 from either end.
    const trend = theilSen([
      [0, 0],
      [1, 1],
      [2, 4],
      [3, 9],
      [4, 16],
    ]);

    // Slopes: 1 2 3 4 | 3 4 5 | 5 6 | 7; sorted 1 2 3 3 4 4 5 5 6 7.
    expect(trend).toMatchObject({ slope: 4, slopeAtLeast: 2, slopeAtMost: 6 });
  });

  test('knows no limits of the slope through three points, and no line through points above each other', () => {
    expect(theilSen([[0, 0], [1, 1], [2, 2]])).toMatchObject({ slopeAtLeast: -Infinity, slopeAtMost: Infinity }); // prettier-ignore
    expect(theilSen([[1, 0], [1, 5]])).toBeUndefined(); // prettier-ignore
    expect(theilSen([])).toBeUndefined();
  });

  test('is the line itself although up to 29 % of the points are anything at all', () => {
    const lines = fc.record({
      slope: fc.integer({ min: -50, max: 50 }),
      intercept: fc.integer({ min: -1000, max: 1000 }),
      n: fc.integer({ min: 7, max: 40 }),
      odd: fc.array(fc.tuple(fc.nat(), fc.integer({ min: -1_000_000, max: 1_000_000 })), { maxLength: 40 }),
    });
    fc.assert(
      fc.property(lines, ({ slope, intercept, n, odd }) => {
        const points = Array.from({ length: n }, (_, x): [number, number] => [x, intercept + slope * x]);
        for (const [at, y] of odd.slice(0, mostOdd(n))) points[at % n] = [at % n, y];

        const trend = theilSen(points);

        expect(trend?.slope).toBeCloseTo(slope, 9);
        expect(trend?.intercept).toBeCloseTo(intercept, 6);
      }),
      { numRuns: 500 },
    );
  });

  /** So many points may be odd that more than half of all pairs are still of good ones. */
  function mostOdd(n: number): number {
    const pairs = (count: number) => (count * (count - 1)) / 2;
    let odd = 0;
    while (pairs(n - odd - 1) > pairs(n) / 2) odd += 1;
    return odd;
  }

  test('contains the true slope in at least 85 % of noisy lines', () => {
    let contained = 0;
    const lines = 400;
    const next = seeded(7);
    for (let line = 0; line < lines; line++) {
      const points = Array.from({ length: 12 }, (_, x): [number, number] => [
        x,
        3 * x + 20 * (next() + next() + next() - 1.5),
      ]);
      const { slopeAtLeast = NaN, slopeAtMost = NaN } = theilSen(points) ?? {};
      if (slopeAtLeast <= 3 && 3 <= slopeAtMost) contained += 1;
    }

    expect(contained / lines).toBeGreaterThan(0.85);
    expect(contained / lines).toBeLessThan(0.97);
  });
});

/** The same numbers from 0 to 1 every time (Lehmer 1951, with the modulus 2^31 - 1). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
