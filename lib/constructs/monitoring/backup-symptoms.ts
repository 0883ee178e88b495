import { Duration } from 'aws-cdk-lib';
import { backupMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { lookInterval, planGauge, runResult } from './gauges.ts';
import { longestBackupSilence, longestRecoveryPointAge } from './promises.ts';
import type { PlanSymptom } from './symptom.ts';

/** A newest backup smaller than this part of the one before may have lost something. */
const smallestPart = 0.5;

/** What can be wrong with the backups of a plan. */
export function backupSymptoms(plan: Plan): PlanSymptom[] {
  const { name } = plan;
  return [
    ...recoveryPointSymptoms(plan),
    {
      name: 'backup-failed',
      means: `The last backup run of plan ${name} could not back up every table.`,
      metric: runResult(name, backupMetrics.failed),
      promise: { atMost: 0 },
      silence: 'unchanged',
      caller: 'degraded',
    },
    {
      name: 'backups-missing',
      means: `Backups of plan ${name} that should be there by now were never taken; it ends an hour after the last one was missed.`,
      metric: planGauge(name, watchMetrics.newlyMissingBackups),
      promise: { atMost: 0 },
      silence: 'broken',
      caller: 'unhealthy',
    },
    {
      name: 'backup-shrank',
      means: `The newest backup of a table of plan ${name} is less than half as large as the one before.`,
      metric: planGauge(name, watchMetrics.shrink),
      promise: { atMost: 1 - smallestPart },
      silence: 'fine',
      caller: 'itself',
    },
    ...schedulerSymptoms(plan),
  ];
}

function recoveryPointSymptoms(plan: Plan): PlanSymptom[] {
  const longest = longestRecoveryPointAge(plan);
  if (!longest) return [];
  return [
    {
      name: 'recovery-point-overdue',
      means: `The newest restorable backup of a table of plan ${plan.name} is older than ${longest.toHumanString()}.`,
      metric: planGauge(plan.name, watchMetrics.recoveryPointAge),
      promise: { atMost: longest.toSeconds() },
      silence: 'broken',
      caller: 'unhealthy',
    },
  ];
}

function schedulerSymptoms(plan: Plan): PlanSymptom[] {
  const longest = longestBackupSilence(plan);
  return [
    {
      name: 'schedule-missing',
      means: `A schedule of plan ${plan.name} is switched off or gone.`,
      metric: planGauge(plan.name, watchMetrics.missingSchedules),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'unhealthy',
      // A deployment that removes a plan removes its schedules a little before its alarms.
      lasting: Duration.minutes(2 * lookInterval.toMinutes()),
    },
    ...(longest
      ? [
          {
            name: 'scheduler-silent',
            means: `No backup run of plan ${plan.name} has started for ${longest.toHumanString()}.`,
            metric: planGauge(plan.name, watchMetrics.backupRunAge),
            promise: { atMost: longest.toSeconds() },
            silence: 'broken' as const,
            caller: 'unhealthy' as const,
          },
        ]
      : []),
  ];
}
