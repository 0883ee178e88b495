import {
  paginateListLegalHolds,
  paginateListRecoveryPointsByLegalHold,
  type BackupClient,
} from '@aws-sdk/client-backup';

const pageSize = 1000;

/**
 * ARNs of the recovery points of the account and Region that a legal hold keeps.
 * > Whatever is not certainly cancelled keeps. Throws unless everything could be read: half an answer would hold half of what is held.
 */
export async function pointsOnLegalHold(client: BackupClient): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for await (const { LegalHolds = [] } of distinctPages(paginateListLegalHolds({ client, pageSize }, {}))) {
    for (const { LegalHoldId, Status } of LegalHolds) {
      if (Status === 'CANCELED') continue;
      const pages = paginateListRecoveryPointsByLegalHold({ client, pageSize }, { LegalHoldId });
      for await (const { RecoveryPoints = [] } of distinctPages(pages)) {
        for (const { RecoveryPointArn } of RecoveryPoints) held.add(RecoveryPointArn ?? '');
      }
    }
  }
  return held;
}

/** A listing that goes round in circles never comes to its end. */
async function* distinctPages<Page extends { readonly NextToken?: string | undefined }>(pages: AsyncIterable<Page>) {
  const tokens = new Set<string>();
  for await (const page of pages) {
    const { NextToken: token } = page;
    if (token !== undefined && tokens.has(token))
      throw new Error(`the listing of legal holds repeats its token ${token}`);
    if (token !== undefined) tokens.add(token);
    yield page;
  }
}
