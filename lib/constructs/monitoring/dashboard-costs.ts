import { type IWidget, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import { daily, planMetric, planMetricIn, unit } from './published-metric.ts';

const halfYear = '-P6M';

/** What all plans store and cost, one on top of the other. */
export function costGraphs(plans: readonly string[]): IWidget[][] {
  const shared = { stacked: true, width: 12, start: halfYear };
  return [
    [
      new GraphWidget({
        ...shared,
        title: 'How much do the backups of each plan hold?',
        left: plans.map((plan, index) =>
          planMetricIn({ dividedBy: unit.gigabyte }, plan, watchMetrics.storageBytes, {
            label: plan,
            period: daily,
            id: `storage${index}`,
          }),
        ),
        leftYAxis: { min: 0, label: 'GB', showUnits: false },
      }),
      new GraphWidget({
        ...shared,
        title: 'What do backups and drills of each plan cost a month, by list price?',
        left: plans.map((plan) => planMetric(plan, watchMetrics.monthlyCost, { label: plan, period: daily })),
        leftYAxis: { min: 0, label: 'USD a month', showUnits: false },
      }),
    ],
  ];
}
