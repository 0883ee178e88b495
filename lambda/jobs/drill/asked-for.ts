import type { DrillPlan } from '../../domain/plan.ts';
import type { ChosenSource } from './choose-source.ts';
import type { RestoreRequest } from './ports.ts';

export type AskedFor = Pick<RestoreRequest, 'billing' | 'indexes' | 'encryptionKey'>;

/** What somebody may wish of a restored table. */
type Wish = Pick<DrillPlan, 'billing' | 'indexes' | 'encryptionKey'>;

/**
 * How the restored table is to be: as the plan says.
 * > AWS Backup restores a table with all its indexes and the billing it had, and has to be told its key: the source's, unless the plan names one;
 * > where the source is gone, the one that AWS manages.
 */
export function askedFor(
  { billing, indexes, encryptionKey }: Wish,
  source: Pick<ChosenSource, 'from' | 'backedUp'>,
): AskedFor {
  if (source.from.kind !== 'recovery-point') return { billing, indexes, encryptionKey };
  const keyOfSource = source.backedUp.shape.encryption ?? 'aws-managed';
  return { billing: 'as-backed-up', indexes: 'all', encryptionKey: encryptionKey ?? keyOfSource };
}
