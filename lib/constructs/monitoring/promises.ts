import { Duration } from 'aws-cdk-lib';
import { awsBackupOptions } from '../../../lambda/domain/aws-backup-options.ts';
import { longestGapSeconds } from '../../../lambda/domain/backup-frequency.ts';
import { durationSeconds } from '../../../lambda/domain/keep-guarantee.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { defaultPruneSchedule } from '../../../lambda/domain/prune-cadence.ts';
import { scheduleOf } from '../../../lambda/domain/schedule/expression.ts';
import { intervalBounds } from '../../../lambda/domain/schedule/interval.ts';
import { longestDelivery } from '../job-schedules.ts';

/** How long somebody may wait for a run that is at work: the longest run, and the next look of `watch`. */
const runAndLook = Duration.minutes(30);

/**
 * How old the newest restorable backup may become.
 * > `objectives.recoveryPoint`; without one, the longest gap of the schedule, its flexible window, and the hour in which a run is retried;
 * > with AWS Backup the windows of its job as well.
 * Undefined for a plan that promises nothing and does not run again and again.
 */
export function longestRecoveryPointAge(plan: Plan): Duration | undefined {
  const objective = plan.objectives?.recoveryPoint;
  return objective === undefined
    ? latestBackup(plan)?.plus(longestJob(plan))
    : Duration.seconds(durationSeconds(objective));
}

/**
 * How old the newest copy may become.
 * > As old as the newest backup, and as long as a job of AWS Backup may take, for each copy is made by another one.
 */
export function longestCopyAge(plan: Plan): Duration | undefined {
  return longestRecoveryPointAge(plan)?.plus(longestJob(plan));
}

/** For how long a healthy plan starts no backup run: the longest gap, the flexible window, the hour of retries, and a look of `watch`. */
export function longestBackupSilence(plan: Plan): Duration | undefined {
  return latestBackup(plan)?.plus(runAndLook);
}

/** For how long a healthy plan finishes no run of prune. */
export function longestPruneSilence(plan: Plan): Duration | undefined {
  const bounds = intervalBounds(scheduleOf(plan.prune.schedule ?? defaultPruneSchedule(plan)), plan.prune.timeZone);
  return bounds && Duration.seconds(bounds.longestSeconds).plus(longestDelivery).plus(runAndLook);
}

function longestJob({ backup }: Plan): Duration {
  const isJob = backup.engine === 'aws-backup';
  return Duration.minutes(isJob ? awsBackupOptions(backup).completionWindowMinutes : 0);
}

function latestBackup({ backup }: Plan): Duration | undefined {
  const gap = longestGapSeconds(backup);
  return gap === undefined ? undefined : Duration.seconds(gap).plus(longestDelivery);
}
