/** Where a paged operation takes its marker, answers the next one, and puts its rows. */
export interface Paging {
  readonly marker: string;
  readonly nextMarker: string;
  readonly rows: string;
}

const pagings: Readonly<Record<string, Paging>> = {
  ListBackups: { marker: 'ExclusiveStartBackupArn', nextMarker: 'LastEvaluatedBackupArn', rows: 'BackupSummaries' },
  ListTables: { marker: 'ExclusiveStartTableName', nextMarker: 'LastEvaluatedTableName', rows: 'TableNames' },
  ListTagsOfResource: { marker: 'NextToken', nextMarker: 'NextToken', rows: 'Tags' },
  GetResources: { marker: 'PaginationToken', nextMarker: 'PaginationToken', rows: 'ResourceTagMappingList' },
  GetDurableExecutionState: { marker: 'Marker', nextMarker: 'NextMarker', rows: 'Operations' },
  GetDurableExecutionHistory: { marker: 'Marker', nextMarker: 'NextMarker', rows: 'Events' },
  ListDurableExecutionsByFunction: { marker: 'Marker', nextMarker: 'NextMarker', rows: 'DurableExecutions' },
  DescribeScalableTargets: { marker: 'NextToken', nextMarker: 'NextToken', rows: 'ScalableTargets' },
  DescribeScalingPolicies: { marker: 'NextToken', nextMarker: 'NextToken', rows: 'ScalingPolicies' },
  DescribeAlarms: { marker: 'NextToken', nextMarker: 'NextToken', rows: 'MetricAlarms' },
  ...Object.fromEntries(
    [
      ['ListBackupVaults', 'BackupVaultList'],
      ['ListBackupJobs', 'BackupJobs'],
      ['ListCopyJobs', 'CopyJobs'],
      ['ListRestoreJobs', 'RestoreJobs'],
      ['ListRecoveryPointsByBackupVault', 'RecoveryPoints'],
      ['ListRecoveryPointsByResource', 'RecoveryPoints'],
      ['ListLegalHolds', 'LegalHolds'],
      ['ListRecoveryPointsByLegalHold', 'RecoveryPoints'],
    ].map(([operation = '', rows = '']) => [operation, { marker: 'NextToken', nextMarker: 'NextToken', rows }]),
  ),
  ListSchedules: { marker: 'NextToken', nextMarker: 'NextToken', rows: 'Schedules' },
  Query: { marker: 'ExclusiveStartKey', nextMarker: 'LastEvaluatedKey', rows: 'Items' },
  Scan: { marker: 'ExclusiveStartKey', nextMarker: 'LastEvaluatedKey', rows: 'Items' },
};

export function pagingOf(operation: string): Paging | undefined {
  return pagings[operation];
}
