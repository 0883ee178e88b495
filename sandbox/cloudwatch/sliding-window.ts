import { emptyAggregate, merge, type Aggregate } from './statistic.ts';

interface Entry<T> {
  readonly item: T;
  /** What this entry and those behind it on its stack add up to. */
  readonly total: Aggregate;
}

function together(a: Aggregate, b: Aggregate): Aggregate {
  const both = emptyAggregate();
  merge(both, a);
  merge(both, b);
  return both;
}

/**
 * A queue that knows what its items add up to, at a constant cost for each item that comes or goes, and without ever subtracting, which
 * would gather rounding errors. Two stacks, each with running totals: items are pushed on one and taken from the other.
 */
export class SlidingWindow<T extends Aggregate> {
  readonly #entering: Entry<T>[] = [];
  readonly #leaving: Entry<T>[] = [];

  get first(): T | undefined {
    return (this.#leaving[this.#leaving.length - 1] ?? this.#entering[0])?.item;
  }

  /** Oldest first. */
  get items(): T[] {
    return [...this.#leaving.toReversed(), ...this.#entering].map(({ item }) => item);
  }

  get total(): Aggregate | undefined {
    const old = this.#leaving[this.#leaving.length - 1]?.total;
    const young = this.#entering[this.#entering.length - 1]?.total;
    return old && young ? together(old, young) : (old ?? young);
  }

  push(item: T): void {
    const before = this.#entering.at(-1)?.total;
    this.#entering.push({ item, total: before ? together(before, item) : item });
  }

  shift(): T | undefined {
    if (this.#leaving.length === 0) this.#turnOver();
    return this.#leaving.pop()?.item;
  }

  /** Moves what entered to where it leaves from, so that the oldest is on top. */
  #turnOver(): void {
    for (let entry = this.#entering.pop(); entry; entry = this.#entering.pop()) {
      const before = this.#leaving.at(-1)?.total;
      this.#leaving.push({ item: entry.item, total: before ? together(entry.item, before) : entry.item });
    }
  }
}
