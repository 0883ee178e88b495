import { describe, expect, test } from '@jest/globals';
import type { Backup } from '../../lambda/domain/backup.ts';
import type { Engine } from '../../lambda/domain/plan.ts';
import { engineListings, engines } from './engine-listings.ts';
import { expiredIn, judged, questionOf, type History } from './histories.ts';
import { aPlan, backupAt } from './retention-builders.ts';
import { referenceExpired } from './retention-reference.ts';

/** Six instants on both sides of an hour, a day, a week, a month and a year, and a tie. */
const instants = [
  '2026-01-05T00:00:00.000Z',
  '2026-01-04T23:59:59.999Z',
  '2026-01-01T00:00:00.000Z',
  '2025-12-31T23:59:59.999Z',
  '2025-12-31T22:59:59.999Z',
];
/** One of our own backups that an engine took. */
function backupOf(engine: Engine, at: string | Date | undefined, parts: Partial<Backup> = {}): Backup {
  return backupAt(at, { type: engineListings[engine].type, ...parts });
}

const counts = [undefined, 1, 2, 3] as const;

/** Every subset of at most five backups: 63 of them. */
function* subsets(all: readonly Backup[]): Generator<Backup[]> {
  for (let mask = 1; mask < 2 ** all.length; mask += 1) {
    const subset = all.filter((_, nth) => mask & (1 << nth));
    if (subset.length <= 5) yield subset;
  }
}

describe.each(engines)('every history of at most five backups of engine %s', (engine) => {
  const backups = [...instants, instants[2]].map((at, nth) => backupOf(engine, at, { arn: `arn:${nth}` }));
  const pairs = [
    ['last', 'daily'],
    ['hourly', 'weekly'],
    ['daily', 'monthly'],
    ['weekly', 'yearly'],
    ['monthly', 'yearly'],
    ['hourly', 'daily'],
  ] as const;

  test.each(pairs)('[S21] under every small plan of %s and %s equals the reference planner', (one, other) => {
    const differing: History[] = [];
    for (const first of counts)
      for (const second of counts)
        for (const minimumCopies of [1, 2]) {
          if (first === undefined && second === undefined) continue;
          const keep = { ...(first && { [one]: first }), ...(second && { [other]: second }) };
          const plan = aPlan({ keep, minimumCopies, engine });
          for (const subset of subsets(backups)) {
            const history: History = {
              plan,
              backups: subset,
              liveTables: new Map([['orders', 'id-of-orders']]),
              holds: new Set(),
              now: new Date('2026-01-05T00:00:00Z'),
            };
            // Compared as text: an `expect` for each takes as long as the judgement.
            const [judgement, reference] = [expiredIn(judged(history)), referenceExpired(questionOf(history))];
            if ([...judgement].sort().join() !== [...reference].sort().join()) differing.push(history);
          }
        }
    expect(differing).toEqual([]);
  });
});

describe.each(engines)('fixtures of restic’s meaning, of engine %s', (engine) => {
  /** Ages in days of what is kept of one backup a day for 400 days, the newest on Friday 2026-11-20. */
  function keptDays(keep: Parameters<typeof aPlan>[0]): number[] {
    const daily = Array.from({ length: 400 }, (_, age) => backupOf(engine, new Date(Date.UTC(2026, 10, 20 - age, 3))));
    const history: History = {
      plan: aPlan({ ...keep, engine }),
      backups: daily,
      liveTables: new Map([['orders', 'id-of-orders']]),
      holds: new Set(),
      now: new Date('2026-11-20T12:00:00Z'),
    };
    const expired = expiredIn(judged(history));
    return daily.flatMap(({ arn }, age) => (expired.has(arn) ? [] : [age]));
  }

  test.each([
    { keep: { last: 3 }, kept: [0, 1, 2] },
    { keep: { daily: 2 }, kept: [0, 1] },
    // Newest of each ISO week: Friday, then Sundays.
    { keep: { weekly: 4 }, kept: [0, 5, 12, 19] },
    // Newest of each month: 20 November, then the last day of October, September and August.
    { keep: { monthly: 4 }, kept: [0, 20, 51, 81] },
    // A count is left when the oldest is reached: it stays beside the newest of 2026 and of 2025.
    { keep: { yearly: 3 }, kept: [0, 324, 399] },
    { keep: { yearly: 2 }, kept: [0, 324] },
    { keep: { hourly: 3, weekly: 2 }, kept: [0, 1, 2, 5] },
    { keep: { last: 1, within: 'P3D' }, kept: [0, 1, 2, 3] },
    { keep: { daily: 1 }, minimumCopies: 3, kept: [0, 1, 2] },
  ])('[S21] $keep with at least $minimumCopies copies keeps the days $kept', ({ kept, ...plan }) => {
    expect(keptDays(plan)).toEqual(kept);
  });
});
