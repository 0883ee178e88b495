import { LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { EChartsCoreOption } from 'echarts/core';
import type { Annotation, Axis, MetricWidget } from './definition.ts';
import type { DrawnSeries } from './drawn-series.ts';
import type { TimeRange } from './metric-data.ts';

use([LineChart, GridComponent, MarkLineComponent, MarkAreaComponent, SVGRenderer]);

export interface Size {
  readonly width: number;
  readonly height: number;
}

const ink = '#545b64';
const gridLine = '#eaeded';
const dates = { year: '{MMM} {yyyy}', month: '{MMM}', day: '{MMM} {d}', hour: '{HH}:{mm}' };

/** Draws lines over time as SVG, stacked or not, with the axes and annotations of the widget. */
export function timeChart(widget: MetricWidget, series: readonly DrawnSeries[], range: TimeRange, size: Size): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(optionsOf(widget, series, range));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionsOf(
  { properties }: MetricWidget,
  series: readonly DrawnSeries[],
  { from, until }: TimeRange,
): EChartsCoreOption {
  const { yAxis, stacked = false, annotations } = properties;
  const right = series.some(({ axis }) => axis === 'right');
  return {
    animation: false,
    useUTC: true,
    grid: {
      left: 8,
      right: right ? 8 : 16,
      top: 26,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'time',
      min: from.getTime(),
      max: until.getTime(),
      axisLabel: { color: ink, fontSize: 11, hideOverlap: true, formatter: dates },
      axisLine: { lineStyle: { color: '#aab7b8' } },
      splitLine: { show: false },
    },
    yAxis: [
      yAxisOf(yAxis?.left, 'left'),
      ...(right ? [{ ...yAxisOf(yAxis?.right, 'right'), splitLine: { show: false } }] : []),
    ],
    series: [
      ...series.map((each) => lineOf(each, stacked ? instantsOf(series) : undefined)),
      annotated(annotations?.horizontal ?? [], 'left'),
      ...(right ? [annotated(annotations?.horizontal ?? [], 'right')] : []),
    ],
  };
}

function yAxisOf(axis: Axis | undefined, align: 'left' | 'right'): object {
  return {
    type: 'value',
    ...(axis?.min !== undefined && { min: axis.min }),
    ...(axis?.max !== undefined && { max: axis.max }),
    name: axis?.label ?? '',
    nameTextStyle: { color: ink, fontSize: 11, align },
    axisLabel: { color: ink, fontSize: 11 },
    splitLine: { lineStyle: { color: gridLine } },
    splitNumber: 4,
  };
}

function instantsOf(series: readonly DrawnSeries[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
}

/** > A line ends where a period has no value; in a stack such a value counts as 0. */
function lineOf(
  { label, color, axis, points, periodSeconds }: DrawnSeries,
  stackedAt: readonly number[] | undefined,
): object {
  const values = new Map(points);
  const data = stackedAt ? stackedAt.map((at) => [at, values.get(at) ?? 0]) : withGaps(points, periodSeconds);
  return {
    type: 'line',
    name: label,
    data,
    yAxisIndex: axis === 'right' ? 1 : 0,
    showSymbol: !stackedAt && isSparse(points, periodSeconds),
    symbol: 'circle',
    symbolSize: 4,
    itemStyle: { color },
    lineStyle: { color, width: 1.6 },
    ...(stackedAt && { stack: axis, areaStyle: { color, opacity: 0.6 } }),
  };
}

function withGaps(points: DrawnSeries['points'], periodSeconds: number): (readonly [number, number | null])[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    const gap = before !== undefined && point[0] - before[0] > 1.5 * periodSeconds * 1000;
    return gap ? [[before[0] + 1, null] as const, point] : [point];
  });
}

/** Single values between gaps would be lines of no length. */
function isSparse(points: DrawnSeries['points'], periodSeconds: number): boolean {
  const isolated = points.filter(([at], index) => {
    const distances = [at - (points[index - 1]?.[0] ?? -Infinity), (points[index + 1]?.[0] ?? Infinity) - at];
    return distances.every((distance) => distance > 1.5 * periodSeconds * 1000);
  });
  return isolated.length > 0;
}

function annotated(all: readonly Annotation[], axis: 'left' | 'right'): object {
  const annotations = all.filter(({ yAxis }) => yAxis === axis);
  return {
    type: 'line',
    data: [],
    yAxisIndex: axis === 'right' ? 1 : 0,
    markLine: { silent: true, symbol: 'none', data: annotations.map((each) => markLine(each, axis)) },
    markArea: { silent: true, data: annotations.flatMap(markArea) },
  };
}

function markLine({ value, label = '', color = ink }: Annotation, axis: 'left' | 'right'): object {
  const position = axis === 'left' ? 'insideStartTop' : 'insideEndTop';
  return {
    yAxis: value,
    lineStyle: { color, type: 'dashed', width: 1.4 },
    label: { formatter: label, position, color, fontSize: 11 },
  };
}

/** The part of the graph above or below the line. */
function markArea({ value, fill, color = ink }: Annotation): object[][] {
  if (fill !== 'above' && fill !== 'below') return [];
  return [[{ yAxis: value, itemStyle: { color, opacity: 0.08 } }, { yAxis: fill === 'above' ? 'max' : 'min' }]];
}
