import { describe, expect, test } from '@jest/globals';
import { aPlan, backupAt, codesOf, expiredTimes, judgeThat } from './retention-builders.ts';

/** One backup a day at 03:00 UTC, newest first. */
function days(count: number): ReturnType<typeof backupAt>[] {
  return Array.from({ length: count }, (_, back) => backupAt(new Date(Date.UTC(2026, 10, 21 - back, 3))));
}

describe('judge', () => {
  test('keeps the newest of each of the last n days, and says which', () => {
    const backups = [...days(3), backupAt('2026-11-20T02:00:00Z'), backupAt('2026-11-18T02:00:00Z')];

    const judgement = judgeThat(backups, { plan: aPlan({ keep: { daily: 3 } }) });

    expect(expiredTimes(judgement)).toEqual(['2026-11-20T02', '2026-11-18T02']);
    expect(judgement.verdicts[1]?.reasons).toEqual([{ code: 'daily', detail: 'daily: newest of 2026-11-20 (2 of 3)' }]);
    expect(judgement.verdicts[3]?.reasons).toEqual([
      { code: 'not-daily', detail: 'daily: a newer backup of 2026-11-20 stays' },
    ]);
    expect(judgement.verdicts[4]?.reasons).toEqual([{ code: 'not-daily', detail: 'daily: 3 newer buckets use it up' }]);
    expect(judgement.deletions).toEqual([backups[4], backups[3]]);
    expect(judgement.blocked).toBeNull();
    expect(judgement.counts).toEqual({ kept: 3, expired: 2, frozen: 0, held: 0, unjudgeable: 0 });
  });

  test('keeps the oldest too while a count is left', () => {
    const judgement = judgeThat([backupAt('2026-11-20T03:00:00Z'), backupAt('2026-11-20T02:00:00Z')], {
      plan: aPlan({ keep: { daily: 7 } }),
    });

    expect(codesOf(judgement, 1)).toEqual(['daily']);
  });
});
