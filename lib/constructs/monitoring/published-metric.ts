import { Duration } from 'aws-cdk-lib';
import { Color, type IMetric, MathExpression, Metric, SearchExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type backupMetrics,
  drillMetrics,
  type eventMetrics,
  metricDimensions,
  metricsNamespace,
  type pruneMetrics,
  type sweepMetrics,
  type watchMetrics,
} from '../../../lambda/contract/metrics.ts';

type NameOf<Metrics extends Readonly<Record<string, string>>> = Metrics[keyof Metrics];

/** What is published of a plan. Of the drills' metrics these are what `watch` repeats of the plan's worst table. */
export type PlanMetricName =
  | NameOf<typeof backupMetrics>
  | NameOf<typeof eventMetrics>
  | NameOf<typeof pruneMetrics>
  | NameOf<typeof sweepMetrics>
  | NameOf<typeof watchMetrics>
  | (typeof drillMetrics)['restoreTime' | 'restoreTimeToObjective' | 'age'];

/** What is published of each table. */
export type TableMetricName =
  (typeof watchMetrics)['recoveryPointAge'] | Exclude<NameOf<typeof drillMetrics>, 'RestorePhaseTime'>;

/** How a metric is drawn. */
export interface Drawing {
  readonly label: string;
  /** @default Stats.MAXIMUM, which is what a gauge means */
  readonly statistic?: string;
  /** @default - a quarter of an hour, the period of `watch` */
  readonly period?: Duration;
  readonly color?: string;
}

/** How often `watch` publishes. */
export const watchPeriod = Duration.minutes(15);
/** For ages: their worst of each hour, so that backups of every hour are a line and not a saw. */
export const hourly = Duration.hours(1);
/** For what is looked at over weeks and months. */
export const daily = Duration.days(1);

/** How many seconds, or bytes, one unit on the dashboard has. */
export const unit = { minute: 60, hour: 3_600, day: 86_400, gigabyte: 1e9 } as const;

/** From kept to broken. Beside red and green the words say it, too. */
export const colors = {
  kept: Color.GREEN,
  close: Color.ORANGE,
  broken: Color.RED,
  calm: Color.BLUE,
  aside: Color.GREY,
};
/** What was promised: none of the colors that CloudWatch gives to tables, and visible on white and on black. */
export const promiseColor = '#ff0000';

export function planMetric(plan: string, metricName: PlanMetricName, drawing: Drawing): Metric {
  return new Metric({
    namespace: metricsNamespace,
    metricName,
    dimensionsMap: { [metricDimensions.plan]: plan },
    statistic: Stats.MAXIMUM,
    period: watchPeriod,
    ...drawing,
  });
}

/** The metric of one plan in another unit, such as `{ dividedBy: unit.hour }`. Where a graph has it of several plans, each needs an `id`. */
export function planMetricIn(
  scale: { readonly dividedBy: number } | { readonly times: number },
  plan: string,
  metricName: PlanMetricName,
  { id = idOf(metricName), ...drawing }: Drawing & { readonly id?: string },
): IMetric {
  const { period = watchPeriod, label, color } = drawing;
  return new MathExpression({
    expression: 'times' in scale ? `${id} * ${scale.times}` : `${id} / ${scale.dividedBy}`,
    usingMetrics: { [id]: planMetric(plan, metricName, drawing) },
    period,
    label,
    ...(color !== undefined && { color }),
  });
}

/** One number for all plans: the sum of what they publish. */
export function sumOverPlans(plans: readonly string[], metricName: PlanMetricName, label: string): IMetric {
  const metrics = plans.map((plan, index) => [`${idOf(metricName)}${index}`, planMetric(plan, metricName, { label })]);
  return new MathExpression({
    expression: `SUM([${metrics.map(([id]) => String(id)).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics) as Record<string, IMetric>,
    period: watchPeriod,
    label,
  });
}

/** The lesser of what plans publish that cover the same tables: of ages, the one that counts when an engine fails. */
export function newerOf(
  plans: readonly string[],
  metricName: PlanMetricName,
  { label, per }: { readonly label: string; readonly per: number },
): IMetric {
  const metrics = plans.map(
    (plan) => [`m${plan.replaceAll('-', '_')}`, planMetric(plan, metricName, { label })] as const,
  );
  return new MathExpression({
    expression: `MIN([${metrics.map(([id]) => id).join(', ')}]) / ${per}`,
    usingMetrics: Object.fromEntries(metrics),
    period: watchPeriod,
    label,
  });
}

/** A search for the metric of each table of a plan, of those that reported within two weeks: at most 500, as CloudWatch has it. */
export function searchTables(plan: string, metricName: TableMetricName, statistic: string, period: Duration): string {
  const { plan: Plan, table: Table } = metricDimensions;
  const term = `{${metricsNamespace},${Plan},${Table}} MetricName="${metricName}" ${Plan}="${plan}"`;
  return `SEARCH('${term}', '${statistic}', ${period.toSeconds()})`;
}

/** How many tables one graph shows: more lines than that nobody can tell apart. */
export const tablesShown = 10;

/** The tables of a plan whose metric is highest, worst first. */
export function worstTables(plan: string, metricName: TableMetricName, per: number, period = watchPeriod): IMetric {
  const search = searchTables(plan, metricName, Stats.MAXIMUM, period);
  return new SearchExpression({
    expression: `SORT(${search} / ${per}, MAX, DESC, ${tablesShown})`,
    label: `\${PROP('Dim.${metricDimensions.table}')}`,
    period,
  });
}

/** How long drills of a plan's tables took that restored into another Region, slowest first. */
export function restoresElsewhere(plan: string, per: number, period: Duration): IMetric {
  const { plan: Plan, table: Table, region: Region } = metricDimensions;
  const term = `{${metricsNamespace},${Plan},${Region},${Table}} MetricName="${drillMetrics.restoreTime}" ${Plan}="${plan}"`;
  return new SearchExpression({
    expression: `SORT(SEARCH('${term}', '${Stats.MAXIMUM}', ${period.toSeconds()}) / ${per}, MAX, DESC, ${tablesShown})`,
    label: `\${PROP('Dim.${Table}')} in \${PROP('Dim.${Region}')}`,
    period,
  });
}

/** Ids of metrics begin with a small letter. */
export function idOf(metricName: string): string {
  return metricName.charAt(0).toLowerCase() + metricName.slice(1);
}
