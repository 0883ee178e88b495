import { join } from 'node:path';
import { build } from 'esbuild';
import { copySettingsTableName, copyVaultName } from '../../lambda/domain/copy-destination.ts';
import { restoreRole } from '../../lambda/domain/restore/restore-role.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import type { Restored } from './shell.ts';
import { away, home, owner, table } from './start.ts';

export interface RestoredAway extends Restored {
  /** As somebody types it. */
  readonly command: string;
}

/** A person waits for longer than a function may run. */
const patienceSeconds = 12 * 3600;

/**
 * Runs `ddb-backups restore` in the other Region, on the account's clock: with the vault and the table of settings that lie there, and a role for
 * AWS Backup with nothing but the policy that the command prints. Throws when there is nothing to restore.
 */
export async function restoreAway(there: SandboxAccount): Promise<RestoredAway> {
  const role = there.roles.put('restore-orders');
  there.roles.attach('restore-orders', 'restore', restoreRole({ table, region: away }).permissions);
  const vault = copyVaultName(owner, home);
  const ledger = copySettingsTableName(owner, home);
  const usual = { rearm: 'all', billing: 'as-backed-up', sample: '1000', timeout: 'PT12H' };
  there.loadFunction({ name: 'shell', code: await shellBundle(), timeoutSeconds: patienceSeconds });
  const options = { table, into: table, owner, region: away, vault, ledger, role, ...usual };
  const outcome = await there.invoke('shell', options);
  if ('error' in outcome) throw new Error(outcome.error.errorMessage);
  const restored = JSON.parse(outcome.payload) as Restored;
  return { command: commandOf(options), ...restored };
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

function commandOf({ vault, ledger, role }: { vault: string; ledger: string; role: string }): string {
  return [
    `npx ddb-backups restore --region ${away} --table ${table} --into ${table} --owner ${owner}`,
    `  --vault ${vault} --ledger ${ledger}`,
    `  --role ${role} --execute`,
  ].join(' \\\n');
}
