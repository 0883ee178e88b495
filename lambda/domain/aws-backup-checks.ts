import { awsBackupOptions, coldMinimumDays } from './aws-backup-options.ts';
import { longestGapSeconds } from './backup-frequency.ts';
import { copyRulesOf, planOfCopies } from './copy-destination.ts';
import { copyDrillFaults } from './copy-drills.ts';
import { faultAt, type Fault } from './faults.ts';
import { guaranteedCopies } from './keep-guarantee.ts';
import type { Plan } from './plan.ts';
import { longestWantedDays, type VaultLock } from './recovery-point-lifecycle.ts';

/** The locks of the vaults that recovery points go to; `undefined` for one that is not locked. */
export interface VaultLocks {
  readonly vaultLock?: VaultLock | undefined;
  /** That of the deployment's own vaults for copies. */
  readonly copyLock?: VaultLock | undefined;
}

/** Where a plan says what becomes of recovery points: for those in its vault, or for their copies in one place. */
interface Place {
  readonly keep: readonly string[];
  readonly options: readonly string[];
  readonly lockName: string;
}

/** Checks a plan whose backups AWS Backup takes, against itself and against the locks of its vaults; nothing about any other plan. */
export function awsBackupErrors(plan: Plan, { vaultLock, copyLock }: VaultLocks): Fault[] {
  if (plan.backup.engine !== 'aws-backup') return [];
  const options = at(plan, 'backup', 'awsBackup');
  const place = { keep: at(plan, 'keep'), options, lockName: 'vault.lock' };
  return [
    ...drillFaults(plan),
    ...copyDrillFaults(plan),
    ...retentionFaults(plan, place, vaultLock),
    ...copyRulesOf(plan).flatMap((rule, nth) => {
      const path = [...options, 'copies', String(nth)];
      const ofCopy = { keep: [...path, 'keep'], options: path, lockName: 'vault.copies.lock' };
      const copies = planOfCopies(plan, rule);
      const lock = rule.vaultArn === undefined ? copyLock : undefined;
      return [...floorFaults(copies, ofCopy), ...retentionFaults(copies, ofCopy, lock)];
    }),
  ];
}

function retentionFaults(plan: Plan, place: Place, lock: VaultLock | undefined): Fault[] {
  return [...lifecycleFaults(plan, place), ...(lock ? lockFaults(plan, place, lock) : [])];
}

/** > What the keep rules of copies are sure to keep must not be less than `minimumCopies`. */
function floorFaults(plan: Plan, { keep }: Place): Fault[] {
  const longest = longestGapSeconds(plan.backup);
  const copies = longest === undefined ? Infinity : guaranteedCopies(plan.keep, longest);
  if (copies >= plan.minimumCopies) return [];
  const allowed = `must be sure to keep the ${plan.minimumCopies} copies of minimumCopies`;
  return [faultAt(keep, { value: String(copies), allowed }, `${allowed}, got ${copies}`)];
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
function lifecycleFaults(plan: Plan, { options }: Place): Fault[] {
  const { coldAfterDays, deleteAfterDays } = awsBackupOptions(plan.backup);
  const longest = longestWantedDays(plan);
  const faults: Fault[] = [];
  if (deleteAfterDays !== undefined && deleteAfterDays < longest) {
    const allowed = `must be at least ${longest}, for so many days keep may want a backup`;
    faults.push(mustBeDays([...options, 'deleteAfterDays'], allowed, deleteAfterDays));
  }
  if (coldAfterDays !== undefined && longest < coldAfterDays + coldMinimumDays) {
    const most = longest - coldMinimumDays;
    const allowed =
      most >= 1
        ? `must be at most ${most}, ${coldMinimumDays} days before keep lets go of the last backup`
        : `must be left out, for AWS bills ${coldMinimumDays} days of cold storage and keep wants no backup longer than ${longest} days`;
    faults.push(mustBeDays([...options, 'coldAfterDays'], allowed, coldAfterDays));
  }
  return faults;
}

/** > AWS fails every job whose retention lies outside the lock of the vault. */
function lockFaults(plan: Plan, place: Place, { minimumDays = 1, maximumDays = Infinity }: VaultLock): Fault[] {
  const { deleteAfterDays } = awsBackupOptions(plan.backup);
  const days = deleteAfterDays ?? longestWantedDays(plan);
  if (days >= minimumDays && days <= maximumDays) return [];
  const within = `the ${minimumDays}${maximumDays === Infinity ? ' days or more' : ` to ${maximumDays} days`} that ${place.lockName} allows`;
  const path = deleteAfterDays === undefined ? place.keep : [...place.options, 'deleteAfterDays'];
  return [mustBeDays(path, `must keep backups for ${within}`, days)];
}

function mustBeDays(path: readonly string[], allowed: string, days: number): Fault {
  return faultAt(path, { value: `${days} days`, allowed }, `${allowed}, got ${days} days`);
}

function at({ name }: Plan, ...path: string[]): string[] {
  return ['plans', name, ...path];
}
