import { validationError } from '../aws-error.ts';

/** What is known of the values of one stretch of time. */
export interface Aggregate {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  /** Each single value; kept for percentiles only. */
  values: number[] | undefined;
}

/** One number out of an aggregate that has at least one value. */
export interface Statistic {
  readonly name: string;
  readonly needsValues: boolean;
  /** Whether it is always one of the values, so that it breaches a threshold when they all do, and does not when none does. */
  readonly isOneOfValues: boolean;
  of(aggregate: Aggregate): number;
}

const simple: Readonly<Record<string, (aggregate: Aggregate) => number>> = {
  SampleCount: ({ count }) => count,
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** The statistic of this name: one of the five simple ones, or a percentile such as `p99.9` by nearest rank. */
export function statisticOf(name: string): Statistic {
  const of = Object.hasOwn(simple, name) ? simple[name] : undefined;
  if (of) return { name, needsValues: false, isOneOfValues: name === 'Minimum' || name === 'Maximum', of };
  const percent = Number(/^p(\d{1,2}(\.\d{1,10})?|100)$/.exec(name)?.[1]);
  if (Number.isNaN(percent))
    throw validationError(`the sandbox knows the statistics ${Object.keys(simple).join(', ')} and pNN, got '${name}'`);
  return { name, needsValues: true, isOneOfValues: true, of: ({ values = [] }) => percentile(values, percent) };
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function emptyAggregate(): Aggregate {
  return { count: 0, sum: 0, minimum: Infinity, maximum: -Infinity, values: undefined };
}

/** Adds what `other` knows to `aggregate`. */
export function merge(aggregate: Aggregate, other: Aggregate): void {
  aggregate.count += other.count;
  aggregate.sum += other.sum;
  aggregate.minimum = Math.min(aggregate.minimum, other.minimum);
  aggregate.maximum = Math.max(aggregate.maximum, other.maximum);
  if (other.values) aggregate.values = [...(aggregate.values ?? []), ...other.values];
}
