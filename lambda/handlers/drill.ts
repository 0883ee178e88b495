import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { createClients, createSettingsClients } from '../aws/clients.ts';
import { durableRun } from '../aws/durable-run.ts';
import { dynamoDbBackups } from '../aws/dynamodb-backups.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbRestores } from '../aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { tableSettings } from '../aws/table-settings.ts';
import { askValidationFunction } from '../aws/validation-function.ts';
import { drillTable } from '../jobs/drill/drill.ts';
import { parseDrillOrder } from './drill-order.ts';
import { publishDrill } from './drill-metrics.ts';
import { readEnvironment } from './environment.ts';
import { logger, observedDurable } from './observability.ts';

const environment = readEnvironment(process.env);
const clients = createClients();
const ports = {
  backups: dynamoDbBackups(clients),
  restores: new DynamoDbRestores(clients),
  ledger: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  timing,
  log: logger,
  askValidator: askValidationFunction,
  settings: tableSettings(createSettingsClients(), timing),
  snapshots: new DynamoDbSettingsLedger(clients.dynamodb, environment.ledgerTableName),
  publish: publishDrill,
};

/** Rehearses the restore of one table. A durable function: it may take days, and goes on after a crash where it was. */
export const handler = observedDurable(async (event: unknown, context: DurableContext): Promise<object> => {
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const run = { ...parseDrillOrder(event), owner, prefix, drillTablePrefix };
  const { outcome, failure, cleanUp, leftBehind, times } = await drillTable(run, durableRun(context), ports);
  return { table: run.table, outcome, failure, cleanUp, leftBehind, times };
});
