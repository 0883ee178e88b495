import type { CopyDestination } from '../domain/copy-destination.ts';
import type { VaultLock } from '../domain/recovery-point-lifecycle.ts';
import type { Backups, Timing } from '../jobs/ports.ts';
import { awsBackups, type AwsBackupsOptions } from './aws-backups.ts';
import { createBackupClient } from './clients.ts';
import { oncePer } from './once-per.ts';
import { vaultState } from './vault-state.ts';

/** The copies that are in a vault of the own account, as backups that can be listed and deleted there, but not taken. */
export function copiesIn(timing: Timing, options: AwsBackupsOptions = {}): (destination: CopyDestination) => Backups {
  return oncePer(vaultArnOf, ({ region, vaultName }) =>
    awsBackups(createBackupClient(region), { vaultName, roleArn: undefined }, timing, options),
  );
}

/** The locks of vaults of the own account, each believed for a while. */
export function locksOf(timing: Timing): (destination: CopyDestination) => Promise<VaultLock | undefined> {
  const states = oncePer(vaultArnOf, ({ region, vaultName }) =>
    vaultState(createBackupClient(region), vaultName, timing),
  );
  return (destination) => states(destination).lock();
}

function vaultArnOf({ vaultArn }: CopyDestination): string {
  return vaultArn;
}
