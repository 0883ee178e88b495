import type { Duration } from 'aws-cdk-lib';
import { copyRulesOf } from '../lambda/domain/copy-destination.ts';
import { describeValue } from '../lambda/domain/faults.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import type { VaultLock } from '../lambda/domain/recovery-point-lifecycle.ts';
import { complianceAcknowledgement, type VaultLockProps, type VaultProps } from './vault-props.ts';

const vaultName = /^[a-zA-Z0-9_-]{2,50}$/;
const longestDays = 36_500;
/** Source: `PutBackupVaultLockConfiguration`, ChangeableForDays. */
const shortestGraceDays = 3;

/** Says what is wrong with the vault of a deployment; nothing when it can be deployed. */
export function vaultFaults(vault: VaultProps | undefined, plans: readonly Plan[]): string[] {
  if (!vault) return [];
  const { existing, encryptionKey, lock, copies } = vault;
  return [
    ...(plans.some(({ backup }) => backup.engine === 'aws-backup')
      ? []
      : ['vault must be left out unless a plan has engine aws-backup, got a vault']),
    ...(existing !== undefined && !vaultName.test(existing)
      ? [`vault.existing must be the name of a vault: 2 to 50 letters, digits, - and _, got ${describeValue(existing)}`]
      : []),
    ...(existing !== undefined && encryptionKey
      ? ['vault.encryptionKey must be left out with vault.existing, whose key is its own, got a key']
      : []),
    ...(lock ? lockFaults('vault.lock', lock) : []),
    ...(copies?.lock ? lockFaults('vault.copies.lock', copies.lock) : []),
    ...(copies && !plans.some((plan) => copyRulesOf(plan).some(({ vaultArn }) => vaultArn === undefined))
      ? ['vault.copies must be left out unless a plan copies to a Region without vaultArn, got an object']
      : []),
  ];
}

/** What plans are checked against. */
export function lockOf(lock: VaultLockProps | undefined): VaultLock | undefined {
  if (!lock) return undefined;
  return { minimumDays: lock.minimumRetention?.toDays(), maximumDays: lock.maximumRetention?.toDays() };
}

function lockFaults(path: string, lock: VaultLockProps): string[] {
  const { mode, minimumRetention, maximumRetention, changeableFor, acknowledgement } = lock;
  const minimum = minimumRetention?.toDays({ integral: false });
  const maximum = maximumRetention?.toDays({ integral: false });
  return [
    ...dayFaults(`${path}.minimumRetention`, minimumRetention, 1),
    ...dayFaults(`${path}.maximumRetention`, maximumRetention, 1),
    ...(minimum !== undefined && maximum !== undefined && maximum < minimum
      ? [`${path}.maximumRetention must be at least the ${minimum} days of minimumRetention, got ${maximum} days`]
      : []),
    ...(mode === 'governance' && changeableFor
      ? [`${path}.changeableFor must be left out with mode governance, got ${changeableFor.toHumanString()}`]
      : dayFaults(`${path}.changeableFor`, changeableFor, shortestGraceDays)),
    ...(mode === 'compliance' && acknowledgement !== complianceAcknowledgement
      ? [
          `${path}.acknowledgement must be '${complianceAcknowledgement}' with mode compliance, got ${describeValue(acknowledgement)}`,
        ]
      : []),
  ];
}

function dayFaults(name: string, duration: Duration | undefined, least: number): string[] {
  const days = duration?.toDays({ integral: false });
  if (days === undefined || (Number.isInteger(days) && days >= least && days <= longestDays)) return [];
  return [`${name} must be whole days, ${least} to ${longestDays}, got ${days} days`];
}
