/** The environment variables a function is deployed with and reads. The event says what to do, the environment says where. */
export const environmentNames = {
  /** Name of the ledger table. */
  ledgerTableName: 'LEDGER_TABLE_NAME',
  /** Short stable id of this deployment; part of the name of every backup it takes. */
  owner: 'BACKUP_OWNER',
  /** First part of the name of every backup this deployment takes. */
  backupNamePrefix: 'BACKUP_NAME_PREFIX',
  /** What the names of drill tables begin with. */
  drillTablePrefix: 'DRILL_TABLE_PREFIX',
} as const;

/** What only the function that starts drills reads. */
export const drillStartEnvironmentNames = {
  ...environmentNames,
  /** ARN of the durable function's alias. */
  drillFunctionArn: 'DRILL_FUNCTION_ARN',
} as const;
