import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { brokenRecoveryPoint } from '../../../lambda/domain/events/recovery-point.ts';

const minute = 60_000;
const newestAt = new Date('2026-11-20T03:00:10Z');
const lookAt = (at: Date, everyMinutes = 15) => ({ at, previousAt: new Date(at.getTime() - everyMinutes * minute) });

describe('the recovery point objective', () => {
  test('breaks at the look that first sees the newest backup older than promised', () => {
    expect(brokenRecoveryPoint(newestAt, 3_600, lookAt(new Date('2026-11-20T04:00:00Z')))).toBeUndefined();
    expect(brokenRecoveryPoint(newestAt, 3_600, lookAt(new Date('2026-11-20T04:15:00Z')))).toBe(4_490);
    expect(brokenRecoveryPoint(newestAt, 3_600, lookAt(new Date('2026-11-20T04:30:00Z')))).toBeUndefined();
  });

  test('is kept by a backup exactly as old as promised', () => {
    const at = new Date(newestAt.getTime() + 3_600_000);

    expect(brokenRecoveryPoint(newestAt, 3_600, lookAt(at))).toBeUndefined();
  });

  test('is seen to break exactly once, whenever the looks begin and however far apart they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 240 }),
        fc.integer({ min: 0, max: 86_400 }),
        (objectiveSeconds, everyMinutes, offsetSeconds) => {
          const first = newestAt.getTime() + offsetSeconds * 1_000 - 86_400_000;
          const looks = Array.from({ length: 200_000_000 / (everyMinutes * minute) + 2 }, (_, nth) =>
            lookAt(new Date(first + nth * everyMinutes * minute), everyMinutes),
          );

          const seen = looks.filter((look) => brokenRecoveryPoint(newestAt, objectiveSeconds, look) !== undefined);

          expect(seen).toHaveLength(1);
        },
      ),
      { numRuns: 30 },
    );
  });
});
