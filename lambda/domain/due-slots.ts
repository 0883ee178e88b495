import { awsBackupOptions } from './aws-backup-options.ts';
import type { Plan } from './plan.ts';
import { scheduleOf } from './schedule/expression.ts';
import { fires } from './schedule/fires.ts';

/** Scheduler's own retries. */
const retrySeconds = 3_600;
const runSeconds = 900;

/**
 * How long after its instant a slot may still bring a backup: flexible window, an hour of retries, and a run of the function, after which
 * AWS Backup may take the whole completion window.
 */
export function graceSeconds(backup: Plan['backup']): number {
  const { engine, flexibleWindowMinutes = 0 } = backup;
  const jobSeconds = engine === 'aws-backup' ? awsBackupOptions(backup).completionWindowMinutes * 60 : 0;
  return flexibleWindowMinutes * 60 + retrySeconds + runSeconds + jobSeconds;
}

/** > The slots of a rate move when its schedule is changed, so a backup within half an interval counts. */
export function reachMilliseconds({ schedule }: Plan['backup']): number {
  const parsed = scheduleOf(schedule);
  return parsed.kind === 'rate' ? parsed.intervalSeconds * 500 : 0;
}

/** Epoch milliseconds, both ends included. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/**
 * The slots of a backup schedule within a span, in order.
 * > A rate counts from an instant that only its slots tell: without one of them, it has none.
 */
export function slotsWithin(backup: Plan['backup'], span: Span, anchor: Date | undefined): Date[] {
  const schedule = scheduleOf(backup.schedule);
  return schedule.kind === 'rate'
    ? multiples(schedule.intervalSeconds * 1000, anchor, span)
    : firesWithin(backup, span);
}

interface KnownFires extends Span {
  readonly slots: readonly Date[];
}

const knownFires = new WeakMap<Plan['backup'], KnownFires>();

/** Finding the fires of a time zone takes long, and between two of them they are the same: they are found once. */
function firesWithin(backup: Plan['backup'], { from, until }: Span): Date[] {
  let known = knownFires.get(backup);
  if (!known || from < known.from || until > known.until)
    knownFires.set(backup, (known = findFires(backup, { from, until })));
  return known.slots.filter((slot) => slot.getTime() >= from && slot.getTime() <= until);
}

/** As far as just before the fire after the span. */
function findFires({ schedule, timeZone }: Plan['backup'], { from, until }: Span): KnownFires {
  const slots: Date[] = [];
  for (const slot of fires(scheduleOf(schedule), { timeZone, after: new Date(from - 1) })) {
    if (slot.getTime() > until) return { from, until: slot.getTime() - 1, slots };
    slots.push(slot);
  }
  return { from, until: Infinity, slots };
}

function multiples(interval: number, anchor: Date | undefined, { from, until }: Span): Date[] {
  if (!anchor) return [];
  const slots: Date[] = [];
  const phase = anchor.getTime() % interval;
  for (let at = phase + Math.ceil((from - phase) / interval) * interval; at <= until; at += interval) {
    slots.push(new Date(at));
  }
  return slots;
}
