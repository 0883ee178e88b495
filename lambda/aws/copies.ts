import type { CopyDestination } from '../domain/copy-destination.ts';
import type { VaultLock } from '../domain/recovery-point-lifecycle.ts';
import type { Backups, Timing } from '../jobs/ports.ts';
import { awsBackups, type AwsBackupsOptions } from './aws-backups.ts';
import { createBackupClient } from './clients.ts';
import { vaultState } from './vault-state.ts';

/** The copies that are in a vault of the own account, as backups that can be listed and deleted there, but not taken. */
export function copiesIn(timing: Timing, options: AwsBackupsOptions = {}): (destination: CopyDestination) => Backups {
  return once(({ region, vaultName }) =>
    awsBackups(createBackupClient(region), { vaultName, roleArn: undefined }, timing, options),
  );
}

/** The locks of vaults of the own account, each believed for a while. */
export function locksOf(timing: Timing): (destination: CopyDestination) => Promise<VaultLock | undefined> {
  const states = once(({ region, vaultName }) => vaultState(createBackupClient(region), vaultName, timing));
  return (destination) => states(destination).lock();
}

function once<Made>(make: (destination: CopyDestination) => Made): (destination: CopyDestination) => Made {
  const made = new Map<string, Made>();
  return (destination) => {
    const known = made.get(destination.vaultArn);
    if (known !== undefined) return known;
    const fresh = make(destination);
    made.set(destination.vaultArn, fresh);
    return fresh;
  };
}
