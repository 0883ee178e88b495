import { isRecord } from '../input.ts';
import type { Content } from './contents.ts';

/** What a write did to one item. */
export interface Change {
  readonly key: Readonly<Record<string, unknown>>;
  /** The item as it is now; undefined when it is gone. */
  readonly item: unknown;
}

interface Entry {
  readonly at: number;
  readonly key: string;
  readonly item: string | undefined;
}

/** So many entries are folded into the base at once. */
const foldedAtOnce = 1000;

/** A number as DynamoDB would answer it, so that `1.0` and `1` are one key; long ones are taken as they are spelt. */
function plain(value: unknown): unknown {
  if (!isRecord(value) || typeof value.N !== 'string' || value.N.length > 15) return value;
  return { N: String(Number(value.N)) };
}

/**
 * The content of a table at every instant since point-in-time recovery was turned on: its items then, and each write since. What is older
 * than the recovery period is folded into the base, so a table costs its items and the writes of one period.
 */
export class History {
  readonly #keyNames: readonly string[];
  readonly #ready: Promise<void>;
  readonly #base = new Map<string, string>();
  #isReady = false;
  #log: Entry[] = [];

  constructor(start: Promise<Content>, keyNames: readonly string[]) {
    this.#keyNames = keyNames;
    this.#ready = start.then(({ items }) => {
      for (const item of items) this.#base.set(this.#keyOf(JSON.parse(item)), item);
      this.#isReady = true;
    });
    // Whoever restores learns of a failed reading.
    this.#ready.catch(() => undefined);
  }

  /** How many writes are remembered one by one. */
  get length(): number {
    return this.#log.length;
  }

  /** Notes writes that happened now, and forgets what happened before `keptSince`. */
  record(changes: readonly Change[], now: number, keptSince: number): void {
    for (const { key, item } of changes)
      this.#log.push({ at: now, key: this.#keyOf(key), item: item === undefined ? undefined : JSON.stringify(item) });
    const next = this.#log[foldedAtOnce];
    if (this.#isReady && next && next.at < keptSince) this.#fold(keptSince);
  }

  /** Every item as it was at an instant, in DynamoDB's JSON. */
  async itemsAt(instant: number): Promise<string[]> {
    await this.#ready;
    const items = new Map(this.#base);
    for (const entry of this.#log) {
      if (entry.at > instant) break;
      apply(items, entry);
    }
    return [...items.values()];
  }

  #fold(keptSince: number): void {
    const kept = this.#log.findIndex((entry) => entry.at >= keptSince);
    const old = kept < 0 ? this.#log : this.#log.slice(0, kept);
    for (const entry of old) apply(this.#base, entry);
    this.#log = this.#log.slice(old.length);
  }

  #keyOf(item: unknown): string {
    const members = isRecord(item) ? item : {};
    return JSON.stringify(this.#keyNames.map((name) => plain(members[name])));
  }
}

function apply(items: Map<string, string>, { key, item }: Entry): void {
  if (item === undefined) items.delete(key);
  else items.set(key, item);
}
