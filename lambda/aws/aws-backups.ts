import { DeleteRecoveryPointCommand, type BackupClient } from '@aws-sdk/client-backup';
import pMap from 'p-map';
import { completeListing, incompleteListing } from '../domain/listing.ts';
import type { Backups, DeleteOutcome, Progress, Timing } from '../jobs/ports.ts';
import { rememberAnswerTimes } from './answer-times.ts';
import { jobProgress } from './backup-job-progress.ts';
import { startJobs, type VaultPlace } from './backup-job-requests.ts';
import { failureOf } from './failures.ts';
import { pointsOnLegalHold } from './legal-holds.ts';
import { paced } from './rates.ts';
import { RecoveryPoints, statusOf } from './recovery-points.ts';
import { vaultState } from './vault-state.ts';

/** How long after an accepted deletion a recovery point is looked for, in milliseconds between two looks. */
const looksAfterDeletion = [0, 1_000, 3_000];

export interface AwsBackupsOptions {
  /** Whether a listing says which recovery points a legal hold keeps: only who deletes has to know it beforehand. */
  readonly readsLegalHolds?: boolean;
}

const none: ReadonlySet<string> = new Set();

/**
 * Recovery points of AWS Backup in one vault.
 * > A listing that should say what is held, and could not, is incomplete, and nothing is deleted by it.
 */
export function awsBackups(
  client: BackupClient,
  place: VaultPlace,
  timing: Timing,
  { readsLegalHolds = false }: AwsBackupsOptions = {},
): Backups {
  const points = new RecoveryPoints(client, place.vaultName);
  const vault = vaultState(client, place.vaultName, timing);
  const answerTimes = rememberAnswerTimes(client);
  const followJobs = jobProgress(client, place.vaultName);
  const sendDelete = paced('deleteRecoveryPoint', (input: DeleteRecoveryPointCommand) => client.send(input));
  const isLocked = async () => (await vault.lock()) !== undefined;

  return {
    create: startJobs(client, place, vault),

    async follow(tickets, since) {
      const isPoint = (ticket: string) => ticket.startsWith('arn:');
      const found = await pMap(tickets.filter(isPoint), async (arn) => [arn, await lookAt(arn, points)] as const);
      const jobs = tickets.filter((ticket) => !isPoint(ticket));
      const followed = jobs.length > 0 ? await followJobs(jobs, since) : new Map<string, Progress>();
      return new Map([...followed, ...found.flatMap(([arn, seen]) => (seen ? [[arn, seen] as const] : []))]);
    },

    async describe(arn) {
      try {
        const backup = await points.find(arn, { isLocked: await isLocked(), onLegalHold: none });
        return !backup || backup.status === 'DELETED' ? { kind: 'gone' } : { kind: 'found', backup };
      } catch (error) {
        return { kind: 'failed', failure: failureOf(error) };
      }
    },

    async delete(arn): Promise<DeleteOutcome> {
      try {
        await sendDelete(new DeleteRecoveryPointCommand({ BackupVaultName: place.vaultName, RecoveryPointArn: arn }));
        return await whatBecameOf(arn, points, timing);
      } catch (error) {
        return whyNotDeleted(error);
      }
    },

    async list({ tableName, since }) {
      try {
        const onLegalHold = readsLegalHolds ? await pointsOnLegalHold(client) : none;
        return completeListing(await points.list({ since, tableName }, { isLocked: await isLocked(), onLegalHold }));
      } catch (error) {
        return incompleteListing(error);
      }
    },

    lastAnsweredAt: answerTimes.last,
  };
}

async function lookAt(arn: string, points: RecoveryPoints): Promise<Progress | undefined> {
  try {
    const point = await points.status(arn);
    const status = point ? statusOf(point) : 'DELETED';
    if (status === 'AVAILABLE') return { kind: 'restorable', arn };
    return status === 'DELETED' ? { kind: 'gone' } : undefined;
  } catch {
    return undefined;
  }
}

/** > AWS answers that it deleted what it did not delete, so it is looked for. (Source: `DeleteRecoveryPoint`.) */
async function whatBecameOf(arn: string, points: RecoveryPoints, timing: Timing): Promise<DeleteOutcome> {
  let status = '';
  for (const pause of looksAfterDeletion) {
    if (pause > 0) await timing.sleep(pause);
    const point = await points.status(arn);
    if (!point || statusOf(point) === 'DELETED') return { kind: 'deleted' };
    status = point.Status ?? '';
  }
  const message = `AWS accepted the deletion and the recovery point is still there, as ${status}: the role it was made with may be gone or lack rights`;
  return { kind: 'failed', failure: { kind: 'survived', message } };
}

/** A locked vault and a legal hold refuse the request itself. */
function whyNotDeleted(error: unknown): DeleteOutcome {
  const failure = failureOf(error);
  if (error instanceof Error && error.name === 'InvalidRequestException')
    return { kind: 'retained', failure: { kind: 'retained', message: failure.message } };
  if (failure.kind === 'missing') return { kind: 'gone' };
  return { kind: failure.kind === 'backup-busy' ? 'in-use' : 'failed', failure };
}
