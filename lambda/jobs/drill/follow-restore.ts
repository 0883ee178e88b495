import { withPoll, type RestoreTiming } from '../../domain/drill/restore-timing.ts';
import { isPassing } from './broken-off.ts';
import type { LookingPorts } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';

/** What is known of a restore that AWS Backup was asked for, carried from look to look. */
export interface Followed {
  readonly table: RestoreTiming;
  readonly ready: RestoreTiming;
  /** When the table was ACTIVE, in epoch milliseconds, once AWS Backup has said so. */
  readonly endedAt?: number;
  readonly failure?: DrillFailure;
  /** The job came to nothing, and left no table. */
  readonly isWithoutTable?: boolean;
  /** Why nobody could ask. */
  readonly unanswered?: string;
}

/**
 * Asks how far the job of a restore is.
 * > AWS Backup says itself when a restore began and when it ended: such a time has no error, and no poll makes it longer.
 * > A job that ends otherwise than COMPLETED ends the drill, in the words of its StatusMessage.
 */
export async function followRestore(
  seen: Followed,
  { job, targetName }: { readonly job: string; readonly targetName: string },
  { restores, timing }: LookingPorts,
): Promise<Followed> {
  const sentAt = timing.now().getTime();
  const progress = await restores.progress(job, targetName);
  switch (progress.kind) {
    case 'under-way': {
      const unfinished = { at: sentAt, finished: false };
      return { table: withPoll(seen.table, unfinished), ready: withPoll(seen.ready, unfinished) };
    }
    case 'done': {
      const [acceptedAt, endedAt] = [progress.startedAt.getTime(), progress.endedAt.getTime()];
      const unfinished = { acceptedAt, lastUnfinishedAt: endedAt };
      return { table: { ...unfinished, firstFinishedAt: endedAt }, ready: unfinished, endedAt };
    }
    case 'failed':
      return { ...seen, failure: { phase: 'restore', ...progress.failure }, isWithoutTable: true };
    case 'unanswered': {
      const { failure } = progress;
      if (!isPassing(failure)) return { ...seen, failure: { phase: 'restore', ...failure } };
      return { ...seen, unanswered: failure.message };
    }
  }
}
