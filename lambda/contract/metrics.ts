/** The CloudWatch namespace of every metric this project publishes. */
export const metricsNamespace = 'DynamoDBBackups';

export const metricDimensions = {
  plan: 'Plan',
  table: 'Table',
  phase: 'Phase',
  indexes: 'Indexes',
  region: 'Region',
  storage: 'Storage',
} as const;

/** What a backup run publishes per plan. Counts are of tables, `SlotLateness` is in seconds. */
export const backupMetrics = {
  taken: 'BackupsTaken',
  failed: 'BackupsFailed',
  pending: 'BackupsPending',
  skipped: 'BackupsSkipped',
  slotLateness: 'SlotLateness',
  discoveryIncomplete: 'DiscoveryIncomplete',
} as const;

/** What `follow` publishes of plans that copy their recovery points, whenever a copy ended: those that are there now, and those given up. */
export const copyMetrics = { made: 'CopiesMade', failed: 'CopiesFailed' } as const;

/** Published per plan, and only when there are any: events that were meant for the bus and could not be sent. */
export const eventMetrics = { notSent: 'EventsNotSent' } as const;

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

/**
 * What a drill publishes per plan and table. Times are in seconds and the upper bound of what was measured. Those of restores into another
 * Region carry `Region` as well, also `RestoreTimeToObjective`.
 */
export const drillMetrics = {
  /** From the accepted request until the table could serve. Restores with fewer indexes than the table has carry `Indexes` as well. */
  restoreTime: 'RestoreTime',
  /** That time as a part of the plan's `recoveryTime`; above 1 the objective is missed. */
  restoreTimeToObjective: 'RestoreTimeToObjective',
  /** One phase of it, named by the dimension `Phase`. */
  restorePhaseTime: 'RestorePhaseTime',
  /** 1 or 0. */
  succeeded: 'DrillSucceeded',
  /** Seconds since a drill of the table last passed; where none ever did, `watch` counts from what it could have been drilled since. */
  age: 'DrillAge',
  /** Seconds since the newest backup that passed a drill was taken. */
  provenAge: 'ProvenBackupAge',
  itemsVerified: 'ItemsVerified',
} as const;

/** What a sweep publishes per plan: drill tables that no running drill needs, and the age of the oldest in seconds. */
export const sweepMetrics = { leftover: 'LeftoverDrillTables', leftoverAge: 'LeftoverDrillTableAge' } as const;

/**
 * What `watch` publishes every 15 minutes, as gauges: of each plan the worst case of its tables, and those of `watchTableMetrics` of each table as
 * well where the deployment's detail is `table`. It repeats `drillMetrics.restoreTime`, `restoreTimeToObjective` and `age` of the last drills, and
 * the held, frozen and unjudgeable of `pruneMetrics` and `sweepMetrics.leftover` as they stand.
 */
export const watchMetrics = {
  /** Seconds since the newest restorable backup was taken. */
  recoveryPointAge: 'RecoveryPointAge',
  /** Of plans that copy: seconds since the newest recovery point was taken of which there is a copy, in the place where it is oldest. */
  copyAge: 'CopyAge',
  /** `recoveryPointAge` as a part of the plan's `recoveryPoint`; above 1 the objective is missed. */
  recoveryPointAgeToObjective: 'RecoveryPointAgeToObjective',
  /** Slots of the last while that were due and have no backup, over all tables: the age of the newest hides such gaps. */
  missingBackups: 'MissingBackups',
  /** Those of them whose time ran out within the last hour: who looks later has heard of the others. */
  newlyMissingBackups: 'NewlyMissingBackups',
  protectedTables: 'ProtectedTables',
  /** Tables the plan covers that have no restorable backup. */
  unprotectedTables: 'UnprotectedTables',
  storageBytes: 'BackupStorageBytes',
  /** By which part the newest backup is smaller than the one before: 0 to 1. */
  shrink: 'BackupShrink',
  /** Seconds since the latest restorable time of tables whose point-in-time recovery is on. */
  pointInTimeRecoveryGap: 'PointInTimeRecoveryGap',
  /** Of plans that promise point-in-time recovery: tables where it is off, or has another window. */
  pointInTimeRecoveryDrift: 'PointInTimeRecoveryDrift',
  /** Of such plans: seconds since the earliest time to which all their tables can be restored; 0 while one cannot be at all. */
  pointInTimeRecoveryWindow: 'PointInTimeRecoveryWindow',
  /** Per cent of the covered tables that passed a drill within the last 30 days. */
  drillCoverage: 'DrillCoverage',
  /** The age of the last proof as a part of what the plan's drills allow for: above 1 a drill is overdue. */
  drillAgeToExpected: 'DrillAgeToExpected',
  /** Tables whose last drill did not pass, although there was a backup to restore. */
  failedDrills: 'FailedDrills',
  /** Days until a restore takes longer than the objective at the present growth; 3,650 stands for that and more. */
  restoreTimeForecast: 'RestoreTimeForecastDays',
  /** Seconds since a run of the plan last took a backup, and since one of prune last ended without a failure. */
  backupRunAge: 'BackupRunAge',
  pruneRunAge: 'PruneRunAge',
  /** Schedules of the plan that are switched off or gone. */
  missingSchedules: 'MissingSchedules',
  /** Tables whose encryption key is disabled, gone, or about to be deleted. */
  keysAtRisk: 'EncryptionKeysAtRisk',
  /** US dollars for what is stored and rehearsed, by the deployment's prices. */
  monthlyCost: 'EstimatedMonthlyCost',
} as const;

/** Those of the gauges that are published per table, too. */
export const watchTableMetrics = [
  watchMetrics.recoveryPointAge,
  drillMetrics.restoreTime,
  drillMetrics.restoreTimeToObjective,
  drillMetrics.age,
] as const;

/** What `watch` says of the deployment, without any dimension: that it lives, and who would hear an alarm. */
export const watchDeploymentMetrics = {
  heartbeat: 'WatchHeartbeat',
  confirmedSubscriptions: 'ConfirmedSubscriptions',
  unconfirmedSubscriptions: 'UnconfirmedSubscriptions',
} as const;
