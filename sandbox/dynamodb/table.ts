import type { PlannedEvent } from '../event-queue.ts';
import { isRecord } from '../input.ts';
import { managedKeyIds } from '../kms.ts';
import type { History } from './history.ts';

export type TableStatus =
  'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING' | 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' | 'ARCHIVED';

export interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: string;
}

/** The part of a table that its creator chose, in the API's own words. */
export interface TableDefinition {
  readonly KeySchema: readonly unknown[];
  readonly AttributeDefinitions: readonly unknown[];
  readonly LocalSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
  readonly GlobalSecondaryIndexes?: readonly Readonly<Record<string, unknown>>[];
  readonly BillingMode: string;
  readonly ProvisionedThroughput?: unknown;
  readonly OnDemandThroughput?: unknown;
  readonly StreamSpecification?: unknown;
  readonly SSESpecification?: unknown;
  readonly TableClass?: string;
}

/** Item count and size as DynamoDB last refreshed them. */
export interface Measurement {
  readonly itemCount: number;
  readonly sizeBytes: number;
  readonly at: number;
  /** The table's write counter at that time. */
  readonly writes: number;
}

/** Point-in-time recovery that is on. */
export interface PointInTimeRecovery {
  /** The first instant that can be restored, unless the period has moved past it. */
  readonly since: number;
  readonly days: number;
  readonly history: History;
}

const dayMs = 24 * 3_600_000;
/** Point-in-time recovery reaches up to five minutes before now. */
const recoveryLagMs = 5 * 60_000;

/** The first and the last instant that a table can be restored to, in epoch milliseconds. */
export function restorableWindow(recovery: PointInTimeRecovery, now: number): { earliest: number; latest: number } {
  const earliest = Math.max(recovery.since, now - recovery.days * dayMs);
  return { earliest, latest: Math.max(recovery.since, now - recoveryLagMs) };
}

/** Where a table that is being restored comes from. */
export interface RestoreOrigin {
  readonly backupArn: string | undefined;
  readonly tableArn: string;
  /** The instant whose content it gets. */
  readonly contentAt: number;
  /** False after the restore failed. A table that came back has no origin any more. */
  inProgress: boolean;
}

/** Bytes and items that a table is said to have beside its real ones: a table can be big here without a million items. */
export interface DeclaredSize {
  readonly sizeBytes: number;
  readonly itemCount: number;
  readonly largestPartitionBytes: number;
}

export const nothingDeclared: DeclaredSize = { sizeBytes: 0, itemCount: 0, largestPartitionBytes: 0 };

/** One incarnation of a table. Its id changes when a table of the same name is created again. */
export interface Table {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  definition: TableDefinition;
  status: TableStatus;
  deletionProtection: boolean;
  /** The first instant at which backups are possible. */
  backupsPossibleAt: number;
  /** Counts every successful write of items: the version of the table's content. */
  writes: number;
  measured: Measurement;
  readonly tags: Map<string, string>;
  timeToLive: { status: string; attribute: string | undefined; changedAt: number | undefined };
  pointInTimeRecovery: PointInTimeRecovery | undefined;
  /** The stream that was turned on last; it keeps its name after it is off. */
  latestStream: { readonly arn: string; readonly label: string } | undefined;
  protectionChangedAt: number | undefined;
  tableClassChangedAt: number | undefined;
  pending: PlannedEvent | undefined;
  restore: RestoreOrigin | undefined;
  /** Global secondary indexes that are CREATING although the table may be ACTIVE. */
  readonly buildingIndexes: Set<string>;
  declared: DeclaredSize;
}

const seconds = (instant: number): number => instant / 1000;

