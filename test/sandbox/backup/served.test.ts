import { setTimeout as pause } from 'node:timers/promises';
import {
  BackupClient,
  CreateBackupVaultCommand,
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  DescribeRecoveryPointCommand,
  ListBackupVaultsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  ListTagsCommand,
  StartBackupJobCommand,
} from '@aws-sdk/client-backup';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServedAccount } from '../served-account.ts';

let served: ServedAccount;
let config: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };

beforeAll(async () => {
  served = await ServedAccount.start('--speed', '300');
  const credentials = { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' };
  config = { region: 'eu-central-1', endpoint: served.endpoint, credentials };
}, 60_000);

afterAll(() => served.stop(), 30_000);

async function aTable(client: DynamoDBClient): Promise<string | undefined> {
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: 'orders' });
  return TableDescription?.TableArn;
}

describe('AWS Backup over the wire', () => {
  test('belongs to the account whose number is the access key', async () => {
    const credentials = { accessKeyId: '210987654321', secretAccessKey: 'sandbox' };
    const other = new BackupClient({ ...config, credentials });

    const created = await other.send(new CreateBackupVaultCommand({ BackupVaultName: 'theirs' }));
    const mine = await new BackupClient(config).send(new ListBackupVaultsCommand({}));

    expect(created.BackupVaultArn).toBe('arn:aws:backup:eu-central-1:210987654321:backup-vault:theirs');
    expect(mine.BackupVaultList?.map(({ BackupVaultName }) => BackupVaultName)).not.toContain('theirs');
  });

  test('makes a recovery point, lists it by its escaped ARN, and deletes it', async () => {
    const client = new BackupClient(config);
    const BackupVaultName = 'main';
    const ResourceArn = await aTable(new DynamoDBClient(config));
    await client.send(new CreateBackupVaultCommand({ BackupVaultName }));

    const { BackupJobId } = await client.send(
      new StartBackupJobCommand({
        BackupVaultName,
        ResourceArn,
        IamRoleArn: 'arn:aws:iam::123456789012:role/any',
        RecoveryPointTags: { plan: 'orders' },
      }),
    );
    let job = await client.send(new DescribeBackupJobCommand({ BackupJobId }));
    while (job.State === 'CREATED' || job.State === 'RUNNING') {
      await pause(100);
      job = await client.send(new DescribeBackupJobCommand({ BackupJobId }));
    }
    const { RecoveryPointArn } = job;
    const list = new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName, ByResourceArn: ResourceArn });
    const listed = await client.send(list);
    const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: RecoveryPointArn }));
    const deleted = await client.send(new DeleteRecoveryPointCommand({ BackupVaultName, RecoveryPointArn }));
    await pause(200);

    expect(job.State).toBe('COMPLETED');
    expect(listed.RecoveryPoints?.map((point) => point.RecoveryPointArn)).toEqual([RecoveryPointArn]);
    expect(Tags).toEqual({ plan: 'orders' });
    expect(deleted.$metadata.httpStatusCode).toBe(200);
    await expect(
      client.send(new DescribeRecoveryPointCommand({ BackupVaultName, RecoveryPointArn })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  }, 60_000);
});
