import type { CallEffect } from '../faults.ts';
import { eventResourceType } from './backup-job.ts';
import { eventTime } from './job-events.ts';
import type { Job } from './jobs.ts';
import type { RecoveryPoint } from './recovery-point.ts';
import type { RestoreMetadata } from './restore-metadata.ts';

export type RestoreJobState = 'PENDING' | 'RUNNING' | 'COMPLETED' | 'ABORTED' | 'FAILED';

export const validationStates = ['FAILED', 'SUCCESSFUL', 'TIMED_OUT', 'VALIDATING'];

/** One restore that AWS Backup was asked for. Instants are epoch milliseconds. */
export interface RestoreJob extends Job {
  state: RestoreJobState;
  readonly accountId: string;
  readonly point: RecoveryPoint;
  readonly roleArn: string;
  readonly metadata: RestoreMetadata;
  readonly copiesTags: boolean;
  /** The plan of AWS Backup's own restore testing that asked for it. */
  readonly testingPlanArn: string | undefined;
  readonly effects: readonly CallEffect[];
  createdResourceArn: string | undefined;
  validation: { readonly status: string; readonly message: string | undefined } | undefined;
}

function seconds(instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : instant / 1000;
}

export function describeRestoreJob(job: RestoreJob): object {
  const { point, state, validation } = job;
  return {
    AccountId: job.accountId,
    RestoreJobId: job.id,
    RecoveryPointArn: point.arn,
    RecoveryPointCreationDate: seconds(point.createdAt),
    SourceResourceArn: job.resourceArn,
    BackupVaultArn: point.vault.arn,
    CreationDate: seconds(job.createdAt),
    CompletionDate: seconds(job.completedAt),
    Status: state,
    StatusMessage: job.statusMessage,
    PercentDone: state === 'COMPLETED' ? '100.00%' : '0.00%',
    BackupSizeInBytes: point.backup.sizeBytes,
    IamRoleArn: job.roleArn,
    CreatedResourceArn: job.createdResourceArn,
    ResourceType: 'DynamoDB',
    ValidationStatus: validation?.status,
    ValidationStatusMessage: validation?.message,
    ...(job.testingPlanArn !== undefined && { CreatedBy: { RestoreTestingPlanArn: job.testingPlanArn } }),
    IsParent: false,
  };
}

/** > Some events report status whereas others report state. A restore's report status. Source: developer guide, eventbridge. */
export function restoreJobEvent(job: RestoreJob): Readonly<Record<string, unknown>> {
  const { point, state } = job;
  return {
    restoreJobId: job.id,
    backupSizeInBytes: String(point.backup.sizeBytes),
    creationDate: eventTime(job.createdAt),
    iamRoleArn: job.roleArn,
    percentDone: state === 'COMPLETED' ? 100 : 0,
    resourceType: eventResourceType(point.isFullyManaged),
    status: state,
    statusMessage: job.statusMessage,
    createdResourceArn: job.createdResourceArn,
    completionDate: eventTime(job.completedAt),
    restoreTestingPlanArn: job.testingPlanArn,
    backupVaultArn: point.vault.arn,
    recoveryPointArn: point.arn,
    sourceResourceArn: job.resourceArn,
  };
}

/** The faults of a job's request, as a restore of DynamoDB knows them. */
export function restoreEffects({ effects, createdAt }: RestoreJob, now: number): CallEffect[] {
  return effects.flatMap((effect): CallEffect[] => {
    if (effect.kind === 'slow-job' && effect.time.runMs !== undefined)
      return [{ kind: 'slow-restore', ms: effect.time.runMs }];
    if (effect.kind === 'failed-job') return [{ kind: 'failed-restore', afterMs: effect.afterMs - (now - createdAt) }];
    return [effect];
  });
}
