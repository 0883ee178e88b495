import { isRecord } from '../input.ts';
import type { Items } from './items.ts';
import type { Table } from './table.ts';

/** All items of a table at one moment, and what a restore of them depends on. It never changes, so backups share it. */
export interface Content {
  /** Each item in DynamoDB's JSON. */
  readonly items: readonly string[];
  readonly sizeBytes: number;
  /** The bytes under the hash key that has the most. */
  readonly largestPartitionBytes: number;
}

export const noContent: Content = { items: [], sizeBytes: 0, largestPartitionBytes: 0 };

interface Snapshot {
  /** The table's write counter when its items were read. */
  readonly writes: number;
  readonly content: Promise<Content>;
}

/** Measures items of a table whose hash key has this name. */
export function contentOf(items: readonly string[], hashKey: string): Content {
  const bytesByKey = new Map<string, number>();
  let sizeBytes = 0;
  for (const text of items) {
    const item: unknown = JSON.parse(text);
    const key = JSON.stringify(isRecord(item) ? item[hashKey] : undefined);
    bytesByKey.set(key, (bytesByKey.get(key) ?? 0) + text.length);
    sizeBytes += text.length;
  }
  const largestPartitionBytes = [...bytesByKey.values()].reduce((a, b) => Math.max(a, b), 0);
  return { items, sizeBytes, largestPartitionBytes };
}

export function keyNames(table: Pick<Table, 'definition'>): { hash: string; all: string[] } {
  const elements = table.definition.KeySchema.filter(isRecord);
  const hash = elements.find((element) => element.KeyType === 'HASH')?.AttributeName;
  return { hash: String(hash), all: elements.map((element) => String(element.AttributeName)) };
}

/**
 * What tables hold. A table is read again only when something was written since the last time, and items that stayed the same are the same
 * strings in every snapshot: a year of hourly backups of a quiet table costs one.
 */
export class Contents {
  readonly #items: Items;
  readonly #latest = new WeakMap<Table, Snapshot>();

  constructor(items: Items) {
    this.#items = items;
  }

  /** The table's items as they are now. Virtual time stands still meanwhile. */
  of(table: Table): Promise<Content> {
    const latest = this.#latest.get(table);
    if (latest?.writes === table.writes) return latest.content;
    if (table.writes === 0) return Promise.resolve(noContent);
    const snapshot = { writes: table.writes, content: this.#read(table, latest) };
    // Whoever needs the content learns of a failed reading when awaiting it.
    snapshot.content.catch(() => undefined);
    this.#latest.set(table, snapshot);
    return snapshot.content;
  }

  async #read(table: Table, before: Snapshot | undefined): Promise<Content> {
    const [items, known] = await Promise.all([this.#items.all(table.name), before?.content]);
    const shared = new Map(known?.items.map((text) => [text, text]));
    const texts = items.map((item) => JSON.stringify(item)).map((text) => shared.get(text) ?? text);
    return contentOf(texts, keyNames(table).hash);
  }
}
