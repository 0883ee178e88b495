import { DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import type { DrillResult } from '../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../sandbox/account.ts';
import { demoTables } from './tables.ts';

/** Every drill of the demo's tables that the ledger remembers, table by table, oldest first; read as plain items. */
export async function readDrills(account: SandboxAccount, ledgerTableName: string): Promise<DrillResult[]> {
  const client = account.client(DynamoDBClient);
  const drills: DrillResult[] = [];
  for (const { plan, name } of demoTables) {
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
