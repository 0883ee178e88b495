import type { DashboardDefinition, MetricWidget, Widget } from './definition.ts';
import { drawnSeries, type DrawnSeries, rangeOf } from './drawn-series.ts';
import { gauges } from './gauge.ts';
import { escapeHtml } from './html.ts';
import type { MetricData, TimeRange } from './metric-data.ts';
import { textOf } from './markdown.ts';
import { numbers } from './number.ts';
import { pageStyle } from './page-style.ts';
import { timeChart } from './time-chart.ts';
import type { Choice } from './variables.ts';

export interface PageOptions {
  readonly name: string;
  readonly region: string;
  readonly definition: DashboardDefinition;
  readonly choices: readonly Choice[];
  readonly metricData: MetricData;
  readonly now: Date;
}

/** The grid of a CloudWatch dashboard: 24 columns, and rows of a fixed height, in pixels. */
const column = 68;
const row = 50;
const gap = 8;
const barHeight = 44;
const titleHeight = 32;
const legendLine = 17;
const columns = 24;

/** A dashboard as one HTML document that needs nothing else: no script, no font, no network. */
export async function dashboardPage(options: PageOptions): Promise<string> {
  const { name, region, definition, choices, now } = options;
  const widgets: string[] = [];
  for (const widget of definition.widgets) widgets.push(await placed(widget, options));
  const height = Math.max(0, ...definition.widgets.map((widget) => widget.y + widget.height)) * row;
  const chosen = choices.map(
    ({ label, value }) => `<span class="choice">${escapeHtml(label)}: <b>${escapeHtml(value)}</b> ▾</span>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(name)}</title><style>${pageStyle}</style></head>
<body style="width:${columns * column + 2 * gap}px">
<header style="height:${barHeight}px"><b>${escapeHtml(name)}</b><span>${escapeHtml(region)} · ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC</span>${chosen.join('')}</header>
<main style="height:${height + gap}px">
${widgets.join('\n')}
</main>
</body>
</html>
`;
}

async function placed(widget: Widget, options: PageOptions): Promise<string> {
  const { x, y, width, height } = widget;
  const box = `left:${x * column + gap}px;top:${y * row + gap}px;width:${width * column - gap}px;height:${height * row - gap}px`;
  const transparent = widget.type === 'text' && widget.properties.background === 'transparent';
  const content = widget.type === 'text' ? textOf(widget.properties.markdown) : await drawn(widget, options);
  return `<section class="${widget.type}${transparent ? ' transparent' : ''}" style="${box}">${content}</section>`;
}

async function drawn(widget: MetricWidget, { metricData, definition, now }: PageOptions): Promise<string> {
  const range = rangeOf(widget.properties.start ?? definition.start, now);
  const series = await drawnSeries(widget, metricData, range);
  const title = `<h3>${escapeHtml(widget.properties.title ?? '')}</h3>`;
  return title + picture(widget, series, range);
}

function picture(widget: MetricWidget, series: readonly DrawnSeries[], range: TimeRange): string {
  const width = widget.width * column - 3 * gap;
  const space = widget.height * row - titleHeight - 2 * gap;
  if (widget.properties.view === 'singleValue') return numbers(series);
  if (widget.properties.view === 'gauge') return gauges(widget, series, { width, height: space });
  const lines = legendLines(series, width);
  return timeChart(widget, series, range, { width, height: space - lines * legendLine - gap }) + legend(series, lines);
}

/** CloudWatch gives a legend at most three lines, and scrolls the rest. */
function legendLines(series: readonly DrawnSeries[], width: number): number {
  const letters = series.reduce((total, { label }) => total + label.length * 6.2 + 30, 0);
  return Math.min(3, Math.max(1, Math.ceil(letters / width)));
}

function legend(series: readonly DrawnSeries[], lines: number): string {
  const items = series.map(
    ({ label, color, points }) =>
      `<span${points.length === 0 ? ' class="empty"' : ''}><i style="background:${escapeHtml(color)}"></i>${escapeHtml(label)}</span>`,
  );
  return `<div class="legend" style="max-height:${lines * legendLine}px">${items.join('')}</div>`;
}
