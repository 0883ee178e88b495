import {
  DescribeBackupJobCommand,
  paginateListBackupJobs,
  type BackupClient,
  type BackupJob,
  type DescribeBackupJobCommandOutput,
} from '@aws-sdk/client-backup';
import pMap from 'p-map';
import type { Progress } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';

/** Few jobs are described, many are listed. */
const describeUpTo = 8;
/** A job is dated by AWS's clock, `since` by ours. */
const clockMarginMilliseconds = 5 * 60_000;

/** Tells what became of jobs of one vault, by their ids. What cannot be read now is left out, and read by the next who asks. */
export function jobProgress(
  client: BackupClient,
  vaultName: string,
): (jobIds: readonly string[], since: Date) => Promise<ReadonlyMap<string, Progress>> {
  const describe = paced('describeBackupJob', (id: string) => describeJob(client, id));
  const listPage = paced('listBackupJobs', (next: () => Promise<IteratorResult<Page, undefined>>) => next());
  const list = async (since: Date): Promise<ReadonlyMap<string, Progress>> => {
    const listed = new Map<string, Progress>();
    const after = new Date(since.getTime() - clockMarginMilliseconds);
    const pages = paginateListBackupJobs(
      { client, pageSize: 1000 },
      { ByBackupVaultName: vaultName, ByCreatedAfter: after },
    );
    const iterator = pages[Symbol.asyncIterator]();
    for (;;) {
      const page = await listPage(() => iterator.next());
      if (page.done) return listed;
      for (const job of page.value.BackupJobs ?? []) {
        const progress = progressOf(job);
        if (progress) listed.set(job.BackupJobId ?? '', progress);
      }
    }
  };
  return async (jobIds, since) => {
    const listed = jobIds.length > describeUpTo ? await list(since).catch(() => nothing) : nothing;
    const others = jobIds.filter((id) => !listed.has(id)).slice(0, describeUpTo);
    const described = await pMap(others, async (id) => [id, await describe(id)] as const);
    return new Map([
      ...jobIds.flatMap((id) => entryOf(id, listed.get(id))),
      ...described.flatMap(([id, progress]) => entryOf(id, progress)),
    ]);
  };
}

interface Page {
  readonly BackupJobs?: BackupJob[] | undefined;
}

const nothing: ReadonlyMap<string, Progress> = new Map();

function entryOf(id: string, progress: Progress | undefined): (readonly [string, Progress])[] {
  return progress ? [[id, progress]] : [];
}

async function describeJob(client: BackupClient, id: string): Promise<Progress | undefined> {
  try {
    return progressOf(await client.send(new DescribeBackupJobCommand({ BackupJobId: id })));
  } catch (error) {
    return failureOf(error).kind === 'missing' ? { kind: 'gone' } : undefined;
  }
}

const unsuccessful: ReadonlySet<string> = new Set(['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL']);

/** > Of all states only COMPLETED is a backup. */
function progressOf(job: BackupJob | DescribeBackupJobCommandOutput): Progress | undefined {
  const { State = '', RecoveryPointArn, StatusMessage = 'it gave no reason' } = job;
  if (State === 'COMPLETED' && RecoveryPointArn) return { kind: 'restorable', arn: RecoveryPointArn };
  if (!unsuccessful.has(State)) return undefined;
  return {
    kind: 'failed',
    failure: { kind: 'job-failed', message: `AWS Backup ended the job as ${State}: ${StatusMessage}` },
  };
}
