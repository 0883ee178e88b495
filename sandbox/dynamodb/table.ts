import type { PlannedEvent } from '../event-queue.ts';

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
  pointInTimeRecovery: { enabledAt: number; days: number } | undefined;
  pending: PlannedEvent | undefined;
}

const seconds = (instant: number): number => instant / 1000;

function indexDescription(table: Table, index: Readonly<Record<string, unknown>>, withStatus: boolean): object {
  const status = table.status === 'CREATING' ? 'CREATING' : 'ACTIVE';
  return {
    ...index,
    IndexArn: `${table.arn}/index/${String(index.IndexName)}`,
    IndexSizeBytes: 0,
    ItemCount: 0,
    ...(withStatus && { IndexStatus: status }),
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
    ...(definition.SSESpecification !== undefined && {
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', ...keyOf(table) },
    }),
    ...(definition.TableClass !== undefined && { TableClassSummary: { TableClass: definition.TableClass } }),
    TableSizeBytes: measured.sizeBytes,
    ItemCount: measured.itemCount,
    DeletionProtectionEnabled: table.deletionProtection,
  };
}

function keyOf(table: Table): object {
  const key = (table.definition.SSESpecification as { KMSMasterKeyId?: string } | undefined)?.KMSMasterKeyId;
  return key === undefined ? {} : { KMSMasterKeyArn: key };
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
      ...(definition.SSESpecification !== undefined && {
        SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', ...keyOf(table) },
      }),
    },
  };
}
