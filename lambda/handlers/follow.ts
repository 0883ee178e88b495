import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createClients } from '../aws/clients.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbOpenBackups } from '../aws/dynamodb-open-backups.ts';
import { backupEngines } from '../aws/engines.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { backupMetrics } from '../contract/metrics.ts';
import type { Plan } from '../domain/plan.ts';
import { backupEvents } from '../jobs/backup-events.ts';
import { isSuccess, summaryOf } from '../jobs/backup-report.ts';
import { followBackups, type Followed } from '../jobs/follow-backups.ts';
import { copiesWanted, seeToCopies } from './copies.ts';
import { readEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, observed, publishMetrics } from './observability.ts';
import { readPlan } from './read-plan.ts';

const environment = readEnvironment(process.env);
const clients = createClients();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const openBackups = new DynamoDbOpenBackups(clients.dynamodb, environment.ledgerTableName);
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const eventSchema = z.object({ plan: z.unknown() });

/**
 * Looks what became of the backup jobs of one plan, and sees to the copies of what they made.
 * > A job that failed does not fail this run, whose retry could change nothing: metric, event and report say it.
 * > One run of a plan at a time: many jobs end at once, and each event of it starts a run. What a run that stands back was started for the other
 * > one sees, or else the schedule's next.
 */
export const handler = observed(async (event: unknown, context: Context): Promise<object> => {
  const plan = readPlan(eventSchema.parse(event).plan);
  if (!(await openBackups.startFollowing(plan.name, context.awsRequestId, timing.now())))
    return { slots: [], stoodBack: true };
  try {
    return await follow(plan, context);
  } finally {
    await openBackups.stopFollowing(plan.name, context.awsRequestId);
  }
});

async function follow(plan: Plan, context: Context): Promise<object> {
  const copies = copiesWanted(plan, context);
  const ports = { backups: backupsOf(plan.backup.engine), openBackups, ledger, copies, log: logger };
  const followed = await followBackups(plan, ports);
  if (followed.length > 0) publish(plan, followed);
  for (const each of followed) await report(plan, each, context.awsRequestId);
  const copied = await seeToCopies(plan, { ...copies, backups: ports.backups }, context);
  return { slots: followed.map((each) => summaryOf(each.report)), ...copied };
}

/** > A run that found nothing settled says nothing: the last word about a slot stands until there is another. */
function publish(plan: Plan, followed: readonly Followed[]): void {
  const sum = (count: (each: Followed['report']) => number) =>
    followed.reduce((all, each) => all + count(each.report), 0);
  publishMetrics(plan.name, {
    [backupMetrics.taken]: sum(({ done }) => done),
    [backupMetrics.failed]: sum(({ failed }) => failed),
  });
}

async function report({ name }: Plan, { report: ofSlot, settled }: Followed, runId: string): Promise<void> {
  const now = timing.now();
  await tell(name, backupEvents(ofSlot, 0, { owner: environment.owner, now }));
  if (!isSuccess(ofSlot, 0)) {
    logger.error('backup jobs failed', { report: summaryOf(ofSlot) });
    await ledger.saveReport('follow', name, `${runId}#${ofSlot.slot}`, now, summaryOf(ofSlot));
  }
  for (const open of settled) await openBackups.closeOpen(open);
}
