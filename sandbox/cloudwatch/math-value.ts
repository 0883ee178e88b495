import { validationError } from '../aws-error.ts';
import type { Points } from './buckets.ts';
import type { MetricSeries } from './metrics.ts';

/** One series of an array, and the metric it was made of: what its label can name. */
export interface Line {
  readonly points: Points;
  readonly origin?: MetricSeries | undefined;
}

/** What an expression of metric math can be worth: one number, a series, several series, or a word. */
export type MathValue =
  | { readonly kind: 'scalar'; readonly value: number | undefined }
  | { readonly kind: 'series'; readonly points: Points }
  | { readonly kind: 'array'; readonly series: readonly Line[] }
  | { readonly kind: 'text'; readonly value: string };

export function series(points: Points): MathValue {
  return { kind: 'series', points };
}

export function scalar(value: number | undefined): MathValue {
  return { kind: 'scalar', value: value !== undefined && Number.isFinite(value) ? value : undefined };
}

/** The series in a value, none for a number. */
export function asSeries(value: MathValue): readonly Points[] {
  return asLines(value).map(({ points }) => points);
}

/** The same, each with the metric it was made of. */
export function asLines(value: MathValue): readonly Line[] {
  if (value.kind === 'series') return [{ points: value.points }];
  return value.kind === 'array' ? value.series : [];
}

export function textOf(value: MathValue | undefined): string {
  if (value?.kind !== 'text') throw validationError('A text is expected as a parameter of a metric math function');
  return value.value;
}

export function numberOf(value: MathValue | undefined): number {
  if (value?.kind !== 'scalar' || value.value === undefined)
    throw validationError('A number is expected as a parameter of a metric math function');
  return value.value;
}

/** A function of one or two numbers. */
type Apply = (left: number, right: number) => number;

/**
 * Applies `apply` point by point to one operand or two: numbers stand for series that never change, and an array makes the result an
 * array.
 */
export function broadcast(apply: Apply, left: MathValue, right: MathValue = left): MathValue {
  if (left.kind === 'text' || right.kind === 'text') throw validationError('A text is no operand of metric math');
  if (left.kind === 'array') {
    if (right.kind === 'array' && right !== left)
      throw validationError('At most one operand can be an array of time series');
    return eachLine(left.series, (line) => broadcast(apply, line, right === left ? line : right));
  }
  if (right.kind === 'array') return eachLine(right.series, (line) => broadcast(apply, left, line));
  const length =
    left.kind === 'series' ? left.points.length : right.kind === 'series' ? right.points.length : undefined;
  if (length === undefined) return scalar(applied(apply, left, right, 0));
  const points: (number | undefined)[] = [];
  for (let index = 0; index < length; index++) points.push(applied(apply, left, right, index));
  return series(points);
}

function eachLine(lines: readonly Line[], map: (line: MathValue) => MathValue): MathValue {
  const mapped = lines.flatMap(({ points, origin }) =>
    asSeries(map(series(points))).map((result) => ({ points: result, origin })),
  );
  return { kind: 'array', series: mapped };
}

function valueAt(value: MathValue, index: number): number | undefined {
  if (value.kind === 'series') return value.points[index];
  return value.kind === 'scalar' ? value.value : undefined;
}

function applied(apply: Apply, left: MathValue, right: MathValue, index: number): number | undefined {
  const a = valueAt(left, index);
  const b = valueAt(right, index);
  return a === undefined || b === undefined ? undefined : finite(apply(a, b));
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
