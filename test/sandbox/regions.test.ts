import {
  CreateBackupCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListBackupsCommand,
  ListTablesCommand,
  PutItemCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateContinuousBackupsCommand,
  type RestoreTableFromBackupCommandInput,
  type RestoreTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { usualRestoreTime } from '../../sandbox/dynamodb/restore-time.ts';

const encrypted = { SSESpecificationOverride: { Enabled: true, SSEType: 'KMS' as const } };
const hour = 3_600_000;

/** A table `orders` with one item and a backup in one Region, and another Region of the account. */
async function twoRegions() {
  const here = new SandboxAccount({ region: 'eu-central-1' });
  const there = here.inRegion('eu-west-1');
  const [client, away] = [here.client(DynamoDBClient), there.client(DynamoDBClient)];
  await here.createTable({ TableName: 'orders' });
  await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '1' } } }));
  const created = await client.send(new CreateBackupCommand({ TableName: 'orders', BackupName: 'by-hand' }));
  const BackupArn = created.BackupDetails?.BackupArn;
  await here.runFor(60_000);
  const restore = (more: Partial<RestoreTableFromBackupCommandInput> = encrypted) =>
    away.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: 'restored', ...more }));
  return { here, there, client, away, BackupArn, restore };
}

describe('two Regions of one account', () => {
  test('share the clock, and neither sees the tables and backups of the other', async () => {
    const { here, there, away, BackupArn } = await twoRegions();

    expect(there.now).toEqual(here.now);
    expect(there.accountId).toBe(here.accountId);
    expect((await away.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect((await away.send(new ListBackupsCommand({}))).BackupSummaries).toEqual([]);
    await expect(away.send(new DescribeBackupCommand({ BackupArn }))).rejects.toMatchObject({
      name: 'BackupNotFoundException',
    });
  });

  test('are the same again whoever asks for them, and a call goes where it is signed for', async () => {
    const { here, there, client } = await twoRegions();
    await there.createTable({ TableName: 'copies' });
    await client.send(new ListTablesCommand({}));

    expect(there.inRegion('eu-central-1')).toBe(here);
    expect(here.inRegion('eu-west-1')).toBe(there);
    expect(there.dynamodb.tables.require('copies').arn).toBe('arn:aws:dynamodb:eu-west-1:123456789012:table/copies');
    expect(here.journal.entries({ operation: 'ListTables' }).map(({ region }) => region)).toEqual(['eu-central-1']);
  });

  test('restore a backup of one into the other, which shows where it came from', async () => {
    const { here, there, away, BackupArn, restore } = await twoRegions();

    await restore();
    const { Table } = await away.send(new DescribeTableCommand({ TableName: 'restored' }));
    await here.runFor(24 * hour);
    const { Items } = await away.send(new ScanCommand({ TableName: 'restored' }));

    expect(Table).toMatchObject({
      TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/restored',
      RestoreSummary: { SourceBackupArn: BackupArn, RestoreInProgress: true },
    });
    expect(Table?.SSEDescription?.KMSMasterKeyArn).toMatch(/^arn:aws:kms:eu-west-1:/);
    expect(Items).toEqual([{ id: { S: '1' } }]);
    expect(here.dynamodb.tables.get('restored')).toBeUndefined();
    expect(there.dynamodb.restores.all).toHaveLength(1);
    expect(here.dynamodb.restores.all).toEqual([]);
  });

  test('keep the backup in use in both while it is restored', async () => {
    const { client, BackupArn, restore } = await twoRegions();
    await restore();

    const again = client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: 'another' }));

    await expect(again).rejects.toMatchObject({ name: 'BackupInUseException' });
  });

  test('restore nothing into the other without its encryption, or with a key of elsewhere', async () => {
    const { restore, client, BackupArn } = await twoRegions();
    const KMSMasterKeyId = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
    const foreign = { SSESpecificationOverride: { ...encrypted.SSESpecificationOverride, KMSMasterKeyId } };

    await expect(restore({})).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'SSESpecificationOverride must be provided for cross-region restores',
    });
    await expect(restore(foreign)).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(restore({ SSESpecificationOverride: { Enabled: false } })).resolves.toBeDefined();
    await expect(
      client.send(new RestoreTableFromBackupCommand({ BackupArn, TargetTableName: 'at-home', ...foreign })),
    ).rejects.toMatchObject({ name: 'BackupInUseException' });
  });

  test('restore to a point in time by the ARN of the table, not by its name', async () => {
    const { here, client, away } = await twoRegions();
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await client.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }));
    await here.runFor(hour);
    const restore = (source: Partial<RestoreTableToPointInTimeCommandInput>) =>
      away.send(
        new RestoreTableToPointInTimeCommand({
          TargetTableName: 'restored',
          UseLatestRestorableTime: true,
          ...source,
        }),
      );
    const SourceTableArn = here.dynamodb.tables.require('orders').arn;

    await expect(restore({ SourceTableName: 'orders', ...encrypted })).rejects.toMatchObject({
      name: 'TableNotFoundException',
    });
    await expect(restore({ SourceTableArn })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(restore({ SourceTableArn, ...encrypted })).resolves.toBeDefined();
  });

  test('take longer to restore between them, by what has to be carried', () => {
    const work = {
      sizeBytes: 200e9,
      itemCount: 1e6,
      largestPartitionBytes: 1e9,
      localIndexes: 0,
      globalIndexes: [],
      toPointInTime: false,
      acrossRegions: false,
    };
    const [near, far] = [work, { ...work, acrossRegions: true }].map((each) => usualRestoreTime(each, () => 0.5));

    expect((far?.tableMs ?? NaN) - (near?.tableMs ?? NaN)).toBeCloseTo(180_000 + 1_000_000);
  });

  test('know the same roles, and each asks them about its own tables', async () => {
    const { here, there } = await twoRegions();
    await there.createTable({ TableName: 'copies', Tags: [{ Key: 'backup', Value: 'yes' }] });
    const roleArn = here.roles.put('reader');
    const Statement = {
      Effect: 'Allow',
      Action: 'dynamodb:DescribeTable',
      Resource: 'arn:aws:dynamodb:eu-west-1:*:table/*',
      Condition: { StringEquals: { 'aws:ResourceTag/backup': 'yes' } },
    };
    here.roles.attach('reader', 'read', { Statement });
    const ask = (account: SandboxAccount, name: string) => () => {
      account.roles.demand(roleArn, 'dynamodb:DescribeTable', account.dynamodb.tables.require(name).arn);
    };

    expect(ask(there, 'copies')).not.toThrow();
    expect(ask(here, 'orders')).toThrow('not authorized');
  });

  test('can lose each other: a Region out of reach answers nobody until the fault is over', async () => {
    const { here, client, away } = await twoRegions();
    const fault = here.faults.add({
      match: { region: 'eu-west-1' },
      effect: { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' },
    });

    await expect(away.send(new ListTablesCommand({}))).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ['orders'] });
    here.faults.remove(fault);
    await expect(away.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: [] });
  });
});
