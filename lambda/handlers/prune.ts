import type { Context } from 'aws-lambda';
import { createClients } from '../aws/clients.ts';
import { copiesIn } from '../aws/copies.ts';
import { continueLater } from '../aws/continue-later.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { pruneMetrics } from '../contract/metrics.ts';
import { copyPlaces } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import { pruneBackups } from '../jobs/prune.ts';
import { pruneCopies, type PrunedCopies } from '../jobs/prune-copies.ts';
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
const copyPorts = { ...ports, copiesIn: copiesIn(timing, { readsLegalHolds: true }) };

/**
 * Deletes the expired backups of one plan, then its expired copies.
 * > What could not be done in one place keeps none of the others from being pruned.
 */
export const handler = observed(async (event: unknown, context: Context): Promise<object> => {
  const { plan, slot, continuation } = parseScheduleEvent(event, timing.now());
  const deadline = deadlineOf(context, timing.now());
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const run = { plan, runId: context.awsRequestId, prefix, owner, drillTablePrefix, deadline };
  const report = await pruneBackups(run, { ...ports, backups: backupsOf(plan.backup.engine) });
  const places = copyPlaces(plan, { owner, homeArn: context.invokedFunctionArn });
  const ofCopies = await pruneCopies(run, places, copyPorts);
  const reports = [report, ...ofCopies.map((each) => each.report)];
  publish(report, reports);
  for (const each of reports) await tell(plan.name, pruneEvents(each, { owner, slot, now: timing.now() }));
  if (reports.some(({ ranOutOfTime }) => ranOutOfTime) && continuation)
    await continueLater(clients.lambda, context.invokedFunctionArn, continuation);
  const summary = { ...summaryOf(report), ...(ofCopies.length > 0 && { copies: ofCopies.map(summaryOfCopies) }) };
  if (reports.some((each) => each.blocked !== null || !isSuccess(each))) await saveReport(plan, summary, context);
  if (!reports.every(isSuccess)) throw new RunFailedError(JSON.stringify(summary));
  await ledger.recordRun('prune', plan.name, timing.now());
  return summary;
});

function summaryOfCopies({ destinationArn, report }: PrunedCopies): object {
  return { destinationArn, ...summaryOf(report) };
}

/** What went wrong is kept for later questions; what was deleted stands in the settled intents. */
async function saveReport({ name }: Plan, summary: object, { awsRequestId }: Context): Promise<void> {
  await ledger.saveReport('prune', name, awsRequestId, timing.now(), summary);
}

/** > What went wrong with copies counts with what went wrong with backups; what is kept, counts of backups alone. */
function publish(report: PruneReport, all: readonly PruneReport[]): void {
  const deletions = (...outcomes: Parameters<typeof countDeletions>[1][]) =>
    all.reduce((sum, each) => sum + countDeletions(each, ...outcomes), 0);
  const isBlocked = (by?: string) =>
    all.some(({ blocked }) => blocked !== null && (by === undefined || blocked.by === by));
  publishMetrics(report.plan, {
    [pruneMetrics.kept]: report.kept,
    [pruneMetrics.expired]: report.expired,
    [pruneMetrics.deleted]: deletions('deleted', 'gone'),
    [pruneMetrics.deletionsSkipped]: deletions('in-use', 'kept', 'abandoned', 'retained'),
    [pruneMetrics.deletionsFailed]: deletions('failed', 'survived'),
    [pruneMetrics.deletionsDenied]: deletions('denied'),
    [pruneMetrics.frozen]: report.frozen,
    [pruneMetrics.held]: report.held,
    [pruneMetrics.unjudgeable]: report.unjudgeable,
    [pruneMetrics.blocked]: isBlocked() ? 1 : 0,
    [pruneMetrics.limitExceeded]: isBlocked('deletion-cap') ? 1 : 0,
    [pruneMetrics.reportOnly]: report.mode === 'report-only' ? 1 : 0,
  });
}
