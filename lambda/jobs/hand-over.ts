import pMap from 'p-map';
import type { BackupRun } from './backup.ts';
import type { TableOutcome } from './backup-report.ts';
import type { RequestedBackup } from './confirm-backups.ts';
import type { Log, OpenBackupLedger, Timing } from './ports.ts';

export interface HandOverPorts {
  readonly openBackups: OpenBackupLedger;
  readonly timing: Timing;
  readonly log: Log;
}

const concurrentTables = 20;

/**
 * Leaves requested backups to `followBackups`, and settles their tables as pending.
 * > A request that could not be remembered is not left to anybody: the run fails, and its retry asks again, which makes no second backup.
 */
export async function handOver(
  requested: ReadonlyMap<string, RequestedBackup>,
  { plan, slot }: BackupRun,
  { openBackups, timing, log }: HandOverPorts,
  settled: Map<string, TableOutcome>,
): Promise<void> {
  await pMap(
    requested,
    async ([table, { ticket }]) => {
      try {
        await openBackups.recordOpen({ plan: plan.name, table, slot, ticket, requestedAt: timing.now() });
        settled.set(table, { table, kind: 'pending', why: 'followed' });
      } catch (error) {
        log.warn('backup requested, but the ledger did not remember to follow it', { table, error });
        settled.set(table, { table, kind: 'pending', why: 'creating' });
      }
    },
    { concurrency: concurrentTables },
  );
}
