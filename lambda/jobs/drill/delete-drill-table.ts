import type { DrillTableName } from '../../domain/drill/drill-table-name.ts';
import { whyNotToDelete, type DeletionScope, type TableFacts } from '../../domain/drill/guards.ts';
import type { Timing } from '../ports.ts';
import type { DrillIntent, DrillLedger, Restores } from './ports.ts';
import type { DrillResult } from './drill-result.ts';

export type Deletion =
  { readonly kind: 'gone' } | { readonly kind: 'asked' | 'later' | 'refused'; readonly message: string };

interface DeletionPorts {
  readonly restores: Restores;
  readonly ledger: DrillLedger<DrillResult>;
  readonly timing: Timing;
}

/**
 * The only place where a table is deleted: looks at it and at the ledger right before, and asks every guard.
 * `mayUnprotect` says that the drill itself may have switched on deletion protection; then it is switched off first.
 */
export async function deleteDrillTable(
  name: DrillTableName,
  scope: DeletionScope,
  { mayUnprotect }: { readonly mayUnprotect: boolean },
  { restores, ledger, timing }: DeletionPorts,
): Promise<Deletion> {
  const look = await restores.look(name);
  if (look.kind === 'missing') return { kind: 'gone' };
  if (look.kind === 'failed') return { kind: 'later', message: look.failure.message };
  const intent = await ledger.drillIntent(name);
  const now = timing.now();
  const judge = (facts: TableFacts) => whyNotToDelete(facts, intent && asFacts(intent), scope, now);
  const unprotected = { ...look.table, deletionProtection: false };
  const isOnlyProtected = mayUnprotect && look.table.deletionProtection && judge(unprotected).verdict === 'delete';
  const { verdict, reasons } = isOnlyProtected ? judge(unprotected) : judge(look.table);
  if (verdict === 'refuse') return { kind: 'refused', message: reasons.map(({ detail }) => detail).join('; ') };
  if (verdict !== 'delete') return { kind: 'later', message: reasons.map(({ detail }) => detail).join('; ') };
  const outcome = isOnlyProtected ? await restores.removeProtection(name) : await restores.delete(name);
  switch (outcome.kind) {
    case 'deleting':
      return { kind: isOnlyProtected ? 'later' : 'asked', message: `${name} is being deleted` };
    case 'missing':
      return { kind: 'gone' };
    case 'busy':
      return { kind: 'later', message: outcome.failure.message };
    case 'failed':
      return { kind: 'refused', message: outcome.failure.message };
  }
}

function asFacts({ slot, recordedAt, ...intent }: DrillIntent) {
  return { ...intent, slot: new Date(slot), recordedAt: new Date(recordedAt) };
}
