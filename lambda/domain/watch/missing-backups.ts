import { graceSeconds, reachMilliseconds, slotsWithin } from '../due-slots.ts';
import type { Plan } from '../plan.ts';
import { guaranteedSlots } from './look-back.ts';

const daySeconds = 24 * 3_600;
const longestLookBackSeconds = 7 * daySeconds;
/** Clocks differ, and a backup is dated by its request. */
const clockMarginMilliseconds = 2 * 60_000;

export interface DueQuestion {
  readonly now: Date;
  /** Slots before it are not asked for: the schedule was another one then, or none. */
  readonly since: Date | undefined;
  /** An instant at which a rate fired; a rate counts from an instant nobody knows here. */
  readonly anchor: Date | undefined;
}

/**
 * The newest slots of a plan that should have their backups by now, in order.
 * > As many as retention is certain to keep, at most 48 and at most those of the last 7 days; a slot counts once its flexible window, an
 * > hour of retries and a run are over.
 */
export function dueSlots(plan: Plan, { now, since, anchor }: DueQuestion): Date[] {
  const until = now.getTime() - graceSeconds(plan.backup) * 1000;
  const from = Math.max(now.getTime() - longestLookBackSeconds * 1000, since?.getTime() ?? 0);
  return slotsWithin(plan.backup, { from, until }, anchor ?? since).slice(-guaranteedSlots(plan));
}

/** Long enough for several looks of `watch`, short enough not to keep an alarm busy until the next slot. */
const newForMilliseconds = 3_600_000;

/** Those of the due slots whose time ran out within the last hour. */
export function newlyDue(due: readonly Date[], plan: Plan, now: Date): Date[] {
  const before = now.getTime() - graceSeconds(plan.backup) * 1000 - newForMilliseconds;
  return due.filter((slot) => slot.getTime() > before);
}

export interface TableSlots {
  readonly tableCreatedAt: Date | undefined;
  /** Slots that stand in the names of the table's backups. */
  readonly taken: readonly Date[];
  /** When backups that prune deleted had been created. */
  readonly pruned: readonly Date[];
}

/**
 * How many of a plan's due slots left one table without a backup.
 * > A slot older than the table is not missed, nor one whose backup prune itself deleted.
 */
export function countMissing(plan: Plan, due: readonly Date[], { tableCreatedAt, taken, pruned }: TableSlots): number {
  const own = due.filter((slot) => !tableCreatedAt || slot >= tableCreatedAt);
  const reach = reachMilliseconds(plan.backup);
  const present = taken.map((slot) => slot.getTime());
  const missing = own.filter((slot) => !present.some((each) => Math.abs(each - slot.getTime()) <= reach));
  const settled = new Set(pruned.map((createdAt) => slotOf(createdAt, due)));
  return missing.filter((slot) => !settled.has(slot.getTime())).length;
}

/** The latest slot that a backup created then can be of. */
function slotOf(createdAt: Date, due: readonly Date[]): number | undefined {
  return due.findLast((slot) => slot.getTime() <= createdAt.getTime() + clockMarginMilliseconds)?.getTime();
}
