/** One API call as the account saw it. */
export interface JournalEntry {
  /** Epoch milliseconds at which the call took effect. */
  readonly at: number;
  /** The Region whose endpoint was called. */
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
  /** `ok`, or the name of the error that the account answered. */
  readonly outcome: string;
  /** True when the caller never learned the outcome: the acknowledgement was lost, or the caller died. */
  readonly unacknowledged: boolean;
  /** The function that called, or undefined for a call from outside the account. */
  readonly functionName: string | undefined;
  /** The durable execution in which the function called. */
  readonly executionName?: string;
}

type Filter = Partial<
  Pick<JournalEntry, 'region' | 'service' | 'operation' | 'functionName' | 'executionName' | 'outcome'>
>;

/** What happened, newest last. Keeps at most `capacity` entries, and counts all of them. */
export class Journal {
  readonly #capacity: number;
  #entries: JournalEntry[] = [];
  readonly #counts = new Map<string, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  record(entry: JournalEntry): void {
    const key = `${entry.service}.${entry.operation}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (this.#capacity === 0) return;
    this.#entries.push(entry);
    // Halving now and then keeps recording at constant cost.
    if (this.#entries.length >= 2 * this.#capacity) this.#entries = this.#entries.slice(-this.#capacity);
  }

  entries(filter: Filter = {}): readonly JournalEntry[] {
    const wanted = Object.entries(filter);
    return this.#entries
      .slice(-this.#capacity || this.#entries.length)
      .filter((entry) => wanted.every(([key, value]) => entry[key as keyof Filter] === value));
  }

  /** Calls of one operation since the beginning, or of all; not bounded by the capacity. */
  count(service?: string, operation?: string): number {
    let total = 0;
    for (const [key, count] of this.#counts) {
      if (!service || key === `${service}.${operation ?? ''}` || (!operation && key.startsWith(`${service}.`)))
        total += count;
    }
    return total;
  }

  /** The largest number of matching calls in any window of `windowMs` that starts with one of them. */
  peakRate(filter: Filter, windowMs = 1000): number {
    const instants = this.entries(filter).map((entry) => entry.at);
    let peak = 0;
    let start = 0;
    for (let end = 0; end < instants.length; end++) {
      while ((instants[end] ?? 0) - (instants[start] ?? 0) >= windowMs) start++;
      peak = Math.max(peak, end - start + 1);
    }
    return peak;
  }
}
