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

/** Names the bus that events go to; where it is missing, none are sent. */
export const eventBusVariable = 'EVENT_BUS_NAME';

/**
 * Where recovery points go; missing where no plan is of AWS Backup. The role that makes them is told to who asks for them, the one that restores
 * them to who drills.
 */
export const vaultVariables = {
  vaultName: 'BACKUP_VAULT_NAME',
  roleArn: 'BACKUP_SERVICE_ROLE_ARN',
  restoreRoleArn: 'BACKUP_RESTORE_ROLE_ARN',
} as const;

/** ARN of the role that AWS Backup copies with; missing where no plan copies. */
export const copyRoleVariable = 'COPY_SERVICE_ROLE_ARN';

/** What only the function that starts drills reads. */
export const drillStartEnvironmentNames = {
  ...environmentNames,
  /** ARN of the durable function's alias. */
  drillFunctionArn: 'DRILL_FUNCTION_ARN',
} as const;

/** What only the function that watches reads. */
export const watchEnvironmentNames = {
  ...environmentNames,
  /** `plan` or `table`: whether gauges are published per table as well. */
  detail: 'METRICS_DETAIL',
  /** US dollars for a gigabyte stored for a month. */
  storagePrice: 'STORAGE_PRICE',
  /** US dollars for a gigabyte restored. */
  restorePrice: 'RESTORE_PRICE',
} as const;

/** ARN of the topic that alarms go to; without it, nobody counts who would hear them. */
export const alarmTopicVariable = 'ALARM_TOPIC_ARN';

/** What only the function that writes the weekly summary reads. */
export const summaryEnvironmentNames = { ...environmentNames, topicArn: alarmTopicVariable } as const;
