import { GaugeChart } from 'echarts/charts';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Annotation, MetricWidget } from './definition.ts';
import type { DrawnSeries } from './drawn-series.ts';
import { newest, shortNumber } from './number.ts';
import type { Size } from './time-chart.ts';

use([GaugeChart, SVGRenderer]);

const ink = '#16191f';

/** Draws the newest value of each series as a gauge, side by side, on arcs in the colors of the annotations. */
export function gauges({ properties }: MetricWidget, series: readonly DrawnSeries[], size: Size): string {
  const { min = 0, max = 100 } = properties.yAxis?.left ?? {};
  const bands = bandsOf(properties.annotations?.horizontal ?? [], min, max);
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  const gauge = (each: DrawnSeries, index: number): object => {
    const value = newest(each);
    const across = `${((index + 0.5) / series.length) * 100}%`;
    return {
      type: 'gauge',
      center: [across, '62%'],
      radius: Math.min(size.height * 0.56, (size.width / series.length) * 0.36),
      startAngle: 190,
      endAngle: -10,
      min,
      max,
      splitNumber: 1,
      axisLine: { lineStyle: { width: 14, color: bands } },
      progress: { show: false },
      pointer: { show: value !== undefined, length: '62%', width: 4, itemStyle: { color: ink } },
      anchor: { show: value !== undefined, size: 7, itemStyle: { color: ink } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { show: false },
      title: { offsetCenter: [0, '58%'], color: '#545b64', fontSize: 12 },
      detail: { offsetCenter: [0, '32%'], color: ink, fontSize: 20, fontWeight: 'bold', formatter: shortNumber(value) },
      data: [{ value: value === undefined ? min : Math.min(value, max), name: each.label }],
    };
  };
  chart.setOption({ animation: false, series: series.map(gauge) });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Where the arc changes its color, as parts of its length. A later annotation paints over an earlier one. */
export function bandsOf(annotations: readonly Annotation[], min: number, max: number): [number, string][] {
  const edges = [...new Set([...annotations.map(({ value }) => value), max])].filter(
    (edge) => edge > min && edge <= max,
  );
  return edges
    .sort((a, b) => a - b)
    .map((edge, index, all) => {
      const middle = ((all[index - 1] ?? min) + edge) / 2;
      const over = annotations.findLast(({ value, fill }) =>
        fill === 'above' ? middle > value : fill === 'below' && middle < value,
      );
      return [(edge - min) / (max - min), over?.color ?? '#aab7b8'];
    });
}
