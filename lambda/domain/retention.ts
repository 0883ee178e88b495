import type { Backup } from './backup.ts';
import { distinctBackups, isCompleteListing, type CompleteListing } from './listing.ts';
import { describeFaults } from './faults.ts';
import { byAge, oldestFirst } from './oldest-first.ts';
import { parsePlan } from './parse-plan.ts';
import type { Plan } from './plan.ts';
import { freezeCodes, groupJudge, sparingCodes, type Circumstances, type Finding } from './retention-group.ts';
import {
  clockFault,
  whyListingLooksShrunk,
  whyTooMuchWouldGo,
  type Blocked,
  type GroupSize,
} from './retention-guards.ts';
import { standingOf, unjudgeableCodes, type Restorable } from './standing.ts';

export interface Question extends Circumstances {
  readonly listing: CompleteListing;
  readonly plan: Plan;
  /** Tells whether this plan of this deployment took the backup; asked only about well-formed USER backups. */
  readonly isOwn: (backup: Backup) => boolean;
  /** Per table id, how many own backups the last run left: its `ownBackups` less what it deleted. */
  readonly previousCounts?: ReadonlyMap<string, number>;
  /** Lifts the deletion caps for up to this many deletions, this once. */
  readonly deletionOverride?: number;
}

/** What is decided about one backup, and why. */
export interface Verdict extends Finding {
  readonly backup: Backup;
}

export interface Judgement {
  /** One per ARN, in the order of the listing: what rules and floors say, whether or not the run is blocked. */
  readonly verdicts: readonly Verdict[];
  /** What may be deleted now, oldest first; empty when blocked. */
  readonly deletions: readonly Backup[];
  readonly blocked: Blocked | null;
  readonly counts: Counts;
  /** Own backups listed per table id, whatever their state. */
  readonly ownBackups: ReadonlyMap<string, number>;
}

/** Numbers of verdicts; `kept + expired` is all of them. */
export interface Counts {
  readonly kept: number;
  readonly expired: number;
  readonly frozen: number;
  readonly held: number;
  readonly unjudgeable: number;
}

/**
 * Decides which backups stay.
 * > A backup stays when any rule wants it, when a floor protects it, or when anything about it is in doubt.
 * Pure and total: `now` is the only clock, and nothing throws but an `isOwn` that throws. Plans are checked long before; they are checked
 * once more here, because something is deleted next.
 */
export function judge(question: Question): Judgement {
  const { listing, plan, now } = question;
  if (!isCompleteListing(listing)) return nothingJudged([], 'listing-incomplete', 'the listing is not complete');
  const parsed = parsePlan(plan);
  if (!parsed.ok) return nothingJudged(listing.backups, 'plan-invalid', describeFaults(parsed.faults));
  const fault = clockFault(now);
  if (fault !== undefined) return nothingJudged(listing.backups, 'clock-invalid', fault);
  return judgeBy(parsed.plan, question);
}

/** The verdicts on backups that stay only because they are held, drilled or copied, or because they passed a drill. */
export function whatIsSpared({ verdicts }: Judgement): readonly Verdict[] {
  return verdicts.filter(
    ({ verdict, reasons }) => verdict === 'keep' && reasons.every(({ code }) => sparingCodes.has(code)),
  );
}

function judgeBy(plan: Plan, question: Question): Judgement {
  const { verdicts, groups, ownBackups } = sortOut(question);
  const judgeGroup = groupJudge(plan, question);
  const expired: Restorable[] = [];
  const sizes: GroupSize[] = [];
  for (const group of groups.values()) {
    const before = expired.length;
    group.sort((one, other) => byAge(other.backup, one.backup));
    const findingOn = judgeGroup(group.map(({ backup }) => backup));
    group.forEach((draft, nth) => {
      const { verdict, reasons } = findingOn(draft.backup, nth);
      draft.verdict = verdict;
      draft.reasons = reasons;
      if (draft.verdict === 'delete') expired.push(draft.backup);
    });
    sizes.push({ group, deletions: expired.length - before });
  }
  const blocked =
    whyListingLooksShrunk(question.previousCounts ?? new Map<string, number>(), ownBackups) ??
    whyTooMuchWouldGo(sizes, plan.prune.deletionCap, question.deletionOverride ?? 0);
  const deletions = blocked ? [] : oldestFirst(expired);
  return { verdicts, deletions, blocked: blocked ?? null, counts: countsOf(verdicts), ownBackups };
}

/** A verdict that still waits for the rules. */
interface Draft {
  readonly backup: Restorable;
  verdict: Finding['verdict'];
  reasons: Finding['reasons'];
}

interface Sorted {
  /** In the order of the listing; those in a group are drafts. */
  readonly verdicts: readonly Verdict[];
  readonly groups: ReadonlyMap<string, Draft[]>;
  readonly ownBackups: ReadonlyMap<string, number>;
}

/** Parts the backups that count, grouped by table id, from those that stay without asking a rule. */
function sortOut({ listing, isOwn, now }: Question): Sorted {
  const { backups, contradictory } = distinctBackups(listing.backups);
  const groups = new Map<string, Draft[]>();
  const ownBackups = new Map<string, number>();
  const question = { isOwn, contradictory, now: now.getTime() };
  const verdicts = backups.map((backup): Verdict => {
    const standing = standingOf(backup, question);
    if (standing.isOwn) ownBackups.set(backup.tableId, (ownBackups.get(backup.tableId) ?? 0) + 1);
    if (!standing.restorable) return { backup, verdict: 'keep', reasons: standing.reasons };
    const draft: Draft = { backup: standing.restorable, verdict: 'keep', reasons: [] };
    listFor(backup.tableId, groups).push(draft);
    return draft;
  });
  return { verdicts, groups, ownBackups };
}

function listFor<T>(key: string, lists: Map<string, T[]>): T[] {
  let list = lists.get(key);
  if (!list) lists.set(key, (list = []));
  return list;
}

function nothingJudged(backups: readonly Backup[], by: Blocked['by'], detail: string): Judgement {
  const reasons = [{ code: by, detail }];
  const verdicts = distinctBackups(backups).backups.map((backup): Verdict => ({ backup, verdict: 'keep', reasons }));
  return { verdicts, deletions: [], blocked: { by, detail }, counts: countsOf(verdicts), ownBackups: new Map() };
}

function countsOf(verdicts: readonly Verdict[]): Counts {
  const counts = { kept: 0, expired: 0, frozen: 0, held: 0, unjudgeable: 0 };
  for (const { verdict, reasons } of verdicts) {
    counts[verdict === 'keep' ? 'kept' : 'expired'] += 1;
    if (reasons.some(({ code }) => freezeCodes.has(code))) counts.frozen += 1;
    if (reasons.some(({ code }) => code === 'hold')) counts.held += 1;
    if (reasons.some(({ code }) => unjudgeableCodes.has(code))) counts.unjudgeable += 1;
  }
  return counts;
}
