import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import type { OpenBackup, OpenBackupLedger } from '../jobs/ports.ts';
import { expiring, keyOf, LedgerTable, textIn, type Item } from './ledger-table.ts';

/** Longer than a run can take. */
const leaseMilliseconds = 16 * 60_000;
const memoryMilliseconds = 45 * 24 * 3_600_000;

/** The requests of backups in the ledger table that are being followed. AWS forgets a job after 30 days, and they are forgotten a little later. */
export class DynamoDbOpenBackups implements OpenBackupLedger {
  readonly #table: LedgerTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new LedgerTable(client, tableName);
  }

  async recordOpen(open: OpenBackup): Promise<void> {
    await this.#table.put({
      ...keyOfOpen(open),
      ticket: { S: open.ticket },
      requestedAt: { S: open.requestedAt.toISOString() },
      ...expiring(open.requestedAt.getTime() + memoryMilliseconds),
    });
  }

  async openBackups(plan: string): Promise<readonly OpenBackup[]> {
    return (await this.#table.query(partitionOf(plan))).map((item) => openBackupIn(item, plan));
  }

  async closeOpen(open: OpenBackup): Promise<void> {
    await this.#table.delete(keyOfOpen(open));
  }

  async startFollowing(plan: string, holder: string, now: Date): Promise<boolean> {
    const until = { N: String(now.getTime() + leaseMilliseconds) };
    const taken = await this.#table.putIf(
      { ...keyOfLease(plan), holder: { S: holder }, leaseUntil: until },
      {
        expression: 'attribute_not_exists(pk) OR holder = :holder OR leaseUntil < :now',
        values: { ':holder': { S: holder }, ':now': { N: String(now.getTime()) } },
      },
    );
    return taken !== undefined;
  }

  async stopFollowing(plan: string, holder: string): Promise<void> {
    const isHeld = { expression: 'holder = :holder', values: { ':holder': { S: holder } } };
    await this.#table.deleteIf(keyOfLease(plan), isHeld);
  }
}

function keyOfLease(plan: string): Item {
  return keyOf('following', plan);
}

function partitionOf(plan: string): string {
  return `open-backups#${plan}`;
}

function keyOfOpen({ plan, table, slot }: OpenBackup): Item {
  return keyOf(partitionOf(plan), `${slot.toISOString()}#${table}`);
}

function openBackupIn(item: Item, plan: string): OpenBackup {
  const [slot = '', table = ''] = textIn(item, ledgerKeys.sort).split('#');
  const requestedAt = new Date(textIn(item, 'requestedAt'));
  return { plan, table, slot: new Date(slot), ticket: textIn(item, 'ticket'), requestedAt };
}
