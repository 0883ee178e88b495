import {
  BatchWriteItemCommand,
  CreateBackupCommand,
  DeleteBackupCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  RestoreTableFromBackupCommand,
  ScanCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type RestoreTableFromBackupCommandInput,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { AccountOptions } from '../../sandbox/account-options.ts';
import { SandboxAccount } from '../../sandbox/account.ts';
import { usualRestoreTime, type RestoreWork } from '../../sandbox/dynamodb/restore-time.ts';
import { randomStream } from '../../sandbox/random.ts';

const minute = 60_000;
const hour = 60 * minute;

const byCustomer = {
  IndexName: 'by-customer',
  KeySchema: [
    { AttributeName: 'customer', KeyType: 'HASH' as const },
    { AttributeName: 'at', KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['total', 'state'] },
};
const byState = {
  IndexName: 'by-state',
  KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'KEYS_ONLY' as const },
};
const byTotal = {
  IndexName: 'by-total',
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' as const },
    { AttributeName: 'total', KeyType: 'RANGE' as const },
  ],
  Projection: { ProjectionType: 'ALL' as const },
};

const orders: CreateTableCommandInput & { TableName: string } = {
  TableName: 'orders',
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'at', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
    { AttributeName: 'customer', AttributeType: 'S' },
    { AttributeName: 'state', AttributeType: 'S' },
    { AttributeName: 'total', AttributeType: 'N' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
  GlobalSecondaryIndexes: [byCustomer, byState],
  LocalSecondaryIndexes: [byTotal],
};

class Story {
  readonly account: SandboxAccount;
  readonly client: DynamoDBClient;

  constructor(options: AccountOptions = {}) {
    this.account = new SandboxAccount({ seed: 3, ...options });
    this.client = this.account.client(DynamoDBClient);
  }

  async put(TableName: string, id: string, at = 1): Promise<void> {
    const Item = {
      id: { S: id },
      at: { N: String(at) },
      customer: { S: 'ada' },
      state: { S: 'paid' },
      total: { N: '7' },
    };
    await this.client.send(new PutItemCommand({ TableName, Item }));
  }

  async backup(TableName = 'orders'): Promise<string> {
    const { BackupDetails: details } = await this.client.send(
      new CreateBackupCommand({ TableName, BackupName: 'by-hand' }),
    );
    await this.account.runFor(1000);
    return details?.BackupArn ?? '';
  }

  async restore(
    BackupArn: string,
    rest: Partial<RestoreTableFromBackupCommandInput> = {},
  ): Promise<TableDescription | undefined> {
    const command = new RestoreTableFromBackupCommand({ TargetTableName: 'drill', BackupArn, ...rest });
    return (await this.client.send(command)).TableDescription;
  }

  async describe(TableName = 'drill'): Promise<TableDescription | undefined> {
    return (await this.client.send(new DescribeTableCommand({ TableName }))).Table;
  }

  async ids(TableName = 'drill'): Promise<string[]> {
    const { Items: items = [] } = await this.client.send(new ScanCommand({ TableName }));
    return items.map((item) => item.id?.S ?? '').sort();
  }
}

/** A table with two items, and a backup of it. */
async function backedUp(options: AccountOptions = {}, table: CreateTableCommandInput & { TableName: string } = orders) {
  const story = new Story(options);
  await story.account.createTable({ ...table });
  await story.put('orders', 'a');
  await story.put('orders', 'b');
  return { story, arn: await story.backup() };
}

describe('a restore from a backup', () => {
  test('brings back the items of the backup, though the table has changed since and is gone', async () => {
    const { story, arn } = await backedUp();
    await story.put('orders', 'c');
    await story.client.send(new DeleteTableCommand({ TableName: 'orders' }));
    await story.account.runFor(minute);

    const accepted = await story.restore(arn);
    const during = await story.describe();
    await story.account.runFor(hour);
    const after = await story.describe();

    const summary = { SourceBackupArn: arn, RestoreInProgress: true, RestoreDateTime: expect.any(Date) };
    expect(accepted).toMatchObject({ TableStatus: 'CREATING', RestoreSummary: summary });
    expect(during).toMatchObject({
      TableStatus: 'CREATING',
      RestoreSummary: summary,
      GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING' }, { IndexStatus: 'CREATING' }],
    });
    expect(after).toMatchObject({
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }, { IndexStatus: 'ACTIVE' }],
    });
    expect(after?.RestoreSummary).toBeUndefined();
    expect(after?.ItemCount).toBe(0);
    expect(await story.ids()).toEqual(['a', 'b']);
    const byIndex = await story.client.send(
      new QueryCommand({
        TableName: 'drill',
        IndexName: 'by-customer',
        KeyConditionExpression: 'customer = :c',
        ExpressionAttributeValues: { ':c': { S: 'ada' } },
      }),
    );
    expect(byIndex.Count).toBe(2);
    await story.account.runFor(6 * hour);
    expect((await story.describe())?.ItemCount).toBe(2);
  });

  test('keeps the definition and leaves every other setting behind', async () => {
    const { story, arn } = await backedUp(
      {},
      {
        ...orders,
        Tags: [{ Key: 'team', Value: 'shop' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        TableClass: 'STANDARD_INFREQUENT_ACCESS',
        OnDemandThroughput: { MaxReadRequestUnits: 40 },
        SSESpecification: { Enabled: true, SSEType: 'KMS' },
      },
    );
    const source = await story.describe('orders');
    const { client } = story;
    const on = { Enabled: true, AttributeName: 'ttl' };
    await client.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification: on }));
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await client.send(new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: true }));
    await story.account.runFor(minute);
    const again = await story.backup();

    await story.restore(arn);
    await story.restore(again, { TargetTableName: 'drill-2' });
    await story.account.runFor(hour);

    for (const TableName of ['drill', 'drill-2']) {
      const table = await story.describe(TableName);
      expect(table?.KeySchema).toEqual(source?.KeySchema);
      expect(table?.AttributeDefinitions).toEqual(source?.AttributeDefinitions);
      expect(table?.OnDemandThroughput).toEqual({ MaxReadRequestUnits: 40 });
      expect(table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
      expect(table?.SSEDescription).toEqual(source?.SSEDescription);
      expect(table?.LocalSecondaryIndexes).toMatchObject([byTotal]);
      expect(table?.GlobalSecondaryIndexes).toMatchObject([byCustomer, byState]);
      expect(table?.TableId).not.toBe(source?.TableId);
      expect(table?.StreamSpecification).toBeUndefined();
      expect(table?.TableClassSummary).toBeUndefined();
      expect(table?.DeletionProtectionEnabled).toBe(false);
      const tags = await client.send(new ListTagsOfResourceCommand({ ResourceArn: table?.TableArn }));
      const timeToLive = await client.send(new DescribeTimeToLiveCommand({ TableName }));
      const continuous = await client.send(new DescribeContinuousBackupsCommand({ TableName }));
      expect(tags.Tags).toEqual([]);
      expect(timeToLive.TimeToLiveDescription?.TimeToLiveStatus).toBe('DISABLED');
      expect(continuous.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe(
        'DISABLED',
      );
    }
  });

  test('leaves a table that nobody can change or delete until it is ACTIVE', async () => {
    const { story, arn } = await backedUp();
    const { client } = story;
    const table = await story.restore(arn);
    const refusal = async (promise: Promise<unknown>) =>
      promise.then(
        () => 'ok',
        (error: unknown) => (error as Error).name,
      );

    const ResourceArn = table?.TableArn;
    const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ttl' };
    const refusals = [
      client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'k', Value: 'v' }] })),
      client.send(new UpdateTimeToLiveCommand({ TableName: 'drill', TimeToLiveSpecification })),
      client.send(new UpdateTableCommand({ TableName: 'drill', DeletionProtectionEnabled: true })),
      client.send(new PutItemCommand({ TableName: 'drill', Item: { id: { S: 'x' }, at: { N: '1' } } })),
      client.send(new CreateBackupCommand({ TableName: 'drill', BackupName: 'one' })),
      client.send(new DescribeContinuousBackupsCommand({ TableName: 'drill' })),
      client.send(new DeleteTableCommand({ TableName: 'drill' })),
    ].map(refusal);

    expect(await Promise.all(refusals)).toEqual([
      'ResourceNotFoundException',
      'ResourceNotFoundException',
      'ResourceNotFoundException',
      'ResourceNotFoundException',
      'TableNotFoundException',
      'TableNotFoundException',
      'ResourceInUseException',
    ]);
    await story.account.runFor(hour);
    expect(await refusal(client.send(new DeleteTableCommand({ TableName: 'drill' })))).toBe('ok');
    await story.account.runFor(minute);
    expect(story.account.backups('drill')).toEqual([]);
  });

  test('holds its backup: no second restore, no deletion, until the table is ACTIVE', async () => {
    const { story, arn } = await backedUp();
    await story.restore(arn);

    const inUse = { name: 'BackupInUseException' };
    await expect(story.restore(arn, { TargetTableName: 'other' })).rejects.toMatchObject(inUse);
    await expect(story.client.send(new DeleteBackupCommand({ BackupArn: arn }))).rejects.toMatchObject(inUse);
    await story.account.runFor(hour);
    await expect(story.restore(arn, { TargetTableName: 'other' })).resolves.toBeDefined();
    await story.account.runFor(hour);
    await expect(story.client.send(new DeleteBackupCommand({ BackupArn: arn }))).resolves.toBeDefined();
  });

  test('never touches a table that exists, not even one that is going', async () => {
    const { story, arn } = await backedUp();
    const again = await story.backup();
    await story.restore(arn);

    await expect(story.restore(again)).rejects.toMatchObject({
      name: 'TableInUseException',
      message: expect.stringContaining('is already being restored from backup'),
    });
    const exists = { name: 'TableAlreadyExistsException' };
    await expect(story.restore(again, { TargetTableName: 'orders' })).rejects.toMatchObject(exists);
    await story.account.runFor(hour);
    await expect(story.restore(again)).rejects.toMatchObject(exists);
    await story.client.send(new DeleteTableCommand({ TableName: 'drill' }));
    await expect(story.restore(again)).rejects.toMatchObject(exists);
  });

  test('needs a backup that exists and is AVAILABLE, and a plain name', async () => {
    const { story, arn } = await backedUp();
    story.account.faults.add({ match: { operation: 'CreateBackup' }, effect: { kind: 'slow-backup', ms: hour } });
    const slow = await story.backup();

    await expect(story.restore(`${arn.slice(0, -8)}00000001`)).rejects.toMatchObject({
      name: 'BackupNotFoundException',
    });
    await expect(story.restore(slow)).rejects.toMatchObject({ name: 'BackupInUseException' });
    await expect(story.restore(arn, { TargetTableName: 'a/b/c' })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('is one of fifty at once, and no more', async () => {
    const { story } = await backedUp({ latencyMs: () => 200 });
    const table = story.account.dynamodb.tables.require('orders');
    const arns = Array.from({ length: 51 }, (_, n) => story.account.dynamodb.backups.plant(table, 'old', n).arn);
    for (const [n, arn] of arns.slice(0, 50).entries()) await story.restore(arn, { TargetTableName: `drill-${n}` });

    await expect(story.restore(arns[50] ?? '')).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('Only 50 restore operations'),
    });
    await story.account.runFor(hour);
    await expect(story.restore(arns[50] ?? '')).resolves.toMatchObject({ TableStatus: 'CREATING' });
  });

  test('with an empty structure is answered as an error, and happens all the same', async () => {
    const { story, arn } = await backedUp();

    await expect(story.restore(arn, { OnDemandThroughputOverride: {} })).rejects.toMatchObject({
      name: 'TableInUseException',
      $metadata: { httpStatusCode: 400 },
    });
    expect((await story.describe())?.RestoreSummary?.SourceBackupArn).toBe(arn);
    await story.account.runFor(hour);
    expect(await story.ids()).toEqual(['a', 'b']);
  });
});

