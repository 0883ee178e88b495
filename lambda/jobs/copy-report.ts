import * as z from 'zod';
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

const copyCounts = z.object({ made: z.int().min(0), failed: z.int().min(0) });
export type CopyCounts = Readonly<z.output<typeof copyCounts>>;

/** What reports that `summaryOf` made and the ledger kept add up to. Throws on any other text. */
export function countsIn(reports: readonly string[]): CopyCounts {
  const counts = reports.map((report) => copyCounts.parse(JSON.parse(report)));
  const sum = (of: keyof CopyCounts) => counts.reduce((total, each) => total + each[of], 0);
  return { made: sum('made'), failed: sum('failed') };
}
