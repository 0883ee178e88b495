import type { BackupDescription, KeySchemaElement, Projection, TableDescription } from '@aws-sdk/client-dynamodb';
import type { BackedUpTable, RestoredTable, TableShape } from '../jobs/drill/ports.ts';

interface Index {
  readonly IndexName?: string | undefined;
  readonly KeySchema?: KeySchemaElement[] | undefined;
  readonly Projection?: Projection | undefined;
}

const awsOwned = 'aws-owned';

/** What DescribeTable says of a table, in a drill's words; undefined when it says too little to be acted on. */
export function restoredTable(table: TableDescription): RestoredTable | undefined {
  const { TableName: name, TableArn: arn, TableId: tableId, TableStatus: status, CreationDateTime: createdAt } = table;
  if (!name || !arn || !tableId || !status || !createdAt) return undefined;
  const summary = table.RestoreSummary;
  return {
    name,
    arn,
    tableId,
    status,
    createdAt,
    deletionProtection: table.DeletionProtectionEnabled ?? false,
    restoredFrom: summary?.SourceBackupArn ?? summary?.SourceTableArn,
    isRestoring: summary?.RestoreInProgress ?? false,
    indexes: Object.fromEntries([
      ...(table.LocalSecondaryIndexes ?? []).map(({ IndexName = '' }) => [IndexName, 'ACTIVE']),
      ...(table.GlobalSecondaryIndexes ?? []).map(({ IndexName = '', IndexStatus = '' }) => [IndexName, IndexStatus]),
    ]) as Record<string, string>,
    shape: shapeOfTable(table),
  };
}

export function shapeOfTable(table: TableDescription): TableShape {
  return {
    keySchema: keyTexts(table.KeySchema),
    indexes: indexTexts([...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]),
    billing: billingOf(table.BillingModeSummary?.BillingMode),
    encryption: table.SSEDescription?.KMSMasterKeyArn ?? awsOwned,
  };
}

/** A backup does not keep the types of attributes, so its key schema is compared by name. */
export function backedUpTable(description: BackupDescription): BackedUpTable {
  const { BackupDetails, SourceTableDetails, SourceTableFeatureDetails } = description;
  const features = SourceTableFeatureDetails ?? {};
  return {
    tableId: SourceTableDetails?.TableId ?? '',
    arn: BackupDetails?.BackupArn ?? '',
    shape: {
      keySchema: keyTexts(SourceTableDetails?.KeySchema),
      indexes: indexTexts([...(features.GlobalSecondaryIndexes ?? []), ...(features.LocalSecondaryIndexes ?? [])]),
      billing: billingOf(SourceTableDetails?.BillingMode),
      encryption: features.SSEDescription?.KMSMasterKeyArn ?? awsOwned,
    },
    sizeBytes: SourceTableDetails?.TableSizeBytes ?? 0,
    itemCount: SourceTableDetails?.ItemCount ?? 0,
  };
}

function keyTexts(schema: KeySchemaElement[] | undefined): string[] {
  return (schema ?? []).map(({ AttributeName = '', KeyType = '' }) => `${AttributeName} ${KeyType}`);
}

function indexTexts(indexes: readonly Index[]): Record<string, string> {
  return Object.fromEntries(
    indexes.map(({ IndexName = '', KeySchema, Projection }) => {
      const more = Projection?.NonKeyAttributes?.toSorted() ?? [];
      const projected = [Projection?.ProjectionType ?? '', ...more].join(' ');
      return [IndexName, `${keyTexts(KeySchema).join(', ')}, projecting ${projected}`];
    }),
  );
}

function billingOf(mode: string | undefined): TableShape['billing'] {
  return mode === 'PAY_PER_REQUEST' ? 'on-demand' : 'provisioned';
}
