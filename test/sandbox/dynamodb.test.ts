import {
  CreateBackupCommand,
  CreateTableCommand,
  DeleteBackupCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { AccountOptions } from '../../sandbox/account-options.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const startAt = new Date('2026-11-20T03:00:00Z');
const second = 1000;

function anAccount(options: AccountOptions = {}) {
  const account = new SandboxAccount({ seed: 7, startAt, ...options });
  return { account, client: account.client(DynamoDBClient) };
}

async function anAccountWith(...tables: string[]) {
  const { account, client } = anAccount();
  for (const TableName of tables) await account.createTable({ TableName });
  return { account, client };
}

function aTable(TableName: string): CreateTableCommandInput {
  return {
    TableName,
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  };
}

async function takeBackups(
  client: DynamoDBClient,
  account: SandboxAccount,
  tableName: string,
  count: number,
): Promise<string[]> {
  const arns: string[] = [];
  for (let n = 0; n < count; n++) {
    const { BackupDetails: details } = await client.send(
      new CreateBackupCommand({ TableName: tableName, BackupName: `b-${n}` }),
    );
    arns.push(details?.BackupArn ?? '');
    await account.runFor(second);
  }
  return arns;
}

describe('tables', () => {
  test('are CREATING, then ACTIVE, then open for backups a little later', async () => {
    const { account, client } = anAccount();
    const backup = new CreateBackupCommand({ TableName: 'orders', BackupName: 'first' });
    const created = await client.send(new CreateTableCommand(aTable('orders')));

    await expect(client.send(backup)).rejects.toMatchObject({ name: 'TableNotFoundException' });
    while (account.dynamodb.tables.require('orders').status === 'CREATING') await account.runFor(100);
    await expect(client.send(backup)).rejects.toMatchObject({ name: 'ContinuousBackupsUnavailableException' });
    await account.runFor(10 * second);
    const taken = await client.send(backup);

    expect(created.TableDescription?.TableStatus).toBe('CREATING');
    expect(taken.BackupDetails?.BackupStatus).toBe('CREATING');
  });

  test('get another id when they are created again under the same name', async () => {
    const { account, client } = await anAccountWith('orders');
    const before = await client.send(new DescribeTableCommand({ TableName: 'orders' }));

    await client.send(new DeleteTableCommand({ TableName: 'orders' }));
    const deleting = await client.send(new DescribeTableCommand({ TableName: 'orders' }));
    await account.runFor(10 * second);
    await expect(client.send(new DescribeTableCommand({ TableName: 'orders' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const { TableDescription: after } = await client.send(new CreateTableCommand(aTable('orders')));

    expect(deleting.Table?.TableStatus).toBe('DELETING');
    expect(after?.TableArn).toBe(before.Table?.TableArn);
    expect(after?.TableId).not.toBe(before.Table?.TableId);
  });

  test('under deletion protection stay', async () => {
    const { account, client } = await anAccountWith('orders');
    await client.send(new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: true }));
    await account.runFor(10 * second);

    await expect(client.send(new DeleteTableCommand({ TableName: 'orders' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('protected against deletion'),
    });
  });

  test('are listed by name, a hundred per page', async () => {
    const names = Array.from({ length: 230 }, (_, n) => `table-${String(n).padStart(3, '0')}`);
    const { client } = await anAccountWith(...names);
    const pages: string[][] = [];
    let from: string | undefined;

    do {
      const page = await client.send(new ListTablesCommand({ ExclusiveStartTableName: from }));
      pages.push(page.TableNames ?? []);
      from = page.LastEvaluatedTableName;
    } while (from);

    expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
    expect(pages.flat()).toEqual(names);
  });

  test('are refused beyond the quota of the account', async () => {
    const { account, client } = anAccount({ quotas: { tables: 1 } });
    await account.createTable({ TableName: 'first' });

    await expect(client.send(new CreateTableCommand(aTable('second')))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
  });

  test('carry tags, fifty at most', async () => {
    const { account, client } = await anAccountWith('orders');
    const ResourceArn = account.dynamodb.tables.require('orders').arn;
    const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));

    await client.send(new TagResourceCommand({ ResourceArn, Tags: tags(25) }));
    const first = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));

    expect(first.Tags).toHaveLength(10);
    expect(first.NextToken).toBeDefined();
    await expect(client.send(new TagResourceCommand({ ResourceArn, Tags: tags(51) }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('take a change of their time to live only once an hour', async () => {
    const { account, client } = await anAccountWith('orders');
    const change = (Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: 'orders',
          TimeToLiveSpecification: { Enabled, AttributeName: 'ttl' },
        }),
      );

    await change(true);
    const described = await client.send(new DescribeTimeToLiveCommand({ TableName: 'orders' }));

    expect(described.TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await expect(change(false)).rejects.toMatchObject({ name: 'ValidationException' });
    await account.runFor(3_600_000);
    await expect(change(false)).resolves.toBeDefined();
  });
});

describe('items', () => {
  test('are real: keys, conditions and queries are judged', async () => {
    const { client } = await anAccountWith('orders');
    const put = (id: string, condition?: string) =>
      client.send(
        new PutItemCommand({
          TableName: 'orders',
          Item: { id: { S: id }, n: { N: '1' } },
          ConditionExpression: condition,
        }),
      );
    await put('a');

    const found = await client.send(
      new QueryCommand({
        TableName: 'orders',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'a' } },
      }),
    );

    expect(found.Items).toEqual([{ id: { S: 'a' }, n: { N: '1' } }]);
    await expect(put('a', 'attribute_not_exists(id)')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    await expect(put('')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(client.send(new GetItemCommand({ TableName: 'none', Key: { id: { S: 'a' } } }))).rejects.toMatchObject(
      {
        name: 'ResourceNotFoundException',
      },
    );
  });

  test('asked for again are as they are by then, also when a write overlaps with the question', async () => {
    const { client } = await anAccountWith('orders');
    const write = (n: number) =>
      client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, n: { N: String(n) } } }));
    const read = async () => {
      const { Item } = await client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));
      return Number(Item?.n?.N ?? 0);
    };

    expect(await read()).toBe(0);
    for (let n = 1; n <= 20; n++) {
      const [, during] = await Promise.all([write(n), read()]);
      expect([n - 1, n]).toContain(during);
      expect([await read(), await read()]).toEqual([n, n]);
    }
  });

  test('are gone with their table and do not come back with its name', async () => {
    const { account, client } = await anAccountWith('orders');
    await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' } } }));

    await client.send(new DeleteTableCommand({ TableName: 'orders' }));
    await account.runFor(10 * second);
    await account.createTable({ TableName: 'orders' });
    const found = await client.send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));

    expect(found.Item).toBeUndefined();
  });

  test('are counted by the table about every six hours, not before', async () => {
    const { account, client } = await anAccountWith('orders');
    const count = async () => (await client.send(new DescribeTableCommand({ TableName: 'orders' }))).Table?.ItemCount;
    for (const id of ['a', 'b', 'c'])
      await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }));
    await client.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }));

    const atOnce = await count();
    await account.runFor(6 * 3_600_000);

    expect([atOnce, await count()]).toEqual([0, 2]);
  });
});

