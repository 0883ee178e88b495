import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { planGauge } from './gauges.ts';
import { longestBackupSilence } from './promises.ts';
import { longestLookBack, type PlanSymptom } from './symptom.ts';

/** Whoever deploys a plan first may tag its tables afterwards. */
const timeToTag = Duration.days(1);

/** A backup run reads the settings of a table that shows no change every six hours at most. */
const betweenReadings = Duration.hours(6);

/** What can be wrong with what a plan covers. */
export function protectionSymptoms(plan: Plan): PlanSymptom[] {
  return [
    ...unprotectedSymptoms(plan),
    {
      name: 'plan-covers-nothing',
      means: `Plan ${plan.name} has covered no table for a day: no name, pattern or tag of it finds any.`,
      metric: coveredTables(plan),
      promise: { atLeast: 1 },
      silence: 'fine',
      caller: 'itself',
      lasting: timeToTag,
    },
    {
      name: 'encryption-key-at-risk',
      means: `The encryption key of a table of plan ${plan.name} is disabled, gone, or about to be deleted.`,
      metric: planGauge(plan.name, watchMetrics.keysAtRisk),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'itself',
    },
    ...recoverySymptoms(plan),
  ];
}

/**
 * > A table may wait for its correction until a backup run reads its settings again: six hours, and the run after them.
 * A plan that only reports drift calls about it at once.
 */
function recoverySymptoms(plan: Plan): PlanSymptom[] {
  const { name, pointInTimeRecovery: promise } = plan;
  if (!promise) return [];
  const lasting = promise.correct ? longestBackupSilence(plan)?.plus(betweenReadings) : undefined;
  return [
    {
      name: 'point-in-time-recovery-off',
      means: `Point-in-time recovery of a table of plan ${name} is off, or reaches back another number of days than the ${promise.days} promised.`,
      metric: planGauge(name, watchMetrics.pointInTimeRecoveryDrift),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'itself',
      ...(lasting && { lasting }),
    },
  ];
}

/**
 * > A table may wait for its first backup as long as a slot may be away; after that it is unprotected.
 * Where that is longer than an alarm can look back, as with one backup a week or a month, `backups-missing` says so once the slot has passed.
 */
function unprotectedSymptoms(plan: Plan): PlanSymptom[] {
  const firstSlot = longestBackupSilence(plan);
  if (!firstSlot || firstSlot.toSeconds() > longestLookBack.toSeconds()) return [];
  return [
    {
      name: 'unprotected-table',
      means: `A table that plan ${plan.name} covers has had no restorable backup for ${firstSlot.toHumanString()}.`,
      metric: planGauge(plan.name, watchMetrics.unprotectedTables),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'unhealthy',
      lasting: firstSlot,
    },
  ];
}

/** By the hour, as an alarm that lasts for a day looks at it. */
function coveredTables({ name }: Plan): MathExpression {
  const period = Duration.hours(1);
  return new MathExpression({
    expression: 'protected + unprotected',
    usingMetrics: {
      protected: planGauge(name, watchMetrics.protectedTables).with({ period }),
      unprotected: planGauge(name, watchMetrics.unprotectedTables).with({ period }),
    },
    label: 'CoveredTables',
    period,
  });
}
