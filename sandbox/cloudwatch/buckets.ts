import type { Datapoint } from './metrics.ts';
import { SlidingWindow } from './sliding-window.ts';
import { emptyAggregate, type Aggregate, type Statistic } from './statistic.ts';

interface Bucket extends Aggregate {
  /** End of the bucket: windows that end there or later can see it. */
  readonly seenAt: number;
}

/** How an alarm looks at a metric: windows of one period each, the newest of which ends at the moment of looking. */
export interface Windows {
  readonly periodMs: number;
  /** How many windows are looked at. */
  readonly count: number;
}

/** One value for each window, oldest first; undefined where nothing arrived. */
export type Points = readonly (number | undefined)[];

/** How finely CloudWatch keeps values: by the minute, or by ten seconds for periods shorter than that. */
export function grainOf(periodMs: number): number {
  return periodMs < 60_000 ? 10_000 : 60_000;
}

/** The first end of a window that sees a value of this instant. */
export function seenAtOf(instant: number, grainMs: number): number {
  return (Math.floor(instant / grainMs) + 1) * grainMs;
}

/**
 * The values that the windows of an alarm can still see, summed up by the minute. As the moment of looking moves on, buckets move from
 * window to window, each at a constant cost, and are dropped behind the oldest one.
 */
export class Buckets {
  readonly #periodMs: number;
  readonly #grainMs: number;
  readonly #statistic: Statistic;
  /** The newest first. */
  readonly #windows: readonly SlidingWindow<Bucket>[];
  /** What no window has seen yet, oldest first. */
  #unseen: Bucket[] = [];
  #end = -Infinity;
  #newestSeenAt = -Infinity;

  constructor({ periodMs, count }: Windows, statistic: Statistic) {
    this.#periodMs = periodMs;
    this.#grainMs = grainOf(periodMs);
    this.#statistic = statistic;
    this.#windows = Array.from({ length: count }, () => new SlidingWindow<Bucket>());
  }

  /** When the newest value is first seen. */
  get newestSeenAt(): number {
    return this.#newestSeenAt;
  }

  add({ at, value }: Datapoint): void {
    const seenAt = seenAtOf(at, this.#grainMs);
    if (seenAt > this.#newestSeenAt) this.#newestSeenAt = seenAt;
    if (seenAt <= this.#end) this.#lookAgain();
    const bucket = this.#bucketAt(seenAt);
    bucket.count++;
    bucket.sum += value;
    if (value < bucket.minimum) bucket.minimum = value;
    if (value > bucket.maximum) bucket.maximum = value;
    if (this.#statistic.needsValues) (bucket.values ??= []).push(value);
  }

  /** What the windows show when the newest of them ends at `end`, which never goes back. */
  points(end: number): Points {
    this.#advance(end);
    const shown = this.#windows.map(({ total }) => total && this.#statistic.of(total));
    return shown.reverse();
  }

  /** The next moment at which the windows show something else, unless more arrives. */
  get nextChange(): number | undefined {
    let next = this.#unseen[0]?.seenAt ?? Infinity;
    let age = 0;
    for (const { first } of this.#windows) {
      age += this.#periodMs;
      if (first && first.seenAt + age < next) next = first.seenAt + age;
    }
    return next === Infinity ? undefined : next;
  }

  /**
   * Whether all values breach (true) or none does (false), when they also follow each other so closely that every window has one. As long
   * as that goes on, nothing changes. Undefined when it is not so.
   */
  side(breaches: (value: number) => boolean): boolean | undefined {
    if (!this.#statistic.isOneOfValues || this.#unseen.length > 0 || this.#windows.some(({ first }) => !first))
      return undefined;
    const side = breaches(this.#windows[0]?.first?.maximum ?? Number.NaN);
    let before = Infinity;
    for (const window of this.#windows.toReversed()) {
      for (const { minimum, maximum, seenAt } of window.items) {
        if (breaches(minimum) !== side || breaches(maximum) !== side || seenAt - before > this.#periodMs)
          return undefined;
        before = seenAt;
      }
    }
    return side;
  }

  /** From the oldest window to the newest, so that every window gets older buckets before younger ones. */
  #advance(end: number): void {
    this.#end = end;
    for (let index = this.#windows.length - 1; index >= 0; index--) {
      const window = this.#windows[index];
      const until = end - (index + 1) * this.#periodMs;
      if (!window) continue;
      for (let first = window.first; first && first.seenAt <= until; first = window.first)
        this.#place(window.shift(), end);
    }
    while ((this.#unseen[0]?.seenAt ?? Infinity) <= end) this.#place(this.#unseen.shift(), end);
  }

  #place(bucket: Bucket | undefined, end: number): void {
    if (bucket) this.#windows[Math.floor((end - bucket.seenAt) / this.#periodMs)]?.push(bucket);
  }

  /** Something arrived late: what the windows have seen is looked at once more. */
  #lookAgain(): void {
    const seen: Bucket[] = [];
    for (const window of this.#windows.toReversed())
      for (let bucket = window.shift(); bucket; bucket = window.shift()) seen.push(bucket);
    this.#unseen = [...seen, ...this.#unseen];
    this.#end = -Infinity;
  }

  #bucketAt(seenAt: number): Bucket {
    let index = this.#unseen.length;
    while (index > 0 && (this.#unseen[index - 1]?.seenAt ?? seenAt) > seenAt) index--;
    const before = this.#unseen[index - 1];
    if (before?.seenAt === seenAt) return before;
    const bucket = { seenAt, ...emptyAggregate() };
    this.#unseen.splice(index, 0, bucket);
    return bucket;
  }
}
