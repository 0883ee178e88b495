import type { Context } from 'aws-lambda';
import { createClients, createSettingsClients } from '../aws/clients.ts';
import { continueLater } from '../aws/continue-later.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbOpenBackups } from '../aws/dynamodb-open-backups.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { DynamoDbTables } from '../aws/dynamodb-tables.ts';
import { backupEngines } from '../aws/engines.ts';
import { turnOnRecovery } from '../aws/turn-on-recovery.ts';
import { backupMetrics } from '../contract/metrics.ts';
import { isFollowed } from '../domain/followed-engines.ts';
import type { Plan } from '../domain/plan.ts';
import { backUpTables, type BackupPorts } from '../jobs/backup.ts';
import { backupEvents } from '../jobs/backup-events.ts';
import { type BackupReport, countNotReached, didItsWork, isSuccess, summaryOf } from '../jobs/backup-report.ts';
import { deadlineOf } from './deadline.ts';
import { readEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, observed, publishMetrics } from './observability.ts';
import { RunFailedError } from './run-failed-error.ts';
import { parseScheduleEvent } from './schedule-event.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { tableSettings } from '../aws/table-settings.ts';

const environment = readEnvironment(process.env);
const clients = createClients();
const ledger = new DynamoDbLedger(clients.dynamodb, environment.ledgerTableName);
const backupsOf = backupEngines(clients, readVaultEnvironment(process.env), timing);
const openBackups = new DynamoDbOpenBackups(clients.dynamodb, environment.ledgerTableName);
const ports = {
  tables: new DynamoDbTables(clients),
  ledger,
  settings: tableSettings(createSettingsClients(), timing),
  settingsLedger: new DynamoDbSettingsLedger(clients.dynamodb, environment.ledgerTableName),
  turnOnRecovery: turnOnRecovery(clients.dynamodb),
  timing,
  log: logger,
};

/** Takes one slot's backups of one plan. */
export const handler = observed(async (event: unknown, context: Context): Promise<object> => {
  const { plan, slot, continuation } = parseScheduleEvent(event, timing.now());
  const deadline = deadlineOf(context, timing.now());
  const { owner, backupNamePrefix: prefix, drillTablePrefix } = environment;
  const run = { plan, slot, holder: context.awsRequestId, prefix, owner, drillTablePrefix, deadline };
  const report = await backUpTables(run, portsFor(plan));
  const handedOver = continuation ? countNotReached(report) : 0;
  publish(report);
  if (didItsWork(report)) await rememberRun(plan.name);
  await tell(plan.name, backupEvents(report, handedOver, { owner, now: timing.now() }));
  if (continuation && handedOver > 0) await continueLater(clients.lambda, context.invokedFunctionArn, continuation);
  if (!isSuccess(report, handedOver)) {
    await saveReport(report, context);
    throw new RunFailedError(JSON.stringify(summaryOf(report)));
  }
  return summaryOf(report);
});

function portsFor({ backup: { engine } }: Plan): BackupPorts {
  return { ...ports, backups: backupsOf(engine), ...(isFollowed(engine) && { openBackups }) };
}

function publish(report: BackupReport): void {
  publishMetrics(
    report.plan,
    {
      [backupMetrics.taken]: report.done,
      [backupMetrics.failed]: report.failed,
      [backupMetrics.pending]: report.pending,
      [backupMetrics.skipped]: report.skipped,
      [backupMetrics.discoveryIncomplete]: report.discoveryErrors.length,
    },
    { [backupMetrics.slotLateness]: report.latenessSeconds },
  );
}

/** Lets `watch` see that backups are being taken. */
async function rememberRun(plan: string): Promise<void> {
  try {
    await ledger.recordRun('backup', plan, timing.now());
  } catch (error) {
    logger.warn('the ledger did not keep that the plan ran', { error, plan });
  }
}

/** What went wrong is kept for later questions; what went well stands in the slots themselves. */
async function saveReport(report: BackupReport, { awsRequestId }: Context): Promise<void> {
  try {
    await ledger.saveReport('backup', report.plan, awsRequestId, timing.now(), summaryOf(report));
  } catch (error) {
    logger.warn('the ledger did not keep the report', { error, report: summaryOf(report) });
  }
}
