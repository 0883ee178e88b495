import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { createBackupClient, createClients, createKeyClient, createSettingsClients } from '../aws/clients.ts';
import { durableRun } from '../aws/durable-run.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbRestores } from '../aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { backupEngines } from '../aws/engines.ts';
import { pointRestores, type PointRestores } from '../aws/recovery-point-restores.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { tableSettings } from '../aws/table-settings.ts';
import { askValidationFunction } from '../aws/validation-function.ts';
import type { Plan } from '../domain/plan.ts';
import { drillTable, type DrillPorts } from '../jobs/drill/drill.ts';
import { drillEvents } from '../jobs/drill/drill-events.ts';
import type { DrillResult } from '../jobs/drill/drill-result.ts';
import { parseDrillOrder } from './drill-order.ts';
import { publishDrill } from './drill-metrics.ts';
import { readEnvironment, readHomeRegion, readRestoreEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, observedDurable } from './observability.ts';

const environment = readEnvironment(process.env);
const homeRegion = readHomeRegion(process.env);
const clients = createClients();
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const points = pointsAtHome();
const ports = {
  ledger: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  timing,
  log: logger,
  askValidator: askValidationFunction,
  snapshots: new DynamoDbSettingsLedger(clients.dynamodb, environment.ledgerTableName),
  publish: publishDrill,
  tell: (result: DrillResult, plan: Plan) => tell(plan.name, drillEvents(result, plan, environment.owner)),
};

const portsByRegion = new Map<string | undefined, Pick<DrillPorts, 'restores' | 'settings'>>();

/** Rehearses the restore of one table. A durable function: it may take days, and goes on after a crash where it was. */
export const handler = observedDurable(async (event: unknown, context: DurableContext): Promise<object> => {
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const order = parseDrillOrder(event);
  const { region } = order.drill;
  const run = { ...order, owner, prefix, drillTablePrefix, ...(region !== undefined && { homeRegion }) };
  const { outcome, failure, cleanUp, leftBehind, times } = await drillTable(run, durableRun(context), {
    ...ports,
    backups: backupsOf(order.plan.backup.engine),
    ...portsIn(region),
  });
  return { table: run.table, outcome, failure, cleanUp, leftBehind, times };
});

/** Everything about the drill table happens in the Region it is restored into; everything else stays at home. */
function portsIn(region: string | undefined): Pick<DrillPorts, 'restores' | 'settings'> {
  let known = portsByRegion.get(region);
  if (known === undefined) {
    const there = region === undefined ? clients : createClients(region);
    const options = { source: clients.dynamodb, points: region === undefined ? points : undefined };
    const restores = new DynamoDbRestores(there, options);
    known = { restores, settings: tableSettings(createSettingsClients(region), timing) };
    portsByRegion.set(region, known);
  }
  return known;
}

/** > A recovery point is restored where its vault is. */
function pointsAtHome(): PointRestores | undefined {
  const place = readRestoreEnvironment(process.env);
  if (!place) return undefined;
  return pointRestores({ backup: createBackupClient(), kms: createKeyClient() }, { ...place, region: homeRegion });
}
