import type { DeletionOutcome, Failure } from './ports.ts';

/** Why a run deleted nothing at all. `by` is a stable word, `detail` says what was seen. */
export interface Blocked {
  readonly by: string;
  readonly detail: string;
}

/** What became of one backup that retention wanted deleted. */
export interface Deletion {
  readonly arn: string;
  readonly tableName: string;
  readonly outcome: DeletionOutcome;
  readonly detail?: string;
}

/** A backup that no rule wants and that stays all the same, and why. */
export interface Spared {
  readonly arn: string;
  readonly tableName: string;
  readonly why: string;
}

/** The result of one prune run. Counts are of backups: `listed` all of the account's, the others the plan's own, `unjudgeable` anybody's. */
export interface PruneReport {
  readonly plan: string;
  readonly planHash: string;
  readonly mode: 'enforce' | 'report-only';
  readonly listed: number;
  readonly kept: number;
  readonly expired: number;
  readonly frozen: number;
  readonly held: number;
  readonly unjudgeable: number;
  readonly blocked: Blocked | null;
  readonly deletions: readonly Deletion[];
  /** Backups that stay only because they are held, because a drill restores them or because they passed one. */
  readonly spared: readonly Spared[];
  /** Whether deletions are left for which only time was missing. */
  readonly ranOutOfTime: boolean;
  readonly undescribedTables: readonly { readonly table: string; readonly failure: Failure }[];
}

export function countDeletions(report: PruneReport, ...outcomes: readonly DeletionOutcome[]): number {
  return report.deletions.filter(({ outcome }) => outcomes.includes(outcome)).length;
}

/** Causes of a block that a person, not the next run, has to look into. */
const faults = new Set(['discovery-incomplete', 'listing-incomplete', 'clock-suspect', 'lease-taken']);

/** > A run failed when something it should have done was refused or could not be seen. Keeping backups is never a failure. */
export function isSuccess(report: PruneReport): boolean {
  const isBroken = report.blocked !== null && faults.has(report.blocked.by);
  return (
    !isBroken && countDeletions(report, 'denied', 'failed', 'survived') === 0 && report.undescribedTables.length === 0
  );
}

const mostShown = 50;

/** The report with at most 50 deletions, those that did not go through first, and 50 spared backups. Small enough for an error message and the ledger. */
export function summaryOf({ deletions, spared, ...numbers }: PruneReport): object {
  const isDone = ({ outcome }: Deletion) => outcome === 'deleted' || outcome === 'gone';
  const shown = [...deletions].sort((a, b) => Number(isDone(a)) - Number(isDone(b))).slice(0, mostShown);
  return { ...numbers, deleted: deletions.filter(isDone).length, deletions: shown, spared: spared.slice(0, mostShown) };
}
