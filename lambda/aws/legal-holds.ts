import {
  paginateListLegalHolds,
  paginateListRecoveryPointsByLegalHold,
  type BackupClient,
} from '@aws-sdk/client-backup';
import { distinctPages } from './distinct-pages.ts';

const pageSize = 1000;

/**
 * ARNs of the recovery points of the account and Region that a legal hold keeps.
 * > Whatever is not certainly cancelled keeps. Throws unless everything could be read: half an answer would hold half of what is held.
 */
export async function pointsOnLegalHold(client: BackupClient): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for await (const { LegalHolds = [] } of distinctPages(
    'legal holds',
    paginateListLegalHolds({ client, pageSize }, {}),
  )) {
    for (const { LegalHoldId, Status } of LegalHolds) {
      if (Status === 'CANCELED') continue;
      const pages = paginateListRecoveryPointsByLegalHold({ client, pageSize }, { LegalHoldId });
      for await (const { RecoveryPoints = [] } of distinctPages('legal holds', pages)) {
        for (const { RecoveryPointArn } of RecoveryPoints) held.add(RecoveryPointArn ?? '');
      }
    }
  }
  return held;
}
