import { hash } from 'node:crypto';
import type { Backup } from '../backup.ts';
import { distinctBackups } from '../listing.ts';
import type { DrillPlan } from '../plan.ts';
import type { Reason } from '../reason.ts';
import { byAge } from '../oldest-first.ts';
import { type Restorable, standingOf } from '../standing.ts';

/** A table that a drill may be made of. */
export interface Candidate {
  readonly table: string;
  /** What a restore of it is charged for. */
  readonly sizeBytes: number;
  /** When a drill of it last passed; missing when none ever did. */
  readonly lastProvenAt?: Date | undefined;
  /** When a drill of it last began, however it ended. */
  readonly lastTriedAt?: Date | undefined;
  /** Whether there is something to restore. */
  readonly hasBackup: boolean;
}

/** What is decided about one candidate, and why. */
export interface Choice<Each extends Candidate> {
  readonly candidate: Each;
  readonly reason: Reason;
}

export interface ChosenTables<Each extends Candidate> {
  /** In the order of their turn. */
  readonly chosen: readonly Choice<Each>[];
  readonly leftOut: readonly Choice<Each>[];
}

const gigabyte = 1e9;

/**
 * Chooses the tables of one run.
 * > `least-recently-proven`: the tables whose turn it is, at most `tablesPerRun`; `all`: every table. A table without a backup has no turn.
 * > A run restores at most `gigabytesPerRun`. What does not fit any more waits, and is first in turn next time; a table that alone is
 * > larger is restored alone when it is first in turn.
 * > The turn goes to the table that waited longest since its last drill, passed or failed, and to one never drilled before all others:
 * > while drills pass, that is the one least recently proven, and tables that always fail do not starve the others. So without a cap of
 * > gigabytes every table has its turn within ceil(tables / tablesPerRun) runs, with one within as many runs as there are tables.
 */
export function chooseTables<Each extends Candidate>(
  candidates: readonly Each[],
  { pick, tablesPerRun, gigabytesPerRun }: Pick<DrillPlan, 'pick' | 'tablesPerRun' | 'gigabytesPerRun'>,
): ChosenTables<Each> {
  const places = pick === 'all' ? Infinity : tablesPerRun;
  const capBytes = (gigabytesPerRun ?? Infinity) * gigabyte;
  const chosen: Choice<Each>[] = [];
  const leftOut = candidates
    .filter(({ hasBackup }) => !hasBackup)
    .map((candidate) => ({ candidate, reason: noBackup }));
  let bytes = 0;
  for (const candidate of candidates.filter(({ hasBackup }) => hasBackup).sort(byTurn)) {
    const isFirst = chosen.length === 0;
    const fits = bytes + candidate.sizeBytes <= capBytes;
    if (chosen.length >= places) leftOut.push({ candidate, reason: noPlace(places) });
    else if (!fits && !isFirst) leftOut.push({ candidate, reason: tooLarge(candidate, bytes, capBytes) });
    else {
      chosen.push({ candidate, reason: fits ? turnOf(candidate, pick) : alone(candidate, capBytes) });
      bytes += candidate.sizeBytes;
    }
  }
  return { chosen, leftOut };
}

/** Names decide last, so that the same candidates in another order are the same choice. */
function byTurn(one: Candidate, other: Candidate): number {
  return (
    compare(waitingSince(one), waitingSince(other)) ||
    compare(timeOf(one.lastProvenAt), timeOf(other.lastProvenAt)) ||
    (one.table < other.table ? -1 : 1)
  );
}

/** A proof is a try, even when only the proof was recorded. */
function waitingSince({ lastTriedAt, lastProvenAt }: Candidate): number {
  return Math.max(timeOf(lastTriedAt), timeOf(lastProvenAt));
}

function timeOf(date: Date | undefined): number {
  return date?.getTime() ?? -Infinity;
}

/** Two infinite times have no difference. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

const noBackup: Reason = { code: 'no-backup', detail: 'it has no backup that could be restored' };

function noPlace(places: number): Reason {
  return {
    code: 'tables-per-run',
    detail: `the ${places} places of this run went to tables that waited longer (tablesPerRun)`,
  };
}

function tooLarge({ sizeBytes }: Candidate, bytes: number, capBytes: number): Reason {
  const detail = `its ${gigabytes(sizeBytes)} and the ${gigabytes(bytes)} chosen before it exceed the ${gigabytes(capBytes)} of a run (gigabytesPerRun)`;
  return { code: 'gigabytes-per-run', detail };
}

function alone({ sizeBytes }: Candidate, capBytes: number): Reason {
  const detail = `its turn has come, though its ${gigabytes(sizeBytes)} alone exceed the ${gigabytes(capBytes)} of a run (gigabytesPerRun)`;
  return { code: 'alone', detail };
}

function turnOf({ lastProvenAt, lastTriedAt }: Candidate, pick: DrillPlan['pick']): Reason {
  if (pick === 'all') return { code: 'all', detail: 'every table is drilled in every run' };
  if (!lastProvenAt && !lastTriedAt) return { code: 'never-tried', detail: 'it was never drilled' };
  const proven = lastProvenAt ? `last proven ${lastProvenAt.toISOString()}` : 'never proven';
  return { code: 'least-recently-proven', detail: `its turn has come: ${proven}` };
}

function gigabytes(bytes: number): string {
  return `${Number((bytes / gigabyte).toPrecision(3))} GB`;
}

/** What to restore, or why there is nothing. */
export type ChosenBackup =
  | { readonly kind: 'backup'; readonly backup: Restorable }
  | { readonly kind: 'point-in-time' }
  | { readonly kind: 'none'; readonly reason: Reason };

/**
 * The backups of a listing that a drill may restore, oldest first.
 * > Only complete, dated USER backups of this plan that are not of the future, and about which the listing does not contradict itself.
 */
export function restorableBackups(
  listed: readonly Backup[],
  { isOwn, now }: { readonly isOwn: (backup: Backup) => boolean; readonly now: Date },
): Restorable[] {
  const { backups, contradictory } = distinctBackups(listed);
  const question = { isOwn, contradictory, now: now.getTime() };
  return backups.flatMap((backup) => standingOf(backup, question).restorable ?? []).sort(byAge);
}

/**
 * Chooses what a drill of one table restores, out of the restorable backups of that table.
 * > `random` gives every backup the same chance, and the same seed the same backup.
 */
export function chooseBackup(backups: readonly Restorable[], which: DrillPlan['backup'], seed: string): ChosenBackup {
  if (which === 'point-in-time') return { kind: 'point-in-time' };
  const sorted = backups.toSorted(byAge);
  const backup = sorted.at(placeOf(which, sorted.length, seed));
  return backup ? { kind: 'backup', backup } : { kind: 'none', reason: noBackup };
}

/** 48 bits of the seed's hash: the chances of 100,000 backups differ by less than one part in a billion. */
function placeOf(which: 'latest' | 'oldest' | 'random', count: number, seed: string): number {
  if (which === 'latest') return -1;
  return which === 'oldest' ? 0 : parseInt(hash('sha256', seed, 'hex').slice(0, 12), 16) % Math.max(1, count);
}
