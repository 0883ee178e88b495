import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackupClient,
  DeleteRecoveryPointCommand,
  DescribeBackupVaultCommand,
  ListTagsCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { App, CfnOutput, Duration, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import {
  AnyPrincipal,
  Effect,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../../sandbox/account.ts';
import { aVaultedAccount, hour, minute, roleArn } from './vaulted-account.ts';

const env = { account: '123456789012', region: 'eu-central-1' };
const main = { BackupVaultName: 'main' };

/** Synthesizes a vault with a key, a policy that denies deletion, a lock and a tag; returns its `cdk.out`. */
function synthesized(minRetention = Duration.days(7)): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-out-')), builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Vaults', { env });
  const accessPolicy = new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['backup:DeleteRecoveryPoint'],
        resources: ['*'],
      }),
    ],
  });
  const vault = new BackupVault(stack, 'Vault', {
    backupVaultName: 'main',
    encryptionKey: new Key(stack, 'Key'),
    accessPolicy,
    lockConfiguration: { minRetention, maxRetention: Duration.days(365), changeableFor: Duration.days(3) },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Tags.of(vault).add('team', 'orders');
  const managed = ['Backup', 'Restores'].map((name) =>
    ManagedPolicy.fromAwsManagedPolicyName(`service-role/AWSBackupServiceRolePolicyFor${name}`),
  );
  const assumedBy = new ServicePrincipal('backup.amazonaws.com');
  new Role(stack, 'Role', { roleName: 'backs-up', assumedBy, managedPolicies: managed });
  new CfnOutput(stack, 'VaultArn', { value: vault.backupVaultArn });
  return app.synth().directory;
}

describe('a role with the managed policies of AWS Backup', () => {
  test.each([true, false])(
    'can back a table up, copy it and restore it (advanced features: %s)',
    async (isAdvanced) => {
      const { account, client, backUp } = await aVaultedAccount({
        restoreTime: () => ({ tableMs: minute, indexMs: {} }),
      });
      account.backup.settings.isAdvanced = isAdvanced;
      await account.deploy(synthesized());
      account.backup.vaults.add({ BackupVaultName: 'free' });
      account.backup.vaults.add({ BackupVaultName: 'copies' });

      const RecoveryPointArn = await backUp({ BackupVaultName: 'free' });
      const Metadata = { targetTableName: 'restored', encryptionType: 'Default' };
      await client.send(new StartRestoreJobCommand({ RecoveryPointArn, Metadata, IamRoleArn: roleArn }));
      const { arn: DestinationBackupVaultArn } = account.backup.vaults.require('copies');
      const copy = { RecoveryPointArn, SourceBackupVaultName: 'free', DestinationBackupVaultArn, IamRoleArn: roleArn };
      if (isAdvanced) await client.send(new StartCopyJobCommand(copy));
      await account.runFor(hour);

      const { restoreJobs, copyJobs } = account.backup;
      expect(restoreJobs.all.map(({ state }) => state)).toEqual(['COMPLETED']);
      expect(copyJobs.all.map(({ state }) => state)).toEqual(isAdvanced ? ['COMPLETED'] : []);
    },
  );
});

describe('a vault of a template', () => {
  test('is there with its key, tags, lock and policy after the deployment', async () => {
    const account = new SandboxAccount();
    const client = account.client(BackupClient);

    const { Vaults } = await account.deploy(synthesized());
    const vault = await client.send(new DescribeBackupVaultCommand(main));
    const { Tags: tags } = await client.send(new ListTagsCommand({ ResourceArn: vault.BackupVaultArn }));

    expect(Vaults?.VaultArn).toBe(vault.BackupVaultArn);
    expect(vault).toMatchObject({ Locked: true, MinRetentionDays: 7, MaxRetentionDays: 365 });
    expect(vault.EncryptionKeyArn).toMatch(/^arn:aws:kms:eu-central-1:123456789012:key\/.*Key/);
    expect(Math.round((Number(vault.LockDate) - account.now.getTime()) / 86_400_000)).toBe(3);
    expect(tags).toEqual({ team: 'orders' });
    await expect(
      client.send(new DeleteRecoveryPointCommand({ ...main, RecoveryPointArn: 'arn:aws:backup:x' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('is the same vault after another deployment, and an immutable lock cannot be changed by one', async () => {
    const account = new SandboxAccount();
    const client = account.client(BackupClient);
    await account.deploy(synthesized());
    const before = await client.send(new DescribeBackupVaultCommand(main));

    await account.runFor(86_400_000);
    await account.deploy(synthesized());
    const after = await client.send(new DescribeBackupVaultCommand(main));
    await account.runFor(3 * 86_400_000);
    await account.deploy(synthesized());

    expect(after.CreationDate).toEqual(before.CreationDate);
    expect(after.LockDate).toEqual(before.LockDate);
    await expect(account.deploy(synthesized(Duration.days(8)))).rejects.toThrow(/immutable/);
  });
});
