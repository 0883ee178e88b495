import pMap from 'p-map';
import type { BackupPorts, BackupRun } from './backup.ts';
import type { TableOutcome } from './backup-report.ts';
import type { FoundTable } from './slot-attempt.ts';
import { requestedSince } from './slot-sightings.ts';

export interface RequestedBackup {
  /** What `follow` knows the request by. */
  readonly ticket: string;
  /** Whether an earlier try had asked for it. */
  readonly adopted: boolean;
  /** The table as it was described just before. */
  readonly state: FoundTable;
}

/** Small tables are seen to be restorable within a tenth of a second. */
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 15_000;
/** A backup asked for just before the deadline is still waited for this long: the run keeps more than that in reserve. */
const graceMilliseconds = 20_000;

/**
 * Waits until the requested backups are restorable, and settles their tables: done then, pending when time runs out first.
 * > A backup counts only when it is restorable. Returns the tables whose backup vanished instead.
 */
export async function confirmBackups(
  requested: ReadonlyMap<string, RequestedBackup>,
  run: BackupRun,
  ports: BackupPorts,
  settled: Map<string, TableOutcome>,
): Promise<string[]> {
  const vanished: string[] = [];
  let open = [...requested];
  for (let pause = firstPauseMilliseconds; open.length > 0; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
    await ports.timing.sleep(pause);
    const progress = await ports.backups.follow(
      open.map(([, { ticket }]) => ticket),
      requestedSince(run.slot),
    );
    const isLast = ports.timing.now().getTime() + 2 * pause >= run.deadline.getTime() + graceMilliseconds;
    const waiting: typeof open = [];
    for (const [table, backup] of open) {
      const seen = progress.get(backup.ticket);
      if (seen?.kind === 'restorable')
        settled.set(table, { table, kind: 'done', backupArn: seen.arn, adopted: backup.adopted });
      else if (seen?.kind === 'failed') settled.set(table, { table, kind: 'failed', failure: seen.failure });
      else if (seen?.kind === 'gone') vanished.push(table);
      else if (isLast) settled.set(table, { table, kind: 'pending', why: 'creating' });
      else waiting.push([table, backup]);
    }
    open = waiting;
  }
  await recordDone(
    [...requested.keys()].flatMap((table) => settled.get(table) ?? []),
    run,
    ports,
  );
  return vanished;
}

async function recordDone(outcomes: readonly TableOutcome[], run: BackupRun, ports: BackupPorts): Promise<void> {
  await pMap(
    outcomes.filter((outcome) => outcome.kind === 'done'),
    async ({ table, backupArn }) => {
      try {
        await ports.ledger.recordDone({ plan: run.plan.name, table, slot: run.slot }, backupArn);
      } catch (error) {
        ports.log.warn('backup taken, but the ledger did not record it; a repeat will find it by name', {
          table,
          error,
        });
      }
    },
    { concurrency: 20 },
  );
}
