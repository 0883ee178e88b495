import type { ApiCall } from '../front.ts';
import { isRecord } from '../input.ts';

/** One right that a call needs. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the call itself, in lower case. */
  readonly facts: ReadonlyMap<string, string>;
}

/** Operations on the one vault that they name. */
const onVault = new Set([
  'CreateBackupVault',
  'DescribeBackupVault',
  'DeleteBackupVault',
  'PutBackupVaultAccessPolicy',
  'GetBackupVaultAccessPolicy',
  'DeleteBackupVaultAccessPolicy',
  'PutBackupVaultLockConfiguration',
  'DeleteBackupVaultLockConfiguration',
  'ListRecoveryPointsByBackupVault',
  'StartBackupJob',
]);

/** Operations on the one recovery point that they name. */
const onPoint = new Set([
  'DescribeRecoveryPoint',
  'DeleteRecoveryPoint',
  'UpdateRecoveryPointLifecycle',
  'GetRecoveryPointRestoreMetadata',
  'StartRestoreJob',
  'StartCopyJob',
]);

const onLegalHold = new Set(['CancelLegalHold', 'ListRecoveryPointsByLegalHold']);
const onTagged = new Set(['ListTags', 'TagResource', 'UntagResource']);
const noFacts: Permission['facts'] = new Map();

function resourceOf({ operation, input }: ApiCall, arnPrefix: string): string {
  if (onVault.has(operation)) return `${arnPrefix}:backup-vault:${String(input.BackupVaultName)}`;
  if (onPoint.has(operation)) return String(input.RecoveryPointArn);
  if (onLegalHold.has(operation)) return `${arnPrefix}:legal-hold:${String(input.LegalHoldId)}`;
  return onTagged.has(operation) ? String(input.ResourceArn) : '*';
}

function requestTags(tags: unknown): Permission['facts'] {
  if (!isRecord(tags)) return noFacts;
  return new Map(Object.entries(tags).map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, String(value)]));
}

/**
 * What IAM is asked about a call of AWS Backup: its own action; the right to hand over the role that the work is done with; and, because AWS
 * does not say otherwise, the right to tag what is created with tags. Source: Service Authorization Reference, "AWS Backup".
 */
export function requiredPermissions(call: ApiCall, arnPrefix: string): Permission[] {
  const { operation, input } = call;
  const tags = input.RecoveryPointTags ?? input.BackupVaultTags;
  const facts = requestTags(tags ?? input.Tags);
  const permissions: Permission[] = [{ action: `backup:${operation}`, resource: resourceOf(call, arnPrefix), facts }];
  if (isRecord(tags) && Object.keys(tags).length > 0) {
    const resource = operation === 'StartBackupJob' ? `${arnPrefix}:recovery-point:*` : resourceOf(call, arnPrefix);
    permissions.push({ action: 'backup:TagResource', resource, facts });
  }
  if (typeof input.IamRoleArn === 'string') {
    const passed = new Map([['iam:passedtoservice', 'backup.amazonaws.com']]);
    permissions.push({ action: 'iam:PassRole', resource: input.IamRoleArn, facts: passed });
  }
  return permissions;
}
