import type { Backup } from './backup.ts';

const isComplete = Symbol('complete listing');

/** Every backup of the account and Region, seen by one pass over all pages. Only `completeListing` makes one. */
export interface CompleteListing {
  readonly complete: true;
  readonly backups: readonly Backup[];
  readonly [isComplete]: true;
}

/** A listing that broke off. It holds nothing to iterate: what was seen of it must not be mistaken for all there is. */
export interface IncompleteListing {
  readonly complete: false;
  readonly error: unknown;
}

export type Listing = CompleteListing | IncompleteListing;

/** Vouches that the backups are all there are: call it only after the last page was read. */
export function completeListing(backups: readonly Backup[]): CompleteListing {
  return { complete: true, backups, [isComplete]: true };
}

export function incompleteListing(error: unknown): IncompleteListing {
  return { complete: false, error };
}

/** Tells at run time what the types promise: that the value was made by `completeListing`. */
export function isCompleteListing(value: unknown): value is CompleteListing {
  return typeof value === 'object' && value !== null && isComplete in value && 'backups' in value;
}

/** Backups, each ARN once, at its first place. */
export interface DistinctBackups {
  readonly backups: readonly Backup[];
  /** ARNs listed more than once with different facts, as when a backup changes while its pages are read. */
  readonly contradictory: ReadonlySet<string>;
}

/**
 * > A backup listed twice is one backup; one listed twice with different facts is in doubt.
 * Items without an ARN cannot be told apart and stay as they are. `sizeBytes` is no such fact: DynamoDB refreshes it now and then.
 */
export function distinctBackups(listed: readonly Backup[]): DistinctBackups {
  const first = new Map<string, Backup>();
  const contradictory = new Set<string>();
  const backups = listed.filter((backup: Backup | null | undefined) => {
    const arn: unknown = backup?.arn;
    if (!backup || typeof arn !== 'string' || arn === '') return true;
    const known = first.get(arn);
    if (!known) first.set(arn, backup);
    else if (!statesTheSame(known, backup)) contradictory.add(arn);
    return !known;
  });
  return { backups, contradictory };
}

function statesTheSame(one: Backup, other: Backup): boolean {
  return (
    (['name', 'tableName', 'tableId', 'status', 'type'] as const).every((fact) => one[fact] === other[fact]) &&
    Object.is(instantOf(one.createdAt), instantOf(other.createdAt)) &&
    keepsTheSame(one.keptByAws, other.keptByAws)
  );
}

function keepsTheSame(one: Backup['keptByAws'], other: Backup['keptByAws']): boolean {
  return (['lockedUntil', 'isOnLegalHold', 'coldFrom'] as const).every((fact) =>
    Object.is(instantOf(one?.[fact]), instantOf(other?.[fact])),
  );
}

function instantOf(date: unknown): unknown {
  return date instanceof Date ? date.getTime() : date;
}
