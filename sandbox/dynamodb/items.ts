import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import dynalite from 'dynalite';
import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { isRecord } from '../input.ts';

/** dynalite looks at no signature, but insists on the shape of one. */
const signed = {
  'content-type': 'application/x-amz-json-1.0',
  authorization:
    'AWS4-HMAC-SHA256 Credential=sandbox/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  'x-amz-date': '20260101T000000Z',
};

const remembered = new Set(['Query', 'GetItem']);
const mostRemembered = 100;
const writing = /^(?:Put|Update|Delete|Create|BatchWrite|TransactWrite)/;

/** BatchWriteItem takes so many puts. */
const batchSize = 25;

interface Answer {
  readonly status: number;
  readonly body: string;
}

class ItemRequest extends EventEmitter {
  readonly method = 'POST';
  readonly url = '/';
  readonly headers: Readonly<Record<string, string>>;

  constructor(operation: string) {
    super();
    this.headers = { ...signed, 'x-amz-target': `DynamoDB_20120810.${operation}` };
  }
}

class ItemResponse {
  statusCode = 200;
  contentType = '';
  readonly #done: (status: number, body: string) => void;

  constructor(done: (status: number, body: string) => void) {
    this.#done = done;
  }

  setHeader(): void {
    // The front writes its own headers.
  }

  end(body = ''): void {
    this.#done(this.statusCode, body);
  }
}

/**
 * The items of all tables, kept in memory by dynalite, which also judges keys, conditions and expressions. Its request listener is called
 * directly, without a socket. Virtual time stands still meanwhile. A question asked again gets the same answer as long as nothing is
 * written: functions ask the same few for months.
 */
export class Items {
  readonly #clock: VirtualClock;
  readonly #server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  /** What dynalite answered since the last write, by operation and input. */
  #answers = new Map<string, Answer>();

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
    const parsed: unknown = JSON.parse(body);
    if (!isRecord(parsed)) throw new AwsError('InternalServerError', `dynalite answered ${body}`, 500);
    if (status === 200) return parsed;
    const { __type: type, message, Message: capitalized, ...fields } = parsed;
    const text = message ?? capitalized;
    throw new AwsError(String(type).split('#').at(-1) ?? '', typeof text === 'string' ? text : '', status, fields);
  }

  #answer(operation: string, input: string): Promise<Answer> {
    if (remembered.has(operation)) return this.#read(operation, input);
    return writing.test(operation) ? this.#write(operation, input) : this.#request(operation, input);
  }

  async #read(operation: string, input: string): Promise<Answer> {
    const answers = this.#answers;
    const question = `${operation} ${input}`;
    const known = answers.get(question);
    if (known) return known;
    const answer = await this.#request(operation, input);
    if (answers.size >= mostRemembered) answers.clear();
    // Where something was written meanwhile, these answers are nobody's any more.
    answers.set(question, answer);
    return answer;
  }

  /** > A read that overlaps with a write is remembered until the write is done at most. */
  async #write(operation: string, input: string): Promise<Answer> {
    this.#answers = new Map();
    try {
      return await this.#request(operation, input);
    } finally {
      this.#answers = new Map();
    }
  }

  #request(operation: string, body: string): Promise<Answer> {
    return new Promise((resolve) => {
      const request = new ItemRequest(operation);
      const response = new ItemResponse((status, answer) => {
        resolve({ status, body: answer });
      });
      this.#server.emit('request', request, response);
      // One chunk is only ever asked for its length and its text.
      request.emit('data', body);
      request.emit('end');
    });
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
