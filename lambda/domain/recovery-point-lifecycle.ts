import { Temporal } from 'temporal-polyfill';
import { awsBackupOptions, coldMinimumDays } from './aws-backup-options.ts';
import { longestGapSeconds } from './backup-frequency.ts';
import { calendarOf, type CalendarUnit } from './calendar.ts';
import type { Plan } from './plan.ts';
import { calendarRules } from './retention-rules.ts';
import { scheduleOf } from './schedule/expression.ts';
import { nextFire } from './schedule/fires.ts';

/** What a vault lock demands of the retention of every recovery point in the vault, in days. */
export interface VaultLock {
  readonly minimumDays?: number | undefined;
  readonly maximumDays?: number | undefined;
}

/** What AWS Backup does with a recovery point by itself; nothing for what is left out. */
export interface RecoveryPointLifecycle {
  readonly coldAfterDays?: number;
  readonly deleteAfterDays?: number;
}

const daySeconds = 24 * 3_600;
/** The longest there are: a recovery point must not expire before its rule lets go of it. */
const unitDays: Readonly<Record<CalendarUnit, number>> = { hour: 1 / 24, day: 1, week: 7, month: 31, year: 366 };

/**
 * The lifecycle a recovery point is given when it is taken.
 * > Without a vault lock AWS deletes nothing by itself unless the plan says `deleteAfterDays`: floors and holds would not stop it.
 * > Under a lock nobody can delete it later, so it is told at once: for as long as the longest rule wants the slot, and the lock's minimum.
 * > Only a recovery point that stays the 90 days for which AWS bills cold storage goes there.
 */
export function lifecycleOf(plan: Plan, slot: Date, lock: VaultLock | undefined): RecoveryPointLifecycle {
  const { coldAfterDays, deleteAfterDays } = awsBackupOptions(plan.backup);
  const wanted = wantedDays(plan, slot);
  const stamped = lock && Math.max(wanted, lock.minimumDays ?? 1);
  const until = deleteAfterDays ?? stamped;
  const isWorthCold =
    coldAfterDays !== undefined && Math.min(wanted, until ?? Infinity) >= coldAfterDays + coldMinimumDays;
  return {
    ...(isWorthCold && { coldAfterDays }),
    ...(until !== undefined && { deleteAfterDays: until }),
  };
}

/**
 * For how many days the rules may want the backup of a slot, rounded up.
 * > A calendar rule wants the last slot of its bucket, for as many buckets as it counts.
 */
export function wantedDays(plan: Plan, slot: Date): number {
  const calendar = calendarOf(plan.backup.timeZone);
  const next = slotAfter(plan, slot)?.getTime() ?? Infinity;
  return daysOf(plan, (unit) => calendar[unit].of(slot.getTime()) !== calendar[unit].of(Math.min(next, distantFuture)));
}

/** For how many days the rules may want any backup at all, rounded up. */
export function longestWantedDays(plan: Plan): number {
  return daysOf(plan, () => true);
}

/** Beyond every bucket a slot of today can lie in. */
const distantFuture = Date.UTC(9000, 0);

function slotAfter({ backup: { schedule, timeZone } }: Plan, slot: Date): Date | undefined {
  const parsed = scheduleOf(schedule);
  if (parsed.kind === 'rate') return new Date(slot.getTime() + parsed.intervalSeconds * 1000);
  return nextFire(parsed, { timeZone, after: slot });
}

function daysOf(plan: Plan, isLastOf: (unit: CalendarUnit) => boolean): number {
  const { keep, minimumCopies } = plan;
  const gapDays = (longestGapSeconds(plan.backup) ?? 0) / daySeconds;
  const byCalendar = calendarRules.map(({ code, unit }) =>
    isLastOf(unit) ? (keep[code] ?? 0) * Math.max(unitDays[unit], gapDays) : 0,
  );
  const byCount = Math.max(keep.last ?? 0, minimumCopies) * gapDays;
  return Math.max(1, Math.ceil(Math.max(...byCalendar, byCount, longestDays(keep.within))));
}

/** The longest that a duration can be: its months count 31 days. */
function longestDays(duration: string | undefined): number {
  if (duration === undefined) return 0;
  const { years, months, ...rest } = partsOf(duration);
  const exact = Temporal.Duration.from(rest).total({ unit: 'days', relativeTo: '2026-01-01' });
  return years * unitDays.year + months * unitDays.month + exact;
}

function partsOf(duration: string) {
  const { years, months, weeks, days, hours, minutes, seconds } = Temporal.Duration.from(duration);
  return { years, months, weeks, days, hours, minutes, seconds };
}
