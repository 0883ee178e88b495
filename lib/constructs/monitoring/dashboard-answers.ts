import {
  GaugeWidget,
  type IMetric,
  type IWidget,
  Shading,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { drillMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { colors, planMetricIn, unit } from './published-metric.ts';

/** From which part of its objective, in per cent, an answer is drawn in orange. */
const closePercent = 80;
const height = 4;

/**
 * Are we inside RPO, are we inside RTO: the two answers for each plan, side by side.
 * > Per cent of the objective: up to 100 it is kept. A plan without an objective shows the age itself, one without drills says so.
 */
export function answers(plans: readonly Plan[]): IWidget[] {
  const width = widthFor(plans.length);
  return plans.flatMap((plan) => answersOf(plan, width));
}

/** One or two plans get half the dashboard each, three a third, more a quarter. */
function widthFor(plans: number): number {
  if (plans <= 2) return 12;
  return plans === 3 ? 8 : 6;
}

function answersOf(plan: Plan, width: number): IWidget[] {
  const gauged = [...recoveryPointGauge(plan), ...recoveryTimeGauge(plan)];
  const title = `${plan.name}: inside RPO and RTO?`;
  if (gauged.length === 2) return [gauge(title, gauged, width)];
  const [half, otherHalf] = [Math.ceil(width / 2), Math.floor(width / 2)];
  return [recoveryPointAnswer(plan, half), recoveryTimeAnswer(plan, otherHalf)];
}

function recoveryPointGauge({ name, objectives }: Plan): IMetric[] {
  if (objectives?.recoveryPoint === undefined) return [];
  return [planMetricIn({ times: 100 }, name, watchMetrics.recoveryPointAgeToObjective, { label: '% of RPO' })];
}

function recoveryTimeGauge({ name, objectives, drill }: Plan): IMetric[] {
  if (objectives?.recoveryTime === undefined || !drill) return [];
  return [planMetricIn({ times: 100 }, name, drillMetrics.restoreTimeToObjective, { label: '% of RTO' })];
}

function recoveryPointAnswer(plan: Plan, width: number): IWidget {
  const gauged = recoveryPointGauge(plan);
  if (gauged.length > 0) return gauge(`${plan.name}: inside RPO?`, gauged, width);
  return new SingleValueWidget({
    title: `${plan.name}: how old is the newest backup?`,
    metrics: [
      planMetricIn({ dividedBy: unit.hour }, plan.name, watchMetrics.recoveryPointAge, { label: 'hours, no RPO set' }),
    ],
    width,
    height,
  });
}

function recoveryTimeAnswer(plan: Plan, width: number): IWidget {
  const gauged = recoveryTimeGauge(plan);
  if (gauged.length > 0) return gauge(`${plan.name}: inside RTO?`, gauged, width);
  if (!plan.drill) return unknown(plan, width);
  return new SingleValueWidget({
    title: `${plan.name}: how long does a restore take?`,
    metrics: [
      planMetricIn({ dividedBy: unit.minute }, plan.name, drillMetrics.restoreTime, { label: 'minutes, no RTO set' }),
    ],
    width,
    height,
  });
}

function unknown({ name, objectives }: Plan, width: number): IWidget {
  const promised = objectives?.recoveryTime === undefined ? '' : ` It promises ${objectives.recoveryTime}, unproven.`;
  return new TextWidget({
    markdown: `**${name}: inside RTO?**\n\nNobody knows: this plan never rehearses a restore.${promised}`,
    width,
    height,
  });
}

function gauge(title: string, metrics: IMetric[], width: number): IWidget {
  return new GaugeWidget({
    title,
    metrics,
    leftYAxis: { min: 0, max: 150 },
    annotations: [
      { value: closePercent, fill: Shading.BELOW, color: colors.kept, label: 'kept' },
      { value: closePercent, fill: Shading.ABOVE, color: colors.close, label: 'close' },
      { value: 100, fill: Shading.ABOVE, color: colors.broken, label: 'missed' },
    ],
    width,
    height,
  });
}
