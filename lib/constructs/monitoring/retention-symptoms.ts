import { pruneMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { planGauge, runResult } from './gauges.ts';
import { longestPruneSilence } from './promises.ts';
import type { PlanSymptom } from './symptom.ts';

/** What can be wrong with the retention of a plan. None of it loses a backup. */
export function retentionSymptoms(plan: Plan): PlanSymptom[] {
  const { name } = plan;
  const lastRun = { promise: { atMost: 0 }, silence: 'unchanged', caller: 'degraded' } as const;
  return [
    {
      ...lastRun,
      name: 'retention-blocked',
      means: `The last run of prune for plan ${name} saw something odd and deleted nothing.`,
      metric: runResult(name, pruneMetrics.blocked),
    },
    {
      ...lastRun,
      name: 'deletion-failing',
      means: `The last run of prune for plan ${name} could not delete expired backups.`,
      metric: runResult(name, pruneMetrics.deletionsFailed),
    },
    {
      ...lastRun,
      name: 'deletion-denied',
      means: `The last run of prune for plan ${name} was not allowed to delete expired backups.`,
      metric: runResult(name, pruneMetrics.deletionsDenied),
    },
    ...prunerSymptoms(plan),
  ];
}

function prunerSymptoms(plan: Plan): PlanSymptom[] {
  const longest = longestPruneSilence(plan);
  if (!longest) return [];
  return [
    {
      name: 'pruner-silent',
      means: `No run of prune for plan ${plan.name} has finished for ${longest.toHumanString()}.`,
      metric: planGauge(plan.name, watchMetrics.pruneRunAge),
      promise: { atMost: longest.toSeconds() },
      silence: 'broken',
      caller: 'degraded',
    },
  ];
}
