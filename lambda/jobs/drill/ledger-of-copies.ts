import { scopeOfCopies } from '../../domain/copy-drills.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillLedger } from './ports.ts';

/**
 * The ledger as it is about drills of a plan's copies in one vault: what they prove, and whose turn it is, is apart from the plan's own.
 * Intents and places are told by table and execution, and hold everywhere.
 */
export function drillLedgerOfCopies(ledger: DrillLedger<DrillResult>, vaultArn: string): DrillLedger<DrillResult> {
  const scope = (plan: string) => scopeOfCopies(plan, vaultArn);
  return {
    takePlace: (holder, places, now, until) => ledger.takePlace(holder, places, now, until),
    releasePlace: (holder) => ledger.releasePlace(holder),
    recordDrillIntent: (intent) => ledger.recordDrillIntent(intent),
    drillIntent: (targetName) => ledger.drillIntent(targetName),
    drillIntents: () => ledger.drillIntents(),
    closeDrillIntent: (targetName, goneAt) => ledger.closeDrillIntent(targetName, goneAt),
    announcedDeletions: (plan) => ledger.announcedDeletions(scope(plan)),
    saveDrill: (result) => ledger.saveDrill({ ...result, plan: scope(result.plan) }),
    drillHistory: (plan) => ledger.drillHistory(scope(plan)),
    chooseForSlot: (plan, slot, tables) => ledger.chooseForSlot(scope(plan), slot, tables),
  };
}
