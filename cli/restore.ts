import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { createClients } from '../lambda/aws/clients.ts';
import { systemTiming as timing } from '../lambda/aws/system-timing.ts';
import { restoreRole } from '../lambda/domain/restore/restore-role.ts';
import type { RestorePorts } from '../lambda/jobs/restore/ports.ts';
import type { RestoreResult } from '../lambda/jobs/restore/restore-result.ts';
import { restoreTable } from '../lambda/jobs/restore/restore-table.ts';
import type { RestoreWish } from '../lambda/jobs/restore/restore-wish.ts';
import { shellDurable } from '../lambda/jobs/restore/shell-durable.ts';
import { surveyRestore, type ChosenToRestore, type Survey } from '../lambda/jobs/restore/survey.ts';
import { intoFault, readWish, whyElsewhere, type RestoreOptions } from './restore-options.ts';
import { restorePorts } from './restore-ports.ts';
import { resultAsText, span, surveyAsText } from './restore-text.ts';
import { UnusableInputError } from './unusable-input-error.ts';

const notes = `
Without --execute it is a dry run, which writes nothing anywhere. No table but the one it makes is ever touched, and nothing is ever
deleted. --ledger and --vault are of the Region it restores in (of --from-region, where one is given): of a lost Region, those that its
copies have. The restore goes on at AWS when this command ends; the same command with --resume goes on with it.
Exit status: 0 everything was given back and validated, or a dry run found nothing in the way; 1 something is missing or in the way;
2 bad input: every fault is named on stderr, and nothing is on stdout.`;

/** `ddb-backups restore`: brings one table back for real, out of a backup of DynamoDB or a recovery point of AWS Backup. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('Restore one table for real: wait for it, give it back its settings, validate and time it.')
    .option('--table <name>', 'the table that was backed up')
    .option('--into <name>', 'the table to make; the same name where the table is lost')
    .option('--owner <id>', 'owner id of the deployment, as the stack prints it')
    .option('--ledger <table>', 'the ledger table that keeps the settings, as the stack prints it')
    .option('--vault <name>', 'the vault of its recovery points; without it, backups of DynamoDB are restored')
    .option('--role <arn>', 'the role that AWS Backup restores with')
    .option('--plan <name>', 'only backups of this plan')
    .option('--backup <arn>', 'this backup, whoever made it; otherwise the newest of the deployment')
    .option('--before <instant>', 'the newest backup taken no later, such as 2026-11-20T03:00:00Z')
    .option('--table-id <id>', 'only backups of this incarnation of the table')
    .option('--any-backup', 'also backups that people made, or DynamoDB when the table was deleted')
    .option('--rearm <settings>', 'all, none, or some settings with commas between', 'all')
    .option('--billing <mode>', 'as-backed-up, or on-demand', 'as-backed-up')
    .option(
      '--encryption-key <key>',
      'aws-owned, aws-managed or the ARN of a key; otherwise as it was, where that is known',
    )
    .option('--sample <n>', 'how many items are read at most', '1000')
    .option('--timeout <duration>', 'how long to wait, such as PT12H', 'PT24H')
    .option('--region <region>', 'the Region to restore in; otherwise that of the shell')
    .option('--from-region <region>', 'the Region of the backups of DynamoDB and of the ledger, where it is another')
    .option('--resume', 'go on with a restore that was begun before')
    .option('--execute', 'restore; without it nothing is written anywhere')
    .option('--json', 'print JSON for programs')
    .option('--print-role-policy', 'print what the role of --role has to be, for --into alone, and contact nobody')
    .addHelpText('after', notes)
    .action(restore);
}

async function restore(options: RestoreOptions): Promise<void> {
  if (options.printRolePolicy) {
    printRole(options);
    return;
  }
  const read = readWish(options);
  if ('faults' in read) throw unusable(read.faults);
  const region = options.region ?? (await regionOfShell());
  const elsewhere = whyElsewhere(options, region);
  if (elsewhere !== undefined) throw unusable([elsewhere]);
  const wish = { ...read.wish, region };
  const ports = restorePorts(options, region, { warn: complain, error: complain });
  const survey = await surveyRestore(wish, ports);
  if (!options.execute || !survey.chosen) {
    console.log(options.json ? asJson(survey) : [surveyAsText(survey, wish), ...next(survey, options)].join('\n'));
    process.exitCode = survey.obstacle === undefined ? 0 : 1;
    return;
  }
  console.error(surveyAsText(survey, wish));
  const result = await execute(wish, survey.chosen, ports);
  console.log(options.json ? asJson(result) : resultAsText(result));
  process.exitCode = result.outcome === 'restored' ? 0 : 1;
}

/** > Whoever stops the command stops no restore. */
async function execute(wish: RestoreWish, chosen: ChosenToRestore, ports: RestorePorts): Promise<RestoreResult> {
  process.once('SIGINT', sayWhatGoesOn);
  const tell = (doing: string, pauseMilliseconds?: number): void => {
    const pause = pauseMilliseconds === undefined ? '' : `: not yet, again in ${span(pauseMilliseconds / 1000)}`;
    console.error(`${timing.now().toISOString().slice(11, 19)}Z ${doing}${pause}`);
  };
  try {
    return await restoreTable(wish, chosen, shellDurable({ executionId: randomUUID(), timing, tell }), ports);
  } finally {
    process.off('SIGINT', sayWhatGoesOn);
  }
}

function sayWhatGoesOn(): never {
  console.error('stopped; what was asked for goes on at AWS, and the same command with --resume goes on with it');
  process.exit(130);
}

/** > The dry run prints the command that restores exactly what it showed. */
function next({ chosen, obstacle }: Survey, { execute: isExecuted, resume }: RestoreOptions): string[] {
  if (obstacle !== undefined || !chosen || isExecuted) return [];
  const typed = withoutOptions(process.argv.slice(2), ['--before', '--backup']);
  const backup = resume ? [] : ['--backup', chosen.source.arn];
  const command = ['npx', 'ddb-backups', ...typed, ...backup, '--execute'].map(quoted).join(' ');
  return ['', 'dry run: nothing was asked for. This restores it:', `  ${command}`];
}

/** The words of a command line without some options and what follows them. */
function withoutOptions(words: readonly string[], options: readonly string[]): string[] {
  const isOption = (word: string | undefined) => options.some((option) => word === option);
  const isJoined = (word: string) => options.some((option) => word.startsWith(`${option}=`));
  return words.filter((word, nth) => !isOption(word) && !isOption(words[nth - 1]) && !isJoined(word));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function printRole({ into = '', region = process.env.AWS_REGION ?? '' }: RestoreOptions): void {
  const faults = [
    intoFault(into),
    region === '' ? '--region must name the Region that is restored in, got nothing' : undefined,
  ].filter((each) => each !== undefined);
  if (faults.length > 0) throw unusable(faults);
  console.log(asJson(restoreRole({ table: into, region })));
}

async function regionOfShell(): Promise<string> {
  try {
    return await createClients().dynamodb.config.region();
  } catch (error) {
    throw new UnusableInputError('--region must name the Region to restore in, for the shell names none', {
      cause: error,
    });
  }
}

function unusable(faults: readonly string[]): UnusableInputError {
  return new UnusableInputError(faults.join('\n'));
}

/** Beside the progress, for whoever watches. */
function complain(message: string, facts: Record<string, unknown>): void {
  const said = (_key: string, value: unknown) => (value instanceof Error ? value.message : value);
  console.error(message, JSON.stringify(facts, said));
}

function asJson(value: object): string {
  return JSON.stringify(value, null, 2);
}
