import { planOfCopies, type CopyPlace } from '../domain/copy-destination.ts';
import { scopeOfCopies } from '../domain/copy-drills.ts';
import { pruneBackups, type PrunePorts, type PruneRun } from './prune.ts';
import type { PruneReport } from './prune-report.ts';
import type { Backups, DeletionIntent, RetentionLedger } from './ports.ts';

export interface PruneCopiesPorts extends Omit<PrunePorts, 'backups'> {
  readonly copiesIn: (destination: CopyPlace['destination']) => Backups;
}

/** What prune did in one place that copies go to. */
export interface PrunedCopies {
  readonly destinationArn: string;
  readonly report: PruneReport;
}

/**
 * Deletes the plan's expired copies in each place, by the `keep` of that place, as carefully as `pruneBackups` deletes backups.
 * > Copies in the vaults of other accounts are left to the lifecycle that they were given. Throws when the ledger does not answer.
 */
export async function pruneCopies(
  run: PruneRun,
  places: readonly CopyPlace[],
  ports: PruneCopiesPorts,
): Promise<readonly PrunedCopies[]> {
  const pruned: PrunedCopies[] = [];
  for (const place of places.filter(({ destination }) => destination.isOwnAccount)) {
    const report = await pruneCopiesAt(place, run, ports);
    pruned.push({ destinationArn: place.destination.vaultArn, report });
  }
  return pruned;
}

/** The same in one place. */
export async function pruneCopiesAt(
  { rule, destination }: CopyPlace,
  run: PruneRun,
  { copiesIn, ...ports }: PruneCopiesPorts,
): Promise<PruneReport> {
  const ledger = ledgerOfCopies(ports.ledger, destination.vaultArn);
  const ofPlace = { ...run, plan: planOfCopies(run.plan, rule) };
  return await pruneBackups(ofPlace, { ...ports, ledger, backups: copiesIn(destination) });
}

/**
 * The ledger as it is about one place: what is counted and intended there is apart from the plan's own vault. Holds and drills are told by
 * ARN and hold everywhere; copies are not copied further.
 */
function ledgerOfCopies(ledger: RetentionLedger, destinationArn: string): RetentionLedger {
  const scope = (plan: string) => scopeOfCopies(plan, destinationArn);
  const scoped = (intent: DeletionIntent) => ({ ...intent, plan: scope(intent.plan) });
  return {
    acquireLease: (holder, now) => ledger.acquireLease(holder, now),
    releaseLease: (holder) => ledger.releaseLease(holder),
    holds: () => ledger.holds(),
    pinned: () => ledger.pinned(),
    copied: () => Promise.resolve(new Set<string>()),
    proven: (plan) => ledger.proven(scope(plan)),
    previousCounts: (plan) => ledger.previousCounts(scope(plan)),
    saveCounts: (plan, counts) => ledger.saveCounts(scope(plan), counts),
    openIntents: async (plan) => (await ledger.openIntents(scope(plan))).map((intent) => ({ ...intent, plan })),
    recordIntent: (intent) => ledger.recordIntent(scoped(intent)),
    settleIntent: (intent, outcomes) => ledger.settleIntent(scoped(intent), outcomes),
    deletionOverride: (plan, planHash, now) => ledger.deletionOverride(scope(plan), planHash, now),
    spendDeletionOverride: (plan) => ledger.spendDeletionOverride(scope(plan)),
  };
}
