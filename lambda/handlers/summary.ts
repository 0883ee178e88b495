import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createBackupClient, createClients, createMessagesClient } from '../aws/clients.ts';
import { DynamoDbCopies } from '../aws/dynamodb-copies.ts';
import { DynamoDbDrillLedger } from '../aws/dynamodb-drill-ledger.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { restoreTests } from '../aws/restore-tests.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { publishTo } from '../aws/topic-messages.ts';
import { countSubscriptions } from '../aws/topic-subscriptions.ts';
import { copyPlaces } from '../domain/copy-destination.ts';
import type { SummaryCopies, SummaryPorts } from '../jobs/summary/ports.ts';
import { summarizeWeek } from '../jobs/summary/summary.ts';
import { readSummaryEnvironment, readVaultEnvironment } from './environment.ts';
import { logged, logger } from './observability.ts';
import { readPlan } from './read-plan.ts';

const environment = readSummaryEnvironment(process.env);
const vault = readVaultEnvironment(process.env);
const clients = createClients();
const sns = createMessagesClient();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const copies = new DynamoDbCopies(clients.dynamodb, environment.ledgerTableName);
const ports: Omit<SummaryPorts, 'copies'> = {
  tables: new DynamoDbTables(clients),
  backupsOf: backupEngines(clients, vault, timing),
  ledger: {
    holds: () => ledger.holds(),
    pinned: () => ledger.pinned(),
    copied: (plan) => ledger.copied(plan),
    proven: (plan) => ledger.proven(plan),
    previousCounts: (plan) => ledger.previousCounts(plan),
    claimsSince: (plan, table, since) => ledger.claimsSince(plan, table, since),
    deletedSince: (plan, since) => ledger.deletedSince(plan, since),
    drills: new DynamoDbDrillLedger(clients.dynamodb, environment.ledgerTableName),
  },
  restoreTests: async (within) => (vault ? restoreTests(createBackupClient(), vault.vaultName, within) : []),
  timing,
  log: logger,
  countUnconfirmed: async () => (await countSubscriptions(sns)(environment.topicArn)).unconfirmed,
  publish: publishTo(sns, environment.topicArn),
};
const eventSchema = z.object({ plans: z.array(z.unknown()), slot: z.iso.datetime() });

/** Sends people the summary of the week before its slot. */
export const handler = logged(async (event: unknown, context: Context): Promise<object> => {
  const { plans, slot } = eventSchema.parse(event);
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const region = context.invokedFunctionArn.split(':')[3] ?? '';
  const run = { plans: plans.map(readPlan), owner, prefix, drillTablePrefix, region, slot: new Date(slot) };
  const { subject } = await summarizeWeek(run, { ...ports, copies: knownCopies(context) });
  return { subject };
});

function knownCopies({ invokedFunctionArn: homeArn }: Context): SummaryCopies {
  return {
    placesOf: (plan) => copyPlaces(plan, { owner: environment.owner, homeArn }),
    newestCopies: (plan) => copies.newestCopies(plan),
    reportsSince: (plan, since) => ledger.reportsSince('copy', plan, since),
  };
}
