import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';

export type Item = Record<string, AttributeValue>;

/** What must hold of the item that is there. */
interface Condition {
  readonly expression: string;
  readonly values?: Item;
}

/** Which items of a partition, by their sort key `:sort`. */
interface SortRange {
  readonly condition: string;
  readonly sort: string;
  readonly descending?: boolean;
}

const everything: SortRange = { condition: 'sk >= :sort', sort: ' ' };

/** The ledger's table as items by key; every read sees what was written before. Every method throws when DynamoDB does not answer. */
export class LedgerTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async get(key: Item): Promise<Item | undefined> {
    const command = new GetItemCommand({ TableName: this.#name, Key: key, ConsistentRead: true });
    return (await this.#client.send(command)).Item;
  }

  async put(item: Item): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#name, Item: item }));
  }

  /** Answers what the item replaced, if anything; undefined when the condition does not hold and nothing was put. */
  async putIf(
    item: Item,
    { expression, values }: Condition,
  ): Promise<{ readonly replaced: Item | undefined } | undefined> {
    return await unlessRefused(async () => {
      const { Attributes } = await this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: item,
          ConditionExpression: expression,
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_OLD',
        }),
      );
      return { replaced: Attributes };
    });
  }

  async update(key: Item, expression: string, values: Item): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        TableName: this.#name,
        Key: key,
        UpdateExpression: expression,
        ExpressionAttributeValues: values,
      }),
    );
  }

  async delete(key: Item): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#name, Key: key }));
  }

  /** Deletes nothing when the condition does not hold. */
  async deleteIf(key: Item, { expression, values }: Condition): Promise<void> {
    await unlessRefused(() =>
      this.#client.send(
        new DeleteItemCommand({
          TableName: this.#name,
          Key: key,
          ConditionExpression: expression,
          ExpressionAttributeValues: values,
        }),
      ),
    );
  }

  /** All items of a partition whose sort key is `from` or later, in order. */
  async query(partition: string, from?: string): Promise<Item[]> {
    const items: Item[] = [];
    const range = from === undefined ? everything : { ...everything, sort: from };
    for await (const { Items = [] } of this.#pages(partition, range)) items.push(...Items);
    return items;
  }

  async first(partition: string, range: SortRange): Promise<Item | undefined> {
    for await (const { Items: [item] = [] } of this.#pages(partition, range, 1)) {
      if (item) return item;
    }
    return undefined;
  }

  #pages(partition: string, { condition, sort, descending = false }: SortRange, pageSize?: number) {
    return paginateQuery(
      { client: this.#client, ...(pageSize !== undefined && { pageSize }) },
      {
        TableName: this.#name,
        ConsistentRead: true,
        ScanIndexForward: !descending,
        KeyConditionExpression: `pk = :pk AND ${condition}`,
        ExpressionAttributeValues: { ':pk': { S: partition }, ':sort': { S: sort } },
      },
    );
  }
}

async function unlessRefused<Answer>(act: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export function keyOf(partition: string, sort: string): Item {
  return { [ledgerKeys.partition]: { S: partition }, [ledgerKeys.sort]: { S: sort } };
}

/** DynamoDB deletes the item some time after that instant. */
export function expiring(atMilliseconds: number): Item {
  return { [ledgerKeys.expiresAt]: epochSeconds(atMilliseconds) };
}

export function epochSeconds(milliseconds: number): AttributeValue {
  return { N: String(Math.ceil(milliseconds / 1000)) };
}

export function textIn(item: Item, name: string): string {
  const text = item[name]?.S;
  if (text === undefined) throw new Error(`the ledger holds an item without ${name}: ${JSON.stringify(item)}`);
  return text;
}
