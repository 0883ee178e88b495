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

type Apply = (values: readonly number[]) => number | undefined;

/** Applies `apply` point by point: numbers stand for series that never change, and an array makes the result an array. */
export function broadcast(operands: readonly MathValue[], apply: Apply): MathValue {
  if (operands.some(({ kind }) => kind === 'text')) throw validationError('A text is no operand of metric math');
  const arrays = operands.filter((operand) => operand.kind === 'array');
  if (arrays.length > 1) throw validationError('At most one operand can be an array of time series');
  const [array] = arrays;
  if (!array) return broadcastSeries(operands, apply);
  const results = array.series.map(({ points, origin }) => {
    const single = operands.map((operand) => (operand === array ? series(points) : operand));
    return asSeries(broadcastSeries(single, apply)).map((result) => ({ points: result, origin }));
  });
  return { kind: 'array', series: results.flat() };
}

function broadcastSeries(operands: readonly MathValue[], apply: Apply): MathValue {
  const length = operands.find((operand) => operand.kind === 'series')?.points.length;
  if (length === undefined) return scalar(applyAt(operands, 0, apply));
  const points: (number | undefined)[] = [];
  for (let index = 0; index < length; index++) points.push(applyAt(operands, index, apply));
  return series(points);
}

function applyAt(operands: readonly MathValue[], index: number, apply: Apply): number | undefined {
  const values: number[] = [];
  for (const operand of operands) {
    const value =
      operand.kind === 'series' ? operand.points[index] : operand.kind === 'scalar' ? operand.value : undefined;
    if (value === undefined) return undefined;
    values.push(value);
  }
  return finite(apply(values));
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}
