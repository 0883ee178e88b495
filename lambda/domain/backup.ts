/**
 * One backup as a listing shows it: a backup of DynamoDB, or a recovery point of AWS Backup, whose tags carry the name and the table id
 * that a backup of DynamoDB has. Nothing in it is trusted: `createdAt` may be missing and `status` and `type` may hold values unknown
 * today (sources: `BackupSummary` of the DynamoDB API, `RecoveryPointByBackupVault` of the AWS Backup API).
 */
export interface Backup {
  readonly arn: string;
  readonly name: string;
  readonly tableName: string;
  /** Identifies one incarnation of a table: a table deleted and created again under its name has another one. */
  readonly tableId: string;
  readonly createdAt: Date | undefined;
  /** `CREATING`, `AVAILABLE` or `DELETED` today. */
  readonly status: string;
  /**
   * `USER`, `SYSTEM` or `AWS_BACKUP` in a listing of DynamoDB; in that of a vault `RECOVERY_POINT`, or `CONTINUOUS` for a recovery point
   * that moves along with its table.
   */
  readonly type: string;
  readonly sizeBytes: number | undefined;
  /** What AWS keeps a recovery point by, whoever asks for its deletion. */
  readonly keptByAws?: KeptByAws;
}

export interface KeptByAws {
  /** The vault is locked: until the recovery point expires by its own lifecycle, or `for-good` without one. */
  readonly lockedUntil?: Date | 'for-good';
  /** Until somebody cancels the hold, which may be never. */
  readonly isOnLegalHold?: true;
  /** Since when it has been in cold storage, or from when on it will be: 90 days of that are paid for in any case. */
  readonly coldFrom?: Date;
}
