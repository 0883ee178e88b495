import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import type { TableArns } from './table-arns.ts';

/** Where the recovery points of a deployment are; missing where no plan is of AWS Backup. */
export interface VaultAccess {
  readonly vaultArn: string;
  /** The ids of recovery points are given by AWS. */
  readonly pointArns: string;
  /** So are those of legal holds, which others place. */
  readonly legalHoldArns: string;
  /** The tables of plans with engine `aws-backup`. */
  readonly tables: TableArns;
}

export function vaultAccess(stack: Stack, vaultName: string, tables: TableArns): VaultAccess {
  const vaultArn = stack.formatArn({
    service: 'backup',
    resource: 'backup-vault',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: vaultName,
  });
  return { vaultArn, pointArns: anyRecoveryPoint(stack), legalHoldArns: anyLegalHold(stack), tables };
}

export function anyRecoveryPoint(stack: Stack, region?: string): string {
  return anyOf(stack, 'recovery-point', region);
}

export function anyLegalHold(stack: Stack, region?: string): string {
  return anyOf(stack, 'legal-hold', region);
}

function anyOf(stack: Stack, resource: string, region?: string): string {
  return stack.formatArn({
    service: 'backup',
    ...(region !== undefined && { region }),
    resource,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: '*',
  });
}

/** Vaults, and recovery points that may be in them. */
export interface Vaults {
  readonly vaultArns: readonly string[];
  readonly pointArns: readonly string[];
}

/** Seeing what is in the vault, and whose it is. */
export function vaultReadingStatements(vault: VaultAccess | undefined): PolicyStatement[] {
  return vault ? vaultsReadingStatements({ vaultArns: [vault.vaultArn], pointArns: [vault.pointArns] }) : [];
}

/** The same of several. */
export function vaultsReadingStatements({ vaultArns, pointArns }: Vaults): PolicyStatement[] {
  return [
    allow('ReadVault', ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'], vaultArns),
    allow('ReadRecoveryPointTags', ['backup:ListTags'], pointArns),
  ];
}

/** Asking AWS Backup for recovery points of tables, in the name of one role and no other. */
export function jobStartingStatements(
  vault: VaultAccess | undefined,
  serviceRoleArn: string | undefined,
): PolicyStatement[] {
  if (!vault || serviceRoleArn === undefined) return [];
  return [
    allow('StartBackupJobs', ['backup:StartBackupJob'], vault.vaultArn),
    allow('TagRecoveryPoints', ['backup:TagResource'], vault.pointArns),
    allow('ReadBackupSettings', ['backup:DescribeRegionSettings'], '*'),
    passRoleStatement('PassBackupRole', serviceRoleArn),
  ];
}

/** Handing one role over, and to AWS Backup only. */
export function passRoleStatement(sid: string, roleArn: string): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
  });
}

/** Looking what became of jobs. */
export function jobFollowingStatements(vault: VaultAccess): PolicyStatement[] {
  return [
    allow('FollowBackupJobs', ['backup:DescribeBackupJob', 'backup:ListBackupJobs'], '*'),
    allow('ReadRecoveryPoints', ['backup:DescribeRecoveryPoint'], vault.pointArns),
  ];
}

/** Looking at what AWS Backup's own restore testing restored. */
export function restoreTestReadingStatements(vault: VaultAccess | undefined): PolicyStatement[] {
  return vault ? [allow('ReadRestoreTests', ['backup:ListRestoreJobs'], '*')] : [];
}

/** Deleting recovery points, one look before and one after, and knowing what legal holds keep. */
export function pointDeletingStatements(vault: VaultAccess | undefined): PolicyStatement[] {
  if (!vault) return [];
  return [
    allow('ListLegalHolds', ['backup:ListLegalHolds'], '*'),
    allow('ReadLegalHolds', ['backup:ListRecoveryPointsByLegalHold'], vault.legalHoldArns),
    allow('ExpireRecoveryPoints', ['backup:DescribeRecoveryPoint', 'backup:DeleteRecoveryPoint'], vault.pointArns),
  ];
}
