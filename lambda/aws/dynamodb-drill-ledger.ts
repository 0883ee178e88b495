import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import { parseDynamoDbArn } from '../domain/arn.ts';
import { isMeasure, type DrillResult } from '../jobs/drill/drill-result.ts';
import type { ClosedDrill, DrillHistory, DrillIntent, DrillLedger } from '../jobs/drill/ports.ts';
import { expiring, keyOf, LedgerTable, textIn, type Item } from './ledger-table.ts';

const dayMilliseconds = 24 * 3_600_000;
/** Every drill is kept for longer than a year, so that two years can be compared. */
const historyMilliseconds = 400 * dayMilliseconds;
/** What a slot chose is remembered for longer than its event is delivered. */
const slotMemoryMilliseconds = 7 * dayMilliseconds;
const intentPartition = 'drill-intent';
const placePartition = 'drill-place';

/** The drills' part of the ledger table: intents, places, results and what was proven last. */
export class DynamoDbDrillLedger implements DrillLedger<DrillResult> {
  readonly #table: LedgerTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new LedgerTable(client, tableName);
  }

  async takePlace(holder: string, places: number, now: Date, until: Date): Promise<boolean> {
    const taken = await this.#table.query(placePartition);
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
    const place = {
      ...keyOf(placePartition, name),
      holder: { S: holder },
      leaseUntil: { N: String(until.getTime()) },
    };
    const taken = await this.#table.putIf(place, {
      expression: 'attribute_not_exists(pk) OR leaseUntil < :now OR holder = :holder',
      values: { ':now': { N: String(now.getTime()) }, ':holder': { S: holder } },
    });
    return taken !== undefined;
  }

  async releasePlace(holder: string): Promise<void> {
    const own = (await this.#table.query(placePartition)).filter((item) => item.holder?.S === holder);
    const isHeld = { expression: 'holder = :holder', values: { ':holder': { S: holder } } };
    for (const item of own) {
      await this.#table.deleteIf(keyOf(placePartition, textIn(item, ledgerKeys.sort)), isHeld);
    }
  }

  async recordDrillIntent(intent: DrillIntent): Promise<void> {
    await this.#table.put({ ...keyOf(intentPartition, intent.targetName), intent: json(intent) });
  }

  async drillIntent(targetName: string): Promise<DrillIntent | undefined> {
    const item = await this.#table.get(keyOf(intentPartition, targetName));
    return item && (parsed(item, 'intent') as DrillIntent);
  }

  async drillIntents(): Promise<readonly DrillIntent[]> {
    return (await this.#table.query(intentPartition)).map((item) => parsed(item, 'intent') as DrillIntent);
  }

  /** The proof is written before the intent goes: after a crash in between, both are there and are written again. */
  async closeDrillIntent(targetName: string, goneAt: Date): Promise<void> {
    const intent = await this.drillIntent(targetName);
    if (!intent) return;
    const closed: ClosedDrill = { ...intent, goneAt: goneAt.toISOString() };
    await this.#table.put({
      ...keyOf(`drill-closed#${intent.plan}`, `${intent.recordedAt}#${targetName}`),
      closed: json(closed),
      ...expiring(goneAt.getTime() + historyMilliseconds),
    });
    await this.#table.delete(keyOf(intentPartition, targetName));
  }

  /** The drills of a plan whose tables are known to be gone, in the order they began. */
  async closedDrills(plan: string): Promise<readonly ClosedDrill[]> {
    return (await this.#table.query(`drill-closed#${plan}`)).map((item) => parsed(item, 'closed') as ClosedDrill);
  }

  async announcedDeletions(plan: string): Promise<ReadonlySet<string>> {
    const open = await this.#table.query(openDeletionsPartition(plan));
    return new Set(open.flatMap(({ arns }) => (arns?.L ?? []).flatMap(({ S }) => S ?? [])));
  }

  /** The newest backup that passed stays remembered until a newer one passes; a failed drill takes nothing from it, nor does one to a point in time. */
  async saveDrill(result: DrillResult): Promise<void> {
    const { plan, table, slot, finishedAt, outcome, source } = result;
    await this.#table.put({
      ...keyOf(`drill#${plan}#${table}`, slot),
      result: json(result),
      ...expiring(Date.parse(finishedAt) + historyMilliseconds),
    });
    const key = keyOf(`drilled#${plan}`, table);
    const known = await this.#table.get(key);
    const isProof = outcome === 'passed' && source !== undefined;
    const isBackup = isProof && !isTableArn(source.arn);
    const seconds = isMeasure(result) ? result.times.total?.atMostSeconds : undefined;
    const isLatest = finishedAt >= (known?.restoredAt?.S ?? '');
    const isNewest = isBackup && source.createdAt >= (known?.provenCreatedAt?.S ?? '');
    await this.#table.put({
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
    const items = await this.#table.query(`drilled#${plan}`);
    return new Map(items.map((item) => [item[ledgerKeys.sort]?.S ?? '', historyFrom(item)]));
  }

  /** All results of one table that are kept, oldest first. */
  async drillsOf(plan: string, table: string): Promise<readonly DrillResult[]> {
    return (await this.#table.query(`drill#${plan}#${table}`)).map((item) => parsed(item, 'result') as DrillResult);
  }

  async chooseForSlot(plan: string, slot: Date, tables: readonly string[]): Promise<readonly string[]> {
    const key = keyOf(`drill-choice#${plan}`, slot.toISOString());
    const choice = { ...key, tables: json(tables), ...expiring(slot.getTime() + slotMemoryMilliseconds) };
    const isFirst = { expression: 'attribute_not_exists(pk)' };
    if (await this.#table.putIf(choice, isFirst)) return tables;
    const item = await this.#table.get(key);
    return item ? (parsed(item, 'tables') as string[]) : tables;
  }
}

/** Where retention announces what it is about to delete. */
export function openDeletionsPartition(plan: string): string {
  return `open-intent#${plan}`;
}

/** What is no table that was restored to a point in time is a backup, or a recovery point. */
function isTableArn(arn: string): boolean {
  const parsed = parseDynamoDbArn(arn);
  return parsed !== undefined && parsed.backupId === undefined;
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
  return JSON.parse(textIn(item, name));
}