describe('backups', () => {
  test('are CREATING, then AVAILABLE, then gone, and carry what AWS says about them', async () => {
    const { account, client } = await anAccountWith('orders');

    const [arn = ''] = await takeBackups(client, account, 'orders', 1);
    const described = await client.send(new DescribeBackupCommand({ BackupArn: arn }));
    await client.send(new DeleteBackupCommand({ BackupArn: arn }));

    expect(arn).toMatch(/^arn:aws:dynamodb:eu-central-1:123456789012:table\/orders\/backup\/\d{14}-[0-9a-f]{8}$/);
    expect(described.BackupDescription?.BackupDetails).toMatchObject({
      BackupName: 'b-0',
      BackupStatus: 'AVAILABLE',
      BackupType: 'USER',
    });
    expect(described.BackupDescription?.SourceTableDetails).toMatchObject({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
    });
    expect(Number(arn.slice(-23, -9))).toBe(
      described.BackupDescription?.BackupDetails?.BackupCreationDateTime?.getTime(),
    );
    await expect(client.send(new DescribeBackupCommand({ BackupArn: arn }))).rejects.toMatchObject({
      name: 'BackupNotFoundException',
    });
  });

  test('cannot be deleted while CREATING', async () => {
    const { account, client } = await anAccountWith('orders');
    account.faults.add({ match: { operation: 'CreateBackup' }, effect: { kind: 'slow-backup', ms: 3_600_000 } });

    const [arn] = await takeBackups(client, account, 'orders', 1);

    await expect(client.send(new DeleteBackupCommand({ BackupArn: arn }))).rejects.toMatchObject({
      name: 'BackupInUseException',
    });
    await account.runFor(3_600_000);
    await expect(client.send(new DeleteBackupCommand({ BackupArn: arn }))).resolves.toBeDefined();
  });

  test('may fail: CREATING, then gone', async () => {
    const { account, client } = await anAccountWith('orders');
    account.faults.add({ match: { operation: 'CreateBackup' }, effect: { kind: 'failed-backup', afterMs: 5000 } });

    const [arn] = await takeBackups(client, account, 'orders', 1);
    const before = await client.send(new DescribeBackupCommand({ BackupArn: arn }));
    await account.runFor(5000);

    expect(before.BackupDescription?.BackupDetails?.BackupStatus).toBe('CREATING');
    expect(account.backups()).toEqual([]);
  });

  test('outlive their table and keep the id of its incarnation', async () => {
    const { account, client } = await anAccountWith('orders');
    await takeBackups(client, account, 'orders', 1);
    await client.send(new DeleteTableCommand({ TableName: 'orders' }));
    await account.runFor(10 * second);
    await account.createTable({ TableName: 'orders' });
    await takeBackups(client, account, 'orders', 1);

    const { BackupSummaries: listed = [] } = await client.send(new ListBackupsCommand({ TableName: 'orders' }));

    expect(listed).toHaveLength(2);
    expect(new Set(listed.map((backup) => backup.TableId)).size).toBe(2);
  });

  test('need a name of the right form, which need not be unique', async () => {
    const { client } = await anAccountWith('orders');
    const take = (BackupName: string) => client.send(new CreateBackupCommand({ TableName: 'orders', BackupName }));

    const [first, second] = [await take('same'), await take('same')];

    expect(first.BackupDetails?.BackupArn).not.toBe(second.BackupDetails?.BackupArn);
    await expect(take('2026-11-20T03:00:00Z')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'),
    });
    await expect(take('ab')).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('of a table with point-in-time recovery include one by the system when it is deleted, for 35 days', async () => {
    const { account, client } = await anAccountWith('orders');
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
      }),
    );
    await account.runFor(3_600_000);
    const continuous = await client.send(new DescribeContinuousBackupsCommand({ TableName: 'orders' }));
    const described = account.journal.entries({ operation: 'DescribeContinuousBackups' })[0]?.at ?? 0;
    await client.send(new DeleteTableCommand({ TableName: 'orders' }));

    const users = await client.send(new ListBackupsCommand({}));
    const all = await client.send(new ListBackupsCommand({ BackupType: 'ALL' }));
    const [system] = all.BackupSummaries ?? [];

    expect(continuous.ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 7,
      LatestRestorableDateTime: new Date(described - 300_000),
    });
    expect(users.BackupSummaries).toEqual([]);
    expect(system).toMatchObject({
      BackupName: 'orders$DeletedTableBackup',
      BackupType: 'SYSTEM',
      BackupArn: expect.stringMatching(/-00000000$/),
    });
    await expect(client.send(new DeleteBackupCommand({ BackupArn: system?.BackupArn }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await account.runFor(35 * 24 * 3_600_000);
    expect(account.backups()).toEqual([]);
  });
});

