import { hash } from 'node:crypto';
import type { Backup } from './backup.ts';

/** What a deployment calls its own: a backup named otherwise is never judged and never deleted. */
export interface BackupScope {
  /** `[a-zA-Z0-9_-]{1,32}`: the first part of the name of every backup of one deployment. */
  readonly prefix: string;
  /** `[a-z0-9]{4,16}`: the stable id of one deployment. */
  readonly owner: string;
  /** `[a-z][a-z0-9-]{0,39}`: the plan that took the backup. */
  readonly plan: string;
}

/** What the seal of a backup binds together. */
export interface SealedParts {
  readonly owner: string;
  readonly plan: string;
  /** The incarnation of the table the backup is of. */
  readonly tableId: string;
  /** The scheduled instant, in whole seconds. */
  readonly slot: Date;
}

export interface ParsedBackupName extends BackupScope {
  readonly slot: Date;
  /** Twelve hexadecimal digits; only `sealOf` tells whether they are right. */
  readonly seal: string;
}

const partPatterns = {
  prefix: /^[a-zA-Z0-9_-]{1,32}$/,
  owner: /^[a-z0-9]{4,16}$/,
  plan: /^[a-z][a-z0-9-]{0,39}$/,
} as const;
const namePattern = new RegExp(
  [...Object.values(partPatterns).map((part) => part.source.slice(1, -1)), '\\d{8}T\\d{6}Z', '[0-9a-f]{12}']
    .map((part) => `(${part})`)
    .join('\\.')
    .replace(/^.*$/, '^$&$'),
);

/**
 * Names the backup of one table for one slot of one plan: `<prefix>.<owner>.<plan>.<slot as 20261120T030000Z>.<seal>`, at most 120
 * characters of `[a-zA-Z0-9_.-]`. Throws a RangeError when a part is outside its grammar or the slot is not in whole seconds.
 */
export function formatBackupName(parts: BackupScope & SealedParts): string {
  for (const part of ['prefix', 'owner', 'plan'] as const) {
    if (!partPatterns[part].test(parts[part])) {
      throw new RangeError(`backup name: ${part} must match ${partPatterns[part].source}, got ${quote(parts[part])}`);
    }
  }
  const { prefix, owner, plan, slot } = parts;
  return [prefix, owner, plan, formatSlot(slot), sealOf(parts)].join('.');
}

/** Reads a name back into its parts; `undefined` for every string `formatBackupName` cannot have made. Never throws. */
export function parseBackupName(name: string): ParsedBackupName | undefined {
  const parts = partsOf(name);
  const slot = parts && parseSlot(parts.slotText);
  return slot && { prefix: parts.prefix, owner: parts.owner, plan: parts.plan, slot, seal: parts.seal };
}

/**
 * Tells whether a plan of this deployment took the backup. The name alone never decides: its seal must also fit the table's
 * incarnation, and the backup must be one made by a user, or a recovery point that does not move.
 */
export function isOwnBackup(backup: Backup, scope: BackupScope): boolean {
  if (backup.type !== 'USER' && backup.type !== 'RECOVERY_POINT') return false;
  const parts = partsOf(backup.name);
  return (
    parts?.prefix === scope.prefix &&
    parts.owner === scope.owner &&
    parts.plan === scope.plan &&
    parts.seal === seal(parts.owner, parts.plan, backup.tableId, parts.slotText) &&
    isRealSlot(parts.slotText)
  );
}

/**
 * The first 12 hexadecimal digits of SHA-256 over owner, plan, table id and slot, one per line. 48 bits tell tables of one slot
 * apart (10,000 tables: one chance in five million of two equal names, which DynamoDB allows and ownership survives).
 */
export function sealOf({ owner, plan, tableId, slot }: SealedParts): string {
  return seal(owner, plan, tableId, formatSlot(slot));
}

/** Judging a million backups asks for a million seals: hence no detour over a Date. */
function seal(owner: string, plan: string, tableId: string, slotText: string): string {
  return hash('sha256', `${owner}\n${plan}\n${tableId}\n${slotText}`, 'hex').slice(0, 12);
}

function partsOf(name: string): (BackupScope & { slotText: string; seal: string }) | undefined {
  const [, prefix, owner, plan, slotText, seal] = namePattern.exec(name) ?? [];
  if (prefix === undefined || owner === undefined || plan === undefined || slotText === undefined || seal === undefined)
    return undefined;
  return { prefix, owner, plan, slotText, seal };
}

function formatSlot(slot: Date): string {
  const whole = slot.getTime() % 1000 === 0 && slot.getTime() >= 0 && slot.getUTCFullYear() <= 9999;
  if (!whole) throw new RangeError(`slot must be an instant of 1970 to 9999 in whole seconds, got ${describe(slot)}`);
  const iso = slot.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`;
}

/** Dates that do not exist, such as 30 February or 24:00, would roll over to another day. */
function parseSlot(text: string): Date | undefined {
  const date = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 11)}`;
  const slot = new Date(`${date}:${text.slice(11, 13)}:${text.slice(13)}`);
  const real = slot.getTime() >= 0 && slot.getUTCDate() === Number(text.slice(6, 8));
  return real ? slot : undefined;
}

const mostSlotsKnown = 10_000;
const slotsKnown = new Map<string, boolean>();

/** The tables of a plan are backed up in the same slots, so a million backups ask about a few hundred. */
function isRealSlot(text: string): boolean {
  let isReal = slotsKnown.get(text);
  if (isReal === undefined) {
    if (slotsKnown.size >= mostSlotsKnown) slotsKnown.clear();
    slotsKnown.set(text, (isReal = parseSlot(text) !== undefined));
  }
  return isReal;
}

function describe(slot: Date): string {
  return Number.isNaN(slot.getTime()) ? 'an invalid date' : slot.toISOString();
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
