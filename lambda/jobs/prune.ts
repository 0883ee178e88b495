import type { Backup } from '../domain/backup.ts';
import { clockDisagreement } from '../domain/clock-check.ts';
import type { CompleteListing } from '../domain/listing.ts';
import type { DrillTableScope } from '../domain/drill/drill-table-name.ts';
import { isOwnBackup } from '../domain/naming.ts';
import { hashOfPlan } from '../domain/plan-hash.ts';
import type { Plan } from '../domain/plan.ts';
import { judge, whatIsSpared, type Judgement } from '../domain/retention.ts';
import { deleteExpired, timeRanOut } from './delete-expired.ts';
import { discoverTables } from './discover-tables.ts';
import { copiedOf } from './copied.ts';
import { describeLiveTables, type LiveTables } from './live-tables.ts';
import { withLease } from './prune-lease.ts';
import type { Blocked, Deletion, PruneReport } from './prune-report.ts';
import type { Backups, DeletionOutcome, Log, RetentionLedger, Tables, Timing } from './ports.ts';

export interface PruneRun extends DrillTableScope {
  readonly plan: Plan;
  /** Identifies this run; a retry of the same delivery carries the same one. */
  readonly runId: string;
  readonly prefix: string;
  /** When to stop starting things. */
  readonly deadline: Date;
}

export interface PrunePorts {
  readonly tables: Tables;
  readonly backups: Backups;
  readonly ledger: RetentionLedger;
  readonly timing: Timing;
  readonly log: Log;
}

/**
 * Deletes the plan's expired backups, and nothing else. Reads everything first, judges, then deletes oldest first.
 * > What cannot be seen whole is not judged, and what is odd deletes nothing. Throws when the ledger does not answer; then nothing
 * was deleted that was not recorded before.
 */
export async function pruneBackups(run: PruneRun, ports: PrunePorts): Promise<PruneReport> {
  return await withLease(run, ports, {
    acquired: () => pruneAlone(run, ports),
    taken: () => reportOf(run, { blocked: { by: 'lease-taken', detail: 'another prune run has the lease' } }),
  });
}

async function pruneAlone(run: PruneRun, ports: PrunePorts): Promise<PruneReport> {
  const seen = await readEverything(run, ports);
  if (seen.kind === 'blocked') return reportOf(run, seen);
  await settleOpenIntents(run.plan.name, seen.listing, ports.ledger);
  const { judgement, overridden } = await judgeWithOverride(run, seen, ports);
  const isEnforced = run.plan.prune.mode === 'enforce' && judgement.blocked === null;
  const deletions = isEnforced ? await deleteExpired(judgement, run, ports, seen.readAt) : plannedDeletions(judgement);
  if (isEnforced) await ports.ledger.saveCounts(run.plan.name, countsAfter(judgement, deletions));
  if (isEnforced && overridden) await ports.ledger.spendDeletionOverride(run.plan.name);
  return reportOf(run, { seen, judgement, deletions });
}

interface Seen {
  readonly kind: 'seen';
  readonly listing: CompleteListing;
  readonly live: LiveTables;
  readonly readAt: Date;
}

/** > A partial discovery or listing deletes nothing, and neither does a clock that differs from AWS's. */
async function readEverything(run: PruneRun, ports: PrunePorts): Promise<Seen | { kind: 'blocked'; blocked: Blocked }> {
  const readAt = ports.timing.now();
  const discovery = await discoverTables(run.plan.tables, ports.tables, run);
  if (!discovery.complete) return blocked('discovery-incomplete', discovery.errors.map(describeError).join('; '));
  if (discovery.tables.length === 0) return blocked('nothing-selected', 'the plan covers no table right now');
  const live = await describeLiveTables(discovery.tables, ports.tables);
  const listing = await ports.backups.list({});
  if (!listing.complete) return blocked('listing-incomplete', describeError(listing.error));
  const fault = clockDisagreement(
    ports.timing.now(),
    ports.backups.lastAnsweredAt(),
    listing.backups.filter(isOwn(run)),
  );
  return fault ? blocked('clock-suspect', fault) : { kind: 'seen', listing, live, readAt };
}