describe('listing backups', () => {
  const listAll = async (account: SandboxAccount, client: DynamoDBClient, limit?: number) => {
    const pages: (string | undefined)[][] = [];
    let from: string | undefined;
    do {
      const page = await client.send(new ListBackupsCommand({ ExclusiveStartBackupArn: from, Limit: limit }));
      pages.push((page.BackupSummaries ?? []).map((backup) => backup.BackupArn));
      from = page.LastEvaluatedBackupArn;
      await account.runFor(second);
    } while (from && pages.length < 20);
    return pages;
  };

  test('pages by the limit, tables in order of name, each in order of time', async () => {
    const { account, client } = await anAccountWith('b-table', 'a-table');
    const second = await takeBackups(client, account, 'b-table', 4);
    const first = await takeBackups(client, account, 'a-table', 3);

    const pages = await listAll(account, client, 3);

    expect(pages).toEqual([first, second.slice(0, 3), second.slice(3)]);
  });

  test('goes on from a backup that was deleted meanwhile', async () => {
    const { account, client } = await anAccountWith('orders');
    const arns = await takeBackups(client, account, 'orders', 4);
    const page = await client.send(new ListBackupsCommand({ Limit: 2 }));

    await client.send(new DeleteBackupCommand({ BackupArn: page.LastEvaluatedBackupArn }));
    const rest = await client.send(new ListBackupsCommand({ ExclusiveStartBackupArn: page.LastEvaluatedBackupArn }));

    expect(rest.BackupSummaries?.map((backup) => backup.BackupArn)).toEqual(arns.slice(2));
  });

  test('takes a lower bound inclusively and an upper bound exclusively', async () => {
    const { account, client } = await anAccountWith('orders');
    await takeBackups(client, account, 'orders', 3);
    const times = account.backups().map((backup) => new Date(backup.createdAt));
    const list = async (lower?: Date, upper?: Date) => {
      const found = await client.send(
        new ListBackupsCommand({ TimeRangeLowerBound: lower, TimeRangeUpperBound: upper }),
      );
      return found.BackupSummaries?.map((backup) => backup.BackupName);
    };

    expect(await list(times[1], undefined)).toEqual(['b-1', 'b-2']);
    expect(await list(undefined, times[1])).toEqual(['b-0']);
    await expect(list(times[2], times[0])).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuses more than a hundred per page', async () => {
    const { client } = anAccount();

    await expect(client.send(new ListBackupsCommand({ Limit: 101 }))).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
    });
  });

  test('may lag: a new backup is not yet seen, a deleted one still is', async () => {
    const { account, client } = await anAccountWith('orders');
    account.dynamodb.backups.listLag.createdMs = 5000;
    account.dynamodb.backups.listLag.deletedMs = 5000;
    const seen = async () => (await listAll(account, client)).flat().length;
    const [arn] = await takeBackups(client, account, 'orders', 1);

    const tooEarly = await seen();
    await account.runFor(5000);
    const later = await seen();
    await client.send(new DeleteBackupCommand({ BackupArn: arn }));

    expect([tooEarly, later, await seen()]).toEqual([0, 1, 1]);
    await account.runFor(5000);
    expect(await seen()).toBe(0);
  });

  test('on demand repeats its marker for ever', async () => {
    const { account, client } = await anAccountWith('orders');
    await takeBackups(client, account, 'orders', 4);
    account.faults.add({
      match: { operation: 'ListBackups', nth: 2, times: 100 },
      effect: { kind: 'repeated-marker' },
    });

    const pages = await listAll(account, client, 2);

    expect(pages).toHaveLength(20);
    expect(pages[19]).toEqual(pages[1]);
  });

  test('on demand answers an empty page whose marker leads on', async () => {
    const { account, client } = await anAccountWith('orders');
    const arns = await takeBackups(client, account, 'orders', 4);
    account.faults.add({ match: { operation: 'ListBackups', nth: 1 }, effect: { kind: 'empty-page' } });
    account.faults.add({ match: { operation: 'ListBackups', nth: 3 }, effect: { kind: 'empty-page' } });

    const pages = await listAll(account, client, 2);

    expect(pages).toEqual([[], arns.slice(0, 2), [], arns.slice(2)]);
  });

  test('on demand loses the end of the listing', async () => {
    const { account, client } = await anAccountWith('orders');
    const arns = await takeBackups(client, account, 'orders', 4);
    account.faults.add({ match: { operation: 'ListBackups', nth: 1 }, effect: { kind: 'truncated-page', rows: 1 } });

    expect(await listAll(account, client, 2)).toEqual([arns.slice(0, 1)]);
  });
});

