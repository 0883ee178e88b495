import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { goBack } from '../../lambda/domain/calendar.ts';
import { incompleteListing, type CompleteListing } from '../../lambda/domain/listing.ts';
import { calendarRules } from '../../lambda/domain/retention-rules.ts';
import { judge } from '../../lambda/domain/retention.ts';
import type { Engine, Plan } from '../../lambda/domain/plan.ts';
import type { Backup } from '../../lambda/domain/backup.ts';
import { engineListings, engines } from './engine-listings.ts';
import {
  expiredIn,
  groupsOf,
  histories,
  isOwn,
  judged,
  lengths,
  questionOf,
  restorableIn,
  timeOf,
  type History,
} from './histories.ts';
import { bucketLabel, isKeptByAws, referenceExpired } from './retention-reference.ts';

/** Random histories in all laws together; fast-check prints seed and path of a counterexample. */
const wanted = Number(process.env.HISTORIES ?? 20_000);
const laws = 26;
let tried = 0;

type Law = (title: string, check: (history: History) => void) => void;
type LawWith = <T>(title: string, other: fc.Arbitrary<T>, check: (history: History, other: T) => void) => void;

/** Checks a law on its share of the histories, which are those of one engine, and maybe with something else drawn at random. */
function lawsOf(engine: Engine): { readonly law: Law; readonly lawWith: LawWith } {
  const lawWith: LawWith = (title, other, check) => {
    test(title, () => {
      const counted: typeof check = (history, drawn) => {
        tried += 1;
        check(history, drawn);
      };
      fc.assert(fc.property(histories(engine), other, counted), { numRuns: Math.ceil(wanted / laws / engines.length) });
    });
  };
  return {
    law: (title, check) => {
      lawWith(title, fc.constant(undefined), check);
    },
    lawWith,
  };
}

const anything = fc.oneof(fc.anything(), fc.constantFrom(NaN, -0, Infinity, 2 ** 53, 1e308, '', null));
/** A backup of which each part may be missing, right or anything at all. */
const rawOf = (engine: Engine) => ({
  arn: fc.oneof(fc.string(), anything),
  name: fc.oneof(fc.constant('ours.1'), anything),
  tableName: fc.oneof(fc.constant('orders'), anything),
  tableId: fc.oneof(fc.constant('id-1'), anything),
  createdAt: fc.oneof(fc.date({ noInvalidDate: false }), anything),
  status: fc.oneof(fc.constant('AVAILABLE'), anything),
  type: fc.oneof(fc.constant(engineListings[engine].type), anything),
});

function without(history: History, gone: ReadonlySet<string>): History {
  return { ...history, backups: history.backups.filter(({ arn }) => !gone.has(arn)) };
}

function isSubset(some: ReadonlySet<string>, all: ReadonlySet<string>): void {
  expect([...some].filter((arn) => !all.has(arn))).toEqual([]);
}

function restorableGroups(history: History): Backup[][] {
  return groupsOf(restorableIn(history));
}

/** Newest first in the total order of (time, ARN). */
function newestFirst(group: readonly Backup[]): Backup[] {
  return group.toSorted((one, other) => timeOf(other) - timeOf(one) || (one.arn < other.arn ? 1 : -1));
}

function arnsOf(backups: readonly Backup[]): Set<string> {
  return new Set(backups.map(({ arn }) => arn));
}

/** What drills restore, and what is being copied. */
function busyIn({ pinned = new Set(), copied = new Set() }: History): Set<string> {
  return new Set([...pinned, ...copied]);
}

/** The newest backup of a group that passed a drill. */
function newestProven(group: readonly Backup[], { proven = new Set() }: History): Backup | undefined {
  return newestFirst(group).find(({ arn }) => proven.has(arn));
}

function floorsHold(history: History, gone: ReadonlySet<string>): void {
  for (const group of restorableGroups(history)) {
    const newestAt = Math.max(...group.map(timeOf));
    const left = group.filter(({ arn }) => !gone.has(arn));
    expect(left.length).toBeGreaterThanOrEqual(Math.min(history.plan.minimumCopies, group.length));
    expect(group.filter((backup) => timeOf(backup) === newestAt && gone.has(backup.arn))).toEqual([]);
    expect(gone.has(newestProven(group, history)?.arn ?? '')).toBe(false);
  }
}

