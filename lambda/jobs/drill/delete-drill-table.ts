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

interface DeletionOptions {
  /** The drill itself may have switched on deletion protection; then it is switched off first. */
  readonly mayUnprotect: boolean;
}

/** The only place where a table is deleted: looks at it and at the ledger right before, and asks every guard. */
export async function deleteDrillTable(
  name: DrillTableName,
  scope: DeletionScope,
  options: DeletionOptions,
  ports: DeletionPorts,
): Promise<Deletion> {
  const judged = await judgeDrillTable(name, scope, options, ports);
  if (judged.kind !== 'deletable') return judged;
  const { isProtected } = judged;
  const outcome = isProtected ? await ports.restores.removeProtection(name) : await ports.restores.delete(name);
  switch (outcome.kind) {
    case 'deleting':
      return { kind: isProtected ? 'later' : 'asked', message: `${name} is being deleted` };
    case 'missing':
      return { kind: 'gone' };
    case 'busy':
      return { kind: 'later', message: outcome.failure.message };
    case 'failed':
      return { kind: 'refused', message: outcome.failure.message };
  }
}

/** Looks at a table and at the ledger, and asks every guard. Changes nothing. */
export async function judgeDrillTable(
  name: DrillTableName,
  scope: DeletionScope,
  { mayUnprotect }: DeletionOptions,
  { restores, ledger, timing }: DeletionPorts,
): Promise<Deletion | { readonly kind: 'deletable'; readonly isProtected: boolean }> {
  const look = await restores.look(name);
  if (look.kind === 'missing') return { kind: 'gone' };
  if (look.kind === 'failed') return { kind: 'later', message: look.failure.message };
  const intent = await ledger.drillIntent(name);
  const now = timing.now();
  const judge = (facts: TableFacts) => whyNotToDelete(facts, intent && asFacts(intent), scope, now);
  const unprotected = { ...look.table, deletionProtection: false };
  const isOnlyProtected = mayUnprotect && look.table.deletionProtection && judge(unprotected).verdict === 'delete';
  const { verdict, reasons } = isOnlyProtected ? judge(unprotected) : judge(look.table);
  if (verdict === 'delete') return { kind: 'deletable', isProtected: isOnlyProtected };
  const message = reasons.map(({ detail }) => detail).join('; ');
  return { kind: verdict === 'refuse' ? 'refused' : 'later', message };
}

function asFacts({ slot, recordedAt, ...intent }: DrillIntent) {
  return { ...intent, slot: new Date(slot), recordedAt: new Date(recordedAt) };
}
