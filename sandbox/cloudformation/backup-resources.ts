import type { Vault, VaultLock } from '../backup/vault.ts';
import { changeLock, lockFrom } from '../backup/vault-lock.ts';
import { isRecord } from '../input.ts';
import type { Creator } from './resource.ts';

/** CloudFormation leaves a lock alone that is as declared: another deployment does not put off the day from which it is immutable. */
function declareLock(vault: Vault, lock: VaultLock, now: number): void {
  const { lock: existing } = vault;
  const isSame =
    existing?.minRetentionDays === lock.minRetentionDays && existing?.maxRetentionDays === lock.maxRetentionDays;
  if (!existing || !isSame) changeLock(vault, lock, now);
}

/** A vault stays when a later deployment no longer declares it: CloudFormation deletes none that holds something. */
const createVault: Creator = ({ properties }, account) => {
  const { vaults } = account.backup;
  if (properties.members.Notifications !== undefined) throw new Error('the sandbox has no notifications of vaults');
  const vault = vaults.get(properties.text('BackupVaultName')) ?? vaults.add(properties.members);
  const { AccessPolicy } = properties.members;
  vault.policy = isRecord(AccessPolicy) ? JSON.stringify(AccessPolicy) : undefined;
  const declared = properties.optionalStructure('LockConfiguration');
  if (declared) declareLock(vault, lockFrom(declared, account.clock.now), account.clock.now);
  return { ref: vault.name, attributes: { BackupVaultArn: vault.arn, BackupVaultName: vault.name } };
};

const table = 'arn:aws:dynamodb:*:*:table/*';
const backup = 'arn:aws:dynamodb:*:*:table/*/backup/*';

function allow(Action: readonly string[], Resource: string): object {
  return { Effect: 'Allow', Action, Resource };
}

/** What AWS's managed policies for the roles of AWS Backup allow around tables. Source: their versions 29 and 25. */
export const backupManagedStatements: Readonly<Record<string, readonly object[]>> = {
  AWSBackupServiceRolePolicyForBackup: [
    allow(['dynamodb:DescribeTable', 'dynamodb:CreateBackup'], table),
    allow(['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'], backup),
    allow(['dynamodb:StartAwsBackupJob', 'dynamodb:ListTagsOfResource'], table),
    allow(['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'], 'arn:aws:backup:*:*:backup-vault:*'),
    allow(['backup:CopyFromBackupVault'], '*'),
  ],
  AWSBackupServiceRolePolicyForRestores: [
    allow(
      ['Scan', 'Query', 'UpdateItem', 'PutItem', 'GetItem', 'DeleteItem', 'BatchWriteItem'].map(
        (name) => `dynamodb:${name}`,
      ),
      table,
    ),
    allow(['dynamodb:DescribeTable', 'dynamodb:RestoreTableFromAwsBackup'], table),
    allow(['dynamodb:RestoreTableFromBackup'], backup),
  ],
};

/** AWS Backup: how each resource type comes to be. */
export const backupCreators: Readonly<Record<string, Creator>> = { 'AWS::Backup::BackupVault': createVault };
