import { Duration } from 'aws-cdk-lib';
import { drillMetrics, sweepMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { DrillPlan, Plan } from '../../../lambda/domain/plan.ts';
import { scheduleOf } from '../../../lambda/domain/schedule/expression.ts';
import { intervalBounds } from '../../../lambda/domain/schedule/interval.ts';
import { planGauge } from './gauges.ts';
import type { PlanSymptom } from './symptom.ts';

/** How long before a restore is expected to take too long it is said. */
export const defaultForecast = Duration.days(30);

/** The sweep comes by every 12 hours at the rarest, and is tried again for an hour. */
const sweepHadItsTurn = Duration.hours(14);

/** What can be wrong with the drills of a plan, and with what they measured. */
export function drillSymptoms({ name, drill, objectives }: Plan, forecast: Duration = defaultForecast): PlanSymptom[] {
  if (!drill) return [];
  return [
    {
      name: 'drill-failed',
      means: `The last drill of a table of plan ${name} did not pass.`,
      metric: planGauge(name, watchMetrics.failedDrills),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'itself',
    },
    ...overdueSymptoms(name, drill),
    {
      name: 'drill-table-left-behind',
      means: `A table that a drill of plan ${name} restored is still there, and the sweep could not delete it.`,
      metric: planGauge(name, sweepMetrics.leftover),
      promise: { atMost: 0 },
      silence: 'fine',
      caller: 'degraded',
      lasting: sweepHadItsTurn,
    },
    ...(objectives?.recoveryTime === undefined ? [] : recoveryTimeSymptoms(name, objectives.recoveryTime, forecast)),
  ];
}

/** > Drills that do not come again and again are never overdue. */
function overdueSymptoms(plan: string, drill: DrillPlan): PlanSymptom[] {
  if (!intervalBounds(scheduleOf(drill.schedule), drill.timeZone)) return [];
  return [
    {
      name: 'drill-overdue',
      means: `A table of plan ${plan} has not passed a drill for longer than the plan's drills allow for.`,
      metric: planGauge(plan, watchMetrics.drillAgeToExpected),
      promise: { atMost: 1 },
      silence: 'broken',
      caller: 'degraded',
    },
  ];
}

function recoveryTimeSymptoms(plan: string, recoveryTime: string, forecast: Duration): PlanSymptom[] {
  const promised = Duration.parse(recoveryTime).toHumanString();
  return [
    {
      name: 'recovery-time-exceeded',
      means: `The last drill of a table of plan ${plan} took longer than the promised ${promised}.`,
      metric: planGauge(plan, drillMetrics.restoreTimeToObjective),
      promise: { atMost: 1 },
      silence: 'fine',
      caller: 'itself',
    },
    {
      name: 'recovery-time-forecast',
      means: `Restoring a table of plan ${plan} will take longer than the promised ${promised} within ${forecast.toHumanString()}, if it grows on as now.`,
      metric: planGauge(plan, watchMetrics.restoreTimeForecast, 'least'),
      promise: { atLeast: forecast.toDays() },
      silence: 'fine',
      caller: 'itself',
    },
  ];
}
