import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import Table from 'cli-table3';
import { copiesIn } from '../lambda/aws/copies.ts';
import { DynamoDbTables } from '../lambda/aws/dynamodb-tables.ts';
import { backupEngines } from '../lambda/aws/engines.ts';
import { systemTiming as timing } from '../lambda/aws/system-timing.ts';
import { drillPrefixFault } from '../lambda/domain/drill/drill-table-name.ts';
import { pruneBackups } from '../lambda/jobs/prune.ts';
import { pruneCopiesAt } from '../lambda/jobs/prune-copies.ts';
import { isSuccess, type PruneReport } from '../lambda/jobs/prune-report.ts';
import { readOnly } from '../lambda/jobs/read-only-ledger.ts';
import { connect, withConnection, type ConnectionOptions } from './connection.ts';
import { readCopyPlace } from './copy-place.ts';
import { readPlanFile } from './plan-file.ts';

interface Options extends ConnectionOptions {
  readonly plan: string;
  readonly owner: string;
  readonly prefix: string;
  readonly drillPrefix: string;
  readonly vault?: string;
  readonly copiesIn?: string;
  readonly execute?: true;
  readonly json?: true;
}

const oneHourMilliseconds = 3_600_000;

/** `ddb-backups prune`: does by hand what the prune function does on schedule. > It deletes nothing unless told to. */
export function pruneCommand(): Command {
  return withConnection(new Command('prune'))
    .description('Judge the backups of a plan in this account, and delete the expired ones only with --execute.')
    .requiredOption('--plan <file>', 'the plan as its schedule carries it, in JSON')
    .requiredOption('--owner <id>', 'owner id of the deployment, as the stack prints it')
    .option('--prefix <text>', 'first part of the names of its backups', 'scheduled')
    .option('--drill-prefix <text>', 'first part of the names of its drill tables', drillPrefix, 'ddb-drill-')
    .option('--vault <name>', 'the vault of a plan with engine aws-backup')
    .option('--copies-in <arn>', 'judge the copies in this vault, by the rules of their place, instead of the backups')
    .option('--execute', 'delete; without it nothing is written anywhere')
    .option('--json', 'print the report as JSON')
    .action(async (options: Options) => {
      const report = await runPrune(options);
      console.log(options.json ? JSON.stringify(report, null, 2) : describe(report, options));
      process.exitCode = isSuccess(report) ? 0 : 1;
    });
}

async function runPrune(options: Options): Promise<PruneReport> {
  const plan = readPlanFile(options.plan);
  const { engine } = plan.backup;
  const place = options.copiesIn === undefined ? undefined : readCopyPlace(plan, options.copiesIn);
  if (engine === 'aws-backup' && options.vault === undefined && !place)
    throw new Error('--vault must name the vault of a plan with engine aws-backup, as the stack prints it');
  const { clients, ledger } = connect(options);
  const vault = options.vault === undefined ? undefined : { vaultName: options.vault, roleArn: undefined };
  const mode = options.execute ? plan.prune.mode : 'report-only';
  const run = {
    plan: { ...plan, prune: { ...plan.prune, mode } },
    runId: randomUUID(),
    prefix: options.prefix,
    owner: options.owner,
    drillTablePrefix: options.drillPrefix,
    deadline: new Date(timing.now().getTime() + oneHourMilliseconds),
  };
  const ports = {
    tables: new DynamoDbTables(clients),
    ledger: options.execute ? ledger : readOnly(ledger),
    timing,
    log: console,
  };
  if (!place) {
    const backups = backupEngines(clients, vault, timing, { readsLegalHolds: true })(engine);
    return await pruneBackups(run, { ...ports, backups });
  }
  return await pruneCopiesAt(place, run, { ...ports, copiesIn: copiesIn(timing, { readsLegalHolds: true }) });
}

function describe(report: PruneReport, { execute }: Options): string {
  const table = new Table({ head: ['table', 'backup', 'outcome'], style: { head: [] } });
  for (const { tableName, arn, outcome } of report.deletions) table.push([tableName, arn.split('/').at(-1), outcome]);
  for (const { tableName, arn, why } of report.spared) table.push([tableName, arn.split('/').at(-1), `kept: ${why}`]);
  const counts = `${report.kept} kept, ${report.expired} expired, ${report.frozen} frozen, ${report.held} held`;
  return [
    ...(table.length > 0 ? [table.toString()] : []),
    `plan ${report.plan}: ${report.listed} backups listed, ${counts}, ${report.unjudgeable} unjudgeable`,
    ...(report.blocked ? [`blocked by ${report.blocked.by}: ${report.blocked.detail}`] : []),
    ...(execute ? [] : ['dry run: nothing was deleted; --execute deletes']),
  ].join('\n');
}

function drillPrefix(text: string): string {
  const fault = drillPrefixFault(text);
  if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`);
  return text;
}
