import { isRecord } from '../input.ts';
import type { Change } from './history.ts';
import type { Items } from './items.ts';

type Members = Readonly<Record<string, unknown>>;

function record(value: unknown): Members {
  return isRecord(value) ? value : {};
}

/** Carries out a write of one item, and tells what became of the item. */
export async function writeItem(
  items: Items,
  operation: string,
  input: Members,
): Promise<{ answer: Members; change: Change }> {
  if (operation === 'UpdateItem') return updateItem(items, input);
  const answer = await items.perform(operation, input);
  if (operation === 'DeleteItem') return { answer, change: { key: record(input.Key), item: undefined } };
  const item = record(input.Item);
  return { answer, change: { key: item, item } };
}

/** An update answers the new item when it is asked to; when the caller asked for something else, the item is read afterwards. */
async function updateItem(items: Items, input: Members): Promise<{ answer: Members; change: Change }> {
  const { ReturnValues: wanted = 'NONE', Key: key, TableName } = input;
  const asksForNothing = wanted === 'NONE';
  const answer = await items.perform('UpdateItem', asksForNothing ? { ...input, ReturnValues: 'ALL_NEW' } : input);
  if (asksForNothing || wanted === 'ALL_NEW') {
    const { Attributes: item, ...rest } = answer;
    return { answer: asksForNothing ? rest : answer, change: { key: record(key), item } };
  }
  const { Item: item } = await items.perform('GetItem', { TableName, Key: key, ConsistentRead: true });
  return { answer, change: { key: record(key), item } };
}

/** What a BatchWriteItem does to the items of one table. */
export function batchedChanges(requests: unknown): Change[] {
  return (Array.isArray(requests) ? requests : []).map((request) => {
    const { PutRequest: put, DeleteRequest: remove } = record(request);
    const item = record(put).Item;
    return isRecord(item) ? { key: item, item } : { key: record(record(remove).Key), item: undefined };
  });
}
