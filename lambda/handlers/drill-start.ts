import type { Context } from 'aws-lambda';
import { createClients } from '../aws/clients.ts';
import { copiesIn } from '../aws/copies.ts';
import { drillExecutions } from '../aws/drill-executions.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { drilledCopies, type DrillingPlan } from '../domain/copy-drills.ts';
import type { Plan } from '../domain/plan.ts';
import { drillLedgerOfCopies } from '../jobs/drill/ledger-of-copies.ts';
import { startDrills, type StartPorts, type StartReport } from '../jobs/drill/start-drills.ts';
import { publishDrillAges } from './drill-metrics.ts';
import { readDrillStartEnvironment, readVaultEnvironment } from './environment.ts';
import { logged, logger } from './observability.ts';
import { RunFailedError } from './run-failed-error.ts';
import { parseScheduleEvent } from './schedule-event.ts';

const environment = readDrillStartEnvironment(process.env);
const clients = createClients();
const ledger = new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName);
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const copiesAt = copiesIn(timing);
const ports = { tables: new DynamoDbTables(clients), ledger, timing, log: logger };

/** What is drilled at one place: the plan's own backups at home, or its copies in one vault. */
interface Starting {
  readonly plan: DrillingPlan;
  readonly copiesIn?: string;
  readonly ports: Pick<StartPorts, 'backups' | 'ledger'>;
}

type Started = Omit<StartReport, 'history'> & { readonly copiesIn?: string };

/**
 * Starts the drills of one slot of one plan: of its backups, and of its copies where it says so.
 * > What cannot be started in one place keeps none of the others from being drilled.
 */
export const handler = logged(async (event: unknown, context: Context): Promise<object> => {
  const { plan, slot } = parseScheduleEvent(event, timing.now());
  const { drill } = plan;
  if (!drill) throw new Error(`the plan ${plan.name} has no drill`);
  const atHome = { plan: { ...plan, drill }, ports: { backups: backupsOf(plan.backup.engine), ledger } };
  const started: (Started | { readonly error: unknown })[] = [];
  for (const place of [atHome, ...copiesOf(plan, context)]) {
    started.push(await startAt(place, slot).catch((error: unknown) => ({ error })));
  }
  const [report, ...copies] = started;
  const all = { ...report, ...(copies.length > 0 && { copies }) };
  if (!started.every(isWhole)) throw new RunFailedError(JSON.stringify(all, errorsByMessage));
  return all;
});

function copiesOf(plan: Plan, context: Context): Starting[] {
  const source = { owner: environment.owner, homeArn: context.invokedFunctionArn };
  return drilledCopies(plan, source).map(({ plan: ofCopies, place: { destination } }) => ({
    plan: ofCopies,
    copiesIn: destination.vaultArn,
    ports: { backups: copiesAt(destination), ledger: drillLedgerOfCopies(ledger, destination.vaultArn) },
  }));
}

async function startAt({ plan, copiesIn: vaultArn, ports: ofPlace }: Starting, slot: Date): Promise<Started> {
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const where = vaultArn === undefined ? {} : { copiesIn: vaultArn };
  const executions = drillExecutions(clients.lambda, environment.drillFunctionArn, { plan, slot, ...where });
  const run = { plan, drill: plan.drill, slot, prefix, owner, drillTablePrefix, ...where };
  const { history, ...report } = await startDrills(run, { ...ports, ...ofPlace, executions });
  if (vaultArn === undefined) publishDrillAges(plan.name, history, timing.now());
  return { ...where, ...report };
}

function isWhole(started: Started | { readonly error: unknown }): boolean {
  return 'failed' in started && started.failed.length === 0 && started.discoveryErrors.length === 0;
}

function errorsByMessage(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.message : value;
}
