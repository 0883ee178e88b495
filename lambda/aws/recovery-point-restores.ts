import { hash } from 'node:crypto';
import {
  DescribeRestoreJobCommand,
  paginateListRestoreJobs,
  PutRestoreValidationResultCommand,
  StartRestoreJobCommand,
  type BackupClient,
  type DescribeRestoreJobCommandOutput,
  type RestoreJobsListMember,
} from '@aws-sdk/client-backup';
import type { KMSClient } from '@aws-sdk/client-kms';
import { parseDynamoDbArn } from '../domain/arn.ts';
import { whyRestoredElsewhere } from '../domain/recovery-point-home.ts';
import type {
  RestoreOutcome,
  RestoreProgress,
  RestoreRequest,
  RestoreSource,
  SourceLook,
  ValidationVerdict,
} from '../jobs/drill/ports.ts';
import type { Failure, FailureKind } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';
import { isManagedByAws } from './key-manager.ts';
import { RecoveryPoints, statusOf } from './recovery-points.ts';

/** Where recovery points are restored: in the Region of the vault they are in, by a role that AWS Backup takes on. */
export interface RestorePlace {
  readonly vaultName: string;
  readonly region: string;
  readonly roleArn: string;
}

type PointSource = Extract<RestoreSource, { kind: 'recovery-point' }>;
type PointRequest = RestoreRequest & { readonly source: PointSource };

/** Restores of recovery points, each of which is a job of AWS Backup. */
export interface PointRestores {
  start(request: PointRequest): Promise<RestoreOutcome>;
  progress(job: string, target: string): Promise<RestoreProgress>;
  reportValidation(job: string, verdict: ValidationVerdict): Promise<Failure | undefined>;
  /** `lookAtTable` tells of the live table what a recovery point does not. */
  describe(source: PointSource, lookAtTable: (tableName: string) => Promise<SourceLook>): Promise<SourceLook>;
}

/** A job is dated by AWS's clock, an announcement by ours. */
const clockMarginMilliseconds = 5 * 60_000;
const retriable = new Set<FailureKind>(['throttled', 'backup-busy']);

export function pointRestores(
  clients: { readonly backup: BackupClient; readonly kms: KMSClient },
  place: RestorePlace,
): PointRestores {
  const { backup } = clients;
  const points = new RecoveryPoints(backup, place.vaultName);
  return {
    async start(request) {
      const fault = whyRestoredElsewhere(request.source.arn, place);
      if (fault !== undefined)
        return { kind: 'refused', failure: { kind: 'invalid', message: fault }, retriable: false };
      const before = await jobAskedFor(backup, request, place);
      if (before.kind !== 'none') return before;
      try {
        const { RestoreJobId } = await backup.send(new StartRestoreJobCommand(inputOf(request, place)));
        if (RestoreJobId) return { kind: 'accepted', job: RestoreJobId };
        return { kind: 'unknown', failure: { kind: 'no-answer', message: 'StartRestoreJob answered without a job' } };
      } catch (error) {
        const failure = failureOf(error);
        return failure.kind === 'no-answer' ? { kind: 'unknown', failure } : refused(error, failure);
      }
    },

    async progress(job, target) {
      try {
        return progressOf(await backup.send(new DescribeRestoreJobCommand({ RestoreJobId: job })), target);
      } catch (error) {
        const failure = failureOf(error);
        return { kind: failure.kind === 'missing' ? 'failed' : 'unanswered', failure };
      }
    },

    async reportValidation(job, { isPassed, message }) {
      const ValidationStatus = isPassed ? 'SUCCESSFUL' : 'FAILED';
      const input = { RestoreJobId: job, ValidationStatus, ValidationStatusMessage: message } as const;
      try {
        await backup.send(new PutRestoreValidationResultCommand(input));
        return undefined;
      } catch (error) {
        return failureOf(error);
      }
    },

    async describe(source, lookAtTable) {
      try {
        const point = await points.status(source.arn);
        if (!point || statusOf(point) !== 'AVAILABLE') return { kind: 'missing' };
        const { ResourceArn: originArn = '', BackupSizeInBytes: sizeBytes = 0, StorageClass } = point;
        const look = await lookAtOrigin(originArn, place, lookAtTable);
        if (look.kind === 'failed' && look.failure.kind !== 'access-denied') return look;
        const { arn, tableId } = source;
        const shape = look.kind === 'found' ? await shapeOfPoint(source, look.source, clients.kms) : {};
        const storage = StorageClass === 'COLD' ? ({ storage: 'cold' } as const) : {};
        return { kind: 'found', source: { tableId, arn, originArn, shape, sizeBytes, ...storage } };
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error) };
      }
    },
  };
}

