import type { Context } from 'aws-lambda';
import { createBackupClient, createClients } from '../aws/clients.ts';
import { locksOf } from '../aws/copies.ts';
import { copyJobs } from '../aws/copy-jobs.ts';
import { DynamoDbCopies } from '../aws/dynamodb-copies.ts';
import { DynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { DynamoDbSettingsLedger } from '../aws/dynamodb-settings-ledger.ts';
import { systemTiming as timing } from '../aws/system-timing.ts';
import { copyRoleVariable } from '../contract/environment.ts';
import { copyMetrics } from '../contract/metrics.ts';
import { copyPlaces, type CopyPlace, settingsBeside } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import { copyEvents } from '../jobs/copy-events.ts';
import { type CopyReport, summaryOf } from '../jobs/copy-report.ts';
import type { FollowPorts } from '../jobs/follow-backups.ts';
import { followCopies } from '../jobs/follow-copies.ts';
import type { Backups } from '../jobs/ports.ts';
import { deadlineOf } from './deadline.ts';
import { readEnvironment, readVaultEnvironment } from './environment.ts';
import { tell } from './events.ts';
import { logger, publishMetrics } from './observability.ts';
import { RunFailedError } from './run-failed-error.ts';

const { owner, ledgerTableName } = readEnvironment(process.env);
const vault = readVaultEnvironment(process.env);
const copyRoleArn = process.env[copyRoleVariable];
const { dynamodb } = createClients();
const ledger = new DynamoDbLedger(dynamodb, ledgerTableName);
const copies = new DynamoDbCopies(dynamodb, ledgerTableName);
const snapshots = new DynamoDbSettingsLedger(dynamodb, ledgerTableName);
const jobs =
  vault && copyRoleArn
    ? copyJobs(createBackupClient(), { vaultName: vault.vaultName, roleArn: copyRoleArn, lockOf: locksOf(timing) })
    : undefined;

/** Where copies of a plan's backups are wanted, and where that is remembered. */
export function copiesWanted(plan: Plan, { invokedFunctionArn: homeArn }: Context): FollowPorts['copies'] {
  return { places: copyPlaces(plan, { owner, homeArn }), ledger: copies };
}

/**
 * Starts, follows and reports the copies of a plan; says nothing where nobody copies. Throws when the ledger does not answer, and when settings
 * could not be kept beside a copy, once all others are seen to.
 */
export async function seeToCopies(
  plan: Plan,
  { places, backups }: { readonly places: readonly CopyPlace[]; readonly backups: Backups },
  context: Context,
): Promise<object> {
  if (!jobs) return {};
  const run = { plan, places, deadline: deadlineOf(context, timing.now()) };
  const settings = {
    backups,
    snapshots,
    keptBeside: (vaultArn: string) => keptBeside(vaultArn, context.invokedFunctionArn),
  };
  const { report, settled, withoutSettings } = await followCopies(run, {
    jobs,
    ledger: copies,
    settings,
    timing,
    log: logger,
  });
  await tellOf(report, context.awsRequestId);
  for (const each of settled) await copies.closeCopy(each);
  if (withoutSettings.length > 0) throw new RunFailedError(JSON.stringify({ ...summaryOf(report), withoutSettings }));
  return { copies: summaryOf(report) };
}

const besides = new Map<string, DynamoDbSettingsLedger>();

function keptBeside(vaultArn: string, homeArn: string): DynamoDbSettingsLedger | undefined {
  const table = settingsBeside(vaultArn, { owner, homeArn });
  if (!table) return undefined;
  const known =
    besides.get(vaultArn) ?? new DynamoDbSettingsLedger(createClients(table.region).dynamodb, table.tableName);
  besides.set(vaultArn, known);
  return known;
}

/** > As with backups, the last word stands until another copy has ended. The weekly summary adds up what the ledger keeps of it. */
async function tellOf(report: CopyReport, runId: string): Promise<void> {
  const { plan, made, failed } = report;
  if (made.length + failed.length === 0) return;
  publishMetrics(plan, { [copyMetrics.made]: made.length, [copyMetrics.failed]: failed.length });
  const now = timing.now();
  await tell(plan, copyEvents(report, { owner, now }));
  if (failed.length > 0) logger.error('copies were given up', { report: summaryOf(report) });
  await ledger.saveReport('copy', plan, runId, now, summaryOf(report));
}
