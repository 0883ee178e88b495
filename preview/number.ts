import type { DrawnSeries } from './drawn-series.ts';
import { escapeHtml } from './html.ts';

/** The newest value of each series, large, with its label below. */
export function numbers(series: readonly DrawnSeries[]): string {
  const items = series.map(
    (each) => `<div class="number"><b>${shortNumber(newest(each))}</b><span>${escapeHtml(each.label)}</span></div>`,
  );
  return `<div class="numbers">${items.join('')}</div>`;
}

export function newest({ points }: DrawnSeries): number | undefined {
  return points.at(-1)?.[1];
}

/** Three digits, as CloudWatch shows numbers unless asked for all of them; `--` for none. */
export function shortNumber(value: number | undefined): string {
  if (value === undefined) return '--';
  return new Intl.NumberFormat('en', {
    maximumSignificantDigits: Math.abs(value) >= 100 ? 21 : 3,
    maximumFractionDigits: 2,
  }).format(Math.abs(value) >= 100 ? Math.round(value) : value);
}
