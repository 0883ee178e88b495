import { awsBackupOptions, coldMinimumDays } from './aws-backup-options.ts';
import { faultAt, type Fault } from './faults.ts';
import type { Plan } from './plan.ts';
import { longestWantedDays, type VaultLock } from './recovery-point-lifecycle.ts';

/** Checks a plan whose backups AWS Backup takes, against itself and against the lock of its vault; nothing about any other plan. */
export function awsBackupErrors(plan: Plan, lock: VaultLock | undefined): Fault[] {
  if (plan.backup.engine !== 'aws-backup') return [];
  return [...drillFaults(plan), ...lifecycleFaults(plan), ...(lock ? lockFaults(plan, lock) : [])];
}

/**
 * > AWS Backup restores a recovery point in the account and Region of its vault, with all the indexes of its table. A point in time is restored
 * > by DynamoDB, which can do otherwise.
 */
function drillFaults(plan: Plan): Fault[] {
  const { drill } = plan;
  if (!drill || drill.backup === 'point-in-time') return [];
  const faults: Fault[] = [];
  if (drill.region !== undefined) {
    const allowed =
      'must be left out with engine aws-backup: a recovery point is restored in the Region of its vault, and elsewhere only a copy of it in a vault there';
    faults.push(
      faultAt(at(plan, 'drill', 'region'), { value: drill.region, allowed }, `${allowed}, got ${drill.region}`),
    );
  }
  if (drill.indexes !== 'all') {
    const allowed = 'must be all with engine aws-backup, which restores a table with every index';
    const value = [drill.indexes].flat().join(', ');
    faults.push(faultAt(at(plan, 'drill', 'indexes'), { value, allowed }, `${allowed}, got ${value}`));
  }
  return faults;
}

/** > AWS must not delete what a rule still wants, nor be paid for cold storage that nothing needs. */
function lifecycleFaults(plan: Plan): Fault[] {
  const { coldAfterDays, deleteAfterDays } = awsBackupOptions(plan.backup);
  const longest = longestWantedDays(plan);
  const faults: Fault[] = [];
  if (deleteAfterDays !== undefined && deleteAfterDays < longest) {
    const allowed = `must be at least ${longest}, for so many days keep may want a backup`;
    faults.push(mustBeDays(at(plan, 'backup', 'awsBackup', 'deleteAfterDays'), allowed, deleteAfterDays));
  }
  if (coldAfterDays !== undefined && longest < coldAfterDays + coldMinimumDays) {
    const most = longest - coldMinimumDays;
    const allowed =
      most >= 1
        ? `must be at most ${most}, ${coldMinimumDays} days before keep lets go of the last backup`
        : `must be left out, for AWS bills ${coldMinimumDays} days of cold storage and keep wants no backup longer than ${longest} days`;
    faults.push(mustBeDays(at(plan, 'backup', 'awsBackup', 'coldAfterDays'), allowed, coldAfterDays));
  }
  return faults;
}

/** > AWS fails every job whose retention lies outside the lock of the vault. */
function lockFaults(plan: Plan, { minimumDays = 1, maximumDays = Infinity }: VaultLock): Fault[] {
  const { deleteAfterDays } = awsBackupOptions(plan.backup);
  const days = deleteAfterDays ?? longestWantedDays(plan);
  if (days >= minimumDays && days <= maximumDays) return [];
  const within = `the ${minimumDays}${maximumDays === Infinity ? ' days or more' : ` to ${maximumDays} days`} that vault.lock allows`;
  const path = deleteAfterDays === undefined ? at(plan, 'keep') : at(plan, 'backup', 'awsBackup', 'deleteAfterDays');
  return [mustBeDays(path, `must keep backups for ${within}`, days)];
}

function mustBeDays(path: string[], allowed: string, days: number): Fault {
  return faultAt(path, { value: `${days} days`, allowed }, `${allowed}, got ${days} days`);
}

function at({ name }: Plan, ...path: string[]): string[] {
  return ['plans', name, ...path];
}
