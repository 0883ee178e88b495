import { isRecord } from '../input.ts';
import { ItemsByKey, keyNames, type Change } from './items-by-key.ts';
import type { Items } from './items.ts';
import type { Table } from './table.ts';

/** All items of a table at one moment. It never changes, so backups share it. */
export interface Content {
  /** Each item in DynamoDB's JSON. */
  readonly items: readonly string[];
  readonly sizeBytes: number;
}

/** The bytes under the hash key that has the most. */
export function largestPartitionBytes({ items }: Content, hashKey: string): number {
  const bytesByKey = new Map<string, number>();
  for (const text of items) {
    const item: unknown = JSON.parse(text);
    const key = JSON.stringify(isRecord(item) ? item[hashKey] : undefined);
    bytesByKey.set(key, (bytesByKey.get(key) ?? 0) + text.length);
  }
  return [...bytesByKey.values()].reduce((a, b) => Math.max(a, b), 0);
}

interface Snapshot {
  /** The table's write counter at that moment. */
  readonly writes: number;
  readonly content: Promise<Content>;
}

interface Followed {
  readonly items: ItemsByKey;
  /** Until the table was read, what was written meanwhile. */
  missed: Change[] | undefined;
  readonly read: Promise<void>;
  latest: Snapshot | undefined;
}

/**
 * What tables hold. A table is read once, when its content is first asked for; from then on each write is followed. While nothing is
 * written every snapshot is the same, and items that stay the same are the same strings in all of them.
 */
export class Contents {
  readonly #items: Items;
  readonly #followed = new WeakMap<Table, Followed>();

  constructor(items: Items) {
    this.#items = items;
  }

  isFollowing(table: Table): boolean {
    return this.#followed.has(table);
  }

  /** Notes what became of items of a table that is followed. */
  note(table: Table, changes: readonly Change[]): void {
    const followed = this.#followed.get(table);
    if (!followed) return;
    if (followed.missed) followed.missed.push(...changes);
    else for (const change of changes) followed.items.apply(followed.items.kept(change));
  }

  /** The table's items as they are now. Virtual time stands still meanwhile. */
  of(table: Table): Promise<Content> {
    const followed = this.#followed.get(table) ?? this.#follow(table);
    if (followed.latest?.writes === table.writes) return followed.latest.content;
    const content = followed.missed
      ? followed.read.then(() => contentOf(followed))
      : Promise.resolve(contentOf(followed));
    // Whoever needs the content learns of a failed reading when awaiting it.
    content.catch(() => undefined);
    followed.latest = { writes: table.writes, content };
    return content;
  }

  #follow(table: Table): Followed {
    const items = new ItemsByKey(keyNames(table));
    const followed: Followed = {
      items,
      missed: table.writes === 0 ? undefined : [],
      read: table.writes === 0 ? Promise.resolve() : this.#read(table, items).then(() => { catchUp(followed); }), // prettier-ignore
      latest: undefined,
    };
    followed.read.catch(() => undefined);
    this.#followed.set(table, followed);
    return followed;
  }

  async #read(table: Table, items: ItemsByKey): Promise<void> {
    items.add(await this.#items.all(table.name));
  }
}

function catchUp(followed: Followed): void {
  const { items, missed = [] } = followed;
  followed.missed = undefined;
  for (const change of missed) items.apply(items.kept(change));
}

function contentOf({ items }: Followed): Content {
  return { items: items.texts, sizeBytes: items.sizeBytes };
}
