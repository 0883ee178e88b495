import {
  BackupClient,
  CreateBackupVaultCommand,
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  DescribeRecoveryPointCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartBackupJobCommand,
  type StartBackupJobCommandInput,
} from '@aws-sdk/client-backup';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AccountOptions } from '../../../sandbox/account-options.ts';
import { SandboxAccount } from '../../../sandbox/account.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const ordersArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
/** A role that nobody declared may do everything. */
export const roleArn = 'arn:aws:iam::123456789012:role/backs-up';

/** An account with the table `orders`, one item in it, and the vault `main`. Jobs wait a minute and run for five. */
export async function aVaultedAccount(options: AccountOptions = {}) {
  const account = new SandboxAccount({
    backupJobTime: () => ({ waitMs: minute, runMs: 5 * minute }),
    latencyMs: () => 10,
    ...options,
  });
  const client = account.client(BackupClient);
  const dynamodb = account.client(DynamoDBClient);
  await account.createTable({ TableName: 'orders' });
  await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '1' } } }));
  await client.send(new CreateBackupVaultCommand({ BackupVaultName: 'main' }));
  const start = (more: Partial<StartBackupJobCommandInput> = {}) =>
    client.send(
      new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn: ordersArn, IamRoleArn: roleArn, ...more }),
    );
  const job = (BackupJobId: string | undefined) => client.send(new DescribeBackupJobCommand({ BackupJobId }));
  const points = async (BackupVaultName = 'main') =>
    (await client.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName }))).RecoveryPoints ?? [];
  const point = (RecoveryPointArn: string | undefined) =>
    client.send(new DescribeRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn }));
  const remove = (RecoveryPointArn: string | undefined) =>
    client.send(new DeleteRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn }));
  /** A finished backup. */
  const backUp = async (more: Partial<StartBackupJobCommandInput> = {}) => {
    const { BackupJobId } = await start(more);
    await account.runFor(10 * minute);
    const { RecoveryPointArn = '' } = await job(BackupJobId);
    return RecoveryPointArn;
  };
  return { account, client, dynamodb, start, job, points, point, remove, backUp };
}