/** > Over the deletion cap nothing is deleted, unless an operator allowed as many, once, for exactly this version of the plan. */
async function judgeWithOverride(run: PruneRun, seen: Seen, { ledger, timing }: PrunePorts) {
  const facts = {
    listing: seen.listing,
    plan: run.plan,
    isOwn: isOwn(run),
    liveTables: seen.live.tableIds,
    holds: await ledger.holds(),
    pinned: await ledger.pinned(),
    copied: await copiedOf(run.plan, ledger),
    proven: await ledger.proven(run.plan.name),
    now: timing.now(),
  };
  const previousCounts = await ledger.previousCounts(run.plan.name);
  const judgement = judge({ ...facts, previousCounts });
  if (judgement.blocked === null) return { judgement, overridden: false };
  const deletionOverride = await ledger.deletionOverride(run.plan.name, hashOfPlan(run.plan), timing.now());
  if (deletionOverride === undefined) return { judgement, overridden: false };
  const allowed = judge({ ...facts, deletionOverride });
  return { judgement: allowed, overridden: allowed.blocked === null };
}

/** > Every intent ends: what a crashed run left open is settled by what is still listed. */
async function settleOpenIntents(plan: string, listing: CompleteListing, ledger: RetentionLedger): Promise<void> {
  const listed = new Set(listing.backups.map(({ arn }) => arn));
  for (const intent of await ledger.openIntents(plan)) {
    const outcomes = intent.arns.map((arn): [string, DeletionOutcome] => [arn, listed.has(arn) ? 'abandoned' : 'gone']);
    await ledger.settleIntent(intent, new Map(outcomes));
  }
}

function plannedDeletions({ verdicts }: Judgement): readonly Deletion[] {
  const expired = verdicts.filter(({ verdict }) => verdict === 'delete');
  return expired.map(({ backup: { arn, tableName } }) => ({ arn, tableName, outcome: 'planned' }));
}

/** How many backups of ours each table incarnation has once these deletions are done: what the next listing must not fall far below. */
function countsAfter({ ownBackups, verdicts }: Judgement, deletions: readonly Deletion[]): Map<string, number> {
  const gone = new Set(
    deletions.filter(({ outcome }) => outcome === 'deleted' || outcome === 'gone').map(({ arn }) => arn),
  );
  const counts = new Map(ownBackups);
  for (const { backup } of verdicts.filter(({ backup: { arn } }) => gone.has(arn))) {
    counts.set(backup.tableId, (counts.get(backup.tableId) ?? 0) - 1);
  }
  return counts;
}

function isOwn({ plan, prefix, owner }: PruneRun): (backup: Backup) => boolean {
  return (backup) => isOwnBackup(backup, { prefix, owner, plan: plan.name });
}

function reportOf(
  run: PruneRun,
  result: { blocked: Blocked } | { seen: Seen; judgement: Judgement; deletions: readonly Deletion[] },
): PruneReport {
  const base = { plan: run.plan.name, planHash: hashOfPlan(run.plan), mode: run.plan.prune.mode };
  if ('blocked' in result) {
    const counts = { listed: 0, kept: 0, expired: 0, frozen: 0, held: 0, unjudgeable: 0 };
    return {
      ...base,
      ...counts,
      blocked: result.blocked,
      deletions: [],
      spared: [],
      ranOutOfTime: false,
      undescribedTables: [],
    };
  }
  const { seen, judgement, deletions } = result;
  return {
    ...base,
    listed: seen.listing.backups.length,
    ...judgement.counts,
    kept: sum(judgement.ownBackups.values()) - judgement.counts.expired,
    blocked: judgement.blocked,
    deletions,
    spared: whatIsSpared(judgement).map(({ backup: { arn, tableName }, reasons }) => ({
      arn,
      tableName,
      why: reasons.map(({ detail }) => detail).join('; '),
    })),
    ranOutOfTime: deletions.some(({ detail }) => detail === timeRanOut),
    undescribedTables: seen.live.undescribed,
  };
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function blocked(by: string, detail: string): { kind: 'blocked'; blocked: Blocked } {
  return { kind: 'blocked', blocked: { by, detail } };
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
