import type { CopyPlace } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import type { CreateOutcome, Progress, Slot } from './ports.ts';

/** A copy that is wanted, and not known to be there yet. */
export interface OpenCopy extends Slot {
  /** ARN of the recovery point to be copied. */
  readonly sourceArn: string;
  /** ARN of the vault it is copied to. */
  readonly destinationArn: string;
  /** Counted from 1: a job that failed is followed by another try. */
  readonly attempt: number;
  /** Before that, the next try is not made. */
  readonly notBefore: Date;
  /** What the job of this try is known by; missing until it was asked for. */
  readonly ticket?: string | undefined;
}

export interface CopyRequest extends Pick<OpenCopy, 'slot' | 'table' | 'sourceArn' | 'attempt'> {
  readonly plan: Plan;
  readonly place: CopyPlace;
}

/** Jobs that copy recovery points out of one vault. */
export interface CopyJobs {
  /** Asks for a copy. > Where one is there or on its way already, no second one is made. */
  start(request: CopyRequest): Promise<CreateOutcome>;
  /** What became of a job; `undefined` while it runs, and when nobody could look. */
  progress(ticket: string): Promise<Progress | undefined>;
}

/** Where wanted copies are remembered. Every method throws when the ledger does not answer. */
export interface CopyLedger {
  /** Remembers that a copy is wanted, or what was done about it. */
  recordCopy(copy: OpenCopy): Promise<void>;
  /** The same, unless it is remembered already. */
  wantCopy(copy: OpenCopy): Promise<void>;
  openCopies(plan: string): Promise<readonly OpenCopy[]>;
  closeCopy(copy: OpenCopy): Promise<void>;
  /** Remembers the newest slot of a table of which there is a copy in a vault. */
  recordCopied(copy: OpenCopy): Promise<void>;
}

/** The newest slot of a table of which there is a copy in a vault. */
export type NewestCopy = Pick<OpenCopy, 'slot' | 'table' | 'destinationArn'>;
