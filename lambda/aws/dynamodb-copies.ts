import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ledgerKeys } from '../contract/ledger.ts';
import type { CopyLedger, NewestCopy, OpenCopy } from '../jobs/copies-port.ts';
import { expiring, keyOf, LedgerTable, textIn, type Item } from './ledger-table.ts';

/** AWS forgets a job after 30 days, and what is wanted of it is forgotten a little later. */
const memoryMilliseconds = 45 * 24 * 3_600_000;
/** Longer than a copy may stay the newest of a table that is still watched. */
const historyMilliseconds = 400 * 24 * 3_600_000;

/** Wanted and newest copies in the ledger table. */
export class DynamoDbCopies implements CopyLedger {
  readonly #table: LedgerTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#table = new LedgerTable(client, tableName);
  }

  async recordCopy(copy: OpenCopy): Promise<void> {
    await this.#table.put(itemOf(copy));
  }

  async wantCopy(copy: OpenCopy): Promise<void> {
    await this.#table.putIf(itemOf(copy), { expression: 'attribute_not_exists(pk)' });
  }

  async openCopies(plan: string): Promise<readonly OpenCopy[]> {
    return (await this.#table.query(openPartition(plan))).map((item) => openCopyIn(item, plan));
  }

  async closeCopy(copy: OpenCopy): Promise<void> {
    await this.#table.delete(keyOfOpen(copy));
  }

  /** An older slot never takes the place of a newer one. */
  async recordCopied({ plan, table, destinationArn, slot }: OpenCopy): Promise<void> {
    const item = {
      ...keyOf(newestPartition(plan), `${destinationArn}#${table}`),
      slot: { S: slot.toISOString() },
      ...expiring(slot.getTime() + historyMilliseconds),
    };
    await this.#table.putIf(item, {
      expression: 'attribute_not_exists(pk) OR slot < :slot',
      values: { ':slot': { S: slot.toISOString() } },
    });
  }

  async newestCopies(plan: string): Promise<readonly NewestCopy[]> {
    return (await this.#table.query(newestPartition(plan))).map((item) => {
      const [destinationArn = '', table = ''] = textIn(item, ledgerKeys.sort).split('#');
      return { destinationArn, table, slot: new Date(textIn(item, 'slot')) };
    });
  }
}

function openPartition(plan: string): string {
  return `open-copies#${plan}`;
}

function newestPartition(plan: string): string {
  return `newest-copies#${plan}`;
}

function keyOfOpen({ plan, slot, table, destinationArn }: OpenCopy): Item {
  return keyOf(openPartition(plan), `${slot.toISOString()}#${table}#${destinationArn}`);
}

function itemOf(copy: OpenCopy): Item {
  return {
    ...keyOfOpen(copy),
    sourceArn: { S: copy.sourceArn },
    attempt: { N: String(copy.attempt) },
    notBefore: { S: copy.notBefore.toISOString() },
    ...(copy.ticket !== undefined && { ticket: { S: copy.ticket } }),
    ...expiring(copy.notBefore.getTime() + memoryMilliseconds),
  };
}

function openCopyIn(item: Item, plan: string): OpenCopy {
  const [slot = '', table = '', destinationArn = ''] = textIn(item, ledgerKeys.sort).split('#');
  return {
    plan,
    table,
    slot: new Date(slot),
    destinationArn,
    sourceArn: textIn(item, 'sourceArn'),
    attempt: Number(item.attempt?.N ?? 1),
    notBefore: new Date(textIn(item, 'notBefore')),
    ticket: item.ticket?.S,
  };
}
