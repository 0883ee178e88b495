/**
 * One DynamoDB backup as a listing shows it. Nothing in it is trusted: `createdAt` may be missing and `status` and `type` may
 * hold values unknown today (source: `BackupSummary` of the DynamoDB API).
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
  /** `USER`, `SYSTEM` or `AWS_BACKUP` today. */
  readonly type: string;
  readonly sizeBytes: number | undefined;
}
