import type { RetentionLedger } from './ports.ts';

/** The ledger for a dry run: it answers every question and writes nothing. */
export function readOnly(ledger: RetentionLedger): RetentionLedger {
  const nothing = () => Promise.resolve();
  return {
    acquireLease: () => Promise.resolve(true),
    releaseLease: nothing,
    holds: () => ledger.holds(),
    pinned: () => ledger.pinned(),
    copied: (plan) => ledger.copied(plan),
    proven: (plan) => ledger.proven(plan),
    previousCounts: (plan) => ledger.previousCounts(plan),
    saveCounts: nothing,
    openIntents: () => Promise.resolve([]),
    recordIntent: nothing,
    settleIntent: nothing,
    deletionOverride: (plan, planHash, now) => ledger.deletionOverride(plan, planHash, now),
    spendDeletionOverride: nothing,
  };
}
