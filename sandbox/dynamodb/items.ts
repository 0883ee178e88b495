import { setTimeout as pause } from 'node:timers/promises';
import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { isRecord } from '../input.ts';
import { ItemEngine, type Answer } from './item-engine.ts';

const remembered = new Set(['Query', 'GetItem']);
const mostRemembered = 100;
const writing = /^(?:Put|Update|Delete|Create|BatchWrite|TransactWrite)/;

/** BatchWriteItem takes so many puts. */
const batchSize = 25;

/**
 * The items of all tables, kept in memory by dynalite, which also judges keys, conditions and expressions. Virtual time stands still
 * meanwhile. A question asked again gets the same answer as long as nothing is written: functions ask the same few for months.
 */
export class Items {
  readonly #clock: VirtualClock;
  readonly #engine = new ItemEngine();
  /** What dynalite answered since the last write, in JSON, by operation and input. */
  #answers = new Map<string, string>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Carries out one operation of the item API. Throws the AwsError that DynamoDB answers. */
  async perform(operation: string, input: object): Promise<Record<string, unknown>> {
    return this.#clock.standStillDuring(this.#perform(operation, input));
  }

  async createTable(input: object & { readonly TableName: string }): Promise<Record<string, unknown>> {
    const created = await this.perform('CreateTable', input);
    await this.#until(input.TableName, (status) => status === 'ACTIVE');
    return created;
  }

  /** Deletes a table's items; nothing happens when it never had a place for them. */
  async deleteTable(tableName: string): Promise<void> {
    await this.#clock.standStillDuring(
      (async () => {
        if ((await this.#statusOf(tableName)) === undefined) return;
        await this.#perform('DeleteTable', { TableName: tableName });
        await this.#until(tableName, (status) => status === undefined);
      })(),
    );
  }

  /** Every item of a table. */
  async all(tableName: string): Promise<unknown[]> {
    const items: unknown[] = [];
    let from: unknown;
    do {
      const page = await this.perform('Scan', {
        TableName: tableName,
        ...(from !== undefined && { ExclusiveStartKey: from }),
      });
      for (const item of Array.isArray(page.Items) ? page.Items : []) items.push(item);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  /** Puts many items, each in DynamoDB's JSON, into a table. */
  async load(tableName: string, items: readonly string[]): Promise<void> {
    for (let start = 0; start < items.length; start += batchSize) {
      const puts = items.slice(start, start + batchSize).map((item) => `{"PutRequest":{"Item":${item}}}`);
      const body = `{"RequestItems":{${JSON.stringify(tableName)}:[${puts.join(',')}]}}`;
      await this.#clock.standStillDuring(this.#performText('BatchWriteItem', body));
    }
  }

  #perform(operation: string, input: object): Promise<Record<string, unknown>> {
    return this.#performText(operation, JSON.stringify(input));
  }

  async #performText(operation: string, input: string): Promise<Record<string, unknown>> {
    const { status, body } = await this.#answer(operation, input);
    if (status === 200) return body;
    const { __type: type, message, Message: capitalized, ...fields } = body;
    const text = message ?? capitalized;
    throw new AwsError(String(type).split('#').at(-1) ?? '', typeof text === 'string' ? text : '', status, fields);
  }

  #answer(operation: string, input: string): Promise<Answer> {
    if (remembered.has(operation)) return this.#read(operation, input);
    return writing.test(operation) ? this.#write(operation, input) : this.#ask(operation, input);
  }

  async #read(operation: string, input: string): Promise<Answer> {
    const answers = this.#answers;
    const question = `${operation} ${input}`;
    const known = answers.get(question);
    if (known !== undefined) return JSON.parse(known) as Answer;
    const answer = await this.#ask(operation, input);
    if (answers.size >= mostRemembered) answers.clear();
    // Where something was written meanwhile, these answers are nobody's any more.
    answers.set(question, JSON.stringify(answer));
    return answer;
  }

  /** > A read that overlaps with a write is remembered until the write is done at most. */
  async #write(operation: string, input: string): Promise<Answer> {
    this.#answers = new Map();
    try {
      return await this.#ask(operation, input);
    } finally {
      this.#answers = new Map();
    }
  }

  #ask(operation: string, input: string): Promise<Answer> {
    return this.#engine.answer(operation, JSON.parse(input) as object);
  }

  async #until(tableName: string, reached: (status: unknown) => boolean): Promise<void> {
    await this.#clock.standStillDuring(
      (async () => {
        while (!reached(await this.#statusOf(tableName))) await pause(1);
      })(),
    );
  }

  async #statusOf(tableName: string): Promise<unknown> {
    try {
      const { Table: table } = await this.#perform('DescribeTable', { TableName: tableName });
      return isRecord(table) ? table.TableStatus : undefined;
    } catch (error) {
      if (error instanceof AwsError && error.name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
