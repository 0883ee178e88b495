import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createClients, createWatchClients } from '../aws/clients.ts';
import { copiesIn } from '../aws/copies.ts';
import { DynamoDbCopies } from '../aws/dynamodb-copies.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { stateOfKey } from '../aws/key-state.ts';
import { recoveryState } from '../aws/recovery-state.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { countSubscriptions } from '../aws/topic-subscriptions.ts';
import { watchedSchedules } from '../aws/watched-schedules.ts';
import { copyPlaces } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import { watchEvents } from '../jobs/watch/watch-events.ts';
import { watchPlans, type WatchMemory, type WatchPorts, type WatchReport } from '../jobs/watch/watch.ts';
import { readVaultEnvironment, readWatchEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logged } from './observability.ts';
import { readPlan } from './read-plan.ts';
import { RunFailedError } from './run-failed-error.ts';
import { publishWatch } from './watch-metrics.ts';

const environment = readWatchEnvironment(process.env);
const clients = createClients();
const watchClients = createWatchClients();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const copies = new DynamoDbCopies(clients.dynamodb, environment.ledgerTableName);
const copiesAt = copiesIn(timing);
const ports: Omit<WatchPorts, 'copies'> = {
  tables: new DynamoDbTables(clients),
  backupsOf: backupEngines(clients, readVaultEnvironment(process.env), timing),
  ledger: {
    lastRuns: () => ledger.lastRuns(),
    deletedSince: (plan, since) => ledger.deletedSince(plan, since),
    holds: () => ledger.holds(),
    drills: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  },
  schedules: watchedSchedules(watchClients.scheduler),
  stateOfKey: stateOfKey(watchClients.kms),
  countSubscriptions: countSubscriptions(watchClients.sns),
  recoveryOf: recoveryState(clients.dynamodb),
  timing,
};
const memory: WatchMemory = { drills: new Map(), retention: new Map() };
const eventSchema = z.object({ plans: z.array(z.unknown()), slot: z.iso.datetime().optional() });

/** Publishes how well the tables of all plans are protected. */
export const handler = logged(async (event: unknown, context: Context): Promise<object> => {
  const { owner, backupNamePrefix: prefix, drillTablePrefix, prices, alarmTopicArn, detail } = environment;
  const { slot, ...asked } = eventSchema.parse(event);
  const plans = asked.plans.map(readPlan);
  const run = { plans, owner, prefix, drillTablePrefix, prices, alarmTopicArn };
  const report = await watchPlans(run, { ...ports, copies: watchedCopies(context) }, memory);
  publishWatch(report, detail);
  if (slot !== undefined) await tellOf(report, plans, new Date(slot));
  if (report.failures.length > 0) throw new RunFailedError(JSON.stringify({ failures: report.failures.slice(0, 50) }));
  return { at: report.at, plans: plans.length };
});

function watchedCopies({ invokedFunctionArn: homeArn }: Context): WatchPorts['copies'] {
  return {
    placesOf: (plan) => copyPlaces(plan, { owner: environment.owner, homeArn }),
    in: copiesAt,
    newest: (plan) => copies.newestCopies(plan),
  };
}

/** > Only a scheduled run tells what broke since the one before: a person may look as often as they like. */
async function tellOf(report: WatchReport, plans: readonly Plan[], slot: Date): Promise<void> {
  for (const plan of plans) await tell(plan.name, watchEvents(report, plan, { owner: environment.owner, slot }));
}
