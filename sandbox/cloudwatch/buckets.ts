import type { Datapoint } from './metrics.ts';
import { emptyAggregate, merge, type Aggregate, type Statistic } from './statistic.ts';

interface Bucket extends Aggregate {
  /** Start of the bucket. */
  readonly at: number;
}

/** How an alarm looks at a metric: windows of one period each, the newest of which ends at the moment of looking. */
export interface Windows {
  readonly periodMs: number;
  /** How many windows are looked at. */
  readonly count: number;
}

/** One value for each window, oldest first; undefined where nothing arrived. */
export type Points = readonly (number | undefined)[];

/** Buckets that went by are dropped in bulk once there are so many. */
const bulk = 64;

/**
 * The values that the windows of an alarm can still see, summed up by the minute (by ten seconds for short periods), which is how finely
 * CloudWatch itself keeps them. What no window can see any more is dropped.
 */
export class Buckets {
  readonly #windows: Windows;
  readonly #statistic: Statistic;
  readonly grainMs: number;
  #buckets: Bucket[] = [];

  constructor(windows: Windows, statistic: Statistic) {
    this.#windows = windows;
    this.#statistic = statistic;
    this.grainMs = windows.periodMs < 60_000 ? 10_000 : 60_000;
  }

  add({ at, value }: Datapoint): void {
    const bucket = this.#bucketAt(Math.floor(at / this.grainMs) * this.grainMs);
    bucket.count++;
    bucket.sum += value;
    if (value < bucket.minimum) bucket.minimum = value;
    if (value > bucket.maximum) bucket.maximum = value;
    if (this.#statistic.needsValues) bucket.values.push(value);
  }

  /** What the windows show when the newest of them ends at `end`. */
  points(end: number): Points {
    const { periodMs, count } = this.#windows;
    this.#forget(end - count * periodMs);
    const windows: (Aggregate | undefined)[] = Array.from({ length: count });
    for (const bucket of this.#buckets) {
      const index = count - 1 - Math.floor((end - 1 - bucket.at) / periodMs);
      if (index < 0 || index >= count) continue;
      const window = windows[index];
      if (window) merge(window, bucket);
      else windows[index] = this.#copy(bucket);
    }
    return windows.map((window) => window && this.#statistic.of(window));
  }

  /** The first moment after `end` at which the windows show something else, unless more arrives. */
  nextChange(end: number): number | undefined {
    const { periodMs, count } = this.#windows;
    let next = Infinity;
    for (const { at } of this.#buckets) {
      const seen = at + this.grainMs;
      const moved = seen > end ? seen : seen + (Math.floor((end - seen) / periodMs) + 1) * periodMs;
      if (moved < next && moved <= seen + count * periodMs) next = moved;
    }
    return next === Infinity ? undefined : next;
  }

  #copy(bucket: Bucket): Aggregate {
    const copy = emptyAggregate();
    merge(copy, bucket);
    return copy;
  }

  #bucketAt(at: number): Bucket {
    let index = this.#buckets.length;
    while (index > 0 && (this.#buckets[index - 1]?.at ?? at) > at) index--;
    const before = this.#buckets[index - 1];
    if (before?.at === at) return before;
    const bucket = { at, ...emptyAggregate() };
    if (index === this.#buckets.length) this.#buckets.push(bucket);
    else this.#buckets.splice(index, 0, bucket);
    return bucket;
  }

  #forget(before: number): void {
    if ((this.#buckets[Math.min(bulk, this.#buckets.length) - 1]?.at ?? before) >= before) return;
    this.#buckets = this.#buckets.filter(({ at }) => at >= before);
  }
}
