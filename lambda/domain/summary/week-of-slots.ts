import { parseBackupName } from '../naming.ts';
import { graceSeconds, reachMilliseconds, slotsWithin, type Span } from '../due-slots.ts';
import type { Plan } from '../plan.ts';
import type { Restorable } from '../standing.ts';
import type { TableFacts } from './facts.ts';

export interface Week {
  /** Not part of it. */
  readonly from: Date;
  /** The last instant of it. */
  readonly until: Date;
}

/** What is known of one table's slots and backups. */
export interface SlotEvidence {
  /** Slots of the week that some run took up, and whether their backup became restorable. */
  readonly claims: readonly { readonly slot: Date; readonly isDone: boolean }[];
  /** The plan's own restorable backups of the table that are listed, oldest first. */
  readonly backups: readonly Restorable[];
}

/**
 * Tells what became of one table's slots in a week.
 * > A slot is taken when its backup became restorable, whatever retention did to it since; failed when it was taken up and has none; missing
 * > when it was due and nobody took it up. Slots that may still bring a backup, and those before the first trace of the table, do not count.
 */
export function weekOfSlots(
  plan: Plan,
  week: Week,
  { claims, backups }: SlotEvidence,
): Pick<TableFacts, 'taken' | 'failed' | 'missing' | 'longestGapSeconds'> {
  const created = new Map(backups.flatMap(slotAndCreation));
  const known = [...claims.map(({ slot }) => slot.getTime()), ...created.keys()].sort((a, b) => a - b);
  const isInWeek = (at: number) => at > week.from.getTime() && at <= week.until.getTime();
  const done = claims.filter(({ isDone }) => isDone).map(({ slot }) => slot.getTime());
  const taken = [...new Set([...done, ...created.keys()])].filter(isInWeek).sort((a, b) => a - b);
  const settledUntil = week.until.getTime() - graceSeconds(plan.backup) * 1000;
  const open = claims.map(({ slot }) => slot.getTime()).filter((slot) => isInWeek(slot) && slot <= settledUntil);
  const due = dueSlots(plan, { from: week.from.getTime() + 1, until: settledUntil }, known);
  const reach = reachMilliseconds(plan.backup);
  const isKnown = (slot: number) => known.some((each) => Math.abs(each - slot) <= reach);
  return {
    taken: taken.length,
    failed: open.filter((slot) => !taken.includes(slot)).length,
    missing: due.filter((slot) => !isKnown(slot)).length,
    ...gapOf(
      taken.map((slot) => created.get(slot) ?? slot),
      backups,
      week,
    ),
  };
}

/** A backup says in its name which slot it is of. */
function slotAndCreation({ name, createdAt }: Restorable): [number, number][] {
  const slot = parseBackupName(name)?.slot;
  return slot ? [[slot.getTime(), createdAt.getTime()]] : [];
}

/** > Slots before the first trace of the table are not due. */
function dueSlots({ backup }: Plan, { from, until }: Span, [first]: readonly number[]): number[] {
  if (first === undefined) return [];
  const slots = slotsWithin(backup, { from: Math.max(from, first), until }, new Date(first));
  return slots.map((slot) => slot.getTime());
}

/** > The longest gap counts from the last backup before the week, where it is still listed, to the end of the week. */
function gapOf(taken: readonly number[], backups: readonly Restorable[], { from, until }: Week) {
  const before = backups.findLast(({ createdAt }) => createdAt <= from)?.createdAt.getTime();
  const instants = [...(before === undefined ? [] : [before]), ...taken.toSorted((a, b) => a - b)];
  if (instants.length === 0) return {};
  const gaps = instants.map((at, nth) => (instants[nth + 1] ?? Math.max(at, until.getTime())) - at);
  return { longestGapSeconds: gaps.reduce((a, b) => Math.max(a, b), 0) / 1000 };
}
