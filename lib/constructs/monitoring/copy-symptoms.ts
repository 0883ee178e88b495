import { copyMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import { copyRulesOf } from '../../../lambda/domain/copy-destination.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { planGauge, runResult } from './gauges.ts';
import { longestCopyAge } from './promises.ts';
import type { PlanSymptom } from './symptom.ts';

/** What can be wrong with the copies of a plan; nothing where it wants none. */
export function copySymptoms(plan: Plan): PlanSymptom[] {
  if (copyRulesOf(plan).length === 0) return [];
  return [
    {
      name: 'copy-failed',
      means: `A recovery point of plan ${plan.name} could not be copied after several tries, and is missing where it was to go.`,
      metric: runResult(plan.name, copyMetrics.failed),
      promise: { atMost: 0 },
      silence: 'unchanged',
      caller: 'degraded',
    },
    ...overdueSymptoms(plan),
  ];
}

/** It shares the call of `copy-failed`, which a place that takes no copies raises first, and keeps quiet with it while `watch` is silent. */
function overdueSymptoms(plan: Plan): PlanSymptom[] {
  const longest = longestCopyAge(plan);
  if (!longest) return [];
  return [
    {
      name: 'copy-overdue',
      means: `The newest copy of a table of plan ${plan.name} is older than ${longest.toHumanString()} in one of its places.`,
      metric: planGauge(plan.name, watchMetrics.copyAge),
      promise: { atMost: longest.toSeconds() },
      silence: 'broken',
      caller: 'degraded',
    },
  ];
}
