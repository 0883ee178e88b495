import type { Content } from './contents.ts';
import { ItemsByKey, type Change, type KeptChange } from './items-by-key.ts';

interface Entry extends KeptChange {
  readonly at: number;
}

/** So many entries are folded into the base at once. */
const foldedAtOnce = 1000;

/**
 * The content of a table at every instant since point-in-time recovery was turned on: its items then, and each write since. What is older
 * than the recovery period is folded into the base, so a table costs its items and the writes of one period.
 */
export class History {
  readonly #base: ItemsByKey;
  readonly #ready: Promise<void>;
  #isReady = false;
  #log: Entry[] = [];

  constructor(start: Promise<Content>, keyNames: readonly string[]) {
    this.#base = new ItemsByKey(keyNames);
    this.#ready = start.then(({ items }) => {
      this.#base.add(items.map((item): unknown => JSON.parse(item)));
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
    for (const change of changes) this.#log.push({ at: now, ...this.#base.kept(change) });
    const next = this.#log[foldedAtOnce];
    if (this.#isReady && next && next.at < keptSince) this.#fold(keptSince);
  }

  /** Every item as it was at an instant. */
  async contentAt(instant: number): Promise<Content> {
    await this.#ready;
    const items = this.#base.copy();
    for (const entry of this.#log) {
      if (entry.at > instant) break;
      items.apply(entry);
    }
    return { items: items.texts, sizeBytes: items.sizeBytes };
  }

  #fold(keptSince: number): void {
    const kept = this.#log.findIndex((entry) => entry.at >= keptSince);
    const old = kept < 0 ? this.#log : this.#log.slice(0, kept);
    for (const entry of old) this.#base.apply(entry);
    this.#log = this.#log.slice(old.length);
  }
}
