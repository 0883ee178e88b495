import type { PlannedEvent } from '../event-queue.ts';
import type { CallEffect } from '../faults.ts';
import { eventTime } from './job-events.ts';
import type { Job } from './jobs.ts';
import { describeLifecycle, type Lifecycle } from './lifecycle.ts';
import type { RecoveryPoint } from './recovery-point.ts';
import type { Vault } from './vault.ts';

export type BackupJobState =
  'CREATED' | 'RUNNING' | 'ABORTING' | 'ABORTED' | 'COMPLETED' | 'FAILED' | 'EXPIRED' | 'PARTIAL';

/** One backup that AWS Backup was asked for. Instants are epoch milliseconds. */
export interface BackupJob extends Job {
  state: BackupJobState;
  readonly vault: Vault;
  readonly tableName: string;
  readonly roleArn: string;
  readonly lifecycle: Lifecycle;
  readonly tags: ReadonlyMap<string, string>;
  readonly isFullyManaged: boolean;
  /** Known from the start for a point that AWS Backup keeps itself, otherwise once the job runs. */
  pointArn: string | undefined;
  /** It has to begin before. */
  readonly startBy: number;
  /** It has to be done before. */
  readonly completeBy: number;
  readonly effects: readonly CallEffect[];
  initiatedAt: number | undefined;
  expectedAt: number | undefined;
  /** What it is making, or has made. */
  point: RecoveryPoint | undefined;
  readonly planned: PlannedEvent[];
}

function seconds(instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : instant / 1000;
}

/** > RecoveryPointArn is only returned for EFS and advanced DynamoDB resources. Source: service model, StartBackupJob. */
export function startedJob(job: BackupJob): object {
  return {
    BackupJobId: job.id,
    CreationDate: seconds(job.createdAt),
    IsParent: false,
    ...(job.isFullyManaged && { RecoveryPointArn: job.pointArn }),
  };
}

export function describeBackupJob(job: BackupJob): object {
  const { vault, state, point } = job;
  const isDone = state === 'COMPLETED';
  return {
    AccountId: vault.arn.split(':')[4],
    BackupJobId: job.id,
    BackupVaultName: vault.name,
    BackupVaultArn: vault.arn,
    VaultType: 'BACKUP_VAULT',
    RecoveryPointArn: job.pointArn,
    RecoveryPointLifecycle: describeLifecycle(job.lifecycle),
    ResourceArn: job.resourceArn,
    ResourceName: job.tableName,
    ResourceType: 'DynamoDB',
    CreationDate: seconds(job.createdAt),
    InitiationDate: seconds(job.initiatedAt),
    CompletionDate: seconds(job.completedAt),
    ExpectedCompletionDate: seconds(job.expectedAt),
    StartBy: seconds(job.startBy),
    State: state,
    StatusMessage: job.statusMessage,
    MessageCategory: isDone ? 'SUCCESS' : undefined,
    PercentDone: isDone ? '100.0' : '0.0',
    BackupSizeInBytes: point?.backup.sizeBytes,
    BytesTransferred: isDone ? point?.backup.sizeBytes : undefined,
    IamRoleArn: job.roleArn,
    IsParent: false,
  };
}

/** A job as `Backup Job State Change` tells of it. For backups with advanced features the type has a word more. */
export function backupJobEvent(job: BackupJob): Readonly<Record<string, unknown>> {
  const bytes = job.point && String(job.point.backup.sizeBytes);
  return {
    backupJobId: job.id,
    backupVaultArn: job.vault.arn,
    backupVaultName: job.vault.name,
    recoveryPointArn: job.pointArn,
    resourceArn: job.resourceArn,
    resourceType: eventResourceType(job.isFullyManaged),
    iamRoleArn: job.roleArn,
    state: job.state,
    statusMessage: job.statusMessage,
    percentDone: job.state === 'COMPLETED' ? 100 : 0,
    backupSizeInBytes: bytes,
    bytesTransferred: job.state === 'COMPLETED' ? bytes : undefined,
    creationDate: eventTime(job.createdAt),
    startBy: eventTime(job.startBy),
    expectedCompletionDate: eventTime(job.expectedAt),
    completionDate: eventTime(job.completedAt),
  };
}

export function eventResourceType(isFullyManaged: boolean): string {
  return isFullyManaged ? 'DynamoDB.FullyManaged' : 'DynamoDB';
}
