import {
  CreateBackupCommand,
  DeleteBackupCommand,
  DescribeBackupCommand,
  ListBackupsCommand,
  type BackupSummary,
  type BackupTypeFilter,
  type DynamoDBClient,
  type ListBackupsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import type { Backup } from '../domain/backup.ts';
import { completeListing, incompleteListing, type Listing } from '../domain/listing.ts';
import type { Backups, CreateOutcome, DeleteOutcome, DescribeOutcome, FailureKind, Progress } from '../jobs/ports.ts';
import { rememberAnswerTimes } from './answer-times.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';

const retriableOnCreate = new Set<FailureKind>(['throttled', 'table-busy', 'backup-busy', 'backups-unavailable']);

/** DescribeBackup is allowed 10 times a second and ListBackups shows 100 backups at once: few are described, many are listed. */
const describeUpTo = 8;

interface DynamoDbBackupsOptions {
  /** What listings show: by default what users made, for nothing else is ever judged. */
  readonly listed?: BackupTypeFilter;
}

/** DynamoDB's on-demand backups, each operation held to its rate. */
export function dynamoDbBackups(
  clients: { readonly dynamodb: DynamoDBClient; readonly dynamodbOnce: DynamoDBClient },
  { listed = 'USER' }: DynamoDbBackupsOptions = {},
): Backups {
  const { dynamodb, dynamodbOnce } = clients;
  const sendCreate = paced('createBackup', (input: CreateBackupCommand) => dynamodbOnce.send(input));
  const sendList = paced('listBackups', (input: ListBackupsCommand) => dynamodb.send(input));
  const sendDescribe = paced('describeBackup', (input: DescribeBackupCommand) => dynamodb.send(input));
  const sendDelete = paced('deleteBackup', (input: DeleteBackupCommand) => dynamodb.send(input));
  const answerTimes = rememberAnswerTimes(dynamodb);

  const backups: Backups = {
    async create({ table, name }): Promise<CreateOutcome> {
      try {
        const { BackupDetails } = await sendCreate(
          new CreateBackupCommand({ TableName: table.name, BackupName: name }),
        );
        if (BackupDetails?.BackupArn) return { kind: 'accepted', ticket: BackupDetails.BackupArn };
        return {
          kind: 'unknown',
          failure: { kind: 'no-answer', message: 'CreateBackup answered without a backup ARN' },
        };
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'no-answer') return { kind: 'unknown', failure };
        return { kind: 'refused', failure, retriable: retriableOnCreate.has(failure.kind) };
      }
    },

    async follow(tickets, since): Promise<ReadonlyMap<string, Progress>> {
      if (tickets.length > describeUpTo) {
        const listing = await backups.list({ since });
        return new Map(listing.complete ? listing.backups.flatMap(progressOf) : []);
      }
      const seen = await pMap(tickets, async (arn) => ({ arn, outcome: await backups.describe(arn) }));
      return new Map(
        seen.flatMap(({ arn, outcome }) => {
          if (outcome.kind === 'failed') return [];
          return outcome.kind === 'gone' ? [[arn, { kind: 'gone' }] as const] : progressOf(outcome.backup);
        }),
      );
    },

    async describe(arn): Promise<DescribeOutcome> {
      try {
        const { BackupDescription } = await sendDescribe(new DescribeBackupCommand({ BackupArn: arn }));
        const summary = { ...BackupDescription?.SourceTableDetails, ...BackupDescription?.BackupDetails };
        const backup = backupFrom(summary);
        return backup.status === 'DELETED' ? { kind: 'gone' } : { kind: 'found', backup };
      } catch (error) {
        const failure = failureOf(error);
        return failure.kind === 'missing' ? { kind: 'gone' } : { kind: 'failed', failure };
      }
    },

    async delete(arn): Promise<DeleteOutcome> {
      try {
        await sendDelete(new DeleteBackupCommand({ BackupArn: arn }));
        return { kind: 'deleted' };
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === 'missing') return { kind: 'gone' };
        return { kind: failure.kind === 'backup-busy' ? 'in-use' : 'failed', failure };
      }
    },

    async list(filter): Promise<Listing> {
      try {
        return completeListing(await listAll(sendList, listed, filter));
      } catch (error) {
        return incompleteListing(error);
      }
    },

    lastAnsweredAt: answerTimes.last,
  };
  return backups;
}

function progressOf({ arn, status }: Backup): (readonly [string, Progress])[] {
  if (status === 'AVAILABLE') return [[arn, { kind: 'restorable', arn }]];
  return status === 'DELETED' ? [[arn, { kind: 'gone' }]] : [];
}

/** Reads every page. Throws when a page fails or a marker comes twice; the SDK has no paginator for this. */
async function listAll(
  send: (input: ListBackupsCommand) => Promise<ListBackupsCommandOutput>,
  type: BackupTypeFilter,
  filter: { readonly tableName?: string; readonly since?: Date },
): Promise<Backup[]> {
  const backups: Backup[] = [];
  const markers = new Set<string>();
  let marker: string | undefined;
  for (;;) {
    const page = await send(
      new ListBackupsCommand({
        BackupType: type,
        TableName: filter.tableName,
        TimeRangeLowerBound: filter.since,
        ExclusiveStartBackupArn: marker,
      }),
    );
    backups.push(...(page.BackupSummaries ?? []).map(backupFrom));
    marker = page.LastEvaluatedBackupArn;
    if (!marker) return backups;
    if (markers.has(marker)) throw new Error(`the listing of backups repeats its marker ${marker}`);
    markers.add(marker);
  }
}

/** Absent fields become empty ones: retention calls such a backup unjudgeable and keeps it. */
function backupFrom(summary: BackupSummary): Backup {
  return {
    arn: summary.BackupArn ?? '',
    name: summary.BackupName ?? '',
    tableName: summary.TableName ?? '',
    tableId: summary.TableId ?? '',
    createdAt: summary.BackupCreationDateTime,
    status: summary.BackupStatus ?? '',
    type: summary.BackupType ?? '',
    sizeBytes: summary.BackupSizeBytes,
  };
}
