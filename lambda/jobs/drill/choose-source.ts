import { chooseBackup, restorableBackups } from '../../domain/drill/choose.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import { isOwnBackup } from '../../domain/naming.ts';
import type { Restorable } from '../../domain/standing.ts';
import type { Failure } from '../ports.ts';
import { isPassing, stepError } from './broken-off.ts';
import type { DrillFailure } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';
import type { BackedUpTable, RestoreSource } from './ports.ts';

/** What a drill restores, as far as it is known beforehand. Plain JSON. */
export interface ChosenSource {
  readonly from: RestoreSource;
  /** Of the backup, or of the table that is restored to a point in time. */
  readonly arn: string;
  /** When the backup was taken; of a point in time, the instant that is restored. ISO 8601. */
  readonly createdAt: string;
  readonly backedUp: BackedUpTable;
}

type Chosen = { readonly source: ChosenSource } | { readonly failure: DrillFailure };

/**
 * Chooses what to restore, once: a replay restores the same. `lost` are ARNs of backups that were chosen before and do not stay.
 * > Of a table with several incarnations the backups of all count: the newest one is the newest, whatever became of its table.
 */
export async function chooseSource(
  run: DrillRun,
  lost: readonly string[],
  durable: Durable,
  ports: DrillPorts,
): Promise<Chosen> {
  return await durable.step('choose what to restore', async (): Promise<Chosen> => {
    const listing = await ports.backups.list({ tableName: run.table });
    if (!listing.complete)
      throw new Error('the backups of the table could not be listed whole', { cause: listing.error });
    const { plan, prefix, owner } = run;
    const scope = { prefix, owner, plan: plan.name };
    const now = ports.timing.now();
    const restorable = restorableBackups(listing.backups, { isOwn: (backup) => isOwnBackup(backup, scope), now });
    const leaving = new Set([...lost, ...(lost.length > 0 ? await ports.ledger.announcedDeletions(plan.name) : [])]);
    const staying = restorable.filter(({ arn }) => !leaving.has(arn));
    const choice = chooseBackup(staying, run.drill.backup, durable.executionId);
    switch (choice.kind) {
      case 'none':
        return nothing('no-backup', lost.length > 0 ? 'all its backups are being deleted' : choice.reason.detail);
      case 'backup':
        return await describe(sourceOf(choice.backup, run), choice.backup.createdAt, ports);
      case 'point-in-time':
        return await choosePointInTime(run, now, ports);
    }
  });
}

function sourceOf({ arn, tableId }: Restorable, { plan }: DrillRun): RestoreSource {
  return plan.backup.engine === 'aws-backup' ? { kind: 'recovery-point', arn, tableId } : { kind: 'backup', arn };
}

/** > A chosen time that the table cannot be restored to ends the drill at once: waiting would only move the window further away. */
async function choosePointInTime(run: DrillRun, now: Date, ports: DrillPorts): Promise<Chosen> {
  const { table, slot, drill } = run;
  if (drill.restoreTo === undefined) return await describe({ kind: 'point-in-time', table }, now, ports);
  const { before } = drill.restoreTo;
  const at = new Date(slot.getTime() - durationSeconds(before) * 1000);
  const window = await ports.restores.restorableWindow(table);
  switch (window.kind) {
    case 'missing':
      return nothing('no-backup', 'what was to be restored is gone');
    case 'unavailable':
      return nothing('out-of-window', `${table} has no point-in-time recovery`);
    case 'failed':
      return failedLook(window.failure);
    case 'window':
      return at >= window.earliest && at <= window.latest
        ? await describe({ kind: 'point-in-time', table, at: at.toISOString() }, at, ports)
        : nothing('out-of-window', outOf(window, table, `${at.toISOString()}, ${before} before the slot`));
  }
}

function outOf({ earliest, latest }: { earliest: Date; latest: Date }, table: string, wanted: string): string {
  return `${table} can be restored to times from ${earliest.toISOString()} to ${latest.toISOString()}, not to ${wanted}`;
}

/** A look that failed in passing is repeated by the step. */
function failedLook(failure: Failure): Chosen {
  if (isPassing(failure)) throw stepError(failure, 'cannot look at what is to be restored');
  return { failure: { phase: 'choose', ...failure } };
}

async function describe(from: RestoreSource, createdAt: Date, ports: DrillPorts): Promise<Chosen> {
  const look = await ports.restores.describeSource(from);
  switch (look.kind) {
    case 'missing':
      return nothing('no-backup', 'what was to be restored is gone');
    case 'found':
      return { source: { from, arn: look.source.arn, createdAt: createdAt.toISOString(), backedUp: look.source } };
    case 'failed':
      return failedLook(look.failure);
  }
}

function nothing(kind: DrillFailure['kind'], message: string): Chosen {
  return { failure: { phase: 'choose', kind, message } };
}
