import { Metrics } from '@aws-lambda-powertools/metrics';
import { metricDimensions, metricsNamespace } from '../contract/metrics.ts';

/** What a metric is about; without a plan, the deployment. */
export interface MetricSubject {
  readonly plan?: string;
  readonly table?: string;
}

/** One instance for all subjects: making one reads the environment many times over, and `watch` speaks of many. */
const shared = new Metrics({ namespace: metricsNamespace, serviceName: 'dynamodb-backup-scheduler' });
shared.clearDefaultDimensions();

/**
 * Metrics of one subject, to be published before those of the next are asked for: what was not is forgotten.
 * > Every dimension goes into one set: a metric has them all, or is another metric.
 */
export function metricsAbout({ plan, table }: MetricSubject, more: Record<string, string> = {}): Metrics {
  shared.clearMetrics();
  shared.clearDimensions();
  const named = {
    ...(plan !== undefined && { [metricDimensions.plan]: plan }),
    ...(table !== undefined && { [metricDimensions.table]: table }),
  };
  shared.addDimensions({ ...named, ...more });
  return shared;
}