describe('published rates', () => {
  const burst = async (calls: number, send: () => Promise<unknown>) => {
    const outcomes = await Promise.allSettled(Array.from({ length: calls }, send));
    return outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => (outcome.reason as Error).name);
  };

  test.each([
    ['ListBackups', 5],
    ['DescribeBackup', 10],
    ['DeleteBackup', 10],
    ['CreateBackup', 50],
  ])('%s: %i per second, and no more', async (operation, perSecond) => {
    const { account, client } = await anAccountWith('orders');
    const { arn: BackupArn } = account.dynamodb.backups.plant(account.dynamodb.tables.require('orders'), 'old', 0);
    const calls: Record<string, () => Promise<unknown>> = {
      ListBackups: () => client.send(new ListBackupsCommand({})),
      DescribeBackup: () => client.send(new DescribeBackupCommand({ BackupArn })),
      DeleteBackup: () => client.send(new DeleteBackupCommand({ BackupArn: BackupArn.replace(/.$/, 'x') })),
      CreateBackup: () => client.send(new CreateBackupCommand({ TableName: 'orders', BackupName: 'one' })),
    };

    const refused = await burst(perSecond + 10, calls[operation] ?? (() => Promise.resolve()));

    const throttled = refused.filter((name) => name === 'ThrottlingException').length;
    // Tokens flow in while the calls arrive, which takes them a tenth of a second.
    expect(throttled).toBeGreaterThanOrEqual(10 - Math.ceil(perSecond / 6));
    expect(throttled).toBeLessThanOrEqual(10);
    await account.runFor(second);
    expect(await burst(1, calls[operation] ?? (() => Promise.resolve()))).not.toContain('ThrottlingException');
  });

  test('the journal knows the largest number of calls in any second', async () => {
    const { account, client } = await anAccountWith('orders');
    await burst(5, () => client.send(new ListTablesCommand({})));
    await account.runFor(5 * second);
    await burst(2, () => client.send(new ListTablesCommand({})));

    expect(account.journal.peakRate({ operation: 'ListTables' })).toBe(5);
    expect(account.journal.count('dynamodb', 'ListTables')).toBe(7);
  });
});

describe('answers on the wire', () => {
  test('have the shape and the date of AWS', async () => {
    const { account } = anAccount();
    const request = {
      service: 'dynamodb',
      operation: 'DescribeTable',
      headers: {},
      body: JSON.stringify({ TableName: 'none' }),
    };

    const response = await account.clock.runUntilSettled(account.front.handle(request));

    expect(response.status).toBe(400);
    expect(response.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      date: 'Fri, 20 Nov 2026 03:00:00 GMT',
    });
    expect(JSON.parse(response.body)).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found: Table: none not found',
    });
  });

  test.each([
    ['no JSON', '{', 'SerializationException'],
    ['no object', '[]', 'SerializationException'],
    ['a number for a name', '{"TableName":7}', 'ValidationException'],
    ['no name', '{}', 'ValidationException'],
  ])('say what is wrong with %s', async (_, body, name) => {
    const { account } = anAccount();

    const response = await account.clock.runUntilSettled(
      account.front.handle({ service: 'dynamodb', operation: 'DescribeTable', headers: {}, body }),
    );

    expect(response.status).toBe(400);
    expect(response.body).toContain(name);
  });
});
