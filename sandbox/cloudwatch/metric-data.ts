import { validationError } from '../aws-error.ts';
import type { Input } from '../input.ts';
import type { Points } from './buckets.ts';
import { MathEvaluation } from './math-evaluation.ts';
import { dynamicLabel } from './dynamic-label.ts';
import { asLines, type Line } from './math-value.ts';
import { metricQueriesOf, type MetricQuery, type MetricStat } from './metric-query.ts';
import { searchSeries } from './metric-search.ts';
import type { MetricSeries, Metrics } from './metrics.ts';
import { emptyAggregate, statisticOf, type Aggregate, type Statistic } from './statistic.ts';

interface Grid {
  /** Start of the first period, epoch milliseconds. */
  readonly from: number;
  readonly periodMs: number;
  readonly count: number;
}

const mostQueries = 500;

/**
 * GetMetricData: metrics, metric math and searches over periods on a grid of the clock. All of the answer comes on one page.
 * Source: CloudWatch API reference, GetMetricData.
 */
export function getMetricData(metrics: Metrics, input: Input): object {
  const queries = metricQueriesOf(input.structures('MetricDataQueries'));
  if (queries.length === 0 || queries.length > mostQueries)
    throw validationError(`MetricDataQueries must have from 1 to ${mostQueries} members, got ${queries.length}`);
  const [start, end] = [input.optionalNumber('StartTime'), input.optionalNumber('EndTime')];
  if (start === undefined || end === undefined || start >= end)
    throw validationError('StartTime must be before EndTime');
  const isAscending = input.optionalText('ScanBy') === 'TimestampAscending';
  const results = queries
    .filter(({ returnsData }) => returnsData)
    .flatMap((query) => resultsOf(metrics, queries, query, { start: start * 1000, end: end * 1000, isAscending }));
  return { MetricDataResults: results, Messages: [] };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly isAscending: boolean;
}

function resultsOf(metrics: Metrics, queries: readonly MetricQuery[], query: MetricQuery, span: Span): object[] {
  const periodSeconds = query.periodSeconds ?? shortestPeriod(queries);
  const grid = gridOf(span, periodSeconds);
  const evaluation = new MathEvaluation(queries, {
    periodSeconds,
    starts: Array.from({ length: grid.count }, (_, index) => (grid.from + index * grid.periodMs) / 1000),
    points: (id) => pointsOfStat(metrics, queries.find((other) => other.id === id)?.stat, grid),
    search: (expression, statistic) => {
      const found = searchSeries(metrics.series, expression);
      return found.map((origin) => ({ origin, points: pointsOf(origin, statisticOf(statistic), grid) }));
    },
  });
  const value = evaluation.value(query.id);
  const lines: readonly Line[] = value.kind === 'scalar' ? [{ points: [value.value] }] : asLines(value);
  return lines.map(({ points, origin }) => result(query, labelOf(query, origin), points, grid, span));
}

function labelOf({ label, stat, id }: MetricQuery, origin: MetricSeries | undefined): string {
  if (label !== undefined) return dynamicLabel(label, origin);
  return origin ? [...Object.values(origin.dimensions), origin.name].join(' ') : (stat?.name ?? id);
}

/** Periods without a value are left out. */
function result({ id }: MetricQuery, label: string, points: Points, grid: Grid, { isAscending }: Span): object {
  const present = points.flatMap((value, index) =>
    value === undefined ? [] : [{ at: (grid.from + index * grid.periodMs) / 1000, value }],
  );
  const ordered = isAscending ? present : present.reverse();
  return {
    Id: id,
    Label: label,
    Timestamps: ordered.map(({ at }) => at),
    Values: ordered.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

function shortestPeriod(queries: readonly MetricQuery[]): number {
  const periods = queries.flatMap(({ periodSeconds }) => periodSeconds ?? []);
  return periods.length === 0 ? 300 : Math.min(...periods);
}

function gridOf({ start, end }: Span, periodSeconds: number): Grid {
  const periodMs = periodSeconds * 1000;
  const from = Math.floor(start / periodMs) * periodMs;
  return { from, periodMs, count: Math.ceil((end - from) / periodMs) };
}

function pointsOfStat(metrics: Metrics, stat: MetricStat | undefined, grid: Grid): Points {
  if (!stat) return [];
  const { namespace, name, dimensions, statistic, unit } = stat;
  const datapoints = metrics
    .datapoints(namespace, name, dimensions)
    .filter((datapoint) => unit === undefined || datapoint.unit === unit);
  return pointsOf({ namespace, name, dimensions, datapoints }, statistic, grid);
}

function pointsOf({ datapoints }: MetricSeries, statistic: Statistic, { from, periodMs, count }: Grid): Points {
  const periods: (Aggregate | undefined)[] = Array.from({ length: count });
  for (const { at, value } of datapoints) {
    const index = Math.floor((at - from) / periodMs);
    if (index < 0 || index >= count) continue;
    const aggregate = (periods[index] ??= emptyAggregate());
    aggregate.count++;
    aggregate.sum += value;
    aggregate.minimum = Math.min(aggregate.minimum, value);
    aggregate.maximum = Math.max(aggregate.maximum, value);
    (aggregate.values ??= []).push(value);
  }
  return periods.map((aggregate) => aggregate && statistic.of(aggregate));
}

/** ListMetrics. A page holds everything. */
export function listMetrics(metrics: Metrics, input: Input): object {
  const [namespace, name] = [input.optionalText('Namespace'), input.optionalText('MetricName')];
  const filters = input.structures('Dimensions');
  const found = metrics.series.filter(
    (series) =>
      (namespace === undefined || series.namespace === namespace) &&
      (name === undefined || series.name === name) &&
      filters.every((filter) => {
        const value = series.dimensions[filter.text('Name')];
        return value !== undefined && value === (filter.optionalText('Value') ?? value);
      }),
  );
  return {
    Metrics: found.map((series) => ({
      Namespace: series.namespace,
      MetricName: series.name,
      Dimensions: Object.entries(series.dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
  };
}

/** PutMetricData, single values and lists of values. */
export function putMetricData(metrics: Metrics, input: Input, now: number): void {
  const namespace = input.text('Namespace', { min: 1, max: 255, pattern: /^(?!AWS\/)[^:].*$/ });
  for (const datum of input.structures('MetricData')) {
    const seconds = datum.optionalNumber('Timestamp');
    const unit = datum.optionalText('Unit');
    const dimensions = Object.fromEntries(
      datum.structures('Dimensions').map((each) => [each.text('Name'), each.text('Value')]),
    );
    const at = seconds === undefined ? now : seconds * 1000;
    for (const value of valuesOf(datum))
      metrics.put(namespace, datum.text('MetricName'), dimensions, { at, value, ...(unit !== undefined && { unit }) });
  }
}

function valuesOf(datum: Input): number[] {
  const { Values, Counts } = datum.members;
  const value = datum.optionalNumber('Value');
  if (value !== undefined) return [value];
  if (!Array.isArray(Values))
    throw validationError('Value or Values must be given: the sandbox takes no statistic sets');
  const counts: unknown[] = Array.isArray(Counts) ? Counts : [];
  return Values.flatMap((each, index) => Array.from({ length: Number(counts[index] ?? 1) }, () => Number(each)));
}
