/** How AWS Backup's own restore testing names what it restores (source: AWS Backup developer guide, "Restore testing"). */
export const restoreTests = 'awsbackup-restore-test';

/**
 * Tells whether a table is named as those that AWS Backup's own restore testing makes. Enough to leave it alone: AWS deletes it once it is
 * validated.
 */
export function looksLikeRestoreTest(tableName: string): boolean {
  return tableName.startsWith(`${restoreTests}-`);
}
