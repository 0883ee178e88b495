/** How AWS Backup's own restore testing names what it restores (source: AWS Backup developer guide, "Restore testing"). */
export const restoreTests = 'awsbackup-restore-test';

/**
 * Tells whether a table is named as those that AWS Backup's own restore testing makes. Enough to leave it alone: AWS deletes it once it is
 * validated.
 */
export function looksLikeRestoreTest(tableName: string): boolean {
  return tableName.startsWith(`${restoreTests}-`);
}

/** One restore that AWS Backup's own restore testing made of a recovery point. */
export interface RestoreTest {
  /** The table that was backed up. */
  readonly table: string;
  readonly startedAt: Date;
  /** Missing while it is being restored. */
  readonly endedAt?: Date;
  /** Whether a table came of it; missing while that is open. */
  readonly isRestored?: boolean;
  /** What became of looking at the table; missing where nobody began to. */
  readonly validation?: 'running' | 'successful' | 'failed' | 'timed-out';
}

/** > A test failed when no table came of it, or when whoever looked at the table found it wanting. One nobody looked at in time did not fail. */
export function hasFailed({ isRestored, validation }: RestoreTest): boolean {
  return isRestored === false || validation === 'failed';
}
