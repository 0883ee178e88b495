import { Color, type IMetric, type IWidget, GraphWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { pruneMetrics } from '../../../lambda/contract/metrics.ts';
import { colors, daily, planMetric, type PlanMetricName } from './published-metric.ts';

const month = '-P1M';

/** What retention keeps, what it deleted, and what kept it from deleting. */
export function retentionGraphs(plan: string): IWidget[][] {
  return [[stock(plan), obstacles(plan)]];
}

function stock(plan: string): IWidget {
  return new GraphWidget({
    title: 'How many backups are kept, how many expired, how many were deleted each day?',
    left: [
      atMost(plan, pruneMetrics.kept, 'Kept', colors.kept),
      atMost(plan, pruneMetrics.held, 'Held by somebody', Color.PURPLE),
      atMost(plan, pruneMetrics.frozen, 'Frozen: their table is gone', colors.aside),
    ],
    right: [
      atMost(plan, pruneMetrics.expired, 'Expired (right)', colors.close),
      eachDay(plan, pruneMetrics.deleted, 'Deleted (right)', colors.calm),
    ],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width: 12,
    start: month,
  });
}

function obstacles(plan: string): IWidget {
  return new GraphWidget({
    title: 'Which deletions failed, or were denied or blocked?',
    left: [
      eachDay(plan, pruneMetrics.deletionsFailed, 'Failed', colors.broken),
      eachDay(plan, pruneMetrics.deletionsDenied, 'Denied', colors.close),
      eachDay(plan, pruneMetrics.deletionsSkipped, 'Skipped after a second look', colors.aside),
      atMost(plan, pruneMetrics.unjudgeable, 'Backups nobody can judge', Color.PURPLE),
      atMost(plan, pruneMetrics.blocked, 'Run blocked', Color.BROWN),
      atMost(plan, pruneMetrics.limitExceeded, 'Run over its deletion cap', Color.PINK),
      atMost(plan, pruneMetrics.reportOnly, 'Run that only reports', colors.calm),
    ],
    leftYAxis: { min: 0, showUnits: false },
    width: 12,
    start: month,
  });
}

function eachDay(plan: string, metricName: PlanMetricName, label: string, color: string): IMetric {
  return planMetric(plan, metricName, { label, color, statistic: Stats.SUM, period: daily });
}

function atMost(plan: string, metricName: PlanMetricName, label: string, color: string): IMetric {
  return planMetric(plan, metricName, { label, color, period: daily });
}
