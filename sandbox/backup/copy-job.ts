import type { CallEffect } from '../faults.ts';
import { eventResourceType } from './backup-job.ts';
import { eventTime } from './job-events.ts';
import type { Job } from './jobs.ts';
import { describeLifecycle, type Lifecycle } from './lifecycle.ts';
import type { RecoveryPoint } from './recovery-point.ts';

export type CopyJobState = 'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'PARTIAL';

/** One copy of a recovery point that AWS Backup was asked for. Instants are epoch milliseconds. */
export interface CopyJob extends Job {
  state: CopyJobState;
  readonly accountId: string;
  readonly source: RecoveryPoint;
  readonly destinationVaultArn: string;
  readonly roleArn: string;
  readonly lifecycle: Lifecycle;
  readonly effects: readonly CallEffect[];
  /** The copy, once it is being made. */
  copy: RecoveryPoint | undefined;
}

function seconds(instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : instant / 1000;
}

export function describeCopyJob(job: CopyJob): object {
  const { source, copy, state } = job;
  return {
    AccountId: job.accountId,
    CopyJobId: job.id,
    SourceBackupVaultArn: source.vault.arn,
    SourceRecoveryPointArn: source.arn,
    DestinationBackupVaultArn: job.destinationVaultArn,
    DestinationVaultType: 'BACKUP_VAULT',
    DestinationRecoveryPointArn: copy?.arn,
    DestinationRecoveryPointLifecycle: describeLifecycle(job.lifecycle),
    DestinationEncryptionKeyArn: copy?.vault.encryptionKeyArn,
    ResourceArn: job.resourceArn,
    ResourceName: source.backup.tableName,
    ResourceType: 'DynamoDB',
    CreationDate: seconds(job.createdAt),
    CompletionDate: seconds(job.completedAt),
    State: state,
    StatusMessage: job.statusMessage,
    MessageCategory: state === 'COMPLETED' ? 'SUCCESS' : undefined,
    BackupSizeInBytes: copy?.backup.sizeBytes,
    IamRoleArn: job.roleArn,
    IsParent: false,
  };
}

/** A job as `Copy Job State Change` tells of it. */
export function copyJobEvent(job: CopyJob): Readonly<Record<string, unknown>> {
  const { source, copy } = job;
  return {
    copyJobId: job.id,
    backupSizeInBytes: String(source.backup.sizeBytes),
    creationDate: eventTime(job.createdAt),
    completionDate: eventTime(job.completedAt),
    iamRoleArn: job.roleArn,
    resourceArn: job.resourceArn,
    resourceType: eventResourceType(source.isFullyManaged),
    sourceBackupVaultArn: source.vault.arn,
    destinationBackupVaultArn: job.destinationVaultArn,
    destinationRecoveryPointArn: copy?.arn,
    state: job.state,
    statusMessage: job.statusMessage,
  };
}
