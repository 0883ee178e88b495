import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import type {
  Claim,
  DeletionIntent,
  DeletionOutcome,
  ReportLedger,
  RetentionLedger,
  Slot,
  SlotLedger,
} from '../jobs/ports.ts';
import type { RunLedger } from '../jobs/watch/ports.ts';
import { DynamoDbCopies } from './dynamodb-copies.ts';
import { DynamoDbDrillLedger, openDeletionsPartition } from './dynamodb-drill-ledger.ts';
import { epochSeconds, expiring, keyOf, LedgerTable, textIn, type Item } from './ledger-table.ts';

const secondMilliseconds = 1_000;
const dayMilliseconds = 24 * 3_600 * secondMilliseconds;
/** Longer than a function may run, so a claim or lease never lapses while its holder works. */
const leaseMilliseconds = 16 * 60 * secondMilliseconds;
/** Longer than any delivery is retried (24 h), or a repeat would find its slot forgotten and take a second backup. */
const slotMemoryMilliseconds = 7 * dayMilliseconds;
const historyMilliseconds = 400 * dayMilliseconds;
/** Keeps an item of counts far below DynamoDB's 400 KB. */
const countsPerItem = 2_000;

/** The ledger table: slot claims, the prune lease, holds, deletion intents, counts, overrides and run reports. */
export class DynamoDbLedger implements SlotLedger, RetentionLedger, ReportLedger, RunLedger {
  readonly #table: LedgerTable;
  /** The same table, as drills see it. */
  readonly #drills: DynamoDbDrillLedger;
  readonly #copies: DynamoDbCopies;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new LedgerTable(client, tableName);
    this.#drills = new DynamoDbDrillLedger(client, tableName);
    this.#copies = new DynamoDbCopies(client, tableName);
  }

  async slotsSince(plan: string, table: string, since: Date): Promise<readonly Date[]> {
    const items = await this.#table.query(slotPartition(plan, table), since.toISOString());
    return items.map((item) => new Date(textIn(item, ledgerKeys.sort)));
  }

  async claim(slot: Slot, holder: string, now: Date): Promise<Claim> {
    const claim = {
      ...slotKey(slot),
      holder: { S: holder },
      leaseUntil: { N: String(now.getTime() + leaseMilliseconds) },
      ...expiring(Math.max(slot.slot.getTime(), now.getTime()) + slotMemoryMilliseconds),
    };
    const won = await this.#table.putIf(claim, {
      expression:
        'attribute_not_exists(pk)' +
        ' OR attribute_not_exists(backupArn) AND holder = :holder' +
        ' OR attribute_not_exists(backupArn) AND leaseUntil < :now',
      values: { ':holder': { S: holder }, ':now': { N: String(now.getTime()) } },
    });
    return won ? { kind: 'won', isFirstTry: won.replaced === undefined } : await this.#whoHas(slot);
  }

  async #whoHas(slot: Slot): Promise<Claim> {
    const item = await this.#table.get(slotKey(slot));
    const backupArn = item?.backupArn?.S;
    if (backupArn) return { kind: 'done', backupArn };
    return { kind: 'held', holder: item?.holder?.S ?? 'unknown' };
  }

  /** The slots of a plan and table after an instant, and whether their backup became restorable. */
  async claimsSince(
    plan: string,
    table: string,
    since: Date,
  ): Promise<readonly { readonly slot: Date; readonly isDone: boolean }[]> {
    const items = await this.#table.query(slotPartition(plan, table), since.toISOString());
    return items.map((item) => ({
      slot: new Date(textIn(item, ledgerKeys.sort)),
      isDone: item.backupArn?.S !== undefined,
    }));
  }

  async recordDone(slot: Slot, backupArn: string): Promise<void> {
    await this.#table.update(slotKey(slot), 'SET backupArn = :arn, expiresAt = if_not_exists(expiresAt, :expiresAt)', {
      ':arn': { S: backupArn },
      ':expiresAt': epochSeconds(slot.slot.getTime() + slotMemoryMilliseconds),
    });
  }

  async acquireLease(holder: string, now: Date): Promise<boolean> {
    const lease = { ...leaseKey, holder: { S: holder }, leaseUntil: { N: String(now.getTime() + leaseMilliseconds) } };
    const acquired = await this.#table.putIf(lease, {
      expression: 'attribute_not_exists(pk) OR holder = :holder OR leaseUntil < :now',
      values: { ':holder': { S: holder }, ':now': { N: String(now.getTime()) } },
    });
    return acquired !== undefined;
  }

  async releaseLease(holder: string): Promise<void> {
    await this.#table.deleteIf(leaseKey, { expression: 'holder = :holder', values: { ':holder': { S: holder } } });
  }

  async holds(): Promise<ReadonlySet<string>> {
    const items = await this.#table.query('hold');
    return new Set(items.map((item) => textIn(item, ledgerKeys.sort)));
  }

  /** Keeps one backup from deletion until `liftHold`; saying it twice changes only the reason. */
  async placeHold(arn: string, reason: string, at: Date): Promise<void> {
    await this.#table.put({ ...keyOf('hold', arn), reason: { S: reason }, placedAt: { S: at.toISOString() } });
  }

  async liftHold(arn: string): Promise<void> {
    await this.#table.delete(keyOf('hold', arn));
  }

  async pinned(): Promise<ReadonlySet<string>> {
    return new Set((await this.#drills.drillIntents()).map(({ sourceArn }) => sourceArn));
  }

  async copied(plan: string): Promise<ReadonlySet<string>> {
    return new Set((await this.#copies.openCopies(plan)).map(({ sourceArn }) => sourceArn));
  }

  async proven(plan: string): Promise<ReadonlySet<string>> {
    const histories = [...(await this.#drills.drillHistory(plan)).values()];
    return new Set(histories.flatMap(({ provenBackup }) => provenBackup?.arn ?? []));
  }

  async previousCounts(plan: string): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (let part = 0; ; part++) {
      const entries = Object.entries((await this.#table.get(countsKey(plan, part)))?.counts?.M ?? {});
      for (const [tableId, count] of entries) counts.set(tableId, Number(count.N));
      if (entries.length < countsPerItem) return counts;
    }
  }

  /** The last item is the one with fewer than a full item's entries: what a larger deployment once wrote beyond it is not read. */
  async saveCounts(plan: string, counts: ReadonlyMap<string, number>): Promise<void> {
    const entries = [...counts].map(([tableId, count]) => [tableId, { N: String(count) }] as const);
    for (let part = 0; part * countsPerItem <= entries.length; part++) {
      const slice = entries.slice(part * countsPerItem, (part + 1) * countsPerItem);
      await this.#table.put({ ...countsKey(plan, part), counts: { M: Object.fromEntries(slice) } });
    }
  }

  async openIntents(plan: string): Promise<readonly DeletionIntent[]> {
    const items = await this.#table.query(openDeletionsPartition(plan));
    return items.map((item) => ({
      plan,
      runId: textIn(item, ledgerKeys.sort),
      planHash: textIn(item, 'planHash'),
      arns: (item.arns?.L ?? []).flatMap(({ S }) => S ?? []),
      recordedAt: new Date(textIn(item, 'recordedAt')),
    }));
  }

  async recordIntent(intent: DeletionIntent): Promise<void> {
    await this.#table.put({ ...keyOf(openDeletionsPartition(intent.plan), intent.runId), ...intentAttributes(intent) });
  }

  async settleIntent(intent: DeletionIntent, outcomes: ReadonlyMap<string, DeletionOutcome>): Promise<void> {
    await this.#table.put({
      ...keyOf(`deletions#${intent.plan}`, `${intent.recordedAt.toISOString()}#${intent.runId}`),
      ...intentAttributes(intent),
      outcomes: { M: Object.fromEntries([...outcomes].map(([arn, outcome]) => [arn, { S: outcome }])) },
      ...expiring(intent.recordedAt.getTime() + historyMilliseconds),
    });
    await this.#table.delete(keyOf(openDeletionsPartition(intent.plan), intent.runId));
  }

  async deletionOverride(plan: string, planHash: string, now: Date): Promise<number | undefined> {
    const item = await this.#table.get(overrideKey(plan));
    if (!item || textIn(item, 'planHash') !== planHash || new Date(textIn(item, 'validUntil')) <= now) return undefined;
    return Number(item.deletions?.N);
  }

  /** Allows one prune run of exactly this version of the plan to delete up to `deletions` backups, until `validUntil`. */
  async allowDeletions(plan: string, planHash: string, deletions: number, validUntil: Date): Promise<void> {
    await this.#table.put({
      ...overrideKey(plan),
      planHash: { S: planHash },
      deletions: { N: String(deletions) },
      validUntil: { S: validUntil.toISOString() },
      ...expiring(validUntil.getTime()),
    });
  }

  async spendDeletionOverride(plan: string): Promise<void> {
    await this.#table.delete(overrideKey(plan));
  }

  async recordRun(job: string, plan: string, at: Date): Promise<void> {
    await this.#table.put({ ...keyOf(runPartition, `${job}#${plan}`), at: { S: at.toISOString() } });
  }

  async lastRuns(): Promise<ReadonlyMap<string, Date>> {
    const items = await this.#table.query(runPartition);
    return new Map(items.map((item) => [textIn(item, ledgerKeys.sort), new Date(textIn(item, 'at'))]));
  }

  async deletedSince(plan: string, since: Date): Promise<readonly string[]> {
    const items = await this.#table.query(`deletions#${plan}`, since.toISOString());
    return items.flatMap(({ outcomes }) =>
      Object.entries(outcomes?.M ?? {}).flatMap(([arn, { S }]) => (S === 'deleted' || S === 'gone' ? [arn] : [])),
    );
  }

  async saveReport(job: string, plan: string, runId: string, at: Date, report: object): Promise<void> {
    await this.#table.put({
      ...keyOf(reportPartition(job, plan), `${at.toISOString()}#${runId}`),
      report: { S: JSON.stringify(report) },
      ...expiring(at.getTime() + historyMilliseconds),
    });
  }

  /** What was saved since an instant, oldest first, as JSON. */
  async reportsSince(job: string, plan: string, since: Date): Promise<readonly string[]> {
    const items = await this.#table.query(reportPartition(job, plan), since.toISOString());
    return items.map((item) => textIn(item, 'report'));
  }
}

const runPartition = 'run';
const leaseKey = keyOf('lease', 'prune');

function slotKey({ plan, table, slot }: Slot): Item {
  return keyOf(slotPartition(plan, table), slot.toISOString());
}

function reportPartition(job: string, plan: string): string {
  return `report#${job}#${plan}`;
}

function slotPartition(plan: string, table: string): string {
  return `slot#${plan}#${table}`;
}

function countsKey(plan: string, part: number): Item {
  return keyOf(`counts#${plan}`, String(part).padStart(4, '0'));
}

function overrideKey(plan: string): Item {
  return keyOf('override', plan);
}

function intentAttributes({ planHash, arns, recordedAt }: DeletionIntent): Item {
  return {
    planHash: { S: planHash },
    arns: { L: arns.map((arn) => ({ S: arn })) },
    recordedAt: { S: recordedAt.toISOString() },
  };
}
