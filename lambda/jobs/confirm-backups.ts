import pMap from 'p-map';
import type { Backup } from '../domain/backup.ts';
import type { BackupPorts, BackupRun } from './backup.ts';
import type { TableOutcome } from './backup-report.ts';
import type { FoundTable } from './slot-attempt.ts';
import { requestTimeMarginMilliseconds } from './slot-sightings.ts';

export interface RequestedBackup {
  readonly arn: string;
  /** Whether an earlier try had asked for it. */
  readonly adopted: boolean;
  /** The table as it was described just before. */
  readonly state: FoundTable;
}

/** DescribeBackup is allowed 10 times a second and ListBackups shows 100 backups at once: few are described, many are listed. */
const describeUpTo = 8;
/** Small tables are seen to be restorable within a tenth of a second. */
const firstPauseMilliseconds = 500;
const longestPauseMilliseconds = 15_000;
/** A backup asked for just before the deadline is still waited for this long: the run keeps more than that in reserve. */
const graceMilliseconds = 20_000;

/**
 * Waits until the requested backups are restorable, and settles their tables: done when AVAILABLE, pending when time runs out first.
 * > A backup counts only when it is AVAILABLE. Returns the tables whose backup vanished instead.
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
    const states = await statesOf(open, run, ports);
    const isLast = ports.timing.now().getTime() + 2 * pause >= run.deadline.getTime() + graceMilliseconds;
    const waiting: typeof open = [];
    for (const [table, backup] of open) {
      const state = states.get(backup.arn);
      if (state === 'AVAILABLE')
        settled.set(table, { table, kind: 'done', backupArn: backup.arn, adopted: backup.adopted });
      else if (state === 'gone' || state === 'DELETED') vanished.push(table);
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

/** The status of each backup as far as it could be read, by ARN. A backup a listing does not show yet has none. */
async function statesOf(
  open: readonly (readonly [string, RequestedBackup])[],
  run: BackupRun,
  { backups }: BackupPorts,
): Promise<ReadonlyMap<string, string>> {
  if (open.length > describeUpTo) {
    const listing = await backups.list({ since: new Date(run.slot.getTime() - requestTimeMarginMilliseconds) });
    return new Map(listing.complete ? listing.backups.map((backup: Backup) => [backup.arn, backup.status]) : []);
  }
  const described = await pMap(open, async ([, { arn }]) => ({ arn, outcome: await backups.describe(arn) }));
  return new Map(
    described.flatMap(({ arn, outcome }) => {
      if (outcome.kind === 'failed') return [];
      return [[arn, outcome.kind === 'gone' ? 'gone' : outcome.backup.status] as const];
    }),
  );
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
