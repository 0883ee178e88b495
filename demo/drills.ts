import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { DrillResult } from '../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../sandbox/account.ts';
import type { DemoTable } from './tables.ts';

/** Every drill of some tables that the ledger remembers, table by table, oldest first; read as plain items. */
export async function readDrills(
  account: SandboxAccount,
  ledgerTableName: string,
  tables: readonly DemoTable[],
): Promise<DrillResult[]> {
  const client = account.client(DynamoDBClient);
  const drills: DrillResult[] = [];
  for (const { plan, name } of tables) {
    const pages = paginateQuery(
      { client },
      {
        TableName: ledgerTableName,
        KeyConditionExpression: 'pk = :drills',
        ExpressionAttributeValues: { ':drills': { S: `drill#${plan}#${name}` } },
      },
    );
    for await (const { Items = [] } of pages) {
      for (const { result } of Items) drills.push(JSON.parse(result?.S ?? '') as DrillResult);
    }
  }
  return drills;
}
