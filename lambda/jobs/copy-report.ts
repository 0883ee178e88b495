import type { Failure } from './ports.ts';

/** One copy of a recovery point in one vault. */
export interface NamedCopy {
  readonly table: string;
  readonly slot: string;
  readonly sourceArn: string;
  readonly destinationArn: string;
}

/** One that is there. */
export interface MadeCopy extends NamedCopy {
  readonly copyArn: string;
}

export interface CopyFailure extends NamedCopy {
  readonly failure: Failure;
}

/** What a run learned of the copies of a plan. */
export interface CopyReport {
  readonly plan: string;
  readonly planHash: string;
  readonly made: readonly MadeCopy[];
  /** Those that were given up. */
  readonly failed: readonly CopyFailure[];
  /** Those that are wanted, under way or to be tried again. */
  readonly open: number;
}

const mostFailures = 50;

/** The report with numbers for what went well, and the first 50 failures. Small enough for the ledger. */
export function summaryOf({ made, failed, ...rest }: CopyReport): CopyCounts {
  const failures = failed.slice(0, mostFailures);
  return Object.assign(rest, { made: made.length, failed: failed.length, failures });
}

export interface CopyCounts {
  readonly made: number;
  readonly failed: number;
}

/** What reports that `summaryOf` made and the ledger kept add up to. Throws on any other text. */
export function countsIn(reports: readonly string[]): CopyCounts {
  const read = reports.map((report): unknown => JSON.parse(report));
  const sum = (of: keyof CopyCounts) => read.reduce<number>((total, report) => total + countIn(report, of), 0);
  return { made: sum('made'), failed: sum('failed') };
}

function countIn(report: unknown, of: string): number {
  const count =
    typeof report === 'object' && report !== null
      ? new Map<string, unknown>(Object.entries(report)).get(of)
      : undefined;
  if (typeof count !== 'number') throw new Error(`a report of copies does not say how many were ${of}`);
  return count;
}
