import * as z from 'zod';
import { createClients, createWatchClients } from '../aws/clients.ts';
import { dynamoDbBackups } from '../aws/dynamodb-backups.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { stateOfKey } from '../aws/key-state.ts';
import { latestRestorableTime } from '../aws/latest-restorable-time.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { countSubscriptions } from '../aws/topic-subscriptions.ts';
import { watchedSchedules } from '../aws/watched-schedules.ts';
import { watchPlans, type WatchMemory, type WatchPorts } from '../jobs/watch/watch.ts';
import { readWatchEnvironment } from './environment.ts';
import { logged } from './observability.ts';
import { readPlan } from './read-plan.ts';
import { RunFailedError } from './run-failed-error.ts';
import { publishWatch } from './watch-metrics.ts';

const environment = readWatchEnvironment(process.env);
const clients = createClients();
const watchClients = createWatchClients();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const ports: WatchPorts = {
  tables: new DynamoDbTables(clients),
  backups: dynamoDbBackups(clients),
  ledger: {
    lastRuns: () => ledger.lastRuns(),
    deletedSince: (plan, since) => ledger.deletedSince(plan, since),
    holds: () => ledger.holds(),
    drills: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  },
  schedules: watchedSchedules(watchClients.scheduler),
  stateOfKey: stateOfKey(watchClients.kms),
  countSubscriptions: countSubscriptions(watchClients.sns),
  latestRestorableTime: latestRestorableTime(clients.dynamodb),
  timing,
};
const memory: WatchMemory = { drills: new Map(), retention: new Map() };
const eventSchema = z.object({ plans: z.array(z.unknown()) });

/** Publishes how well the tables of all plans are protected. */
export const handler = logged(async (event: unknown): Promise<object> => {
  const { owner, backupNamePrefix: prefix, drillTablePrefix, prices, alarmTopicArn, detail } = environment;
  const plans = eventSchema.parse(event).plans.map(readPlan);
  const report = await watchPlans({ plans, owner, prefix, drillTablePrefix, prices, alarmTopicArn }, ports, memory);
  publishWatch(report, detail);
  if (report.failures.length > 0) throw new RunFailedError(JSON.stringify({ failures: report.failures.slice(0, 50) }));
  return { at: report.at, plans: plans.length };
});