function indexDescription(table: Table, index: Readonly<Record<string, unknown>>, withStatus: boolean): object {
  const building = table.status === 'CREATING' || table.buildingIndexes.has(String(index.IndexName));
  return {
    ...index,
    IndexArn: `${table.arn}/index/${String(index.IndexName)}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
    ...(withStatus && { IndexStatus: building ? 'CREATING' : 'ACTIVE' }),
  };
}

/** A table as DescribeTable answers it. */
export function describeTable(table: Table): object {
  const { definition, measured } = table;
  const onDemand = definition.BillingMode === 'PAY_PER_REQUEST';
  const provisioned = definition.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
  return {
    TableName: table.name,
    TableArn: table.arn,
    TableId: table.id,
    TableStatus: table.status,
    CreationDateTime: seconds(table.createdAt),
    KeySchema: definition.KeySchema,
    AttributeDefinitions: definition.AttributeDefinitions,
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ...provisioned },
    ...(onDemand && { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } }),
    ...(definition.OnDemandThroughput !== undefined && { OnDemandThroughput: definition.OnDemandThroughput }),
    ...(definition.LocalSecondaryIndexes && {
      LocalSecondaryIndexes: definition.LocalSecondaryIndexes.map((index) => indexDescription(table, index, false)),
    }),
    ...(definition.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map((index) => indexDescription(table, index, true)),
    }),
    ...(definition.StreamSpecification !== undefined && { StreamSpecification: definition.StreamSpecification }),
    ...(table.latestStream && {
      LatestStreamArn: table.latestStream.arn,
      LatestStreamLabel: table.latestStream.label,
    }),
    ...sseDescription(table),
    ...(table.restore && { RestoreSummary: restoreSummary(table.restore) }),
    ...(definition.TableClass !== undefined && { TableClassSummary: tableClass(table) }),
    TableSizeBytes: measured.sizeBytes,
    ItemCount: measured.itemCount,
    DeletionProtectionEnabled: table.deletionProtection,
  };
}

function tableClass({ definition, tableClassChangedAt: changedAt }: Table): object {
  return {
    TableClass: definition.TableClass,
    ...(changedAt !== undefined && { LastUpdateDateTime: seconds(changedAt) }),
  };
}

function restoreSummary({ backupArn, tableArn, contentAt, inProgress }: RestoreOrigin): object {
  return {
    ...(backupArn !== undefined && { SourceBackupArn: backupArn }),
    SourceTableArn: tableArn,
    RestoreDateTime: seconds(contentAt),
    RestoreInProgress: inProgress,
  };
}

/** The ARN of the key that encrypts a table, as far as it is in this account; undefined for a key that AWS owns. */
export function keyArnOf({ arn, definition }: Pick<Table, 'arn' | 'definition'>): string | undefined {
  const specification = definition.SSESpecification;
  // A template spells the switch `SSEEnabled`, the API `Enabled`.
  if (!isRecord(specification) || (specification.Enabled ?? specification.SSEEnabled) === false) return undefined;
  const key = typeof specification.KMSMasterKeyId === 'string' ? specification.KMSMasterKeyId : managedKeyIds.dynamodb;
  if (key.startsWith('arn:')) return key;
  const [, partition = '', , region = '', account = ''] = arn.split(':');
  return `arn:${partition}:kms:${region}:${account}:${key.includes('/') ? key : `key/${key}`}`;
}

function sseDescription(table: Table): object {
  const arn = keyArnOf(table);
  return arn === undefined ? {} : { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: arn } };
}

/** A table as a backup remembers it. */
export function sourceDetails(table: Table): { SourceTableDetails: object; SourceTableFeatureDetails: object } {
  const { definition, measured, timeToLive } = table;
  return {
    SourceTableDetails: {
      TableName: table.name,
      TableId: table.id,
      TableArn: table.arn,
      TableSizeBytes: measured.sizeBytes,
      ItemCount: measured.itemCount,
      KeySchema: definition.KeySchema,
      TableCreationDateTime: seconds(table.createdAt),
      ProvisionedThroughput: definition.ProvisionedThroughput ?? { ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      BillingMode: definition.BillingMode,
      ...(definition.OnDemandThroughput !== undefined && { OnDemandThroughput: definition.OnDemandThroughput }),
    },
    SourceTableFeatureDetails: {
      ...(definition.LocalSecondaryIndexes && { LocalSecondaryIndexes: definition.LocalSecondaryIndexes }),
      ...(definition.GlobalSecondaryIndexes && { GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes }),
      ...(definition.StreamSpecification !== undefined && { StreamDescription: definition.StreamSpecification }),
      ...(timeToLive.status === 'ENABLED' && {
        TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: timeToLive.attribute },
      }),
      ...sseDescription(table),
    },
  };
}