describe.each(engines)('retention of engine %s', (engine) => {
  const { law, lawWith } = lawsOf(engine);
  const { type: ownType, strangeType } = engineListings[engine];

  law('[S1] every backup is either kept or deleted, once, and for a reason', (history) => {
    const { verdicts, counts } = judged(history);

    const blank = history.backups.filter(({ arn }) => arn === '');
    const arns = history.backups.map(({ arn }) => arn).filter((arn) => arn !== '');
    expect(verdicts.map(({ backup }) => backup.arn).sort()).toEqual([...blank.map(() => ''), ...new Set(arns)].sort());
    expect(verdicts.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
    expect(counts.kept + counts.expired).toBe(verdicts.length);
  });

  law('[S2][R04] the newest restorable backup of every table incarnation stays', (history) => {
    const gone = expiredIn(judged(history));

    for (const group of restorableGroups(history)) {
      const newestAt = Math.max(...group.map(timeOf));
      expect(group.filter((backup) => timeOf(backup) === newestAt && gone.has(backup.arn))).toEqual([]);
    }
  });

  law(
    '[S3][R04][R26] at least minimumCopies restorable backups stay, with all that tie with the last of them',
    (history) => {
      const gone = expiredIn(judged(history));

      for (const group of restorableGroups(history)) {
        const floorAt = timeOf(newestFirst(group)[history.plan.minimumCopies - 1] ?? group[0] ?? fail());
        const protectedOnes =
          group.length <= history.plan.minimumCopies ? group : group.filter((backup) => timeOf(backup) >= floorAt);
        expect(protectedOnes.filter(({ arn }) => gone.has(arn))).toEqual([]);
      }
    },
  );

  law('[S4][R11][R24] only backups of our own, and of the type that the plan takes, are deleted', (history) => {
    const gone = expiredIn(judged(history));

    const strangers = history.backups.filter((backup) => !isOwn(backup) || backup.type !== ownType);
    expect(strangers.filter(({ arn }) => gone.has(arn))).toEqual([]);
  });

  law('[S5][B13][R09] only AVAILABLE backups are deleted', (history) => {
    const gone = expiredIn(judged(history));

    expect(history.backups.filter(({ arn, status }) => gone.has(arn) && status !== 'AVAILABLE')).toEqual([]);
  });

  law(
    '[S6][R31] a backup is deleted only when each rule, asked alone, gave its count to newer buckets or the bucket to a newer backup',
    (history) => {
      const gone = expiredIn(judged(history));

      const { keep, backup: settings } = history.plan;
      for (const group of restorableGroups(history)) {
        const ordered = newestFirst(group);
        ordered.forEach((backup, nth) => {
          if (!gone.has(backup.arn)) return;
          const newer = ordered.slice(0, nth);
          if (keep.last !== undefined) expect(newer.length).toBeGreaterThanOrEqual(keep.last);
          for (const { code, unit } of calendarRules) {
            const count = keep[code];
            if (count === undefined) continue;
            const bucketOf = (one: Backup): string => bucketLabel(unit, timeOf(one), settings.timeZone);
            const newerBuckets = new Set(newer.map(bucketOf));
            const isSpent = newerBuckets.size >= count;
            const isSuperseded = newerBuckets.has(bucketOf(backup)) && nth < ordered.length - 1;
            expect(isSpent || isSuperseded).toBe(true);
          }
          const newestAt = timeOf(ordered[0] ?? fail());
          if (keep.within !== undefined)
            expect(timeOf(backup)).toBeLessThan(goBack(newestAt, keep.within, settings.timeZone));
        });
      }
    },
  );

  law('[S7][D14][D15] undated, impossibly dated and future-dated backups stay', (history) => {
    const gone = expiredIn(judged(history));

    const odd = history.backups.filter((backup) => !(timeOf(backup) > 0 && timeOf(backup) <= history.now.getTime()));
    expect(odd.filter(({ arn }) => gone.has(arn))).toEqual([]);
  });

  law(
    '[S8][R05][R06][R08] nothing goes of a table that is gone or re-created, whose recovery point is overdue, nor a backup that is held or that AWS keeps',
    (history) => {
      const gone = expiredIn(judged(history));

      const { plan, now, holds, liveTables } = history;
      const recoveryPoint = plan.objectives?.recoveryPoint;
      const healthyFrom = recoveryPoint ? goBack(now.getTime(), recoveryPoint, plan.backup.timeZone) : -Infinity;
      for (const group of restorableGroups(history)) {
        const isLive = group.every(({ tableName, tableId }) => liveTables.get(tableName) === tableId);
        const isHealthy = Math.max(...group.map(timeOf)) >= healthyFrom;
        const isKept = (backup: Backup): boolean => holds.has(backup.arn) || isKeptByAws(backup, now);
        const safe = isLive && isHealthy ? group.filter(isKept) : group;
        expect(safe.filter(({ arn }) => gone.has(arn))).toEqual([]);
      }
    },
  );

  law(
    '[S2][R10] the newest backup of every table incarnation that passed a drill stays, with its own reason',
    (history) => {
      const judgement = judged(history);

      const newest = restorableGroups(history).flatMap((group) => newestProven(group, history) ?? []);
      const kept = judgement.verdicts.filter(({ reasons }) => reasons.some(({ code }) => code === 'proven'));
      expect(arnsOf(kept.map(({ backup }) => backup))).toEqual(arnsOf(newest));
      expect(kept.filter(({ verdict }) => verdict === 'delete')).toEqual([]);
    },
  );

  law('[S8][X12] nothing goes that a drill restores or that is being copied, and it stays for no longer', (history) => {
    const busy = busyIn(history);
    const gone = expiredIn(judged(history));

    expect([...busy].filter((arn) => gone.has(arn))).toEqual([]);
    const after = expiredIn(judged({ ...history, pinned: new Set(), copied: new Set() }));
    expect(new Set([...after].filter((arn) => !busy.has(arn)))).toEqual(gone);
  });

  law('[R10] a backup that passed a drill saves itself and no other', (history) => {
    const { proven = new Set() } = history;
    const gone = expiredIn(judged(history));
    const unproven = expiredIn(judged({ ...history, proven: new Set() }));

    isSubset(gone, unproven);
    expect([...unproven].filter((arn) => !gone.has(arn) && !proven.has(arn))).toEqual([]);
  });

  lawWith(
    '[S9][R01] over the deletion cap of a table or of the run nothing is deleted, and verdicts stay as they were',
    fc.record({
      perTableCount: fc.constantFrom(1, 2, 5),
      perTablePercent: fc.constantFrom(0, 20, 33.3, 100),
      perRun: fc.constantFrom(1, 3, 10, 100),
      deletionOverride: fc.constantFrom(undefined, 0, 1, 5, 40),
    }),
    (history, { deletionOverride, ...deletionCap }) => {
      const plan = { ...history.plan, prune: { ...history.plan.prune, deletionCap } };
      const question = { ...questionOf({ ...history, plan }), deletionOverride: deletionOverride ?? 0 };

      const judgement = judge(question);

      const uncapped = judged(history);
      const expired = expiredIn(uncapped);
      const isOver =
        expired.size > (deletionOverride ?? 0) &&
        (expired.size > deletionCap.perRun ||
          restorableGroups(history).some((group) => {
            const allowed = Math.max(deletionCap.perTableCount, (group.length * deletionCap.perTablePercent) / 100);
            return group.filter(({ arn }) => expired.has(arn)).length > allowed;
          }));
      expect(judgement.verdicts).toEqual(uncapped.verdicts);
      expect(judgement.blocked?.by).toBe(isOver ? 'deletion-cap' : undefined);
      expect(arnsOf(judgement.deletions)).toEqual(isOver ? new Set() : expired);
    },
  );

  law('[S10][L01] what is not a complete listing deletes nothing', (history) => {
    const fakes = [
      incompleteListing(new Error('page 3 failed')),
      { complete: true, backups: history.backups },
      null,
      7,
    ];

    for (const fake of fakes) {
      const judgement = judge({ ...questionOf(history), listing: fake as unknown as CompleteListing });

      expect(judgement).toMatchObject({ verdicts: [], deletions: [], blocked: { by: 'listing-incomplete' } });
    }
  });

  law('[S11] judging what was kept deletes nothing more', (history) => {
    const gone = expiredIn(judged(history));

    expect(expiredIn(judged(without(history, gone)))).toEqual(new Set());
  });

  law(
    '[S12][R18] deletions go oldest first; after any prefix of them the floors hold, and the next run finishes just the rest',
    (history) => {
      const judgement = judged(history);
      const deletions = judgement.deletions.map(({ arn }) => arn);

      expect(judgement.deletions).toEqual(newestFirst(judgement.deletions).reverse());
      for (const done of new Set([0, 1, 2, Math.floor(deletions.length / 2), deletions.length - 1, deletions.length])) {
        const prefix = new Set(deletions.slice(0, Math.max(0, done)));
        floorsHold(history, prefix);
        const rest = judged(without(history, prefix)).deletions.map(({ arn }) => arn);
        expect(rest).toEqual(deletions.slice(prefix.size));
      }
    },
  );

  lawWith(
    '[S13][R27] neither the order of the listing nor what backups are called matters',
    fc.nat(),
    (history, seed) => {
      const mixed = (nth: number): number => (seed + nth * 7919) % 10_007;
      const shuffled = history.backups
        .map((backup, nth) => ({ backup: isOwn(backup) ? { ...backup, name: `ours.${mixed(nth)}` } : backup, nth }))
        .sort((one, other) => mixed(one.nth) - mixed(other.nth))
        .map(({ backup }) => backup);

      expect(expiredIn(judged(history, shuffled))).toEqual(expiredIn(judged(history)));
    },
  );

  law('[S14] tables are judged independently of each other', (history) => {
    const apart = [...Map.groupBy(history.backups, ({ tableId }) => tableId).values()].flatMap((backups) => [
      ...expiredIn(judged(history, backups)),
    ]);

    expect(new Set(apart)).toEqual(expiredIn(judged(history)));
  });

  lawWith(
    '[S15] a plan that keeps at least as much by every rule deletes no more',
    fc.record({ more: fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }), longer: fc.nat(3), added: fc.boolean() }),
    (history, { more, longer, added }) => {
      const plan = generous(history.plan, more, longer, added);

      isSubset(expiredIn(judged({ ...history, plan })), expiredIn(judged(history)));
    },
  );

  lawWith(
    '[S16][D13] while the recovery point is met, a clock that goes back allows no new verdict to delete, but before cold storage',
    fc.constantFrom(1, 1000, 3_600_000, 86_400_000, 400 * 86_400_000),
    (history, back) => {
      const plan = { ...history.plan, objectives: undefined };
      const earlier = new Date(history.now.getTime() - back);

      const later = expiredIn(judged({ ...history, plan }));
      const notYetCold = history.backups.filter(({ keptByAws }) => Number(keptByAws?.coldFrom) > earlier.getTime());
      isSubset(expiredIn(judged({ ...history, plan, now: earlier })), new Set([...later, ...arnsOf(notYetCold)]));
    },
  );

  law('[S17] an older backup endangers at most the one that was kept for being the oldest', (history) => {
    for (const group of restorableGroups(history)) {
      const oldest = newestFirst(group).at(-1) ?? fail();
      if (timeOf(oldest) < 2) continue;
      const older = { ...oldest, arn: `${oldest.arn}-older`, createdAt: new Date(timeOf(oldest) - 1) };

      const before = expiredIn(judged(history));
      const after = expiredIn(judged(history, [...history.backups, older]));

      isSubset(after, new Set([...before, older.arn, oldest.arn]));
      if (after.has(oldest.arn) && !before.has(oldest.arn)) expect(isKeptAsOldestOnly(history, oldest)).toBe(true);
    }
  });

  law('[S17] newer backups that are foreign, unfinished or not the plan’s to delete change nothing', (history) => {
    const [some] = restorableIn(history);
    const newer = { arn: 'arn:newer', createdAt: history.now };
    const strangers = some
      ? [
          { ...some, ...newer, name: 'yours.1' },
          { ...some, ...newer, arn: 'arn:newer-2', status: 'CREATING' },
          { ...some, ...newer, arn: 'arn:newer-3', type: strangeType },
        ]
      : [];

    const judgement = judged(history, [...history.backups, ...strangers]);

    expect(expiredIn(judgement)).toEqual(expiredIn(judged(history)));
    expect(judgement.blocked).toBeNull();
  });

  law('[S18] what is newer than a backup kept by age is kept by age', (history) => {
    const byAge = new Set(
      judged(history)
        .verdicts.filter(({ reasons }) => reasons.some(({ code }) => code === 'within'))
        .map(({ backup }) => backup.arn),
    );

    for (const group of restorableGroups(history)) {
      const oldestKept = Math.min(...group.filter(({ arn }) => byAge.has(arn)).map(timeOf));
      expect(group.filter((backup) => timeOf(backup) >= oldestKept && !byAge.has(backup.arn))).toEqual([]);
    }
  });

  lawWith(
    '[S19][L12] nothing throws, whatever stands in a listing, and only what is whole is deleted',
    fc.array(fc.oneof(fc.anything(), fc.record(rawOf(engine), { requiredKeys: [] })), { maxLength: 5 }),
    (history, items) => {
      const backups = [...history.backups, ...(items as Backup[])];

      const { verdicts, deletions } = judged(history, backups);

      expect(verdicts.length).toBeGreaterThanOrEqual(new Set(history.backups.map(({ arn }) => arn)).size);
      for (const { arn, name, tableName, tableId, createdAt, status, type } of deletions) {
        expect([arn, name, tableName, tableId].every((part) => part.length > 0)).toBe(true);
        expect({ status, type, isDated: createdAt instanceof Date }).toEqual({
          status: 'AVAILABLE',
          type: ownType,
          isDated: true,
        });
      }
    },
  );

  law('[S21][R28][D10][D11] judgement equals the reference planner, which is written differently', (history) => {
    expect(expiredIn(judged(history))).toEqual(referenceExpired(questionOf(history)));
  });

  law('[LAW-L1][R32] what nothing wants is deleted in the very run, unless the run is blocked', (history) => {
    const judgement = judged(history);

    const unwanted = judgement.verdicts.filter(({ reasons }) => reasons.every(({ code }) => code.startsWith('not-')));
    expect(judgement.blocked).toBeNull();
    expect(arnsOf(judgement.deletions)).toEqual(arnsOf(unwanted.map(({ backup }) => backup)));
  });

  law(
    '[LAW-L2] a healthy table keeps no more than its counts, its window, its floors, its holds, its drills, its copies and AWS add up to',
    (history) => {
      const { plan, holds, liveTables } = history;
      const healthy = { ...plan, objectives: undefined };
      const { within, ...counts } = plan.keep;
      const busy = busyIn(history);
      const gone = expiredIn(judged({ ...history, plan: healthy }));

      for (const group of restorableGroups(history)) {
        if (group.some(({ tableName, tableId }) => liveTables.get(tableName) !== tableId)) continue;
        const newestAt = Math.max(...group.map(timeOf));
        const windowFrom = within === undefined ? Infinity : goBack(newestAt, within, plan.backup.timeZone);
        const inWindow = group.filter((backup) => timeOf(backup) >= windowFrom).length;
        const floorAt = timeOf(newestFirst(group)[plan.minimumCopies - 1] ?? newestFirst(group).at(-1) ?? fail());
        const inFloor = group.filter((backup) => timeOf(backup) >= floorAt).length;
        const spared = group.filter(
          (backup) => holds.has(backup.arn) || busy.has(backup.arn) || isKeptByAws(backup, history.now),
        ).length;
        const proven = newestProven(group, history) ? 1 : 0;
        const kept = group.filter(({ arn }) => !gone.has(arn)).length;
        const byCount = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
        expect(kept).toBeLessThanOrEqual(byCount + inWindow + inFloor + spared + proven);
      }
    },
  );
});

