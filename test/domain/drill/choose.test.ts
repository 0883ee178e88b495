import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Candidate,
  chooseBackup,
  chooseTables,
  type ChosenTables,
  restorableBackups,
} from '../../../lambda/domain/drill/choose.ts';
import type { Restorable } from '../../../lambda/domain/standing.ts';
import { backupAt } from '../retention-builders.ts';

const leastRecently = { pick: 'least-recently-proven', tablesPerRun: 2 } as const;
const day = 24 * 3_600_000;
const GB = 1e9;

function candidate(table: string, given: Partial<Candidate> = {}): Candidate {
  return { table, sizeBytes: GB, hasBackup: true, ...given };
}

function on(dayOfMonth: number): Date {
  return new Date(Date.UTC(2026, 10, dayOfMonth));
}

const namesOf = (choices: ChosenTables<Candidate>['chosen']) => choices.map(({ candidate: { table } }) => table);
const codesOf = (choices: ChosenTables<Candidate>['chosen']) =>
  choices.map(({ candidate: { table }, reason: { code } }) => `${table}: ${code}`);

describe('the tables of a run', () => {
  test('are those least recently proven, and those never drilled before all others', () => {
    const candidates = [
      candidate('new', { lastProvenAt: on(9), lastTriedAt: on(9) }),
      candidate('old', { lastProvenAt: on(2), lastTriedAt: on(2) }),
      candidate('never'),
    ];

    const { chosen, leftOut } = chooseTables(candidates, leastRecently);

    expect(codesOf(chosen)).toEqual(['never: never-tried', 'old: least-recently-proven']);
    expect(chosen[1]?.reason.detail).toBe('its turn has come: last proven 2026-11-02T00:00:00.000Z');
    expect(codesOf(leftOut)).toEqual(['new: tables-per-run']);
  });

  test('[X23] a table that failed waits its turn like the others; of two that waited as long the never proven goes first', () => {
    const candidates = [
      candidate('fails', { lastTriedAt: on(9) }),
      candidate('passes', { lastProvenAt: on(8), lastTriedAt: on(8) }),
      candidate('passed once', { lastProvenAt: on(1), lastTriedAt: on(9) }),
    ];

    const { chosen } = chooseTables(candidates, leastRecently);

    expect(namesOf(chosen)).toEqual(['passes', 'fails']);
    expect(chosen[1]?.reason.detail).toBe('its turn has come: never proven');
  });

  test('are all of them when the plan says so, however many', () => {
    const candidates = ['c', 'a', 'b'].map((name) => candidate(name));

    const { chosen, leftOut } = chooseTables(candidates, { ...leastRecently, pick: 'all' });

    expect(codesOf(chosen)).toEqual(['a: all', 'b: all', 'c: all']);
    expect(leftOut).toEqual([]);
  });

  test('[X13] never are those without a backup', () => {
    const { chosen, leftOut } = chooseTables([candidate('a', { hasBackup: false }), candidate('b')], leastRecently);

    expect(namesOf(chosen)).toEqual(['b']);
    expect(codesOf(leftOut)).toEqual(['a: no-backup']);
  });

  test('hold no more gigabytes than the plan allows; smaller ones behind a table that does not fit go first', () => {
    const candidates = [
      candidate('a', { sizeBytes: 6 * GB }),
      candidate('b', { sizeBytes: 5 * GB }),
      candidate('c', { sizeBytes: 4 * GB }),
    ];

    const { chosen, leftOut } = chooseTables(candidates, { ...leastRecently, tablesPerRun: 3, gigabytesPerRun: 10 });

    expect(namesOf(chosen)).toEqual(['a', 'c']);
    expect(leftOut).toMatchObject([
      {
        reason: {
          code: 'gigabytes-per-run',
          detail: 'its 5 GB and the 6 GB chosen before it exceed the 10 GB of a run (gigabytesPerRun)',
        },
      },
    ]);
  });

  test('are a single one when it alone is larger than a run allows, and that is said', () => {
    const candidates = [candidate('huge', { sizeBytes: 2000 * GB }), candidate('small', { lastTriedAt: on(1) })];

    const { chosen, leftOut } = chooseTables(candidates, { ...leastRecently, gigabytesPerRun: 10 });

    expect(chosen).toMatchObject([
      {
        reason: {
          code: 'alone',
          detail: 'its turn has come, though its 2000 GB alone exceed the 10 GB of a run (gigabytesPerRun)',
        },
      },
    ]);
    expect(codesOf(leftOut)).toEqual(['small: gigabytes-per-run']);
  });

  const histories = fc.uniqueArray(
    fc.record({
      table: fc.string({ minLength: 1, maxLength: 3 }),
      sizeBytes: fc.integer({ min: 0, max: 20 * GB }),
      lastProvenAt: fc.option(fc.integer({ min: 1, max: 9 }).map(on), { nil: undefined }),
      lastTriedAt: fc.option(fc.integer({ min: 1, max: 9 }).map(on), { nil: undefined }),
      hasBackup: fc.constant(true),
    }),
    { minLength: 1, maxLength: 12, selector: ({ table }) => table },
  );

  /** Runs drills one day after the other; some tables always fail, some fail now and then. */
  function triedIn(
    runs: number,
    given: Candidate[],
    drill: Parameters<typeof chooseTables>[1],
    fails: (table: string) => boolean,
  ) {
    let candidates = given;
    return Array.from({ length: runs }, (_, run) => {
      const now = new Date(on(10).getTime() + run * day);
      const names = new Set(namesOf(chooseTables(candidates, drill).chosen));
      candidates = candidates.map((each) =>
        names.has(each.table) ? { ...each, lastTriedAt: now, ...(!fails(each.table) && { lastProvenAt: now }) } : each,
      );
      return names;
    });
  }

  const failing = fc.tuple(fc.func(fc.boolean()), fc.infiniteStream(fc.boolean()));

  test('[X23] every table has its turn within ceil(tables / tablesPerRun) runs, whenever one begins to count and whatever fails', () => {
    fc.assert(
      fc.property(
        histories,
        fc.integer({ min: 1, max: 5 }),
        failing,
        (candidates, tablesPerRun, [always, sometimes]) => {
          const within = Math.ceil(candidates.length / tablesPerRun);
          const fails = (table: string) => always(table) || Boolean(sometimes.next().value);

          const runs = triedIn(4 * within, candidates, { ...leastRecently, tablesPerRun }, fails);

          for (let first = 0; first + within <= runs.length; first++) {
            const tried = new Set(runs.slice(first, first + within).flatMap((names) => [...names]));
            expect(tried.size).toBe(candidates.length);
          }
        },
      ),
    );
  });

  test('[X23] with a cap of gigabytes every table has its turn within as many runs as there are tables', () => {
    const caps = fc.double({ min: 0.001, max: 60, noNaN: true });
    fc.assert(
      fc.property(histories, caps, failing, (candidates, gigabytesPerRun, [always]) => {
        const drill = { ...leastRecently, tablesPerRun: 3, gigabytesPerRun };

        const runs = triedIn(3 * candidates.length, candidates, drill, always);

        for (let first = 0; first <= 2 * candidates.length; first++) {
          const tried = new Set(runs.slice(first, first + candidates.length).flatMap((names) => [...names]));
          expect(tried.size).toBe(candidates.length);
        }
      }),
    );
  });

  test('each has one answer; those chosen stay within both limits, or are one alone', () => {
    const limits = fc.record({
      pick: fc.constantFrom('all' as const, 'least-recently-proven' as const),
      tablesPerRun: fc.integer({ min: 1, max: 9 }),
      gigabytesPerRun: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(histories, limits, (candidates, drill) => {
        const { chosen, leftOut } = chooseTables(candidates, drill);

        const names = [...chosen, ...leftOut].map(({ candidate: { table } }) => table);
        expect(names.sort()).toEqual(candidates.map(({ table }) => table).sort());
        const bytes = chosen.reduce((sum, { candidate: { sizeBytes } }) => sum + sizeBytes, 0);
        expect(chosen.length === 1 || bytes <= (drill.gigabytesPerRun ?? Infinity) * GB).toBe(true);
        expect(drill.pick === 'all' || chosen.length <= drill.tablesPerRun).toBe(true);
        expect(chooseTables(candidates.toReversed(), drill).chosen).toEqual(chosen);
      }),
    );
  });
});

describe('the backup of a drill', () => {
  const now = on(20);
  const isOwn = ({ name }: { name: string }) => name.startsWith('ours.');
  const restorables = [3, 1, 2].map((at) => backupAt(on(at))) as Restorable[];
  const [third, first, second] = restorables;

  test('[X13] is complete, dated, our own, not of the future and not in doubt', () => {
    const doubtful = backupAt(on(4), { arn: 'arn:doubtful' });
    const listed = [
      backupAt(on(5), { status: 'CREATING' }),
      backupAt(on(6), { status: 'DELETED' }),
      backupAt(on(7), { status: 'EXPIRED' }),
      backupAt(on(8), { type: 'SYSTEM' }),
      backupAt(on(9), { name: 'theirs.1' }),
      backupAt(on(21)),
      backupAt(undefined),
      doubtful,
      { ...doubtful, createdAt: on(3) },
      ...restorables,
    ];

    expect(restorableBackups(listed, { isOwn, now })).toEqual([first, second, third]);
  });

  test('is the latest or the oldest, in whatever order they are listed', () => {
    expect(chooseBackup(restorables, 'latest', 'seed')).toEqual({ kind: 'backup', backup: third });
    expect(chooseBackup(restorables, 'oldest', 'seed')).toEqual({ kind: 'backup', backup: first });
  });

  test('is none at all for a point in time', () => {
    expect(chooseBackup([], 'point-in-time', 'seed')).toEqual({ kind: 'point-in-time' });
  });

  test.each(['latest', 'oldest', 'random'] as const)('[X13] is missing when there is none: %s', (which) => {
    expect(chooseBackup([], which, 'seed')).toMatchObject({ kind: 'none', reason: { code: 'no-backup' } });
  });

  test('is the same for the same seed, in whatever order they are listed', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        expect(chooseBackup(restorables.toReversed(), 'random', seed)).toEqual(
          chooseBackup(restorables, 'random', seed),
        );
      }),
    );
  });

  test('is each of seven about as often over 7,000 seeds', () => {
    const seven = [1, 2, 3, 4, 5, 6, 7].map((at) => backupAt(on(at))) as Restorable[];
    const counts = new Map<unknown, number>();

    for (let seed = 0; seed < 7_000; seed++) {
      const chosen = chooseBackup(seven, 'random', `orders ${seed}`);
      const arn = chosen.kind === 'backup' ? chosen.backup.arn : chosen.kind;
      counts.set(arn, (counts.get(arn) ?? 0) + 1);
    }

    expect([...counts.keys()].sort()).toEqual(seven.map(({ arn }) => arn).sort());
    // Chi-squared with 6 degrees of freedom: above 22.5 only once in 1,000 fair draws; the seeds are fixed.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquared).toBeLessThan(22.5);
  });
});
