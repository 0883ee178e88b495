import type { LeftOutTable } from '../domain/selection.ts';
import type { Failure } from './ports.ts';

/** Why a table needed no backup from this run. */
export type SkipReason = 'already-done' | 'taken-by-another-run' | 'superseded';

/** What one run did for one table. */
export type TableOutcome =
  | { readonly table: string; readonly kind: 'done'; readonly backupArn: string; readonly adopted: boolean }
  | { readonly table: string; readonly kind: 'failed'; readonly failure: Failure }
  /** A backup was asked for but is not restorable yet, `followed` when somebody will look again; or time ran out before the table's turn. */
  | { readonly table: string; readonly kind: 'pending'; readonly why: 'creating' | 'not-reached' | 'followed' }
  | { readonly table: string; readonly kind: 'skipped'; readonly reason: SkipReason };

/** The result of one backup run. Always `done + failed + pending + skipped = tables`. */
export interface BackupReport {
  readonly plan: string;
  readonly planHash: string;
  readonly slot: string;
  readonly tables: number;
  readonly done: number;
  readonly failed: number;
  readonly pending: number;
  readonly skipped: number;
  readonly latenessSeconds: number;
  readonly discoveryErrors: readonly string[];
  /** What the plan picks and yet does not cover; none of `tables`. */
  readonly leftOut: readonly LeftOutTable[];
  readonly outcomes: readonly TableOutcome[];
}

const mostProblems = 50;

export function countOutcomes(
  outcomes: readonly TableOutcome[],
): Pick<BackupReport, 'done' | 'failed' | 'pending' | 'skipped'> {
  const count = (kind: TableOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return { done: count('done'), failed: count('failed'), pending: count('pending'), skipped: count('skipped') };
}

/** The tables whose turn never came; another invocation can take them up. */
export function countNotReached({ outcomes }: BackupReport): number {
  return outcomes.filter((outcome) => outcome.kind === 'pending' && outcome.why === 'not-reached').length;
}

/** The tables whose backup outlasts the run, and is followed to its end by others. */
export function countFollowed({ outcomes }: BackupReport): number {
  return outcomes.filter((outcome) => outcome.kind === 'pending' && outcome.why === 'followed').length;
}

/**
 * > A run succeeded only when nothing failed, nothing is pending and every covered table was found. `handedOver` tables are another run's,
 * > and so are those that are followed.
 */
export function isSuccess(report: BackupReport, handedOver: number): boolean {
  return (
    report.failed === 0 && report.pending === handedOver + countFollowed(report) && report.discoveryErrors.length === 0
  );
}

/** > A run did its work when it took a backup or left one to be followed, or when there surely was no table to take one of. */
export function didItsWork(report: BackupReport): boolean {
  const { done, tables, discoveryErrors } = report;
  return done + countFollowed(report) > 0 || (tables === 0 && discoveryErrors.length === 0);
}

/** The report without the tables that went well; of the others, and of those left out, the first 50. Small enough for an error message and the ledger. */
export function summaryOf({ outcomes, leftOut, ...numbers }: BackupReport): object {
  const problems = outcomes.filter(
    (outcome) => outcome.kind === 'failed' || (outcome.kind === 'pending' && outcome.why !== 'followed'),
  );
  const said = leftOut.length > 0 && { leftOut: leftOut.slice(0, mostProblems) };
  return { ...numbers, ...said, problems: problems.slice(0, mostProblems) };
}
