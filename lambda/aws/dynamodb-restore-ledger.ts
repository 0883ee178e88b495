import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RestoreLedger, RestoreRecord } from '../jobs/restore/ports.ts';
import { keyOf, LedgerTable, textIn } from './ledger-table.ts';

/** The part of the ledger table that remembers restores people began, one item for each target. */
export function restoreLedger(client: DynamoDBClient, tableName: string): RestoreLedger {
  const table = new LedgerTable(client, tableName);
  return {
    async recordRestore(record) {
      await table.put({ ...keyFor(record.region, record.target), restore: { S: JSON.stringify(record) } });
    },

    async restoreInto(region, target) {
      const item = await table.get(keyFor(region, target));
      return item && (JSON.parse(textIn(item, 'restore')) as RestoreRecord);
    },
  };
}

function keyFor(region: string, target: string) {
  return keyOf('restore', `${region}#${target}`);
}
