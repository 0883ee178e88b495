import { isRecord } from '../input.ts';
import type { Table } from './table.ts';

/** What a write did to one item. */
export interface Change {
  readonly key: Readonly<Record<string, unknown>>;
  /** The item as it is now; undefined when it is gone. */
  readonly item: unknown;
}

/** A change as it is kept. */
export interface KeptChange {
  readonly key: string;
  /** The item in DynamoDB's JSON. */
  readonly text: string | undefined;
}

/** The names of a table's key attributes, hash key first. */
export function keyNames(table: Pick<Table, 'definition'>): string[] {
  const elements = table.definition.KeySchema.filter(isRecord);
  return elements.map((element) => String(element.AttributeName));
}

/** A number as DynamoDB would answer it, so that `1.0` and `1` are one key; long ones are taken as they are spelt. */
function plain(value: unknown): unknown {
  if (!isRecord(value) || typeof value.N !== 'string' || value.N.length > 15) return value;
  return { N: String(Number(value.N)) };
}

/** Items in DynamoDB's JSON, one for each key. */
export class ItemsByKey {
  readonly #keyNames: readonly string[];
  readonly #texts: Map<string, string>;
  #sizeBytes = 0;

  constructor(names: readonly string[], texts: Map<string, string> = new Map<string, string>(), sizeBytes = 0) {
    this.#keyNames = names;
    this.#texts = texts;
    this.#sizeBytes = sizeBytes;
  }

  get texts(): string[] {
    return [...this.#texts.values()];
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  copy(): ItemsByKey {
    return new ItemsByKey(this.#keyNames, new Map(this.#texts), this.#sizeBytes);
  }

  add(items: readonly unknown[]): void {
    for (const item of items) this.apply(this.kept({ key: isRecord(item) ? item : {}, item }));
  }

  kept({ key, item }: Change): KeptChange {
    const names = JSON.stringify(this.#keyNames.map((name) => plain(key[name])));
    return { key: names, text: item === undefined ? undefined : JSON.stringify(item) };
  }

  apply({ key, text }: KeptChange): void {
    this.#sizeBytes += (text?.length ?? 0) - (this.#texts.get(key)?.length ?? 0);
    if (text === undefined) this.#texts.delete(key);
    else this.#texts.set(key, text);
  }
}
