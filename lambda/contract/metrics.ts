/** The CloudWatch namespace of every metric this project publishes. */
export const metricsNamespace = 'DynamoDBBackups';

export const metricDimensions = { plan: 'Plan' } as const;

/** What a backup run publishes per plan. Counts are of tables, `SlotLateness` is in seconds. */
export const backupMetrics = {
  taken: 'BackupsTaken',
  failed: 'BackupsFailed',
  pending: 'BackupsPending',
  skipped: 'BackupsSkipped',
  slotLateness: 'SlotLateness',
  discoveryIncomplete: 'DiscoveryIncomplete',
} as const;

/** What a prune run publishes per plan. Counts are of backups, the three flags are 0 or 1. */
export const pruneMetrics = {
  kept: 'BackupsKept',
  expired: 'BackupsExpired',
  deleted: 'BackupsDeleted',
  deletionsFailed: 'BackupDeletionsFailed',
  deletionsSkipped: 'BackupDeletionsSkipped',
  deletionsDenied: 'BackupDeletionsDenied',
  frozen: 'FrozenBackups',
  held: 'HeldBackups',
  unjudgeable: 'UnjudgeableBackups',
  blocked: 'RetentionBlocked',
  limitExceeded: 'RetentionLimitExceeded',
  reportOnly: 'RetentionReportOnly',
} as const;
