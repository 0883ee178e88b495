import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { drillMetrics, watchDeploymentMetrics, watchMetrics, watchTableMetrics } from '../contract/metrics.ts';
import type { Values } from '../jobs/watch/plan-gauges.ts';
import type { WatchReport } from '../jobs/watch/watch.ts';
import { metricsAbout, type MetricSubject } from './metrics-about.ts';

/** Units other than counts. */
const units: Readonly<Record<string, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  [watchMetrics.recoveryPointAge]: MetricUnit.Seconds,
  [watchMetrics.copyAge]: MetricUnit.Seconds,
  [watchMetrics.recoveryPointAgeToObjective]: MetricUnit.NoUnit,
  [watchMetrics.storageBytes]: MetricUnit.Bytes,
  [watchMetrics.shrink]: MetricUnit.NoUnit,
  [watchMetrics.pointInTimeRecoveryGap]: MetricUnit.Seconds,
  [watchMetrics.pointInTimeRecoveryWindow]: MetricUnit.Seconds,
  [watchMetrics.drillCoverage]: MetricUnit.Percent,
  [watchMetrics.drillAgeToExpected]: MetricUnit.NoUnit,
  [watchMetrics.backupRunAge]: MetricUnit.Seconds,
  [watchMetrics.pruneRunAge]: MetricUnit.Seconds,
  [watchMetrics.monthlyCost]: MetricUnit.NoUnit,
  [drillMetrics.restoreTime]: MetricUnit.Seconds,
  [drillMetrics.restoreTimeToObjective]: MetricUnit.NoUnit,
  [drillMetrics.age]: MetricUnit.Seconds,
};

/**
 * Publishes the gauges of one run, dated by AWS's clock.
 * > The heartbeat comes last, and only when everything could be read: a watch that cannot see is not alive.
 */
export function publishWatch({ at, plans, deployment, failures }: WatchReport, detail: 'plan' | 'table'): void {
  for (const { plan, values, tables } of plans) {
    publish(at, values, { plan });
    if (detail === 'plan') continue;
    for (const [table, each] of tables) publish(at, only(watchTableMetrics, each), { plan, table });
  }
  publish(at, deployment);
  if (failures.length === 0) publish(at, { [watchDeploymentMetrics.heartbeat]: 1 });
}

function only(names: readonly string[], values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function publish(at: Date, values: Values, subject: MetricSubject = {}): void {
  if (Object.keys(values).length === 0) return;
  const metrics = metricsAbout(subject);
  metrics.setTimestamp(at);
  for (const [name, value] of Object.entries(values)) metrics.addMetric(name, units[name] ?? MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
