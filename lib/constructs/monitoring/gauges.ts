import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricDimensions, metricsNamespace } from '../../../lambda/contract/metrics.ts';

/** How often `watch` looks. Each look is a value of every gauge. */
export const lookInterval = Duration.minutes(15);

/** The worst that `watch` saw of a plan in its last look; `least` where less is worse. */
export function planGauge(plan: string, name: string, worst: 'most' | 'least' = 'most'): Metric {
  return gauge(name, worst, { [metricDimensions.plan]: plan });
}

/** What `watch` said of the whole deployment in its last look. */
export function deploymentGauge(name: string, worst: 'most' | 'least' = 'most'): Metric {
  return gauge(name, worst, {});
}

/**
 * What the last run of a plan said. Of a run that failed and was tried again at once, the best try counts: its retry made up for it.
 * No alarm on it may depend on missing values, because nobody says anything until the next run.
 */
export function runResult(plan: string, name: string): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName: name,
    dimensionsMap: { [metricDimensions.plan]: plan },
    statistic: Stats.MINIMUM,
    period: Duration.minutes(5),
  });
}

function gauge(name: string, worst: 'most' | 'least', dimensionsMap: Record<string, string>): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName: name,
    dimensionsMap,
    statistic: worst === 'most' ? Stats.MAXIMUM : Stats.MINIMUM,
    period: lookInterval,
  });
}
