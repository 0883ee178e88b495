import type { CopyPlace } from '../domain/copy-destination.ts';
import type { Plan } from '../domain/plan.ts';
import { hashOfPlan } from '../domain/plan-hash.ts';
import { countOutcomes, type BackupReport, type TableOutcome } from './backup-report.ts';
import type { CopyLedger } from './copies-port.ts';
import { wantCopies } from './follow-copies.ts';
import type { Backups, Log, OpenBackup, OpenBackupLedger, Progress, SlotLedger } from './ports.ts';

export interface FollowPorts {
  readonly backups: Backups;
  readonly openBackups: OpenBackupLedger;
  readonly ledger: Pick<SlotLedger, 'recordDone'>;
  /** Where copies of the backups are wanted. */
  readonly copies: { readonly places: readonly CopyPlace[]; readonly ledger: Pick<CopyLedger, 'wantCopy'> };
  readonly log: Log;
}

/** What became of the requests of one slot, and of none that is still being worked on. */
export interface Followed {
  readonly report: BackupReport;
  /** To be closed once the report was told. */
  readonly settled: readonly OpenBackup[];
}

/**
 * Looks what became of the backups that runs asked for and did not wait for, and reports it slot by slot.
 * > A job counts when it is COMPLETED. One that ended otherwise failed its slot, and is not started again: the next slot makes up for it.
 * Throws when the ledger does not answer. A slot whose report is lost on the way is reported again by the next run.
 */
export async function followBackups(plan: Plan, ports: FollowPorts): Promise<readonly Followed[]> {
  const open = await ports.openBackups.openBackups(plan.name);
  const [first] = open;
  if (!first) return [];
  const progress = await ports.backups.follow(
    open.map(({ ticket }) => ticket),
    open.reduce((earliest, { requestedAt }) => (requestedAt < earliest ? requestedAt : earliest), first.requestedAt),
  );
  const settled = open.filter(({ ticket }) => progress.has(ticket));
  const outcomes = new Map<OpenBackup, TableOutcome>();
  for (const each of settled) outcomes.set(each, await settle(each, progress.get(each.ticket), ports));
  return [...Map.groupBy(settled, ({ slot }) => slot.getTime())].map(([slot, ofSlot]) => ({
    report: reportOf(
      plan,
      new Date(slot),
      ofSlot.flatMap((each) => outcomes.get(each) ?? []),
    ),
    settled: ofSlot,
  }));
}

async function settle(open: OpenBackup, progress: Progress | undefined, ports: FollowPorts): Promise<TableOutcome> {
  const { table } = open;
  if (progress?.kind === 'restorable') {
    await recordDone(open, progress.arn, ports);
    await wantCopies({ ...open, sourceArn: progress.arn }, ports.copies.places, ports.copies.ledger);
    return { table, kind: 'done', backupArn: progress.arn, adopted: false };
  }
  const failure = progress?.kind === 'failed' ? progress.failure : vanished;
  return { table, kind: 'failed', failure };
}

const vanished = { kind: 'missing', message: 'what was asked for is not known to AWS any more' } as const;

async function recordDone(open: OpenBackup, arn: string, { ledger, log }: FollowPorts): Promise<void> {
  try {
    await ledger.recordDone(open, arn);
  } catch (error) {
    log.warn('backup taken, but the ledger did not record it; a repeat will find it by name', { ...open, error });
  }
}

/** Such a report says nothing of how late the run was that asked. */
function reportOf(plan: Plan, slot: Date, outcomes: readonly TableOutcome[]): BackupReport {
  return {
    plan: plan.name,
    planHash: hashOfPlan(plan),
    slot: slot.toISOString(),
    tables: outcomes.length,
    ...countOutcomes(outcomes),
    latenessSeconds: 0,
    discoveryErrors: [],
    leftOut: [],
    outcomes,
  };
}
