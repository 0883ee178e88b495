import type { StoredBackup } from '../dynamodb/stored-backup.ts';
import { calculatedLifecycle, describeLifecycle, type Lifecycle } from './lifecycle.ts';
import type { Vault } from './vault.ts';

export type RecoveryPointStatus =
  'CREATING' | 'COMPLETED' | 'PARTIAL' | 'AVAILABLE' | 'DELETING' | 'EXPIRED' | 'STOPPED';

/** One restorable copy in a vault. Instants are epoch milliseconds. */
export interface RecoveryPoint {
  readonly arn: string;
  readonly vault: Vault;
  /** The vault it was copied from. */
  readonly sourceVaultArn: string | undefined;
  readonly resourceArn: string;
  /** When its job was asked for; its content is of `initiatedAt`, and never older. */
  readonly createdAt: number;
  readonly initiatedAt: number;
  completedAt: number | undefined;
  readonly backup: StoredBackup;
  /** The role in whose name AWS Backup made it, and deletes it. */
  readonly roleArn: string;
  /** Whether AWS Backup itself keeps it (DynamoDB's advanced features), and not DynamoDB. */
  readonly isFullyManaged: boolean;
  /** A continuous backup: deleting it would stop it. */
  readonly isContinuous: boolean;
  readonly tags: Map<string, string>;
  lifecycle: Lifecycle;
  status: RecoveryPointStatus;
  statusMessage: string | undefined;
  storageClass: 'WARM' | 'COLD';
  lastRestoredAt: number | undefined;
  /** How many jobs copy it or restore it at the moment. */
  jobs: number;
  goneAt: number | undefined;
}

function seconds(instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : instant / 1000;
}

/** What every answer says of a point. */
function described(point: RecoveryPoint): object {
  const { vault, backup } = point;
  return {
    RecoveryPointArn: point.arn,
    BackupVaultName: vault.name,
    BackupVaultArn: vault.arn,
    SourceBackupVaultArn: point.sourceVaultArn,
    VaultType: 'BACKUP_VAULT',
    ResourceArn: point.resourceArn,
    ResourceName: backup.tableName,
    ResourceType: 'DynamoDB',
    IamRoleArn: point.roleArn,
    Status: point.goneAt === undefined ? point.status : 'COMPLETED',
    StatusMessage: point.statusMessage,
    CreationDate: seconds(point.createdAt),
    InitiationDate: seconds(point.initiatedAt),
    CompletionDate: seconds(point.completedAt),
    BackupSizeInBytes: backup.sizeBytes,
    CalculatedLifecycle: calculatedLifecycle(point.lifecycle, point.createdAt),
    Lifecycle: describeLifecycle(point.lifecycle),
    EncryptionKeyArn: point.isFullyManaged ? vault.encryptionKeyArn : undefined,
    IsEncrypted: true,
    IsParent: false,
    LastRestoreTime: seconds(point.lastRestoredAt),
  };
}

export function describePoint(point: RecoveryPoint): object {
  return { ...described(point), StorageClass: point.storageClass };
}

/** A point as ListRecoveryPointsByBackupVault shows it. */
export function pointInVault(point: RecoveryPoint): object {
  return described(point);
}

/** > Only Amazon EFS and Amazon EC2 recovery points return BackupVaultName. Source: service model, ListRecoveryPointsByResource. */
export function pointOfResource(point: RecoveryPoint): object {
  return {
    RecoveryPointArn: point.arn,
    CreationDate: seconds(point.createdAt),
    Status: point.goneAt === undefined ? point.status : 'COMPLETED',
    StatusMessage: point.statusMessage,
    EncryptionKeyArn: point.isFullyManaged ? point.vault.encryptionKeyArn : undefined,
    BackupSizeBytes: point.backup.sizeBytes,
    IsParent: false,
    ResourceName: point.backup.tableName,
    VaultType: 'BACKUP_VAULT',
  };
}