/** > A table of another Region is not the one that a table of this Region with its name is, and nobody asks there. */
async function lookAtOrigin(
  originArn: string,
  { region }: RestorePlace,
  lookAtTable: (tableName: string) => Promise<SourceLook>,
): Promise<SourceLook> {
  const origin = parseDynamoDbArn(originArn);
  return origin?.region === region ? await lookAtTable(origin.tableName) : { kind: 'missing' };
}

/** > What was announced once is always asked for with the same token. AWS does not say for how long it remembers one, so jobs are looked at first. */
function inputOf({ source, target, announcedAt, encryptionKey }: PointRequest, { roleArn }: RestorePlace) {
  const Metadata = { targetTableName: target, ...encryptionMetadata(encryptionKey) };
  return {
    RecoveryPointArn: source.arn,
    IamRoleArn: roleArn,
    ResourceType: 'DynamoDB',
    IdempotencyToken: hash('sha256', JSON.stringify([source.arn, roleArn, Metadata, announcedAt]), 'hex'),
    Metadata,
  };
}

/** Source: AWS Backup developer guide, "Restore an Amazon DynamoDB table". */
function encryptionMetadata(key: RestoreRequest['encryptionKey']): Record<string, string> {
  if (key === 'aws-owned') return { encryptionType: 'Default' };
  return { encryptionType: 'KMS', ...(key !== undefined && key !== 'aws-managed' && { kmsMasterKeyArn: key }) };
}

/** The job of an earlier try whose answer was lost, or whose process died. */
async function jobAskedFor(
  client: BackupClient,
  { source, target, announcedAt, otherJobs = [] }: PointRequest,
  { roleArn }: RestorePlace,
): Promise<RestoreOutcome | { readonly kind: 'none' }> {
  const ByCreatedAfter = new Date(Date.parse(announcedAt) - clockMarginMilliseconds);
  const isIt = ({ RestoreJobId = '', RecoveryPointArn, IamRoleArn, CreatedResourceArn }: RestoreJobsListMember) =>
    !otherJobs.includes(RestoreJobId) &&
    RecoveryPointArn === source.arn &&
    IamRoleArn === roleArn &&
    (CreatedResourceArn === undefined || tableNameIn(CreatedResourceArn) === target);
  try {
    for await (const { RestoreJobs = [] } of paginateListRestoreJobs({ client, pageSize: 1000 }, { ByCreatedAfter })) {
      const job = RestoreJobs.find(isIt)?.RestoreJobId;
      if (job !== undefined) return { kind: 'accepted', job };
    }
    return { kind: 'none' };
  } catch (error) {
    const failure = failureOf(error);
    return { kind: 'refused', failure, retriable: retriable.has(failure.kind) || failure.kind === 'no-answer' };
  }
}

function refused(error: unknown, failure: Failure): RestoreOutcome {
  if (error instanceof Error && error.name === 'LimitExceededException') return { kind: 'no-room', failure };
  return { kind: 'refused', failure, retriable: retriable.has(failure.kind) };
}

/** > Of all states only COMPLETED is a restore. */
function progressOf(job: DescribeRestoreJobCommandOutput, target: string): RestoreProgress {
  const { Status = '', StatusMessage = 'it gave no reason', CreationDate, CompletionDate } = job;
  if (Status === 'PENDING' || Status === 'RUNNING') return { kind: 'under-way' };
  if (Status !== 'COMPLETED') return failed(`AWS Backup ended the restore job as ${Status}: ${StatusMessage}`);
  const created = tableNameIn(job.CreatedResourceArn);
  if (created !== target) return failed(`the restore job made the table ${created ?? 'that it does not name'}`);
  if (!CreationDate || !CompletionDate) return failed('AWS Backup does not say when the restore began and ended');
  return { kind: 'done', startedAt: CreationDate, endedAt: CompletionDate };
}

function failed(message: string): RestoreProgress {
  return { kind: 'failed', failure: { kind: 'job-failed', message } };
}

function tableNameIn(arn: string | undefined): string | undefined {
  return parseDynamoDbArn(arn ?? '')?.tableName;
}

/** > Of a table only what no change can have touched since is held against its recovery point: the keys of the same incarnation. */
async function shapeOfPoint(
  { tableId }: PointSource,
  live: Extract<SourceLook, { kind: 'found' }>['source'],
  kms: KMSClient,
): Promise<typeof live.shape> {
  const { keySchema, encryption } = live.shape;
  const isManaged = encryption?.startsWith('arn:') === true && (await isManagedByAws(kms, encryption));
  return {
    ...(live.tableId === tableId && keySchema && { keySchema }),
    ...(encryption !== undefined && { encryption: isManaged ? 'aws-managed' : encryption }),
  };
}
