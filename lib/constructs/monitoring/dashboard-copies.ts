import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import { copyRulesOf } from '../../../lambda/domain/copy-destination.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { heading } from './dashboard-text.ts';
import { hourly, planMetricIn, unit } from './published-metric.ts';

/** How old the copies of each plan that copies are; nothing where none does. */
export function copyGraphs(plans: readonly Plan[]): IWidget[][] {
  const copying = plans.filter((plan) => copyRulesOf(plan).length > 0);
  if (copying.length === 0) return [];
  return [[heading('Are there copies elsewhere?')], [ages(copying)]];
}

function ages(plans: readonly Plan[]): IWidget {
  return new GraphWidget({
    title: 'How old is the newest copy of each plan, of the table and in the place where it is oldest? In hours',
    left: plans.map(({ name }, index) =>
      planMetricIn({ dividedBy: unit.hour }, name, watchMetrics.copyAge, {
        label: name,
        period: hourly,
        id: `copyAge${index}`,
      }),
    ),
    leftYAxis: { min: 0, label: 'hours', showUnits: false },
    width: 24,
  });
}
