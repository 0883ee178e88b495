import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  PutItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import { parseDynamoDbArn } from '../domain/arn.ts';
import type { DrillResult } from '../jobs/drill/drill-result.ts';
import type { ClosedDrill, DrillHistory, DrillIntent, DrillLedger } from '../jobs/drill/ports.ts';

type Item = Record<string, AttributeValue>;

const dayMilliseconds = 24 * 3_600_000;
/** Every drill is kept for longer than a year, so that two years can be compared. */
const historyMilliseconds = 400 * dayMilliseconds;
/** What a slot chose is remembered for longer than its event is delivered. */
const slotMemoryMilliseconds = 7 * dayMilliseconds;
const intentPartition = 'drill-intent';
const placePartition = 'drill-place';

/** The drills' part of the ledger table: intents, places, results and what was proven last. */
export class DynamoDbDrillLedger implements DrillLedger<DrillResult> {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  async takePlace(holder: string, places: number, now: Date, until: Date): Promise<boolean> {
    const taken = await this.#query(placePartition);
    const own = taken.find((item) => item.holder?.S === holder && Number(item.leaseUntil?.N) > now.getTime());
    if (own && (await this.#takeNamedPlace(own[ledgerKeys.sort]?.S ?? '', holder, now, until))) return true;
    const busy = new Set(
      taken.filter((item) => Number(item.leaseUntil?.N) > now.getTime()).map((item) => item[ledgerKeys.sort]?.S),
    );
    if (busy.size >= places) return false;
    for (const name of Array.from({ length: places }, (_, nth) => placeName(nth))) {
      if (!busy.has(name) && (await this.#takeNamedPlace(name, holder, now, until))) return true;
    }
    return false;
  }

  async #takeNamedPlace(name: string, holder: string, now: Date, until: Date): Promise<boolean> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: { ...keyOf(placePartition, name), holder: { S: holder }, leaseUntil: { N: String(until.getTime()) } },
          ConditionExpression: 'attribute_not_exists(pk) OR leaseUntil < :now OR holder = :holder',
          ExpressionAttributeValues: { ':now': { N: String(now.getTime()) }, ':holder': { S: holder } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async releasePlace(holder: string): Promise<void> {
    const own = (await this.#query(placePartition)).filter((item) => item.holder?.S === holder);
    for (const item of own) {
      try {
        await this.#client.send(
          new DeleteItemCommand({
            TableName: this.#tableName,
            Key: keyOf(placePartition, item[ledgerKeys.sort]?.S ?? ''),
            ConditionExpression: 'holder = :holder',
            ExpressionAttributeValues: { ':holder': { S: holder } },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
  }

  async recordDrillIntent(intent: DrillIntent): Promise<void> {
    await this.#put({ ...keyOf(intentPartition, intent.targetName), intent: json(intent) });
  }

  async drillIntent(targetName: string): Promise<DrillIntent | undefined> {
    const item = await this.#get(keyOf(intentPartition, targetName));
    return item && (parsed(item, 'intent') as DrillIntent);
  }

  async drillIntents(): Promise<readonly DrillIntent[]> {
    return (await this.#query(intentPartition)).map((item) => parsed(item, 'intent') as DrillIntent);
  }

  /** The proof is written before the intent goes: after a crash in between, both are there and are written again. */
  async closeDrillIntent(targetName: string, goneAt: Date): Promise<void> {
    const intent = await this.drillIntent(targetName);
    if (!intent) return;
    const closed: ClosedDrill = { ...intent, goneAt: goneAt.toISOString() };
    await this.#put({
      ...keyOf(`drill-closed#${intent.plan}`, `${intent.recordedAt}#${targetName}`),
      closed: json(closed),
      [ledgerKeys.expiresAt]: epochSeconds(goneAt.getTime() + historyMilliseconds),
    });
    await this.#client.send(
      new DeleteItemCommand({ TableName: this.#tableName, Key: keyOf(intentPartition, targetName) }),
    );
  }

  /** The drills of a plan whose tables are known to be gone, in the order they began. */
  async closedDrills(plan: string): Promise<readonly ClosedDrill[]> {
    return (await this.#query(`drill-closed#${plan}`)).map((item) => parsed(item, 'closed') as ClosedDrill);
  }

  async announcedDeletions(plan: string): Promise<ReadonlySet<string>> {
    const open = await this.#query(openDeletionsPartition(plan));
    return new Set(open.flatMap(({ arns }) => (arns?.L ?? []).flatMap(({ S }) => S ?? [])));
  }

  /** The newest backup that passed stays remembered until a newer one passes; a failed drill takes nothing from it, nor does one to a point in time. */
  async saveDrill(result: DrillResult): Promise<void> {
    const { plan, table, slot, finishedAt, outcome, source } = result;
    const expiresAt = epochSeconds(Date.parse(finishedAt) + historyMilliseconds);
    await this.#put({
      ...keyOf(`drill#${plan}#${table}`, slot),
      result: json(result),
      [ledgerKeys.expiresAt]: expiresAt,
    });
    const key = keyOf(`drilled#${plan}`, table);
    const known = await this.#get(key);
    const isProof = outcome === 'passed' && source !== undefined;
    const isBackup = isProof && parseDynamoDbArn(source.arn)?.backupId !== undefined;
    const seconds = outcome === 'passed' && result.indexes === 'all' ? result.times.total?.atMostSeconds : undefined;
    const isLatest = finishedAt >= (known?.restoredAt?.S ?? '');
    const isNewest = isBackup && source.createdAt >= (known?.provenCreatedAt?.S ?? '');
    await this.#put({
      ...known,
      ...key,
      lastTriedAt: { S: later(known?.lastTriedAt?.S, finishedAt) },
      ...(isProof && { lastProvenAt: { S: later(known?.lastProvenAt?.S, finishedAt) } }),
      ...(isFailure(result) && { lastFailedAt: { S: later(known?.lastFailedAt?.S, finishedAt) } }),
      ...(seconds !== undefined &&
        isLatest && { restoreSeconds: { N: String(seconds) }, restoredAt: { S: finishedAt } }),
      ...(isNewest && { provenArn: { S: source.arn }, provenCreatedAt: { S: source.createdAt } }),
    });
  }

  async drillHistory(plan: string): Promise<ReadonlyMap<string, DrillHistory>> {
    const items = await this.#query(`drilled#${plan}`);
    return new Map(items.map((item) => [item[ledgerKeys.sort]?.S ?? '', historyFrom(item)]));
  }

  /** All results of one table that are kept, oldest first. */
  async drillsOf(plan: string, table: string): Promise<readonly DrillResult[]> {
    return (await this.#query(`drill#${plan}#${table}`)).map((item) => parsed(item, 'result') as DrillResult);
  }

  async chooseForSlot(plan: string, slot: Date, tables: readonly string[]): Promise<readonly string[]> {
    const key = keyOf(`drill-choice#${plan}`, slot.toISOString());
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: {
            ...key,
            tables: json(tables),
            [ledgerKeys.expiresAt]: epochSeconds(slot.getTime() + slotMemoryMilliseconds),
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return tables;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = await this.#get(key);
      return item ? (parsed(item, 'tables') as string[]) : tables;
    }
  }

  async #get(key: Item): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  async #put(item: Item): Promise<void> {
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item: item }));
  }

  async #query(partition: string): Promise<Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
      },
    );
    const items: Item[] = [];
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  }
}

/** Where retention announces what it is about to delete. */
export function openDeletionsPartition(plan: string): string {
  return `open-intent#${plan}`;
}

function keyOf(partition: string, sort: string): Item {
  return { [ledgerKeys.partition]: { S: partition }, [ledgerKeys.sort]: { S: sort } };
}

function placeName(nth: number): string {
  return String(nth).padStart(2, '0');
}

/** > Where there was no backup to restore, no restore failed: that the table is unprotected is said elsewhere. */
function isFailure({ outcome, failure }: DrillResult): boolean {
  return outcome !== 'passed' && failure?.kind !== 'no-backup';
}

function historyFrom(item: Item): DrillHistory {
  const { lastTriedAt, lastProvenAt, lastFailedAt, provenArn, provenCreatedAt, restoreSeconds } = item;
  return {
    ...(lastTriedAt?.S && { lastTriedAt: new Date(lastTriedAt.S) }),
    ...(lastProvenAt?.S && { lastProvenAt: new Date(lastProvenAt.S) }),
    ...(lastFailedAt?.S && { lastFailedAt: new Date(lastFailedAt.S) }),
    ...(restoreSeconds?.N && { lastRestoreSeconds: Number(restoreSeconds.N) }),
    ...(provenArn?.S &&
      provenCreatedAt?.S && { provenBackup: { arn: provenArn.S, createdAt: new Date(provenCreatedAt.S) } }),
  };
}

function later(one: string | undefined, other: string): string {
  return one !== undefined && one > other ? one : other;
}

function json(value: object): AttributeValue {
  return { S: JSON.stringify(value) };
}

function parsed(item: Item, name: string): unknown {
  const text = item[name]?.S;
  if (text === undefined) throw new Error(`the ledger holds an item without ${name}: ${JSON.stringify(item)}`);
  return JSON.parse(text);
}

function epochSeconds(milliseconds: number): AttributeValue {
  return { N: String(Math.ceil(milliseconds / 1000)) };
}
