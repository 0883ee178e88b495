import { Duration } from 'aws-cdk-lib';
import { type IMetric, type IWidget, Metric, SingleValueWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricsNamespace, watchDeploymentMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import { sumOverPlans, watchPeriod } from './published-metric.ts';

/** What must be nought, over all plans; and whether anybody watches, and anybody would hear. */
export function deploymentNumbers(
  plans: readonly string[],
  width: { readonly tables: number; readonly watch: number },
): IWidget[] {
  return [
    new SingleValueWidget({
      title: 'Is anything unprotected? All but the first should be 0',
      metrics: [
        sumOverPlans(plans, watchMetrics.protectedTables, 'Tables protected'),
        sumOverPlans(plans, watchMetrics.unprotectedTables, 'Tables without a backup'),
        sumOverPlans(plans, watchMetrics.missingBackups, 'Backups missing'),
        sumOverPlans(plans, watchMetrics.missingSchedules, 'Schedules off or gone'),
        sumOverPlans(plans, watchMetrics.keysAtRisk, 'Tables with a key at risk'),
      ],
      width: width.tables,
      height: 3,
    }),
    new SingleValueWidget({
      title: 'Is somebody watching, and would somebody hear?',
      metrics: [
        deploymentMetric(
          watchDeploymentMetrics.heartbeat,
          'Runs of the watch this hour',
          Stats.SAMPLE_COUNT,
          Duration.hours(1),
        ),
        deploymentMetric(watchDeploymentMetrics.confirmedSubscriptions, 'Who would hear an alarm'),
        deploymentMetric(watchDeploymentMetrics.unconfirmedSubscriptions, 'Invited, not confirmed'),
      ],
      width: width.watch,
      height: 3,
    }),
  ];
}

function deploymentMetric(
  metricName: (typeof watchDeploymentMetrics)[keyof typeof watchDeploymentMetrics],
  label: string,
  statistic = Stats.MAXIMUM,
  period = watchPeriod,
): IMetric {
  return new Metric({ namespace: metricsNamespace, metricName, label, statistic, period });
}
