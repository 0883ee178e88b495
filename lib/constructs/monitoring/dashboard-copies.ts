import { GraphWidget, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import { copyRulesOf } from '../../../lambda/domain/copy-destination.ts';
import { drilledCopyRegions } from '../../../lambda/domain/copy-drills.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { heading } from './dashboard-text.ts';
import { daily, hourly, planMetricIn, restoresElsewhere, unit } from './published-metric.ts';

/** How old the copies of each plan that copies are, and how long restores of them take where they are drilled; nothing where none copies. */
export function copyGraphs(plans: readonly Plan[]): IWidget[][] {
  const copying = plans.filter((plan) => copyRulesOf(plan).length > 0);
  if (copying.length === 0) return [];
  const drilled = copying.filter((plan) => drilledCopyRegions(plan).length > 0);
  return [
    [heading('Are there copies elsewhere?')],
    [ages(copying, drilled.length > 0 ? 12 : 24), ...(drilled.length > 0 ? [times(drilled)] : [])],
  ];
}

function times(plans: readonly Plan[]): IWidget {
  return new GraphWidget({
    title: 'How long does a restore of each copy take in its Region? In minutes',
    left: plans.map(({ name }) => restoresElsewhere(name, unit.minute, daily)),
    leftYAxis: { min: 0, label: 'minutes', showUnits: false },
    width: 12,
    start: '-P6M',
  });
}

function ages(plans: readonly Plan[], width: number): IWidget {
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
    width,
  });
}
