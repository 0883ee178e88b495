import { join } from 'node:path';
import { build } from 'esbuild';
import { resultAsText } from '../../cli/restore-text.ts';
import { copySettingsTableName, copyVaultName } from '../../lambda/domain/copy-destination.ts';
import { restoreRole } from '../../lambda/domain/restore/restore-role.ts';
import type { RestoreResult } from '../../lambda/jobs/restore/restore-result.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import type { Ended } from './shell.ts';
import { away, home, owner, table } from './start.ts';

export interface RestoredAway {
  /** As somebody types it. */
  readonly command: string;
  /** What the command said before it began. */
  readonly survey: string;
  /** What it said in the end, for people and for programs. */
  readonly text: string;
  readonly result: RestoreResult;
}

/** A person waits for longer than a function may run. */
const patienceSeconds = 12 * 3600;

/**
 * Runs `ddb-backups restore` in the other Region, on the account's clock: with the vault and the table of settings that lie there, and a role for
 * AWS Backup with nothing but the policy that the command prints. Throws what the command says when there is nothing to restore.
 */
export async function restoreAway(there: SandboxAccount): Promise<RestoredAway> {
  const role = there.roles.put('restore-orders');
  there.roles.attach('restore-orders', 'restore', restoreRole({ table, region: away }).permissions);
  there.loadFunction({ name: 'shell', code: await shellBundle(), timeoutSeconds: patienceSeconds });
  const lines = [
    ['restore', '--region', away, '--table', table, '--into', table, '--owner', owner],
    ['--vault', copyVaultName(owner, home), '--ledger', copySettingsTableName(owner, home)],
    ['--role', role, '--execute'],
  ];
  const outcome = await there.invoke('shell', [...lines.flat(), '--timeout', 'PT12H', '--json']);
  if ('error' in outcome) throw new Error(outcome.error.errorMessage);
  const { stdout, stderr } = JSON.parse(outcome.payload) as Ended;
  if (stdout === '') throw new Error(stderr);
  const result = JSON.parse(stdout) as RestoreResult;
  const command = `npx ddb-backups ${lines.map((words) => words.join(' ')).join(' \\\n  ')}`;
  return { command, survey: beforeSteps(stderr), text: resultAsText(result), result };
}

/** What comes before the first line that begins with a time. */
function beforeSteps(stderr: string): string {
  return stderr.split(/^\d\d:\d\d:\d\dZ /m, 1)[0]?.trimEnd() ?? '';
}

async function shellBundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'shell.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
