import {
  BackupClient,
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  ListBackupJobsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  PutBackupVaultAccessPolicyCommand,
  StartBackupJobCommand,
} from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { outsider } from '../../../sandbox/front.ts';
import { sdkRequestHandler } from '../../../sandbox/sdk-client.ts';
import { aVaultedAccount, hour, ordersArn } from './vaulted-account.ts';

const vaultArn = 'arn:aws:backup:eu-central-1:123456789012:backup-vault:main';
const backsUp = 'arn:aws:iam::123456789012:role/backs-up';
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const passed = { Condition: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } } };
const startRights = [allow('backup:StartBackupJob', vaultArn), allow('iam:PassRole', backsUp, passed)];

/** A client that calls in the name of a role with these statements. */
function clientOf(account: SandboxAccount, name: string, ...Statement: object[]): BackupClient {
  return new BackupClient(configOf(account, name, Statement));
}

function configOf(account: SandboxAccount, name: string, Statement: object[]) {
  const role = account.roles.put(name);
  account.roles.attach(name, 'rights', { Statement });
  return {
    region: account.region,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    requestHandler: sdkRequestHandler(account.clock, (call) => account.http(call, { ...outsider, roleArn: role })),
    maxAttempts: 1,
  };
}

const startJob = (more: object = {}) =>
  new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn: ordersArn, IamRoleArn: backsUp, ...more });
const denied = { name: 'AccessDeniedException' };

describe('whoever starts a backup job', () => {
  test('needs the right on the vault, and to pass the role to AWS Backup', async () => {
    const { account } = await aVaultedAccount();
    const start = (name: string, ...statements: object[]) => clientOf(account, name, ...statements).send(startJob());
    const [onVault, pass] = startRights;

    await expect(start('all', ...startRights)).resolves.toHaveProperty('BackupJobId');
    await expect(start('no-pass', onVault ?? {})).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('iam:PassRole'),
    });
    await expect(start('no-vault', pass ?? {})).rejects.toMatchObject(denied);
    await expect(start('other-vault', allow('backup:StartBackupJob', `${vaultArn}2`), pass ?? {})).rejects.toMatchObject(denied); // prettier-ignore
    await expect(
      start('pass-elsewhere', onVault ?? {}, allow('iam:PassRole', backsUp, { Condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } } })), // prettier-ignore
    ).rejects.toMatchObject(denied);
    await expect(start('pass-other', onVault ?? {}, allow('iam:PassRole', `${backsUp}2`, passed))).rejects.toMatchObject(denied); // prettier-ignore
  });

  test('needs the right to tag when the point is to have tags', async () => {
    const { account } = await aVaultedAccount();
    const tagged = startJob({ RecoveryPointTags: { plan: 'orders' } });
    const tagging = allow('backup:TagResource', 'arn:aws:backup:*:*:recovery-point:*', {
      Condition: { StringEquals: { 'aws:RequestTag/plan': 'orders' } },
    });

    await expect(clientOf(account, 'plain', ...startRights).send(tagged)).rejects.toMatchObject(denied);
    await expect(clientOf(account, 'tagging', ...startRights, tagging).send(tagged)).resolves.toHaveProperty('BackupJobId'); // prettier-ignore
  });
});

describe('a role', () => {
  test('is judged by its own account, also when its caller signs as another one', async () => {
    const { account } = await aVaultedAccount();
    const credentials = { accessKeyId: '210987654321', secretAccessKey: 'sandbox' };
    const client = new BackupClient({ ...configOf(account, 'nobody', []), credentials });

    await expect(client.send(new ListBackupJobsCommand({}))).rejects.toMatchObject(denied);
  });
});

describe('the role that a backup job works with', () => {
  test.each([
    [true, ['dynamodb:DescribeTable', 'dynamodb:StartAwsBackupJob', 'dynamodb:ListTagsOfResource'], 'COMPLETED'],
    [true, ['dynamodb:DescribeTable', 'dynamodb:CreateBackup'], 'FAILED'],
    [false, ['dynamodb:DescribeTable', 'dynamodb:CreateBackup'], 'COMPLETED'],
    [false, ['dynamodb:DescribeTable', 'dynamodb:StartAwsBackupJob', 'dynamodb:ListTagsOfResource'], 'FAILED'],
  ])('with advanced features %s and the rights %j: the job has %s', async (isAdvanced, actions, state) => {
    const { account, start, job } = await aVaultedAccount();
    account.backup.settings.isAdvanced = isAdvanced;
    account.roles.put('backs-up');
    account.roles.attach('backs-up', 'rights', { Statement: [allow(actions, ordersArn)] });

    const { BackupJobId } = await start();
    await account.runFor(hour);

    expect(await job(BackupJobId)).toMatchObject({ State: state });
  });
});

describe('reading and deleting', () => {
  test('is allowed on what IAM can name: a vault, a recovery point by ARN or tag, and otherwise everything', async () => {
    const { account, backUp, start } = await aVaultedAccount();
    const RecoveryPointArn = await backUp({ RecoveryPointTags: { owner: 'us' } });
    const { BackupJobId } = await start();
    const remove = new DeleteRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn });
    const ofOwner = (owner: string) =>
      allow('backup:DeleteRecoveryPoint', 'arn:aws:backup:*:*:recovery-point:*', {
        Condition: { StringEquals: { 'aws:ResourceTag/owner': owner } },
      });
    const describeJob = new DescribeBackupJobCommand({ BackupJobId });

    await expect(clientOf(account, 'them', ofOwner('them')).send(remove)).rejects.toMatchObject(denied);
    await expect(clientOf(account, 'by-vault', allow('backup:DeleteRecoveryPoint', vaultArn)).send(remove)).rejects.toMatchObject(denied); // prettier-ignore
    await expect(clientOf(account, 'us', ofOwner('us')).send(remove)).resolves.toBeDefined();
    await expect(clientOf(account, 'all', allow('backup:DescribeBackupJob')).send(describeJob)).resolves.toBeDefined();
    await expect(clientOf(account, 'named', allow('backup:ListBackupJobs', vaultArn)).send(new ListBackupJobsCommand({}))).rejects.toMatchObject(denied); // prettier-ignore
    const list = new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: 'main' });
    await expect(clientOf(account, 'lists', allow('backup:List*', vaultArn)).send(list)).resolves.toBeDefined();
  });

  test('is refused to everybody whom the policy of the vault denies it, whatever their roles allow', async () => {
    const { account, client, backUp, remove } = await aVaultedAccount();
    const RecoveryPointArn = await backUp();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
          Resource: '*',
          Condition: { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/pruner' } },
        },
      ],
    });
    await client.send(new PutBackupVaultAccessPolicyCommand({ BackupVaultName: 'main', Policy }));
    const command = new DeleteRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn });

    await expect(clientOf(account, 'admin', allow('*')).send(command)).rejects.toMatchObject({
      ...denied,
      message: expect.stringContaining('resource-based policy'),
    });
    await expect(remove(RecoveryPointArn)).rejects.toMatchObject(denied);
    await expect(clientOf(account, 'pruner', allow('backup:DeleteRecoveryPoint')).send(command)).resolves.toBeDefined();
  });
});
