import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import { hashOfSettings, parseTableSettings, type TableSettings } from '../domain/settings.ts';
import type { BackupOrigin, SettingsCheck, SettingsLedger, Snapshot } from '../jobs/settings-port.ts';
import { keyOf, LedgerTable, textIn, type Item } from './ledger-table.ts';

/** Keeps an item of checks, of some 150 bytes each, far below DynamoDB's 400 KB. */
const checksPerItem = 1_000;
/** The clocks of AWS and of a function may differ by this much. */
const clockMarginMilliseconds = 2 * 60_000;

/**
 * The settings' part of the ledger table: one item per plan that says when each table was read last, and one item per table
 * incarnation and change of its settings. > Snapshots never expire: a backup may be kept, and restored, for ever.
 */
export class DynamoDbSettingsLedger implements SettingsLedger {
  readonly #table: LedgerTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new LedgerTable(client, tableName);
  }

  async settingsChecks(plan: string): Promise<ReadonlyMap<string, SettingsCheck>> {
    const checks = new Map<string, SettingsCheck>();
    for (let part = 0; ; part++) {
      const entries = Object.entries((await this.#table.get(checksKey(plan, part)))?.checks?.M ?? {});
      for (const [tableId, { S = '' }] of entries) checks.set(tableId, checkIn(S));
      if (entries.length < checksPerItem) return checks;
    }
  }

  /** The last item is the one with fewer than a full item's entries: what a larger plan once wrote beyond it is not read. */
  async saveSettingsChecks(plan: string, checks: ReadonlyMap<string, SettingsCheck>): Promise<void> {
    const entries = [...checks].map(([tableId, check]) => [tableId, { S: textOf(check) }] as const);
    for (let part = 0; part * checksPerItem <= entries.length; part++) {
      const slice = entries.slice(part * checksPerItem, (part + 1) * checksPerItem);
      await this.#table.put({ ...checksKey(plan, part), checks: { M: Object.fromEntries(slice) } });
    }
  }

  async saveSettings(settings: TableSettings, since: Date): Promise<void> {
    const { name, id } = settings.table;
    await this.#table.put({
      ...keyOf(snapshotPartition(name, id), since.toISOString()),
      hash: { S: hashOfSettings(settings) },
      settings: { S: JSON.stringify(settings) },
    });
  }

  async settingsOf(backup: BackupOrigin): Promise<TableSettings | undefined> {
    return (await this.snapshotOf(backup))?.settings;
  }

  async snapshotOf({ tableName, tableId, createdAt }: BackupOrigin): Promise<Snapshot | undefined> {
    const partition = snapshotPartition(tableName, tableId);
    const at = new Date(createdAt.getTime() + clockMarginMilliseconds).toISOString();
    const item =
      (await this.#table.first(partition, { condition: 'sk <= :sort', sort: at, descending: true })) ??
      (await this.#table.first(partition, { condition: 'sk > :sort', sort: at }));
    if (!item) return undefined;
    return { settings: parseTableSettings(textIn(item, 'settings')), since: new Date(textIn(item, ledgerKeys.sort)) };
  }
}

function checksKey(plan: string, part: number): Item {
  return keyOf(`settings-checks#${plan}`, String(part).padStart(4, '0'));
}

function snapshotPartition(tableName: string, tableId: string): string {
  return `settings#${tableName}#${tableId}`;
}

function textOf({ readAt, visibleSettings, hash }: SettingsCheck): string {
  return [readAt.toISOString(), visibleSettings, hash].join(' ');
}

/** An entry that makes no sense is one that was never read: the table is then read again. */
function checkIn(text: string): SettingsCheck {
  const [readAt = '', visibleSettings = '', hash = ''] = text.split(' ');
  const at = new Date(readAt);
  return { readAt: Number.isNaN(at.getTime()) ? new Date(0) : at, visibleSettings, hash };
}
