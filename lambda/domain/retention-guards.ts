import type { Plan } from './plan.ts';
import type { Restorable } from './standing.ts';

/** Why a whole run deletes nothing: `by` is stable and documented in docs/retention.md, `detail` is a sentence for people. */
export interface Blocked {
  readonly by: 'listing-incomplete' | 'plan-invalid' | 'clock-invalid' | 'listing-shrunk' | 'deletion-cap';
  readonly detail: string;
}

/**
 * Tells why a clock cannot be believed.
 * > Only an instant of 1970 to 2399 is a clock reading.
 */
export function clockFault(now: unknown): string | undefined {
  const possible = now instanceof Date && now.getTime() > 0 && now.getTime() < Date.UTC(2400, 0);
  return possible ? undefined : `now must be an instant of 1970 to 2399, got ${describe(now)}`;
}

/**
 * > A table of which none, or fewer than half, of the backups the last run left are listed stops the run.
 */
export function whyListingLooksShrunk(left: TableCounts, listed: TableCounts): Blocked | undefined {
  const shrunk = [...left].filter(([tableId, before]) => (listed.get(tableId) ?? 0) < before / 2);
  if (shrunk.length === 0) return undefined;
  const parts = shrunk.map(
    ([tableId, before]) => `${listed.get(tableId) ?? 0} of ${before} backups of table id ${tableId}`,
  );
  return { by: 'listing-shrunk', detail: `listed are only ${someOf(parts)}` };
}

/** Numbers of own backups by table id. */
type TableCounts = ReadonlyMap<string, number>;

/** The restorable backups of one table id, and how many of them are to be deleted. */
export interface GroupSize {
  readonly group: readonly { readonly backup: Restorable }[];
  readonly deletions: number;
}

/**
 * > More deletions than the cap of one table, max(perTableCount, perTablePercent of its restorable backups), or of one run stop the
 * > run, unless the operator allowed at least as many for this once.
 */
export function whyTooMuchWouldGo(sizes: readonly GroupSize[], cap: DeletionCap, allowed: number): Blocked | undefined {
  const total = sizes.reduce((sum, { deletions }) => sum + deletions, 0);
  if (total <= allowed) return undefined;
  if (total > cap.perRun) return tooMuch(`${total} backups would be deleted, at most ${cap.perRun} may be in one run`);
  const over = sizes.filter(({ group, deletions }) => deletions > capOf(group.length, cap));
  return over.length === 0 ? undefined : tooMuch(someOf(over.map((size) => describeExcess(size, cap))));
}

type DeletionCap = Plan['prune']['deletionCap'];

function capOf(restorable: number, { perTableCount, perTablePercent }: DeletionCap): number {
  return Math.max(perTableCount, Math.floor((restorable * perTablePercent) / 100));
}

function describeExcess({ group, deletions }: GroupSize, cap: DeletionCap): string {
  const tables = [...new Set(group.map(({ backup }) => backup.tableName))].sort().join(', ');
  return `${deletions} of ${group.length} backups of table ${tables} would be deleted, at most ${capOf(group.length, cap)} may be`;
}

function tooMuch(detail: string): Blocked {
  return { by: 'deletion-cap', detail };
}

/** The first three of the texts, and how many more there are. */
function someOf(texts: readonly string[]): string {
  const shown = texts.toSorted().slice(0, 3).join('; ');
  return texts.length > 3 ? `${shown}; and ${texts.length - 3} more tables` : shown;
}

function describe(now: unknown): string {
  if (now instanceof Date) return Number.isNaN(now.getTime()) ? 'an invalid date' : now.toISOString();
  return typeof now;
}
