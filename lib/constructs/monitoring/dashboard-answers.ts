import {
  GaugeWidget,
  type IMetric,
  type IWidget,
  Shading,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { drillMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import { durationSeconds } from '../../../lambda/domain/keep-guarantee.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { colors, newerOf, planMetricIn, unit } from './published-metric.ts';

/** From which part of its objective, in per cent, an answer is drawn in orange. */
const closePercent = 80;

/**
 * Are we inside RPO, are we inside RTO: the two answers for each plan, side by side.
 * > Per cent of the objective: up to 100 it is kept. A plan without an objective shows the age itself, one without drills says so.
 */
export function answers(plans: readonly Plan[]): IWidget[] {
  const size = sizeFor(plans.length);
  return plans.flatMap((plan) => answersOf(plan, size));
}

/** Whatever became of one engine: how old is the newest backup that the other or it has of the worst table? Nothing without pairs. */
export function eitherEngine(pairs: ReadonlyMap<string, string>): IWidget[][] {
  if (pairs.size === 0) return [];
  const ages = [...pairs].map(([plan, twin]) =>
    newerOf([plan, twin], watchMetrics.recoveryPointAge, { label: `hours: ${plan}`, per: unit.hour }),
  );
  return [
    [
      new SingleValueWidget({
        title: 'How old is the newest backup by either engine?',
        metrics: ages,
        width: 24,
        height: 3,
      }),
    ],
  ];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** One or two plans get half the dashboard each, three a third, more a quarter. */
function sizeFor(plans: number): Size {
  if (plans === 1) return { width: 12, height: 6 };
  return { width: plans === 2 ? 12 : plans === 3 ? 8 : 6, height: 4 };
}

function answersOf(plan: Plan, { width, height }: Size): IWidget[] {
  const gauged = [...recoveryPointGauge(plan), ...recoveryTimeGauge(plan)];
  if (gauged.length === 2) return [gauge(`${plan.name}: inside RPO and RTO?`, gauged, { width, height })];
  return [
    recoveryPointAnswer(plan, { width: Math.ceil(width / 2), height }),
    recoveryTimeAnswer(plan, { width: Math.floor(width / 2), height }),
  ];
}

function recoveryPointGauge({ name, objectives }: Plan): IMetric[] {
  if (objectives?.recoveryPoint === undefined) return [];
  return [
    planMetricIn({ times: 100 }, name, watchMetrics.recoveryPointAgeToObjective, {
      label: `% of the RPO, ${spoken(objectives.recoveryPoint)}`,
    }),
  ];
}

function recoveryTimeGauge({ name, objectives, drill }: Plan): IMetric[] {
  if (objectives?.recoveryTime === undefined || !drill) return [];
  return [
    planMetricIn({ times: 100 }, name, drillMetrics.restoreTimeToObjective, {
      label: `% of the RTO, ${spoken(objectives.recoveryTime)}`,
    }),
  ];
}

function recoveryPointAnswer(plan: Plan, size: Size): IWidget {
  const gauged = recoveryPointGauge(plan);
  if (gauged.length > 0) return gauge(`${plan.name}: inside RPO?`, gauged, size);
  return new SingleValueWidget({
    title: `${plan.name}: how old?`,
    metrics: [
      planMetricIn({ dividedBy: unit.hour }, plan.name, watchMetrics.recoveryPointAge, { label: 'hours old, no RPO' }),
    ],
    ...size,
  });
}

function recoveryTimeAnswer(plan: Plan, size: Size): IWidget {
  const gauged = recoveryTimeGauge(plan);
  if (gauged.length > 0) return gauge(`${plan.name}: inside RTO?`, gauged, size);
  if (!plan.drill) return unknown(plan, size);
  return new SingleValueWidget({
    title: `${plan.name}: how fast?`,
    metrics: [
      planMetricIn({ dividedBy: unit.minute }, plan.name, drillMetrics.restoreTime, {
        label: 'minutes to restore, no RTO',
      }),
    ],
    ...size,
  });
}

function unknown({ name, objectives }: Plan, size: Size): IWidget {
  const promised =
    objectives?.recoveryTime === undefined ? '' : ` It promises ${spoken(objectives.recoveryTime)}, unproven.`;
  return new TextWidget({
    markdown: `**${name}: inside RTO?**\n\nNobody knows: this plan never rehearses a restore.${promised}`,
    ...size,
  });
}

function gauge(title: string, metrics: IMetric[], size: Size): IWidget {
  return new GaugeWidget({
    title,
    metrics,
    leftYAxis: { min: 0, max: 150 },
    annotations: [
      { value: closePercent, fill: Shading.BELOW, color: colors.kept, label: 'kept' },
      { value: closePercent, fill: Shading.ABOVE, color: colors.close, label: 'close' },
      { value: 100, fill: Shading.ABOVE, color: colors.broken, label: 'missed' },
    ],
    ...size,
  });
}

/** `PT26H` as `26 hours`, in the largest unit that divides it. */
function spoken(duration: string): string {
  const seconds = durationSeconds(duration);
  const [name, length] = Object.entries({
    week: 7 * unit.day,
    day: unit.day,
    hour: unit.hour,
    minute: unit.minute,
  }).find(([, length]) => seconds % length === 0) ?? ['second', 1];
  const count = seconds / length;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
