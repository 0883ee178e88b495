import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import { tableStatements } from './discovery.ts';
import { type CopyAccess, copyDrillingStatements } from './copy-access.ts';
import { passRoleStatement, vaultsReadingStatements, type VaultAccess, type Vaults } from './vault-access.ts';
import { anyKey } from './watch-role.ts';

/** Which recovery points are restored, and by which role. */
export interface PointRestoring {
  readonly vault: VaultAccess;
  /** The role that AWS Backup takes on to restore them. */
  readonly restoreRoleArn: string;
  /** Where copies are restored; missing where none are. */
  readonly copies: CopyAccess | undefined;
  /** Whether AWS Backup is told what validations found. */
  readonly reportsValidations: boolean;
}

/** What is restored: the plans' own recovery points, and copies of them where those are drilled. */
export function restoredVaults({ vault, copies }: PointRestoring): Vaults {
  return {
    vaultArns: [vault.vaultArn, ...(copies?.ownVaultArns ?? [])],
    pointArns: [vault.pointArns, ...(copies?.ownPointArns ?? [])],
  };
}

/** The tables whose recovery points are restored tell what a recovery point does not: their keys. */
export function pointRestoringStatements(stack: Stack, restoring: PointRestoring | undefined): PolicyStatement[] {
  if (!restoring) return [];
  const { vault, copies, restoreRoleArn, reportsValidations } = restoring;
  const vaults = restoredVaults(restoring);
  return [
    ...vaultsReadingStatements(vaults),
    allow('RestorePoints', ['backup:DescribeRecoveryPoint', 'backup:StartRestoreJob'], vaults.pointArns),
    ...copyDrillingStatements(copies),
    allow('FollowRestoreJobs', ['backup:DescribeRestoreJob', 'backup:ListRestoreJobs'], '*'),
    ...(reportsValidations ? [allow('ReportValidations', ['backup:PutRestoreValidationResult'], '*')] : []),
    passRoleStatement('PassRestoreRole', restoreRoleArn),
    ...tableStatements('LookAtSources', ['dynamodb:DescribeTable'], vault.tables),
    allow('LookAtTableKeys', ['kms:DescribeKey'], anyKey(stack)),
  ];
}

/**
 * The role that AWS Backup takes on restores into drill tables, and nowhere else: whatever the drill asked for, it could overwrite and read nothing
 * of anybody's (source: AWSBackupServiceRolePolicyForRestores, its part on DynamoDB).
 */
export function restoreRoleStatements(
  drillTables: readonly string[],
  keys: readonly PolicyStatement[],
): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'RestoreIntoDrillTables',
      actions: [
        'dynamodb:RestoreTableFromAwsBackup',
        'dynamodb:DescribeTable',
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
      ],
      resources: [...drillTables],
    }),
    ...keys,
  ];
}
