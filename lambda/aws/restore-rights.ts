import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { failureOf } from './failures.ts';

const key = { id: { S: 'none' } };
/** Nothing is written by it, even into a table that came back. */
const ConditionExpression = 'attribute_exists(id) AND attribute_not_exists(id)';

/**
 * Which of the seven data actions that a restore needs its caller to have on its target, for as long as it lasts, are denied. IAM is asked before
 * a table is looked for, so a table that is gone or going tells them apart.
 * Source: DynamoDB developer guide, "Using IAM with DynamoDB backup and restore".
 */
export async function rightsLostOn(client: DynamoDBClient, tableName: string): Promise<readonly string[]> {
  const TableName = tableName;
  const asking: Readonly<Record<string, () => Promise<unknown>>> = {
    BatchWriteItem: () =>
      client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: key } }] } })),
    DeleteItem: () => client.send(new DeleteItemCommand({ TableName, Key: key, ConditionExpression })),
    GetItem: () => client.send(new GetItemCommand({ TableName, Key: key })),
    PutItem: () => client.send(new PutItemCommand({ TableName, Item: key, ConditionExpression })),
    Query: () =>
      client.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'id = :id',
          ExpressionAttributeValues: { ':id': key.id },
          Limit: 1,
        }),
      ),
    Scan: () => client.send(new ScanCommand({ TableName, Limit: 1 })),
    UpdateItem: () => client.send(new UpdateItemCommand({ TableName, Key: key, ConditionExpression })),
  };
  const lost: string[] = [];
  for (const [action, ask] of Object.entries(asking)) {
    if (await isDenied(ask)) lost.push(`dynamodb:${action}`);
  }
  return lost;
}

async function isDenied(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return false;
  } catch (error) {
    return failureOf(error).kind === 'access-denied';
  }
}
