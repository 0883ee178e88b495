/** The environment variables a function is deployed with and reads. The event says what to do, the environment says where. */
export const environmentNames = {
  /** Name of the ledger table. */
  ledgerTableName: 'LEDGER_TABLE_NAME',
  /** Short stable id of this deployment; part of the name of every backup it takes. */
  owner: 'BACKUP_OWNER',
  /** First part of the name of every backup this deployment takes. */
  backupNamePrefix: 'BACKUP_NAME_PREFIX',
} as const;