test('the laws above were tried on as many random histories as wanted, of both engines', () => {
  expect(tried).toBeGreaterThanOrEqual(wanted);
});

/** A plan that keeps at least as much by every rule, and may have more rules. */
function generous(plan: Plan, more: readonly number[], longer: number, added: boolean): Plan {
  const counts = (['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const).flatMap((rule, nth) => {
    const count = plan.keep[rule] ?? (added ? 0 : undefined);
    return count === undefined ? [] : [[rule, Math.min(100_000, count + (more[nth] ?? 0) + (count === 0 ? 1 : 0))]];
  });
  const { within } = plan.keep;
  const window = within && lengths[Math.min(lengths.length - 1, lengths.indexOf(within) + longer)];
  return {
    ...plan,
    keep: { ...(Object.fromEntries(counts) as Plan['keep']), ...(window && { within: window }) },
    minimumCopies: Math.min(1_000_000, plan.minimumCopies + (more[6] ?? 0)),
  };
}

/** True when each reason to keep it is a rule's clause about the oldest backup. */
function isKeptAsOldestOnly(history: History, oldest: Backup): boolean {
  const verdict = judged(history).verdicts.find(({ backup }) => backup.arn === oldest.arn);
  return verdict?.reasons.every(({ detail }) => detail.includes('the oldest stays')) ?? false;
}

function fail(): never {
  throw new Error('a group has at least one backup');
}
