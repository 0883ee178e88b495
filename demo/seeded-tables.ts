import { DynamoDBClient, PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import type { SandboxAccount } from '../sandbox/account.ts';
import { growingTable, type DemoTable } from './tables.ts';

const firstItems = 25;
/** How many orders of a kilobyte the growing table has in the end, beside the items that are really written. */
const lastItems = 1_600_000;
const itemBytes = 1000;

const ordersTable = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'customer', AttributeType: 'S' },
    { AttributeName: 'placedAt', AttributeType: 'S' },
    { AttributeName: 'status', AttributeType: 'S' },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'by-customer', KeySchema: keys('customer', 'placedAt'), Projection: { ProjectionType: 'ALL' } },
    { IndexName: 'by-status', KeySchema: keys('status', 'placedAt'), Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
};

/** What CreateTable is told beside the name. */
const membersOf: Readonly<Record<string, object>> = {
  orders: ordersTable,
  invoices: { Tags: [{ Key: 'backup', Value: 'daily' }] },
};

function keys(hash: string, range: string): object[] {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}

/** The tables with their first items: one with indexes and TTL, two that share a prefix, one with a tag. */
export class DemoTables {
  readonly #account: SandboxAccount;
  readonly #client: DynamoDBClient;
  readonly #written = new Map<string, number>();
  #items = 0;

  readonly #here: readonly DemoTable[];

  constructor(account: SandboxAccount, here: readonly DemoTable[]) {
    this.#account = account;
    this.#here = here;
    this.#client = account.client(DynamoDBClient);
  }

  async create(): Promise<void> {
    for (const { name } of this.#here) {
      await this.#account.createTable({ TableName: name, ...membersOf[name] });
      if (name === 'orders') await this.#forgetOrders();
    }
    for (const { name } of this.#here) {
      for (let i = 0; i < firstItems; i++) await this.write(name);
    }
  }

  async #forgetOrders(): Promise<void> {
    const TimeToLiveSpecification = { AttributeName: 'forgetAt', Enabled: true };
    await this.#client.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification }));
  }

  /** Puts one more item into a table. */
  async write(tableName: string): Promise<void> {
    const nth = ++this.#items;
    const at = this.#account.now;
    const Item = {
      id: { S: `${tableName}-${String(nth).padStart(5, '0')}` },
      customer: { S: `customer-${nth % 7}` },
      placedAt: { S: at.toISOString() },
      status: { S: nth % 3 === 0 ? 'open' : 'shipped' },
      forgetAt: { N: String(Math.floor(at.getTime() / 1000) + 400 * 86_400) },
    };
    await this.#client.send(new PutItemCommand({ TableName: tableName, Item }));
    this.#written.set(tableName, this.written(tableName) + 1);
  }

  /** Makes the growing table as big as it is in this part of the story, 0 to 1. */
  grow(share: number): void {
    if (!this.#here.some(({ name }) => name === growingTable)) return;
    const itemCount = Math.round(share * lastItems);
    this.#account.dynamodb.tables.declareSize(growingTable, { itemCount, sizeBytes: itemCount * itemBytes });
  }

  /** How many items were put into a table. */
  written(tableName: string): number {
    return this.#written.get(tableName) ?? 0;
  }
}
