import {
  Color,
  type IMetric,
  type IWidget,
  GraphWidget,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import {
  drillMetrics,
  metricDimensions,
  metricsNamespace,
  sweepMetrics,
  watchMetrics,
} from '../../../lambda/contract/metrics.ts';
import { objectiveLine } from './dashboard-backups.ts';
import { chosenTable } from './dashboard-choice.ts';
import {
  colors,
  daily,
  hourly,
  idOf,
  planMetric,
  planMetricIn,
  type PlanMetricName,
  promiseColor,
  searchTables,
  tablesShown,
  unit,
  worstTables,
} from './published-metric.ts';

export interface RestoreGraphsProps {
  /** The plan whose restores are shown, or what stands for it. */
  readonly plan: string;
  /** Names of the plans that drill. */
  readonly drilling: readonly string[];
  readonly detail: 'plan' | 'table';
  /** From how many days on a forecast is an alarm. */
  readonly forecastDays: number;
}

const halfYear = '-P6M';

/** How long restores take, where that leads, and how much of all that is proven. */
export function restoreGraphs(props: RestoreGraphsProps): IWidget[][] {
  return [
    [times(props), forecast(props), phases(props)],
    [proofs(props), coverage(props), outcomes(props)],
  ];
}

function times({ plan, detail }: RestoreGraphsProps): IWidget {
  const { restoreTime, restoreTimeToObjective } = drillMetrics;
  const worst = planMetricIn({ dividedBy: unit.minute }, plan, restoreTime, { label: 'Slowest table', period: daily });
  return new GraphWidget({
    title: `How long does a restore of each table take? The ${tablesShown} slowest, in minutes`,
    left: [
      detail === 'table' ? worstTables(plan, restoreTime, unit.minute, daily) : worst,
      objectiveLine(plan, 'RTO', unit.minute, [restoreTime, restoreTimeToObjective], daily),
    ],
    leftYAxis: { min: 0, label: 'minutes', showUnits: false },
    width: 12,
    height: 7,
    start: halfYear,
  });
}

function forecast({ plan, forecastDays }: RestoreGraphsProps): IWidget {
  return new GraphWidget({
    title: 'In how many days do we miss the RTO?',
    left: [
      planMetric(plan, watchMetrics.restoreTimeForecast, {
        label: 'Days left at the present growth',
        period: daily,
        statistic: Stats.MINIMUM,
        color: colors.calm,
      }),
    ],
    leftAnnotations: [{ value: forecastDays, label: `Alarm below ${forecastDays} days`, color: colors.broken }],
    leftYAxis: { min: 0, max: 366, label: 'days', showUnits: false },
    width: 6,
    height: 7,
    start: halfYear,
  });
}

/** > Each phase stays as the last drill of the table measured it, until the next one does. */
function phases({ drilling }: RestoreGraphsProps): IWidget {
  const drawn = [
    { phase: 'restore', label: 'Restore', color: colors.calm },
    { phase: 'indexes', label: 'Indexes', color: colors.close },
    { phase: 're-arm', label: 'Re-arm', color: Color.PURPLE },
    { phase: 'validate', label: 'Validate', color: colors.kept },
  ];
  return new GraphWidget({
    title: `Where does the time go? ${chosenTable}`,
    left: drawn.map(({ phase, label, color }) => phaseTime(drilling, phase, { label, color })),
    stacked: true,
    leftYAxis: { min: 0, label: 'minutes', showUnits: false },
    width: 6,
    height: 7,
    start: halfYear,
  });
}

/** A table belongs to one of the plans, and has no values in the others. */
function phaseTime(drilling: readonly string[], phase: string, drawing: { label: string; color: string }): IMetric {
  const metrics = drilling.map((plan, index) => [
    `${phase.replace('-', '')}${index}`,
    new Metric({
      namespace: metricsNamespace,
      metricName: drillMetrics.restorePhaseTime,
      dimensionsMap: {
        [metricDimensions.plan]: plan,
        [metricDimensions.table]: chosenTable,
        [metricDimensions.phase]: phase,
      },
      statistic: Stats.MAXIMUM,
      period: daily,
    }),
  ]);
  return new MathExpression({
    expression: `FILL(MAX([${metrics.map(([id]) => String(id)).join(', ')}]), REPEAT) / ${unit.minute}`,
    usingMetrics: Object.fromEntries(metrics) as Record<string, IMetric>,
    period: daily,
    ...drawing,
  });
}

function proofs({ plan, detail }: RestoreGraphsProps): IWidget {
  const worst = planMetricIn({ dividedBy: unit.day }, plan, drillMetrics.age, { label: 'Worst table', period: hourly });
  return new GraphWidget({
    title: `When was a restore of each table last proven? The ${tablesShown} longest ago, in days`,
    left: [detail === 'table' ? worstTables(plan, drillMetrics.age, unit.day, hourly) : worst],
    right: [
      planMetricIn({ times: 100 }, plan, watchMetrics.drillAgeToExpected, {
        label: 'Worst table, per cent of the time its drills have (right)',
        period: hourly,
        color: promiseColor,
      }),
    ],
    rightAnnotations: [{ value: 100, label: 'A drill is overdue', color: colors.broken }],
    leftYAxis: { min: 0, label: 'days', showUnits: false },
    rightYAxis: { min: 0, label: 'per cent', showUnits: false },
    width: 12,
  });
}

function coverage({ plan }: RestoreGraphsProps): IWidget {
  return new GraphWidget({
    title: 'How many tables were proven in 30 days?',
    left: [
      planMetric(plan, watchMetrics.drillCoverage, {
        label: 'Per cent of the tables',
        period: daily,
        color: colors.kept,
      }),
    ],
    leftYAxis: { min: 0, max: 100, label: 'per cent', showUnits: false },
    width: 6,
    start: halfYear,
  });
}

function outcomes({ plan }: RestoreGraphsProps): IWidget {
  const succeeded = idOf(drillMetrics.succeeded);
  const tables = new MathExpression({
    expression: searchTables(plan, drillMetrics.succeeded, Stats.MINIMUM, daily),
    period: daily,
    label: drillMetrics.succeeded,
  });
  const ofTables = (expression: string, label: string, color: string): IMetric =>
    new MathExpression({ expression, usingMetrics: { [succeeded]: tables }, period: daily, label, color });
  const count = (metricName: PlanMetricName, label: string, color: string): IMetric =>
    planMetric(plan, metricName, { label, color, period: daily });
  return new GraphWidget({
    title: 'Did drills pass, and leave nothing behind?',
    left: [
      ofTables(`FILL(SUM(${succeeded}), 0)`, 'Passed that day', colors.kept),
      ofTables(`FILL(DATAPOINT_COUNT(${succeeded}) - SUM(${succeeded}), 0)`, 'Failed that day', colors.broken),
      count(watchMetrics.failedDrills, 'Tables whose last drill failed', Color.BROWN),
      count(sweepMetrics.leftover, 'Tables left behind', colors.close),
    ],
    right: [
      planMetricIn({ dividedBy: unit.hour }, plan, sweepMetrics.leftoverAge, {
        label: 'Hours the oldest is left (right)',
        period: daily,
        color: colors.aside,
      }),
    ],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, label: 'hours', showUnits: false },
    width: 6,
    start: '-P2W',
  });
}
