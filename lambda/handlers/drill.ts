import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { createBackupClient, createClients, createKeyClient, createSettingsClients } from '../aws/clients.ts';
import { copiesIn } from '../aws/copies.ts';
import { durableRun } from '../aws/durable-run.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbRestores } from '../aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { backupEngines } from '../aws/engines.ts';
import { pointRestores, type PointRestores } from '../aws/recovery-point-restores.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { tableSettings } from '../aws/table-settings.ts';
import { askValidationFunction } from '../aws/validation-function.ts';
import { ownDestination, settingsBeside, type SettingsTable } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import { drillTable, type DrillPorts } from '../jobs/drill/drill.ts';
import { drillEvents } from '../jobs/drill/drill-events.ts';
import type { DrillResult } from '../jobs/drill/drill-result.ts';
import { drillLedgerOfCopies } from '../jobs/drill/ledger-of-copies.ts';
import { type DrillOrder, parseDrillOrder } from './drill-order.ts';
import { publishDrill } from './drill-metrics.ts';
import { readEnvironment, readHomeRegion, readRestoreEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, observedDurable } from './observability.ts';

const environment = readEnvironment(process.env);
const homeRegion = readHomeRegion(process.env);
const clients = createClients();
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const copiesAt = copiesIn(timing);
const ledger = new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName);
const snapshots = new DynamoDbSettingsLedger(clients.dynamodb, environment.ledgerTableName);
const ports = {
  timing,
  log: logger,
  askValidator: askValidationFunction,
  publish: publishDrill,
  tell: (result: DrillResult, plan: Plan) => tell(plan.name, drillEvents(result, plan, environment.owner)),
};

type PortsOfPlace = Pick<DrillPorts, 'backups' | 'ledger' | 'snapshots' | 'restores' | 'settings'>;
const portsByPlace = new Map<string, PortsOfPlace>();

/** Rehearses the restore of one table. A durable function: it may take days, and goes on after a crash where it was. */
export const handler = observedDurable(async (event: unknown, context: DurableContext): Promise<object> => {
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const order = parseDrillOrder(event);
  const { region } = order.drill;
  const run = { ...order, owner, prefix, drillTablePrefix, ...(region !== undefined && { homeRegion }) };
  const durable = durableRun(context);
  const { outcome, failure, cleanUp, leftBehind, times } = await drillTable(run, durable, {
    ...ports,
    ...portsOf(order, durable.executionId),
  });
  return { table: run.table, outcome, failure, cleanUp, leftBehind, times };
});

/** > A warm function makes its clients once for each place. An execution's ARN names the account and the Region of the deployment. */
function portsOf(order: DrillOrder, homeArn: string): PortsOfPlace {
  const { plan, drill, copiesIn: vaultArn } = order;
  const key = JSON.stringify([plan.backup.engine, drill.region, vaultArn]);
  const known =
    portsByPlace.get(key) ?? (vaultArn === undefined ? portsAtHome(order) : portsAtCopies(vaultArn, homeArn));
  portsByPlace.set(key, known);
  return known;
}

/** Everything about the drill table happens in the Region it is restored into; everything else stays at home. */
function portsAtHome({ plan, drill: { region } }: DrillOrder): PortsOfPlace {
  const points = region === undefined ? pointsIn({ region: homeRegion }) : undefined;
  return { backups: backupsOf(plan.backup.engine), ledger, snapshots, ...restoringInto(region, points) };
}

/**
 * Copies are restored where they lie.
 * > What they are re-armed with is read there as well, where the deployment keeps it there: a drill of copies proves what a lost Region leaves.
 */
function portsAtCopies(vaultArn: string, homeArn: string): PortsOfPlace {
  const destination = ownDestination(vaultArn);
  if (!destination) throw new Error(`copiesIn must be the ARN of a vault, got ${vaultArn}`);
  const { region, vaultName } = destination;
  const table = settingsBeside(vaultArn, { owner: environment.owner, homeArn });
  const beside = table && ledgersIn(table);
  return {
    backups: copiesAt(destination),
    ledger: drillLedgerOfCopies(ledger, vaultArn, beside && { ledger: beside.drills, log: logger }),
    snapshots: beside?.snapshots ?? snapshots,
    ...restoringInto(region, pointsIn({ region, vaultName })),
  };
}

function ledgersIn({ region, tableName }: SettingsTable) {
  const { dynamodb } = createClients(region);
  return {
    drills: new DynamoDbDrillLedger(dynamodb, tableName),
    snapshots: new DynamoDbSettingsLedger(dynamodb, tableName),
  };
}

function restoringInto(
  region: string | undefined,
  points: PointRestores | undefined,
): Pick<DrillPorts, 'restores' | 'settings'> {
  const there = region === undefined ? clients : createClients(region);
  const restores = new DynamoDbRestores(there, { source: clients.dynamodb, points });
  return { restores, settings: tableSettings(createSettingsClients(region), timing) };
}

/** > A recovery point is restored where its vault is. */
function pointsIn({
  region,
  vaultName,
}: {
  readonly region: string;
  readonly vaultName?: string;
}): PointRestores | undefined {
  const place = readRestoreEnvironment(process.env);
  if (!place) return undefined;
  const elsewhere = region === homeRegion ? undefined : region;
  const keys = { backup: createBackupClient(elsewhere), kms: createKeyClient() };
  return pointRestores(keys, { ...place, ...(vaultName !== undefined && { vaultName }), region });
}
