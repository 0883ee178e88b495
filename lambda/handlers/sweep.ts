import * as z from 'zod';
import { createClients, createSettingsClients } from '../aws/clients.ts';
import { executionStateOf } from '../aws/drill-executions.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbRestores } from '../aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { oncePer } from '../aws/once-per.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { tableSettings } from '../aws/table-settings.ts';
import type { Plan } from '../domain/plan.ts';
import { sweepDrillTables, type SweepPlace } from '../jobs/drill/sweep.ts';
import { publishSweep } from './drill-metrics.ts';
import { readEnvironment, readHomeRegion } from './environment.ts';
import { logged, logger } from './observability.ts';
import { readPlan } from './read-plan.ts';
import { RunFailedError } from './run-failed-error.ts';

const environment = readEnvironment(process.env);
const homeRegion = readHomeRegion(process.env);
const clients = createClients();
const ports = {
  inRegion,
  ledger: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  timing,
  log: logger,
  snapshots: new DynamoDbSettingsLedger(clients.dynamodb, environment.ledgerTableName),
  executionState: (executionId: string) => executionStateOf(clients.lambda, executionId, timing.now()),
};
const eventSchema = z.object({ plans: z.array(z.unknown()) });

/** Deletes the drill tables that drills left behind. */
export const handler = logged(async (event: unknown): Promise<object> => {
  const { owner, drillTablePrefix } = environment;
  const plans = plansOf(event);
  const report = await sweepDrillTables({ plans, owner, drillTablePrefix, homeRegion }, ports);
  publishSweep(report, plans);
  if (report.unswept.length > 0) throw new RunFailedError(JSON.stringify(report));
  return report;
});

const clientsIn = oncePer(String, (region: string) => {
  const isHome = region === homeRegion;
  return {
    clients: isHome ? clients : createClients(region),
    settingsClients: createSettingsClients(isHome ? undefined : region),
  };
});

function inRegion(region: string): SweepPlace {
  const there = clientsIn(region);
  return {
    tables: new DynamoDbTables(there.clients),
    restores: new DynamoDbRestores(there.clients, { source: clients.dynamodb }),
    settings: tableSettings(there.settingsClients, timing),
  };
}

/** The plans of the deployment: a table one of them covers is never deleted, whatever it is called. */
function plansOf(event: unknown): Plan[] {
  return eventSchema.parse(event).plans.map(readPlan);
}
