import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { Temporal } from 'temporal-polyfill';
import type { Drawing, MetricEntry, MetricWidget } from './definition.ts';
import type { MetricData, TimeRange } from './metric-data.ts';

/** One line, or one number, of a widget. */
export interface DrawnSeries {
  readonly label: string;
  readonly color: string;
  readonly axis: 'left' | 'right';
  readonly periodSeconds: number;
  /** Oldest first: epoch milliseconds and value. */
  readonly points: readonly (readonly [number, number])[];
}

/** The colors that CloudWatch gives in turn. */
const palette = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
];
/** CloudWatch's own. Source: CloudWatch API reference, Dashboard Body Structure and Syntax. */
const usualPeriodSeconds = 300;
const usualStatistic = 'Average';

/** Asks for what a widget draws, in the order in which it names it; a search is several series. */
export async function drawnSeries(
  widget: MetricWidget,
  metricData: MetricData,
  range: TimeRange,
): Promise<DrawnSeries[]> {
  const entries = widget.properties.metrics.map((entry, index) => ({ ...read(entry), index }));
  const queries = entries.map((entry) => queryOf(entry, widget));
  const results = await metricData(queries, range);
  const visible = entries.filter(({ drawing }) => drawing.visible !== false);
  const found = visible.flatMap(({ drawing, index }) =>
    results.filter(({ Id }) => Id === queries[index]?.Id).map((result) => ({ drawing, result })),
  );
  return found.map(({ drawing, result }, place) => ({
    label: result.Label ?? drawing.label ?? '',
    color: drawing.color ?? palette[place % palette.length] ?? '#000000',
    axis: drawing.yAxis ?? 'left',
    periodSeconds: drawing.period ?? widget.properties.period ?? usualPeriodSeconds,
    points: (result.Timestamps ?? []).map((at, index) => [at.getTime(), result.Values?.[index] ?? Number.NaN] as const),
  }));
}

/** The range of a widget, or else of its dashboard, which ends now. */
export function rangeOf(start: string, now: Date): TimeRange {
  if (!start.startsWith('-P')) throw new Error(`only ranges that end now can be drawn, such as -P1W, got ${start}`);
  const until = Temporal.Instant.fromEpochMilliseconds(now.getTime());
  const from = until.toZonedDateTimeISO('UTC').subtract(Temporal.Duration.from(start.slice(1)));
  return { from: new Date(from.epochMilliseconds), until: now };
}

interface Entry {
  readonly texts: readonly string[];
  readonly drawing: Drawing;
  readonly index: number;
}

function read(entry: MetricEntry): Omit<Entry, 'index'> {
  const texts = entry.filter((part) => typeof part === 'string');
  const drawing = entry.find((part) => typeof part !== 'string') ?? {};
  if (texts.some((text) => /^\.+$/.test(text)))
    throw new Error(`abbreviated metrics cannot be drawn, got ${texts.join(' ')}`);
  return { texts, drawing };
}

function queryOf({ texts, drawing, index }: Entry, { properties }: MetricWidget): MetricDataQuery {
  const Period = drawing.period ?? properties.period ?? usualPeriodSeconds;
  const shared = {
    Id: drawing.id ?? `drawn${index}`,
    ReturnData: drawing.visible !== false,
    ...(drawing.label !== undefined && { Label: drawing.label }),
  };
  if (drawing.expression !== undefined) return { ...shared, Expression: drawing.expression, Period };
  const [Namespace, MetricName, ...dimensions] = texts;
  const Stat = drawing.stat ?? properties.stat ?? usualStatistic;
  return { ...shared, MetricStat: { Metric: { Namespace, MetricName, Dimensions: pairs(dimensions) }, Period, Stat } };
}

function pairs(texts: readonly string[]): { Name: string; Value: string }[] {
  return texts.flatMap((Name, index) => (index % 2 === 0 ? [{ Name, Value: texts[index + 1] ?? '' }] : []));
}
