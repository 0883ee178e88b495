import type { Input } from '../input.ts';
import { invalidParameter, invalidRequest } from './backup-errors.ts';
import { dayMs, type Lifecycle } from './lifecycle.ts';
import type { Vault, VaultLock } from './vault.ts';

const longestDays = 36_500;
/** > Backup enforces a 72-hour cooling-off period before Vault Lock becomes immutable. Source: service model, ChangeableForDays. */
const leastChangeableDays = 3;

function days(input: Input, member: string, least: number): number | undefined {
  const value = input.optionalNumber(member);
  if (value !== undefined && (value < least || value > longestDays))
    throw invalidParameter(`${member} must be from ${least} to ${longestDays} days, got ${value}`);
  return value;
}

/** Reads a lock as PutBackupVaultLockConfiguration and templates spell it. Throws when no vault could have it. */
export function lockFrom(input: Input, now: number): VaultLock {
  const minRetentionDays = days(input, 'MinRetentionDays', 1);
  const maxRetentionDays = days(input, 'MaxRetentionDays', 1);
  const changeableDays = days(input, 'ChangeableForDays', leastChangeableDays);
  if (minRetentionDays !== undefined && maxRetentionDays !== undefined && minRetentionDays > maxRetentionDays)
    throw invalidParameter(
      `MinRetentionDays must not be greater than MaxRetentionDays, got ${minRetentionDays} and ${maxRetentionDays}`,
    );
  const immutableFrom = changeableDays === undefined ? undefined : now + changeableDays * dayMs;
  return { minRetentionDays, maxRetentionDays, immutableFrom };
}

/** > If the Vault Lock configuration is immutable, it cannot be changed or deleted. Source: service model, DeleteBackupVaultLockConfiguration. */
export function changeLock(vault: Vault, lock: VaultLock | undefined, now: number): void {
  if (now >= (vault.lock?.immutableFrom ?? Infinity))
    throw invalidRequest(`Vault Lock configuration of ${vault.name} is immutable and cannot be changed or deleted`);
  vault.lock = lock;
}

/**
 * Why a vault takes no point with such a lifecycle; undefined when it does.
 * > If the retention period is outside the limits of the lock, the vault fails the job. Source: service model, PutBackupVaultLockConfiguration.
 */
export function refusedByLock({ name, lock }: Vault, { deleteAfterDays }: Lifecycle): string | undefined {
  const retention = deleteAfterDays ?? Infinity;
  const { minRetentionDays = 0, maxRetentionDays = Infinity } = lock ?? {};
  if (retention >= minRetentionDays && retention <= maxRetentionDays) return undefined;
  const asked = deleteAfterDays === undefined ? 'for ever' : `for ${deleteAfterDays} days`;
  const allowed = `from ${lock?.minRetentionDays ?? 1} to ${lock?.maxRetentionDays ?? 'any number of'} days`;
  return `the lock of vault ${name} allows retention ${allowed}, the point is to be kept ${asked}`;
}