describe('the overrides of a restore', () => {
  test.each([
    ['nothing: all indexes', {}, ['by-customer', 'by-state'], ['by-total']],
    ['empty lists: none', { GlobalSecondaryIndexOverride: [], LocalSecondaryIndexOverride: [] }, undefined, undefined],
    ['a subset by its definition', { GlobalSecondaryIndexOverride: [byState] }, ['by-state'], ['by-total']],
  ])('with %s', async (_, overrides, global, local) => {
    const { story, arn } = await backedUp();

    await story.restore(arn, overrides);
    await story.account.runFor(hour);

    const table = await story.describe();
    expect(table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(global);
    expect(table?.LocalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(local);
    expect(await story.ids()).toEqual(['a', 'b']);
  });

  test.each<[string, Partial<RestoreTableFromBackupCommandInput>]>([
    ['an index that the source lacks', { GlobalSecondaryIndexOverride: [{ ...byState, IndexName: 'by-other' }] }],
    [
      'an index with another projection',
      { GlobalSecondaryIndexOverride: [{ ...byState, Projection: { ProjectionType: 'ALL' } }] },
    ],
    ['PROVISIONED without capacity', { BillingModeOverride: 'PROVISIONED' }],
    [
      'capacity for an on-demand table',
      { ProvisionedThroughputOverride: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    ],
    [
      'an on-demand maximum for a provisioned table',
      {
        BillingModeOverride: 'PROVISIONED',
        ProvisionedThroughputOverride: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
        OnDemandThroughputOverride: { MaxReadRequestUnits: 1 },
      },
    ],
  ])('refuse %s', async (_, overrides) => {
    const { story, arn } = await backedUp();

    await expect(story.restore(arn, overrides)).rejects.toMatchObject({ name: 'ValidationException' });
    expect(story.account.dynamodb.tables.get('drill')).toBeUndefined();
  });

  test('turn a provisioned table with its indexes into one on demand, and back', async () => {
    const capacity = { ReadCapacityUnits: 5, WriteCapacityUnits: 6 };
    const { story, arn } = await backedUp(
      {},
      {
        ...orders,
        BillingMode: 'PROVISIONED',
        ProvisionedThroughput: capacity,
        GlobalSecondaryIndexes: [{ ...byState, ProvisionedThroughput: capacity }],
        AttributeDefinitions: orders.AttributeDefinitions?.filter((each) => each.AttributeName !== 'customer'),
      },
    );

    await story.restore(arn, { BillingModeOverride: 'PAY_PER_REQUEST' });
    await story.account.runFor(hour);
    const onDemand = await story.describe();
    await story.restore(arn, { TargetTableName: 'same' });
    await story.account.runFor(hour);
    const provisioned = await story.describe('same');

    expect(onDemand?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
    expect(onDemand?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).toBeUndefined();
    expect(provisioned?.ProvisionedThroughput).toMatchObject(capacity);
    expect(provisioned?.GlobalSecondaryIndexes?.[0]?.ProvisionedThroughput).toMatchObject(capacity);
    expect(await story.ids('same')).toEqual(['a', 'b']);
  });

  test('encrypt with another key, or with none of the account', async () => {
    const { story, arn } = await backedUp({}, { ...orders, SSESpecification: { Enabled: true, SSEType: 'KMS' } });
    const KMSMasterKeyId = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b';

    const own = await story.restore(arn, {
      SSESpecificationOverride: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId },
    });
    await story.account.runFor(hour);
    const none = await story.restore(arn, {
      TargetTableName: 'plain',
      SSESpecificationOverride: { Enabled: false },
    });

    expect(own?.SSEDescription).toMatchObject({ Status: 'ENABLED', KMSMasterKeyArn: KMSMasterKeyId });
    expect(none?.SSEDescription).toBeUndefined();
  });
});

describe('the time of a restore', () => {
  const tiny: RestoreWork = {
    sizeBytes: 1000,
    itemCount: 2,
    largestPartitionBytes: 500,
    localIndexes: 0,
    globalIndexes: [],
    toPointInTime: false,
    acrossRegions: false,
  };

  test('of a tiny table lies where it was measured, 81 to 721 s', () => {
    const random = randomStream(1, 'restores');
    const seconds = Array.from({ length: 500 }, () => usualRestoreTime(tiny, random).tableMs / 1000);

    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(81);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(722);
    expect(Math.max(...seconds) / Math.min(...seconds)).toBeGreaterThan(5);
  });

  test.each([
    ['size', { sizeBytes: 1e12 }],
    ['largest partition', { largestPartitionBytes: 2e10 }],
    ['items', { itemCount: 1e10 }],
    ['indexes', { globalIndexes: ['x', 'y'], localIndexes: 1 }],
    ['point in time', { toPointInTime: true }],
  ])('grows with its %s', (_, more) => {
    const work = { ...tiny, sizeBytes: 1e10 };
    const time = (each: RestoreWork) => usualRestoreTime(each, () => 0.5).tableMs;

    expect(time({ ...work, ...more })).toBeGreaterThan(1.2 * time(work));
  });

  test('may end for the last index after the table, which cannot be read by it until then', async () => {
    const { story, arn } = await backedUp({
      restoreTime: () => ({ tableMs: 2 * minute, indexMs: { 'by-customer': 2 * minute, 'by-state': 5 * minute } }),
    });
    await story.restore(arn);
    await story.account.runFor(3 * minute);
    const query = () =>
      story.client.send(
        new QueryCommand({
          TableName: 'drill',
          IndexName: 'by-state',
          KeyConditionExpression: '#s = :s',
          ExpressionAttributeNames: { '#s': 'state' },
          ExpressionAttributeValues: { ':s': { S: 'paid' } },
        }),
      );

    expect(await story.describe()).toMatchObject({
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }, { IndexStatus: 'CREATING' }],
    });
    await expect(query()).rejects.toMatchObject({ name: 'ValidationException' });
    await story.account.runFor(3 * minute);
    expect((await query()).Count).toBe(2);
    const [record] = story.account.dynamodb.restores.all;
    expect((record?.indexesActiveAt ?? 0) - (record?.activeAt ?? 0)).toBe(3 * minute);
  });

  test('is over for the table while its summary may still say otherwise', async () => {
    const { story, arn } = await backedUp({ restoreTime: () => ({ tableMs: minute, indexMs: {} }) });
    const { faults } = story.account;
    faults.add({ match: { service: 'dynamodb' }, effect: { kind: 'lingering-restore-summary', ms: 10 * minute } });
    await story.restore(arn);
    await story.account.runFor(2 * minute);
    const lingering = await story.describe();
    await story.account.runFor(10 * minute);

    expect(lingering).toMatchObject({ TableStatus: 'ACTIVE', RestoreSummary: { RestoreInProgress: true } });
    expect((await story.describe())?.RestoreSummary).toBeUndefined();
  });

  test('can be said call by call: slow, with late indexes, failed', async () => {
    const { story, arn } = await backedUp();
    const { faults } = story.account;
    const match = { operation: 'RestoreTableFromBackup', times: 1 };
    faults.add({ match, effect: { kind: 'slow-restore', ms: 48 * hour } });
    faults.add({ match, effect: { kind: 'late-indexes', ms: hour } });
    await story.restore(arn);
    await story.account.runFor(47 * hour);
    const late = await story.describe();
    await story.account.runFor(3 * hour);
    const record = story.account.dynamodb.restores.all[0];
    faults.add({ match, effect: { kind: 'failed-restore', afterMs: minute } });
    await story.restore(arn, { TargetTableName: 'failing' });
    await story.account.runFor(2 * minute);

    expect(late?.TableStatus).toBe('CREATING');
    expect((record?.activeAt ?? 0) - (record?.startedAt ?? 0)).toBe(48 * hour);
    expect((record?.indexesActiveAt ?? 0) - (record?.activeAt ?? 0)).toBe(hour);
    await expect(story.describe('failing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(story.client.send(new DeleteBackupCommand({ BackupArn: arn }))).resolves.toBeDefined();
  });

  test('follows the size that a table is said to have, which its backups and restores carry on', async () => {
    const { story } = await backedUp();
    const before = (await story.describe('orders'))?.TableSizeBytes ?? 0;
    story.account.dynamodb.tables.declareSize('orders', {
      sizeBytes: 5e11,
      itemCount: 1e9,
      largestPartitionBytes: 9e9,
    });

    const arn = await story.backup();
    await story.account.runFor(hour);
    const [backup] = story.account.backups('orders').slice(-1);
    await story.restore(arn);
    await story.account.runFor(6 * hour);
    const [record] = story.account.dynamodb.restores.all;

    expect((await story.describe('orders'))?.TableSizeBytes).toBeGreaterThanOrEqual(before + 5e11);
    expect(backup?.sizeBytes).toBeGreaterThanOrEqual(5e11);
    expect((record?.activeAt ?? 0) - (record?.startedAt ?? 0)).toBeGreaterThan(40 * minute);
    expect(await story.ids()).toEqual(['a', 'b']);
    await story.account.runFor(6 * hour);
    expect((await story.describe())?.ItemCount).toBe(1e9 + 2);
  });
});

describe('the rights of a restore', () => {
  const dataActions = ['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem', 'Query', 'Scan', 'BatchWriteItem'];
  const target = 'arn:aws:dynamodb:eu-central-1:123456789012:table/drill';

  function allow(actions: readonly string[], resources: readonly string[]) {
    return { Effect: 'Allow', Action: actions.map((action) => `dynamodb:${action}`), Resource: resources };
  }

  async function restoreAs(story: Story, arn: string, statements: readonly object[]): Promise<string> {
    const roleArn = story.account.roles.put('drill-role');
    story.account.roles.attach('drill-role', 'main', { Statement: statements });
    const { status, body } = await story.account.clock.runUntilSettled(
      story.account.front.handle(
        {
          service: 'dynamodb',
          operation: 'RestoreTableFromBackup',
          headers: {},
          body: JSON.stringify({ BackupArn: arn, TargetTableName: 'drill' }),
        },
        { functionName: 'drill', roleArn, crash: () => undefined },
      ),
    );
    return status === 200 ? 'ok' : body;
  }

  test('are the backup, the target, and seven data actions on the target', async () => {
    const { story, arn } = await backedUp();
    const restore = (resources: readonly string[]) => allow(['RestoreTableFromBackup'], resources);
    const data = allow(dataActions, [target]);

    expect(await restoreAs(story, arn, [restore([arn]), data])).toContain(`on resource: ${target} `);
    expect(await restoreAs(story, arn, [restore([target]), data])).toContain(`on resource: ${arn} `);
    for (const missing of dataActions) {
      const rest = dataActions.filter((action) => action !== missing);
      const answer = await restoreAs(story, arn, [restore([arn, target]), allow(rest, [target])]);
      expect(answer).toContain(`dynamodb:${missing} on resource: ${target} `);
    }
    expect(story.account.dynamodb.restores.all).toEqual([]);
    expect(await restoreAs(story, arn, [restore([arn, target]), data])).toBe('ok');
  });

  test('when lost on the way cancel it: the table goes, the backup is free again', async () => {
    const { story, arn } = await backedUp();
    const enough = [allow(['RestoreTableFromBackup'], [arn, target]), allow(dataActions, [target])];
    await restoreAs(story, arn, enough);
    await story.account.runFor(30_000);
    const before = await story.describe();
    story.account.roles.attach('drill-role', 'main', { Statement: enough.slice(0, 1) });
    await story.account.runFor(minute);

    expect(before?.TableStatus).toBe('CREATING');
    await expect(story.describe()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(story.account.dynamodb.restores.all[0]?.failure).toContain('no longer write');
    await expect(story.restore(arn)).resolves.toBeDefined();
  });

  test('may be written anew by a deployment meanwhile', async () => {
    const { story, arn } = await backedUp();
    const enough = [allow(['RestoreTableFromBackup'], [arn, target]), allow(dataActions, [target])];
    await restoreAs(story, arn, enough);
    story.account.roles.put('drill-role');
    story.account.roles.attach('drill-role', 'main', { Statement: enough });
    await story.account.runFor(hour);

    expect(await story.ids()).toEqual(['a', 'b']);
  });
});

describe('a disabled key', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b';
  const encrypted = { ...orders, SSESpecification: { Enabled: true, SSEType: 'KMS' as const, KMSMasterKeyId: '0a1b' } };

  test('refuses restores that need it, and makes its tables inaccessible until it is enabled', async () => {
    const { story, arn } = await backedUp({}, encrypted);

    story.account.keys.disable(key);
    const inaccessible = await story.describe('orders');
    await expect(story.restore(arn)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(story.ids('orders')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    story.account.keys.enable(key);

    expect(inaccessible?.TableStatus).toBe('INACCESSIBLE_ENCRYPTION_CREDENTIALS');
    expect(await story.ids('orders')).toEqual(['a', 'b']);
    await expect(story.restore(arn)).resolves.toMatchObject({ TableStatus: 'CREATING' });
  });

  test.each([
    ['source', { TargetTableName: 'drill', SSESpecificationOverride: { Enabled: false } }],
    ['target', { TargetTableName: 'drill' }],
  ])('of the %s fails a restore under way, whose table can only be deleted', async (_, rest) => {
    const { story, arn } = await backedUp({}, encrypted);
    await story.restore(arn, rest);
    await story.account.runFor(minute);

    story.account.keys.disable('0a1b');
    await story.account.runFor(hour);
    const failed = await story.describe();
    story.account.keys.enable('0a1b');
    await story.account.runFor(hour);
    const still = await story.describe();
    await story.client.send(new DeleteTableCommand({ TableName: 'drill' }));
    await story.account.runFor(minute);

    expect(failed?.TableStatus).toBe('INACCESSIBLE_ENCRYPTION_CREDENTIALS');
    expect(still?.TableStatus).toBe('INACCESSIBLE_ENCRYPTION_CREDENTIALS');
    await expect(story.describe()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(story.restore(arn)).resolves.toBeDefined();
  });
});

describe('what backups hold', () => {
  test('is what the table holds, however it was written and whatever was under way', async () => {
    const { story } = await backedUp();
    await story.account.createTable({ TableName: 'busy' });
    const random = randomStream(9, 'writes');
    const written = async () => {
      const { Items: items = [] } = await story.client.send(new ScanCommand({ TableName: 'busy' }));
      return items.map((item) => `${item.id?.S ?? ''} ${item.n?.N ?? ''}`).sort();
    };
    const write = async (): Promise<unknown> => {
      const Key = { id: { S: `i${Math.floor(random() * 6)}` } };
      const n = { N: String(Math.floor(random() * 1000)) };
      const TableName = 'busy';
      const UpdateExpression = 'SET n = :n';
      const ExpressionAttributeValues = { ':n': n };
      const kind = Math.floor(random() * 5);
      if (kind === 0) return story.client.send(new PutItemCommand({ TableName, Item: { ...Key, n } }));
      if (kind === 1) return story.client.send(new DeleteItemCommand({ TableName, Key }));
      if (kind === 2) {
        const requests = [{ PutRequest: { Item: { ...Key, n } } }, { DeleteRequest: { Key: { id: { S: 'i0x' } } } }];
        return story.client.send(new BatchWriteItemCommand({ RequestItems: { busy: requests } }));
      }
      const ReturnValues = kind === 3 ? 'UPDATED_OLD' : undefined;
      const update = { TableName, Key, UpdateExpression, ExpressionAttributeValues, ReturnValues } as const;
      return story.client.send(new UpdateItemCommand(update));
    };

    for (let round = 0; round < 40; round++) {
      const backup = round % 2 === 0 ? [story.backup('busy')] : [];
      await Promise.all([write(), write(), ...backup, write(), write()]);
      await story.backup('busy');
      const content = await story.account.backups('busy').at(-1)?.content;
      const held = content?.items.map((text) => JSON.parse(text) as { id: { S: string }; n: { N: string } });
      expect(held?.map(({ id, n }) => `${id.S} ${n.N}`).sort()).toEqual(await written());
      expect(content?.sizeBytes).toBe(content?.items.join('').length);
    }
  });

  test('is read only when something was written, and shared', async () => {
    const { story } = await backedUp();
    for (let n = 0; n < 20; n++) await story.backup();
    const quiet = new Set(await Promise.all(story.account.backups('orders').map((backup) => backup.content)));
    await story.put('orders', 'c');
    await story.backup();
    const all = await Promise.all(story.account.backups('orders').map((backup) => backup.content));

    expect(quiet.size).toBe(1);
    expect(new Set(all).size).toBe(2);
    expect(all.at(-1)?.items).toHaveLength(3);
    expect(all[0]?.items).toHaveLength(2);
  });

  test('of a deleted table with point-in-time recovery is its last content', async () => {
    const { story } = await backedUp();
    await story.client.send(
      new UpdateContinuousBackupsCommand({
        TableName: 'orders',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    await story.put('orders', 'c');
    await story.client.send(new DeleteTableCommand({ TableName: 'orders' }));
    await story.account.runFor(minute);
    const system = story.account.backups('orders').find((backup) => backup.type === 'SYSTEM');

    await story.restore(system?.arn ?? '');
    await story.account.runFor(hour);

    expect(await story.ids()).toEqual(['a', 'b', 'c']);
  });
});
