import type { Plan } from '../domain/plan.ts';
import type { RetentionLedger } from './ports.ts';

const none: ReadonlySet<string> = new Set();

/** The plan's recovery points of which copies are wanted or under way; only AWS Backup copies. Throws when the ledger does not answer. */
export async function copiedOf(
  { name, backup }: Plan,
  ledger: Pick<RetentionLedger, 'copied'>,
): Promise<ReadonlySet<string>> {
  return backup.engine === 'aws-backup' ? await ledger.copied(name) : none;
}
