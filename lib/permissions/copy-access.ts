import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CopyVault } from '../copy-vaults.ts';
import { allow } from './allow.ts';
import { anyLegalHold, anyRecoveryPoint, passRoleStatement, type VaultAccess } from './vault-access.ts';

/** Where the copies of a deployment go; missing where no plan copies. */
export interface CopyAccess {
  readonly source: VaultAccess;
  /** Every vault that copies go to. */
  readonly vaultArns: readonly string[];
  /** Those of the own account. */
  readonly ownVaultArns: readonly string[];
  /** Recovery points of the own account where those are; their ids are given by AWS. */
  readonly ownPointArns: readonly string[];
  /** Legal holds there, which others place. */
  readonly ownLegalHoldArns: readonly string[];
  /** Tables with the settings of what is in vaults that the app deployed. */
  readonly settingsArns: readonly string[];
}

export function copyAccess(stack: Stack, source: VaultAccess, vaults: readonly CopyVault[]): CopyAccess | undefined {
  if (vaults.length === 0) return undefined;
  const own = vaults.filter(({ kind }) => kind !== 'foreign');
  return {
    source,
    vaultArns: vaults.map(({ vaultArn }) => vaultArn),
    ownVaultArns: own.map(({ vaultArn }) => vaultArn),
    ownPointArns: [...new Set(own.map(({ region }) => anyRecoveryPoint(stack, region)))],
    ownLegalHoldArns: [...new Set(own.map(({ region }) => anyLegalHold(stack, region)))],
    settingsArns: vaults.flatMap(({ settingsArn }) => settingsArn ?? []),
  };
}

/** Asking AWS Backup for copies, in the name of one role and no other, looking what became of them, and keeping beside them what they are re-armed with. */
export function copyStartingStatements(
  access: CopyAccess | undefined,
  copyRoleArn: string | undefined,
): PolicyStatement[] {
  if (!access || copyRoleArn === undefined) return [];
  return [
    allow('StartCopyJobs', ['backup:StartCopyJob'], [access.source.pointArns]),
    allow('FollowCopyJobs', ['backup:DescribeCopyJob', 'backup:ListCopyJobs'], ['*']),
    ...allowAny('ReadCopyVaults', ['backup:DescribeBackupVault'], access.ownVaultArns),
    allow('ReadSourceVault', ['backup:DescribeBackupVault'], [access.source.vaultArn]),
    allow('ReadTagsOfSources', ['backup:ListTags'], [access.source.pointArns]),
    ...allowAny('KeepSettingsOfCopies', ['dynamodb:PutItem'], access.settingsArns),
    passRoleStatement('PassCopyRole', copyRoleArn),
  ];
}

/** Seeing which copies there are, and whose they are. */
export function copyReadingStatements(access: CopyAccess | undefined): PolicyStatement[] {
  if (!access) return [];
  const reading = ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'];
  return [
    ...allowAny('ReadCopies', reading, access.ownVaultArns),
    ...allowAny('ReadCopyTags', ['backup:ListTags'], access.ownPointArns),
  ];
}

/** Reading what restored copies are re-armed with, and saying beside them what came of it. */
export function copyDrillingStatements(access: CopyAccess | undefined): PolicyStatement[] {
  const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
  return access ? allowAny('KeepDrillsOfCopies', actions, access.settingsArns) : [];
}

/** Deleting copies, one look before and one after, and knowing what legal holds keep: which Regions have any is asked by `ListLegalHolds`. */
export function copyDeletingStatements(access: CopyAccess | undefined): PolicyStatement[] {
  if (!access) return [];
  const deleting = ['backup:DescribeRecoveryPoint', 'backup:DeleteRecoveryPoint'];
  return [
    ...allowAny('ReadLegalHoldsOfCopies', ['backup:ListRecoveryPointsByLegalHold'], access.ownLegalHoldArns),
    ...allowAny('ExpireCopies', deleting, access.ownPointArns),
  ];
}

/**
 * What AWS Backup does in the name of the role it copies with (source: AWSBackupServiceRolePolicyForBackup, its parts on vaults, tags and
 * keys). It can touch no table.
 */
export function copyRoleStatements(stack: Stack, access: CopyAccess): PolicyStatement[] {
  const { source, vaultArns, ownPointArns } = access;
  return [
    allow('CopyIntoVaults', ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'], vaultArns),
    allow('CopyRecoveryPoints', ['backup:CopyFromBackupVault'], [source.vaultArn, source.pointArns]),
    ...allowAny('LabelCopies', ['backup:TagResource'], ownPointArns),
    allow('LookAtKeysOfVaults', ['kms:DescribeKey'], [anyKey(stack)]),
    new PolicyStatement({
      sid: 'UseKeysOfVaults',
      actions: ['kms:CreateGrant'],
      resources: [anyKey(stack)],
      conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ];
}

function anyKey(stack: Stack): string {
  return stack.formatArn({ service: 'kms', region: '*', resource: 'key', resourceName: '*' });
}

/** A statement needs a resource: where there is none, it is left out. */
function allowAny(sid: string, actions: string[], resources: readonly string[]): PolicyStatement[] {
  return resources.length > 0 ? [allow(sid, actions, resources)] : [];
}
