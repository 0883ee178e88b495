/** The CloudWatch namespace of every metric this project publishes. */
export const metricsNamespace = 'DynamoDBBackups';

export const metricDimensions = { plan: 'Plan', table: 'Table', phase: 'Phase', indexes: 'Indexes' } as const;

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

/** What a drill publishes per plan and table. Times are in seconds and the upper bound of what was measured. */
export const drillMetrics = {
  /** From the accepted request until the table could serve. Restores with fewer indexes than the table has carry `Indexes` as well. */
  restoreTime: 'RestoreTime',
  /** That time as a part of the plan's `recoveryTime`; above 1 the objective is missed. */
  restoreTimeToObjective: 'RestoreTimeToObjective',
  /** One phase of it, named by the dimension `Phase`. */
  restorePhaseTime: 'RestorePhaseTime',
  /** 1 or 0. */
  succeeded: 'DrillSucceeded',
  /** Seconds since a drill of the table last passed; since the epoch if none ever did. */
  age: 'DrillAge',
  /** Seconds since the newest backup that passed a drill was taken. */
  provenAge: 'ProvenBackupAge',
  itemsVerified: 'ItemsVerified',
} as const;

/** What a sweep publishes per plan: drill tables that no running drill needs, and the age of the oldest in seconds. */
export const sweepMetrics = { leftover: 'LeftoverDrillTables', leftoverAge: 'LeftoverDrillTableAge' } as const;
