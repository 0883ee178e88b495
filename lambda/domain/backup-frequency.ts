import { awsBackupOptions } from './aws-backup-options.ts';
import type { Plan } from './plan.ts';
import { scheduleOf } from './schedule/expression.ts';
import { nextFire } from './schedule/fires.ts';
import { intervalBounds, mostFiresWithin } from './schedule/interval.ts';

type BackupSchedule = Pick<Plan['backup'], 'schedule' | 'timeZone'>;

const daySeconds = 24 * 3_600;
/** For slots on either edge of the day, and an hour that a clock change repeats. */
const spare = 3;

/**
 * Tells whether the schedule itself fires at this very instant, so that repeats of it are bounded by the schedule. A rate counts
 * from an instant nobody knows here: for it the answer is always no.
 */
export function isOnSchedule({ schedule, timeZone }: BackupSchedule, slot: Date): boolean {
  const parsed = scheduleOf(schedule);
  if (parsed.kind === 'rate') return false;
  return nextFire(parsed, { timeZone, after: new Date(slot.getTime() - 1) })?.getTime() === slot.getTime();
}

/** The most slots a plan can have in 24 hours, with three to spare. More is not the schedule's doing. */
export function maximumBackupsPerDay({ schedule }: BackupSchedule): number {
  return mostFiresWithin(scheduleOf(schedule), daySeconds) + spare;
}

/** How long a backup may wait for its start once it was asked for: DynamoDB begins at once, AWS Backup within its start window. */
export function startWindowMinutes(backup: Plan['backup']): number {
  return backup.engine === 'aws-backup' ? awsBackupOptions(backup).startWindowMinutes : 0;
}

/**
 * The longest real time between two backups of a plan, in seconds: the longest gap of the schedule, and how late the second may start
 * within its flexible window and its start window. Undefined for a schedule that does not fire again and again.
 */
export function longestGapSeconds(backup: Plan['backup']): number | undefined {
  const { schedule, timeZone, flexibleWindowMinutes = 0 } = backup;
  const bounds = intervalBounds(scheduleOf(schedule), timeZone);
  return bounds && bounds.longestSeconds + (flexibleWindowMinutes + startWindowMinutes(backup)) * 60;
}
