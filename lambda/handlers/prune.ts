import type { Context } from 'aws-lambda';
import { createClients } from '../aws/clients.ts';
import { continueLater } from '../aws/continue-later.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { pruneMetrics } from '../contract/metrics.ts';
import { pruneBackups } from '../jobs/prune.ts';
import { pruneEvents } from '../jobs/prune-events.ts';
import { countDeletions, isSuccess, summaryOf, type PruneReport } from '../jobs/prune-report.ts';
import { deadlineOf } from './deadline.ts';
import { readEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, observed, publishMetrics } from './observability.ts';
import { RunFailedError } from './run-failed-error.ts';
import { parseScheduleEvent } from './schedule-event.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';

const environment = readEnvironment(process.env);
const clients = createClients();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing, { readsLegalHolds: true });
const ports = { tables: new DynamoDbTables(clients), ledger, timing, log: logger };

/** Deletes the expired backups of one plan. */
export const handler = observed(async (event: unknown, context: Context): Promise<object> => {
  const { plan, slot, continuation } = parseScheduleEvent(event, timing.now());
  const deadline = deadlineOf(context, timing.now());
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const run = { plan, runId: context.awsRequestId, prefix, owner, drillTablePrefix, deadline };
  const report = await pruneBackups(run, { ...ports, backups: backupsOf(plan.backup.engine) });
  publish(report);
  await tell(plan.name, pruneEvents(report, { owner, slot, now: timing.now() }));
  if (report.ranOutOfTime && continuation)
    await continueLater(clients.lambda, context.invokedFunctionArn, continuation);
  if (report.blocked || !isSuccess(report)) await saveReport(report, context);
  if (isSuccess(report)) await ledger.recordRun('prune', plan.name, timing.now());
  else throw new RunFailedError(JSON.stringify(summaryOf(report)));
  return summaryOf(report);
});

/** What went wrong is kept for later questions; what was deleted stands in the settled intents. */
async function saveReport(report: PruneReport, { awsRequestId }: Context): Promise<void> {
  await ledger.saveReport('prune', report.plan, awsRequestId, timing.now(), summaryOf(report));
}

function publish(report: PruneReport): void {
  publishMetrics(report.plan, {
    [pruneMetrics.kept]: report.kept,
    [pruneMetrics.expired]: report.expired,
    [pruneMetrics.deleted]: countDeletions(report, 'deleted', 'gone'),
    [pruneMetrics.deletionsSkipped]: countDeletions(report, 'in-use', 'kept', 'abandoned', 'retained'),
    [pruneMetrics.deletionsFailed]: countDeletions(report, 'failed', 'survived'),
    [pruneMetrics.deletionsDenied]: countDeletions(report, 'denied'),
    [pruneMetrics.frozen]: report.frozen,
    [pruneMetrics.held]: report.held,
    [pruneMetrics.unjudgeable]: report.unjudgeable,
    [pruneMetrics.blocked]: report.blocked ? 1 : 0,
    [pruneMetrics.limitExceeded]: report.blocked?.by === 'deletion-cap' ? 1 : 0,
    [pruneMetrics.reportOnly]: report.mode === 'report-only' ? 1 : 0,
  });
}
