import { AwsError } from '../aws-error.ts';
import { randomHex, type Random } from '../random.ts';
import type { Content, Contents } from './contents.ts';
import { sourceDetails, type DeclaredSize, type Table, type TableDefinition } from './table.ts';

export type BackupType = 'USER' | 'SYSTEM' | 'AWS_BACKUP';
export type BackupStatus = 'CREATING' | 'AVAILABLE' | 'DELETED';

/** One backup as the account keeps it. It outlives its table. */
export interface StoredBackup {
  readonly arn: string;
  readonly name: string;
  readonly type: BackupType;
  readonly createdAt: number;
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableId: string;
  readonly sizeBytes: number;
  /** The source table's write counter: which content was captured. */
  readonly writes: number;
  readonly definition: TableDefinition;
  /** The items that it holds. */
  readonly content: Promise<Content>;
  readonly declared: DeclaredSize;
  readonly source: { readonly SourceTableDetails: object; readonly SourceTableFeatureDetails: object };
  readonly expiresAt: number | undefined;
  status: BackupStatus;
  deletedAt: number | undefined;
  /** How many restores read from it at the moment. */
  restoring: number;
}

/** How a backup of a table is to be kept. */
export interface Capture {
  readonly name: string;
  readonly type: BackupType;
  readonly createdAt: number;
  readonly expiresAt?: number | undefined;
}

/** The ARN of a backup of a table. Those that DynamoDB makes itself end in zeros. */
export function backupArn(table: Table, { createdAt, type }: Capture, random: Random): string {
  const suffix = type === 'SYSTEM' ? '00000000' : randomHex(random, 8);
  return `${table.arn}/backup/${String(createdAt).padStart(14, '0')}-${suffix}`;
}

/** A backup of everything that a table is and holds now. */
export function captured(table: Table, arn: string, contents: Contents, capture: Capture): StoredBackup {
  return {
    arn,
    name: capture.name,
    type: capture.type,
    createdAt: capture.createdAt,
    tableName: table.name,
    tableArn: table.arn,
    tableId: table.id,
    sizeBytes: table.measured.sizeBytes,
    writes: table.writes,
    definition: table.definition,
    content: contents.of(table),
    declared: table.declared,
    source: sourceDetails(table),
    expiresAt: capture.expiresAt,
    status: 'CREATING',
    deletedAt: undefined,
    restoring: 0,
  };
}

export function backupInUse(backup: StoredBackup): AwsError {
  return new AwsError('BackupInUseException', `Backup is being used: ${backup.arn}`);
}

export function backupDetails(backup: StoredBackup): object {
  return {
    BackupArn: backup.arn,
    BackupName: backup.name,
    BackupSizeBytes: backup.sizeBytes,
    BackupStatus: backup.status,
    BackupType: backup.type,
    BackupCreationDateTime: backup.createdAt / 1000,
    ...(backup.expiresAt !== undefined && { BackupExpiryDateTime: backup.expiresAt / 1000 }),
  };
}

export function backupSummary(backup: StoredBackup): object {
  const status = backup.status === 'DELETED' ? 'AVAILABLE' : backup.status;
  const { tableName: TableName, tableId: TableId, tableArn: TableArn } = backup;
  return { TableName, TableId, TableArn, ...backupDetails(backup), BackupStatus: status };
}

export function describeBackup(backup: StoredBackup): object {
  return { BackupDetails: backupDetails(backup), ...backup.source };
}
