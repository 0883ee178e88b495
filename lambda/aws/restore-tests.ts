import { paginateListRestoreJobs, type BackupClient, type RestoreJobsListMember } from '@aws-sdk/client-backup';
import { parseDynamoDbArn } from '../domain/arn.ts';
import type { RestoreTest } from '../domain/restore-test.ts';
import { distinctPages } from './distinct-pages.ts';

/**
 * Restores of tables that AWS Backup's own restore testing made out of one vault and began within a time, which AWS lists for 30 days.
 * > A restore that anybody else asked for is none of them. Throws unless all could be read.
 */
export async function restoreTests(
  client: BackupClient,
  vaultName: string,
  { from, until }: { readonly from: Date; readonly until: Date },
): Promise<readonly RestoreTest[]> {
  const filter = { ByResourceType: 'DynamoDB', ByCreatedAfter: from, ByCreatedBefore: until };
  const pages = distinctPages('restore jobs', paginateListRestoreJobs({ client, pageSize: 1000 }, filter));
  const tests: RestoreTest[] = [];
  for await (const { RestoreJobs = [] } of pages) {
    tests.push(...RestoreJobs.filter((job) => isTestOf(vaultName, job)).flatMap(testFrom));
  }
  return tests;
}

function isTestOf(vaultName: string, { CreatedBy, BackupVaultArn = '' }: RestoreJobsListMember): boolean {
  return CreatedBy?.RestoreTestingPlanArn !== undefined && BackupVaultArn.endsWith(`:backup-vault:${vaultName}`);
}

/** > A recovery point of a table elsewhere, which somebody copied into the vault, is of no table here. */
function testFrom(job: RestoreJobsListMember): RestoreTest[] {
  const source = parseDynamoDbArn(job.SourceResourceArn ?? '');
  const [, partition, , region, account] = (job.BackupVaultArn ?? '').split(':');
  const isFromHere = source?.partition === partition && source?.region === region && source?.account === account;
  if (!source || !isFromHere || !job.CreationDate) return [];
  const validation = validations[job.ValidationStatus ?? ''];
  return [{ table: source.tableName, startedAt: job.CreationDate, ...endOf(job), ...(validation && { validation }) }];
}

function endOf({ Status, CompletionDate }: RestoreJobsListMember): Pick<RestoreTest, 'endedAt' | 'isRestored'> {
  const isRestored = Status === 'COMPLETED';
  if (!CompletionDate || !(isRestored || Status === 'FAILED' || Status === 'ABORTED')) return {};
  return { endedAt: CompletionDate, isRestored };
}

const validations: Readonly<Record<string, RestoreTest['validation']>> = {
  VALIDATING: 'running',
  SUCCESSFUL: 'successful',
  FAILED: 'failed',
  TIMED_OUT: 'timed-out',
};
