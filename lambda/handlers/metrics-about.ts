import { Metrics } from '@aws-lambda-powertools/metrics';
import { metricDimensions, metricsNamespace } from '../contract/metrics.ts';

/** What a metric is about; without a plan, the deployment. */
export interface MetricSubject {
  readonly plan?: string;
  readonly table?: string;
}

/** Every dimension goes into one set: a metric has them all, or is another metric. */
export function metricsAbout({ plan, table }: MetricSubject, more: Record<string, string> = {}): Metrics {
  const metrics = new Metrics({ namespace: metricsNamespace, serviceName: 'dynamodb-backup-scheduler' });
  metrics.clearDefaultDimensions();
  const named = {
    ...(plan !== undefined && { [metricDimensions.plan]: plan }),
    ...(table !== undefined && { [metricDimensions.table]: table }),
  };
  metrics.addDimensions({ ...named, ...more });
  return metrics;
}
