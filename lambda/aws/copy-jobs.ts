import { hash } from 'node:crypto';
import {
  DescribeCopyJobCommand,
  paginateListCopyJobs,
  StartCopyJobCommand,
  type BackupClient,
  type CopyJob,
} from '@aws-sdk/client-backup';
import { planOfCopies, type CopyDestination } from '../domain/copy-destination.ts';
import { lifecycleOf, type RecoveryPointLifecycle, type VaultLock } from '../domain/recovery-point-lifecycle.ts';
import type { CopyJobs, CopyRequest } from '../jobs/copies-port.ts';
import type { CreateOutcome, FailureKind, Progress } from '../jobs/ports.ts';
import { lifecycleInput } from './backup-job-requests.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';

/** What copies are made of, and with which role. */
export interface CopyOrigin {
  readonly vaultName: string;
  readonly roleArn: string;
  /** The lock of a vault; only of those of the own account can it be read. */
  readonly lockOf: (destination: CopyDestination) => Promise<VaultLock | undefined>;
}

/** Nothing is wrong with the copy itself: whoever asks next may be answered. */
const passing = new Set<FailureKind>(['throttled', 'backup-busy', 'no-answer']);
const made = new Set(['CREATED', 'RUNNING', 'COMPLETED']);

/**
 * Copy jobs of AWS Backup out of one vault.
 * > Before a job is asked for, those of the recovery point are looked at, which AWS lists for 30 days; the token keeps two who ask at once
 * > from two jobs. It counts the try, for the token of a job that failed is used up.
 */
export function copyJobs(client: BackupClient, origin: CopyOrigin): CopyJobs {
  const describe = paced('describeCopyJob', (CopyJobId: string) =>
    client.send(new DescribeCopyJobCommand({ CopyJobId })),
  );
  const find = paced('listCopyJobs', (request: CopyRequest) => jobOf(client, request));
  const send = paced('startCopyJob', (command: StartCopyJobCommand) => client.send(command));
  return {
    async start(request) {
      try {
        const known = await find(request);
        if (known !== undefined) return { kind: 'accepted', ticket: known };
        const command = new StartCopyJobCommand(inputOf(request, origin, await lifecycleFor(request, origin)));
        const { CopyJobId } = await send(command);
        if (CopyJobId) return { kind: 'accepted', ticket: CopyJobId };
        return { kind: 'unknown', failure: { kind: 'no-answer', message: 'StartCopyJob answered without a job' } };
      } catch (error) {
        return refused(error);
      }
    },

    async progress(ticket) {
      try {
        return progressOf((await describe(ticket)).CopyJob);
      } catch (error) {
        return failureOf(error).kind === 'missing' ? { kind: 'gone' } : undefined;
      }
    },
  };
}

/** The id of a job that has copied the recovery point to the destination, or is about to. */
async function jobOf(client: BackupClient, { sourceArn, place }: CopyRequest): Promise<string | undefined> {
  const { vaultArn } = place.destination;
  const filter = { BySourceRecoveryPointArn: sourceArn, ByDestinationVaultArn: vaultArn };
  for await (const { CopyJobs = [] } of paginateListCopyJobs({ client }, filter)) {
    const job = CopyJobs.find(({ State = '' }) => made.has(State));
    if (job?.CopyJobId) return job.CopyJobId;
  }
  return undefined;
}

/** > A copy that nobody can delete from here is told when it is made how long it stays, as in a locked vault. */
async function lifecycleFor({ plan, place, slot }: CopyRequest, origin: CopyOrigin): Promise<RecoveryPointLifecycle> {
  const { rule, destination } = place;
  const lock = destination.isOwnAccount ? await origin.lockOf(destination) : {};
  return lifecycleOf(planOfCopies(plan, rule), slot, lock);
}

function inputOf(request: CopyRequest, { vaultName, roleArn }: CopyOrigin, lifecycle: RecoveryPointLifecycle) {
  const { plan, table, slot, sourceArn, attempt, place } = request;
  const { vaultArn } = place.destination;
  const identity = [plan.name, table, slot.toISOString(), sourceArn, vaultArn, attempt].join('\n');
  return {
    RecoveryPointArn: sourceArn,
    SourceBackupVaultName: vaultName,
    DestinationBackupVaultArn: vaultArn,
    IamRoleArn: roleArn,
    IdempotencyToken: hash('sha256', identity, 'hex'),
    ...lifecycleInput(lifecycle),
  };
}

function refused(error: unknown): CreateOutcome {
  const failure = failureOf(error);
  if (failure.kind === 'no-answer') return { kind: 'unknown', failure };
  return { kind: 'refused', failure, retriable: passing.has(failure.kind) };
}

/** > Of all states only COMPLETED is a copy. */
function progressOf(job: CopyJob | undefined): Progress | undefined {
  const { State = '', DestinationRecoveryPointArn, StatusMessage = 'it gave no reason' } = job ?? {};
  if (State === 'COMPLETED' && DestinationRecoveryPointArn)
    return { kind: 'restorable', arn: DestinationRecoveryPointArn };
  if (State !== 'FAILED' && State !== 'PARTIAL') return undefined;
  const message = `AWS Backup ended the job as ${State}: ${StatusMessage}`;
  return { kind: 'failed', failure: { kind: 'job-failed', message } };
}
