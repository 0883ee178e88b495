import type { Backup } from './backup.ts';
import type { Reason } from './reason.ts';

/** A backup that counts: complete, dated, a plan's own. */
export interface Restorable extends Backup {
  readonly createdAt: Date;
}

/** What a backup is to a plan before any rule is asked: restorable, or kept for a reason no rule can overrule. */
export type Standing =
  | { readonly isOwn: true; readonly restorable: Restorable }
  | { readonly isOwn: boolean; readonly restorable?: undefined; readonly reasons: readonly [Reason] };

export interface StandingQuestion {
  readonly isOwn: (backup: Backup) => boolean;
  /** ARNs listed with different facts. */
  readonly contradictory: ReadonlySet<string>;
  readonly now: number;
}

/** Codes of backups about which something needed is missing or unknown today, or that nobody but a person can help. */
export const unjudgeableCodes: ReadonlySet<string> = new Set([
  'malformed',
  'contradictory',
  'unknown-type',
  'undated',
  'future-dated',
  'unknown-status',
  'expired-undeleted',
  'incomplete',
]);

const malformed = notOwn('malformed', 'its ARN, name, table or table id is missing');
const contradictory = notOwn('contradictory', 'it is listed more than once, with different facts');
const unknownType = notOwn('unknown-type', 'its type is none of USER, SYSTEM, AWS_BACKUP, RECOVERY_POINT, CONTINUOUS');
const system = notOwn('system', 'DynamoDB made it when its table was deleted');
const awsBackup = notOwn('aws-backup', 'it belongs to AWS Backup');
const continuous = notOwn('continuous', 'it moves along with its table, and deleting it would stop that');
const notOurs = notOwn('foreign', 'this plan did not take it');
const creating = own('creating', 'it is not complete yet');
const deleted = own('deleted', 'it is deleted already');
const expiredUndeleted = own('expired-undeleted', 'it has expired, and AWS Backup could not delete it');
const incomplete = own('incomplete', 'AWS Backup did not get to the end of it');
const unknownStatus = own('unknown-status', 'its status is none of CREATING, AVAILABLE, DELETED, EXPIRED, PARTIAL');
const undated = own('undated', 'its creation time is missing or impossible');
const futureDated = own('future-dated', 'it was created later than now');

/**
 * Tells what a backup is to a plan.
 * > Only complete, dated USER backups and RECOVERY_POINTs of this plan count and can be deleted; all others stay.
 * Believes none of the types: an item may be anything at all.
 */
export function standingOf(item: unknown, { isOwn, contradictory: inDoubt, now }: StandingQuestion): Standing {
  if (!isWellFormed(item)) return malformed;
  if (inDoubt.has(item.arn)) return contradictory;
  if (item.type === 'SYSTEM') return system;
  if (item.type === 'AWS_BACKUP') return awsBackup;
  if (item.type === 'CONTINUOUS') return continuous;
  if (item.type !== 'USER' && item.type !== 'RECOVERY_POINT') return unknownType;
  if (!isOwn(item)) return notOurs;
  return standingOfOwn(item, now);
}

function standingOfOwn(backup: Backup, now: number): Standing {
  if (!isDated(backup)) return undated;
  if (backup.createdAt.getTime() > now) return futureDated;
  if (backup.status === 'AVAILABLE') return { isOwn: true, restorable: backup };
  return otherStates.get(backup.status) ?? unknownStatus;
}

const otherStates: ReadonlyMap<string, Standing> = new Map([
  ['CREATING', creating],
  ['DELETED', deleted],
  ['EXPIRED', expiredUndeleted],
  ['PARTIAL', incomplete],
]);

/** The first instant of 1970 is what a missing time turns into, and no backup is that old. */
function isDated(backup: Backup): backup is Restorable {
  return backup.createdAt instanceof Date && backup.createdAt.getTime() > 0;
}

function isWellFormed(item: unknown): item is Backup {
  if (typeof item !== 'object' || item === null) return false;
  const { arn, name, tableName, tableId } = item as Record<string, unknown>;
  return [arn, name, tableName, tableId].every((part) => typeof part === 'string' && part !== '');
}

function notOwn(code: string, detail: string): Standing {
  return { isOwn: false, reasons: [{ code, detail }] };
}

function own(code: string, detail: string): Standing {
  return { isOwn: true, reasons: [{ code, detail }] };
}
