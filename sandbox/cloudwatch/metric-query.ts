import { validationError } from '../aws-error.ts';
import type { Input } from '../input.ts';
import { dimensionsOf } from './dimensions.ts';
import { parseExpression, type Expression } from './math-expression.ts';
import type { Dimensions } from './metrics.ts';
import { statisticOf, type Statistic } from './statistic.ts';

/** One metric, one statistic, one period. */
export interface MetricStat {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly statistic: Statistic;
  readonly periodSeconds: number;
  readonly unit: string | undefined;
}

/** One member of `MetricDataQueries` or of the `Metrics` of an alarm: a metric, or an expression over the others. */
export interface MetricQuery {
  readonly id: string;
  readonly label: string | undefined;
  readonly returnsData: boolean;
  readonly stat?: MetricStat;
  readonly expression?: Expression;
  readonly periodSeconds: number | undefined;
}

/** Periods are 10, 20, 30 or whole minutes, up to a day. Source: CloudWatch API reference, PutMetricAlarm. */
export function periodOf(input: Input): number | undefined {
  const period = input.optionalNumber('Period', 1);
  if (period !== undefined && ![10, 20, 30].includes(period) && period % 60 !== 0)
    throw validationError(`Period must be 10, 20, 30 or a multiple of 60, got ${period}`);
  return period;
}

/** Reads members that name a metric: those of a MetricStat, or those of an alarm on one metric. */
export function metricStatOf(metric: Input, stat: string, periodSeconds: number, unit: string | undefined): MetricStat {
  return {
    namespace: metric.text('Namespace', { min: 1, max: 255 }),
    name: metric.text('MetricName', { min: 1, max: 255 }),
    dimensions: dimensionsOf(metric),
    statistic: statisticOf(stat),
    periodSeconds,
    unit,
  };
}

function queryOf(input: Input): MetricQuery {
  const id = input.text('Id', { pattern: /^[a-z]\w*$/, min: 1, max: 255 });
  const stat = input.optionalStructure('MetricStat');
  const expression = input.optionalText('Expression', { min: 1, max: 2048 });
  if ((stat === undefined) === (expression === undefined))
    throw validationError(`Exactly one of MetricStat and Expression must be given for the metric ${id}`);
  const period = stat ? periodOf(stat) : periodOf(input);
  if (stat && period === undefined) throw validationError(`The MetricStat of ${id} must have a Period`);
  return {
    id,
    label: input.optionalText('Label'),
    returnsData: input.optionalBoolean('ReturnData') ?? true,
    periodSeconds: period,
    ...(stat && {
      stat: metricStatOf(stat.structure('Metric'), stat.text('Stat'), period ?? 0, stat.optionalText('Unit')),
    }),
    ...(expression !== undefined && { expression: parseExpression(expression) }),
  };
}

/** Reads the queries of a request; their ids are told apart. */
export function metricQueriesOf(inputs: readonly Input[]): MetricQuery[] {
  const queries = inputs.map(queryOf);
  const repeated = queries.find(({ id }, index) => queries.findIndex((other) => other.id === id) !== index);
  if (repeated) throw validationError(`The id ${repeated.id} is given more than once`);
  return queries;
}
