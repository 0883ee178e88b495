import { isRecord } from '../input.ts';
import type { Change } from './items-by-key.ts';
import type { Items } from './items.ts';

type Members = Readonly<Record<string, unknown>>;

interface Written {
  readonly answer: Members;
  /** What became of the item, if anybody follows the table. */
  readonly change: Change | undefined;
}

function record(value: unknown): Members {
  return isRecord(value) ? value : {};
}

/** Carries out a write of one item. Somebody may begin to follow the table meanwhile. */
export async function writeItem(
  items: Items,
  operation: string,
  input: Members,
  isFollowed: () => boolean,
): Promise<Written> {
  if (operation === 'UpdateItem' && isFollowed()) return updateItem(items, input);
  const answer = await items.perform(operation, input);
  return { answer, change: isFollowed() ? await changeBy(items, operation, input) : undefined };
}

/** An update answers the new item when it is asked to; when the caller asked for something else, the item is read afterwards. */
async function updateItem(items: Items, input: Members): Promise<Written> {
  const { ReturnValues: wanted = 'NONE', Key: key } = input;
  const asksForNothing = wanted === 'NONE';
  const answer = await items.perform('UpdateItem', asksForNothing ? { ...input, ReturnValues: 'ALL_NEW' } : input);
  if (!asksForNothing && wanted !== 'ALL_NEW') return { answer, change: await changeBy(items, 'UpdateItem', input) };
  const { Attributes: item, ...rest } = answer;
  return { answer: asksForNothing ? rest : answer, change: { key: record(key), item } };
}

async function changeBy(items: Items, operation: string, { TableName, Item, Key }: Members): Promise<Change> {
  if (operation === 'PutItem') return { key: record(Item), item: Item };
  if (operation === 'DeleteItem') return { key: record(Key), item: undefined };
  const { Item: item } = await items.perform('GetItem', { TableName, Key, ConsistentRead: true });
  return { key: record(Key), item };
}

/** What a BatchWriteItem does to the items of one table. */
export function batchedChanges(requests: unknown): Change[] {
  return (Array.isArray(requests) ? requests : []).map((request) => {
    const { PutRequest: put, DeleteRequest: remove } = record(request);
    const item = record(put).Item;
    return isRecord(item) ? { key: item, item } : { key: record(record(remove).Key), item: undefined };
  });
}
