import type { Input } from '../input.ts';
import { invalidParameter } from './backup-errors.ts';

/** When a recovery point becomes cold and when it goes, in days since its creation; undefined means never. */
export interface Lifecycle {
  readonly coldAfterDays: number | undefined;
  readonly deleteAfterDays: number | undefined;
}

export const dayMs = 24 * 3_600_000;
/** Source: service model, StartBackupJob. */
const longestDays = 36_500;
/** > Backups transitioned to cold storage must be stored in cold storage for a minimum of 90 days. Source: service model, Lifecycle. */
export const coldDays = 90;

function days(lifecycle: Input | undefined, member: string): number | undefined {
  const value = lifecycle?.optionalNumber(member, -1, longestDays);
  if (value !== undefined && value !== -1 && (value < 1 || !Number.isInteger(value)))
    throw invalidParameter(`${member} must be at least 1 day, or -1 for never, got ${value}`);
  return value === -1 ? undefined : value;
}

/** Reads the lifecycle of a request. Throws when it would have a point deleted before its 90 days in cold storage are over. */
export function lifecycleIn(input: Input): Lifecycle {
  const lifecycle = input.optionalStructure('Lifecycle');
  const coldAfterDays = days(lifecycle, 'MoveToColdStorageAfterDays');
  const deleteAfterDays = days(lifecycle, 'DeleteAfterDays');
  if (coldAfterDays !== undefined && deleteAfterDays !== undefined && deleteAfterDays < coldAfterDays + coldDays)
    throw invalidParameter(
      `DeleteAfterDays cannot be less than ${coldDays} days apart from MoveToColdStorageAfterDays, got ${deleteAfterDays} and ${coldAfterDays}`,
    );
  return { coldAfterDays, deleteAfterDays };
}

/** A lifecycle as the API spells it. */
export function describeLifecycle({ coldAfterDays, deleteAfterDays }: Lifecycle): object | undefined {
  if (coldAfterDays === undefined && deleteAfterDays === undefined) return undefined;
  return { MoveToColdStorageAfterDays: coldAfterDays, DeleteAfterDays: deleteAfterDays };
}

/** The instants that a lifecycle means for a point, as the API spells them. */
export function calculatedLifecycle(lifecycle: Lifecycle, createdAt: number): object {
  const { coldAt, deleteAt } = instantsOf(lifecycle, createdAt);
  return {
    ...(coldAt !== undefined && { MoveToColdStorageAt: coldAt / 1000 }),
    ...(deleteAt !== undefined && { DeleteAt: deleteAt / 1000 }),
  };
}

/** The instants that a lifecycle means for a point, in epoch milliseconds. */
export function instantsOf(
  { coldAfterDays, deleteAfterDays }: Lifecycle,
  createdAt: number,
): { readonly coldAt: number | undefined; readonly deleteAt: number | undefined } {
  const after = (days: number | undefined): number | undefined =>
    days === undefined ? undefined : createdAt + days * dayMs;
  return { coldAt: after(coldAfterDays), deleteAt: after(deleteAfterDays) };
}
