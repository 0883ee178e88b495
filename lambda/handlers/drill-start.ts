import { createClients } from '../aws/clients.ts';
import { drillExecutions } from '../aws/drill-executions.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { startDrills } from '../jobs/drill/start-drills.ts';
import { publishDrillAges } from './drill-metrics.ts';
import { readDrillStartEnvironment, readVaultEnvironment } from './environment.ts';
import { logged, logger } from './observability.ts';
import { RunFailedError } from './run-failed-error.ts';
import { parseScheduleEvent } from './schedule-event.ts';

const environment = readDrillStartEnvironment(process.env);
const clients = createClients();
const ledger = new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName);
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const ports = { tables: new DynamoDbTables(clients), ledger, timing, log: logger };

/** Starts the drills of one slot of one plan. */
export const handler = logged(async (event: unknown): Promise<object> => {
  const { plan, slot } = parseScheduleEvent(event, timing.now());
  const { drill } = plan;
  if (!drill) throw new Error(`the plan ${plan.name} has no drill`);
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const executions = drillExecutions(clients.lambda, environment.drillFunctionArn, plan, slot);
  const { history, ...report } = await startDrills(
    { plan, drill, slot, prefix, owner, drillTablePrefix },
    { ...ports, backups: backupsOf(plan.backup.engine), executions },
  );
  publishDrillAges(plan.name, history, timing.now());
  if (report.failed.length > 0 || report.discoveryErrors.length > 0) throw new RunFailedError(JSON.stringify(report));
  return report;
});
