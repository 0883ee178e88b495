import { scopeOfCopies } from '../../domain/copy-drills.ts';
import type { Log } from '../ports.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillLedger } from './ports.ts';

/** Where drills of copies also say what they found, in the Region of the copies: whoever restores them when the other one is lost looks there. */
export interface BesideCopies {
  readonly ledger: Pick<DrillLedger<DrillResult>, 'saveDrill'>;
  readonly log: Log;
}

/**
 * The ledger as it is about drills of a plan's copies in one vault: what they prove, and whose turn it is, is apart from the plan's own.
 * Intents and places are told by table and execution, and hold everywhere.
 * > What cannot be said beside the copies breaks no drill: the ledger has it.
 */
export function drillLedgerOfCopies(
  ledger: DrillLedger<DrillResult>,
  vaultArn: string,
  beside?: BesideCopies,
): DrillLedger<DrillResult> {
  const scope = (plan: string) => scopeOfCopies(plan, vaultArn);
  return {
    takePlace: (holder, places, now, until) => ledger.takePlace(holder, places, now, until),
    releasePlace: (holder) => ledger.releasePlace(holder),
    recordDrillIntent: (intent) => ledger.recordDrillIntent(intent),
    drillIntent: (targetName) => ledger.drillIntent(targetName),
    drillIntents: () => ledger.drillIntents(),
    closeDrillIntent: (targetName, goneAt) => ledger.closeDrillIntent(targetName, goneAt),
    announcedDeletions: (plan) => ledger.announcedDeletions(scope(plan)),
    saveDrill: async (result) => {
      await ledger.saveDrill({ ...result, plan: scope(result.plan) });
      await beside?.ledger.saveDrill(result).catch((error: unknown) => {
        beside.log.warn('what a drill of a copy found could not be said beside it', { vaultArn, error });
      });
    },
    drillHistory: (plan) => ledger.drillHistory(scope(plan)),
    chooseForSlot: (plan, slot, tables) => ledger.chooseForSlot(scope(plan), slot, tables),
  };
}
