import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  type ReturnValue,
  type RestoreTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { History } from '../../sandbox/dynamodb/history.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

async function anAccount() {
  const account = new SandboxAccount({ seed: 5 });
  const client = account.client(DynamoDBClient);
  await account.createTable({ TableName: 'orders' });
  const put = (id: string, n: number) =>
    client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id }, n: { N: String(n) } } }));
  const recover = (on: boolean, days?: number) =>
    client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: on, RecoveryPeriodInDays: days },
      }),
    );
  const window = async () => {
    const answer = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'orders' }));
    return answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  };
  const restore = (input: Partial<RestoreTableToPointInTimeCommandInput> = {}) =>
    client.send(
      new RestoreTableToPointInTimeCommand({ SourceTableName: 'orders', TargetTableName: 'drill', ...input }),
    );
  const content = async (TableName = 'drill') => {
    const { Items: items = [] } = await client.send(new ScanCommand({ TableName }));
    return Object.fromEntries(items.map((item) => [item.id?.S ?? '', Number(item.n?.N)]));
  };
  return { account, client, put, recover, window, restore, content };
}

describe('a restore to a point in time', () => {
  test('brings back the content of that instant, whichever operation wrote it', async () => {
    const { account, client, put, recover, restore, content } = await anAccount();
    await put('before', 1);
    await recover(true);
    await account.runFor(minute);
    const states: [Date, Record<string, number>][] = [];
    const remember = async () => {
      await account.runFor(minute);
      states.push([account.now, await content('orders')]);
      await account.runFor(minute);
    };
    const update = (id: string, ReturnValues?: ReturnValue) =>
      client.send(
        new UpdateItemCommand({
          TableName: 'orders',
          Key: { id: { S: id } },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValues,
        }),
      );
    await remember();
    await put('a', 1);
    await remember();
    const plain = await update('a');
    const asked = [await update('before', 'ALL_NEW'), await update('before', 'UPDATED_OLD')];
    await remember();
    await client.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));
    await remember();
    const Item = { id: { S: 'b' }, n: { N: '9' } };
    const requests = [{ PutRequest: { Item } }, { DeleteRequest: { Key: { id: { S: 'before' } } } }];
    await client.send(new BatchWriteItemCommand({ RequestItems: { orders: requests } }));
    await remember();
    await expect(
      client.send(new PutItemCommand({ TableName: 'orders', Item, ConditionExpression: 'attribute_not_exists(id)' })),
    ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    await account.runFor(hour);

    expect(plain.Attributes).toBeUndefined();
    expect(asked.map((answer) => answer.Attributes)).toEqual([
      { id: { S: 'before' }, n: { N: '2' } },
      { n: { N: '2' } },
    ]);
    expect(states.map(([, state]) => state)).toEqual([
      { before: 1 },
      { before: 1, a: 1 },
      { before: 3, a: 2 },
      { before: 3 },
      { b: 9 },
    ]);
    for (const [index, [RestoreDateTime]] of states.entries())
      await restore({ TargetTableName: `drill-${index}`, RestoreDateTime });
    await account.runFor(2 * hour);
    for (const [index, [, state]] of states.entries()) expect(await content(`drill-${index}`)).toEqual(state);
  });

  test('takes at least twenty minutes, and says where it comes from', async () => {
    const { account, put, recover, restore, client } = await anAccount();
    await recover(true);
    await put('a', 1);
    await account.runFor(hour);

    const { TableDescription: accepted } = await restore({ UseLatestRestorableTime: true });
    const summary = accepted?.RestoreSummary;
    await account.runFor(20 * minute);
    const during = await client.send(new DescribeTableCommand({ TableName: 'drill' }));
    await account.runFor(hour);
    const after = await client.send(new DescribeTableCommand({ TableName: 'drill' }));

    expect(summary).toMatchObject({ SourceTableArn: expect.stringMatching(/table\/orders$/), RestoreInProgress: true });
    expect(summary?.SourceBackupArn).toBeUndefined();
    expect(during.Table?.TableStatus).toBe('CREATING');
    expect(after.Table).toMatchObject({ TableStatus: 'ACTIVE' });
    expect(after.Table?.RestoreSummary).toBeUndefined();
  });

  test('to the latest time lacks the last five minutes', async () => {
    const { account, put, recover, restore, content } = await anAccount();
    await recover(true);
    await put('early', 1);
    await account.runFor(hour);
    await put('late', 1);
    await account.runFor(4 * minute);
    await restore({ UseLatestRestorableTime: true });
    await account.runFor(2 * minute);
    await restore({ UseLatestRestorableTime: true, TargetTableName: 'drill-2' });
    await account.runFor(2 * hour);

    expect(await content()).toEqual({ early: 1 });
    expect(await content('drill-2')).toEqual({ early: 1, late: 1 });
  });

  test('lies within the window, whose bounds the refusal quotes', async () => {
    const { account, recover, restore, window } = await anAccount();
    await recover(true, 3);
    await account.runFor(10 * day);
    const { EarliestRestorableDateTime: earliest = new Date(0), LatestRestorableDateTime: latest = new Date(0) } =
      (await window()) ?? {};

    expect(latest.getTime() - earliest.getTime()).toBe(3 * day - 5 * minute);
    const before = new Date(earliest.getTime() - minute);
    await expect(restore({ RestoreDateTime: before })).rejects.toMatchObject({
      name: 'InvalidRestoreTimeException',
      message: expect.stringMatching(/ \d{4}-\d\d-\d\dT[\d:.]+Z .* \d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    const beyond = new Date(latest.getTime() + minute);
    await expect(restore({ RestoreDateTime: beyond })).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' });
    await expect(restore({ RestoreDateTime: latest })).resolves.toBeDefined();
  });

  test('needs a source with point-in-time recovery, one way to name it and one time', async () => {
    const { account, recover, restore } = await anAccount();
    const SourceTableArn = account.dynamodb.tables.require('orders').arn;
    const latest = { UseLatestRestorableTime: true };

    await expect(restore(latest)).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' });
    await recover(true);
    const invalid = { name: 'ValidationException' };
    await expect(restore({})).rejects.toMatchObject(invalid);
    await expect(restore({ ...latest, RestoreDateTime: account.now })).rejects.toMatchObject(invalid);
    await expect(restore({ ...latest, SourceTableArn })).rejects.toMatchObject(invalid);
    await expect(restore({ ...latest, SourceTableName: 'none' })).rejects.toMatchObject({
      name: 'TableNotFoundException',
    });
    await expect(restore({ ...latest, TargetTableName: 'orders' })).rejects.toMatchObject({
      name: 'TableAlreadyExistsException',
    });
    await expect(restore({ ...latest, SourceTableName: undefined, SourceTableArn })).resolves.toBeDefined();
  });

  test('may run beside another one from the same table, though not into the same', async () => {
    const { recover, restore } = await anAccount();
    await recover(true);
    const latest = { UseLatestRestorableTime: true };
    await restore(latest);

    await expect(restore(latest)).rejects.toMatchObject({ name: 'TableInUseException' });
    await expect(restore({ ...latest, TargetTableName: 'other' })).resolves.toBeDefined();
  });
});

describe('point-in-time recovery', () => {
  test('starts its window anew when it is turned on again, forgets at once when shortened, and fills when prolonged', async () => {
    const { account, recover, window } = await anAccount();
    const reach = async () => account.now.getTime() - ((await window())?.EarliestRestorableDateTime?.getTime() ?? 0);
    await recover(true, 20);
    await account.runFor(20 * day);
    const full = await reach();
    await recover(true, 2);
    const shortened = await reach();
    await recover(true, 30);
    const prolonged = await reach();
    await account.runFor(5 * day);
    const filled = await reach();
    await recover(false);
    await recover(true);
    const anew = await reach();

    const days = [full, shortened, prolonged, filled, anew].map((ms) => Math.round(ms / hour) / 24);
    expect(days).toEqual([20, 2, 2, 7, 0]);
  });

  test('takes no period while it is off, and 35 days unless told otherwise', async () => {
    const { recover, window } = await anAccount();

    await expect(recover(false, 5)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(await window()).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
    await recover(true, 5);
    await recover(false);
    await recover(true);
    expect((await window())?.RecoveryPeriodInDays).toBe(35);
  });

  test('can be turned on only a few seconds after a table is ACTIVE', async () => {
    const { account, client } = await anAccount();
    const enable = () =>
      client.send(
        new UpdateContinuousBackupsCommand({
          TableName: 'new-one',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      );
    await client.send(
      new CreateTableCommand({
        TableName: 'new-one',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await expect(enable()).rejects.toMatchObject({ name: 'TableNotFoundException' });
    while (account.dynamodb.tables.require('new-one').status === 'CREATING') await account.runFor(100);
    await expect(enable()).rejects.toMatchObject({ name: 'ContinuousBackupsUnavailableException' });
    await account.runFor(6000);
    await expect(enable()).resolves.toBeDefined();
  });

  test('ends with its table', async () => {
    const { account, client, recover, restore } = await anAccount();
    await recover(true);
    await client.send(new DeleteTableCommand({ TableName: 'orders' }));
    await account.runFor(minute);

    await expect(restore({ UseLatestRestorableTime: true })).rejects.toMatchObject({ name: 'TableNotFoundException' });
  });

  test('remembers a table in what its period holds, not in what was ever written', async () => {
    const start = { items: ['{"id":{"N":"1"},"n":{"N":"0"}}'], sizeBytes: 0 };
    const history = new History(Promise.resolve(start), ['id']);
    await history.contentAt(0);
    for (let n = 1; n <= 50_000; n++) {
      const item = { id: { N: n % 2 === 0 ? '1.0' : '1' }, n: { N: String(n) } };
      history.record([{ key: item, item }], n * minute, (n - 60) * minute);
    }

    expect(history.length).toBeLessThan(2000);
    expect((await history.contentAt(49_990 * minute)).items).toEqual(['{"id":{"N":"1.0"},"n":{"N":"49990"}}']);
    expect((await history.contentAt(50_001 * minute)).items).toEqual(['{"id":{"N":"1.0"},"n":{"N":"50000"}}']);
  });
});
