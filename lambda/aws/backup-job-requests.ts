import { hash } from 'node:crypto';
import { StartBackupJobCommand, type BackupClient } from '@aws-sdk/client-backup';
import { awsBackupOptions } from '../domain/aws-backup-options.ts';
import { parseBackupName } from '../domain/naming.ts';
import { lifecycleOf, type RecoveryPointLifecycle, type VaultLock } from '../domain/recovery-point-lifecycle.ts';
import type { BackupRequest, CreateOutcome, Failure, FailureKind } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';
import { recoveryPointTags } from './recovery-point-tags.ts';
import type { VaultState } from './vault-state.ts';

/** Where recovery points go, and who makes them. */
export interface VaultPlace {
  readonly vaultName: string;
  /** The role that AWS Backup takes on; `undefined` where nothing is asked of it. */
  readonly roleArn: string | undefined;
}

const retriable = new Set<FailureKind>(['throttled', 'backup-busy', 'no-answer']);

/**
 * Starts jobs of AWS Backup.
 * > The same plan, table and slot always carry the same token, so that asking twice makes one job. AWS remembers a token for an hour at
 * > least; after that the tags tell.
 */
export function startJobs(
  client: BackupClient,
  place: VaultPlace,
  vault: VaultState,
): (request: BackupRequest) => Promise<CreateOutcome> {
  const start = paced('startBackupJob', (input: StartBackupJobCommand) => client.send(input));
  return async (request) => {
    const prepared = await prepare(request, vault);
    if ('failure' in prepared) return refused(prepared.failure);
    try {
      const { lifecycle } = prepared;
      const { BackupJobId } = await start(new StartBackupJobCommand(inputOf(request, place, lifecycle)));
      if (BackupJobId) return { kind: 'accepted', ticket: BackupJobId };
      return { kind: 'unknown', failure: { kind: 'no-answer', message: 'StartBackupJob answered without a job' } };
    } catch (error) {
      const failure = failureOf(error);
      return failure.kind === 'no-answer' ? { kind: 'unknown', failure } : refused(failure);
    }
  };
}

/** > What AWS would accept now and fail later is refused at once. */
async function prepare(
  { plan, slot }: BackupRequest,
  vault: VaultState,
): Promise<{ lifecycle: RecoveryPointLifecycle } | { failure: Failure }> {
  try {
    const obstacle = await vault.obstacle();
    if (obstacle) return { failure: obstacle };
    const lock = await vault.lock();
    const lifecycle = lifecycleOf(plan, slot, lock);
    const fault = whyOutside(lifecycle, lock);
    return fault === undefined ? { lifecycle } : { failure: { kind: 'outside-vault-lock', message: fault } };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function refused(failure: Failure): CreateOutcome {
  return { kind: 'refused', failure, retriable: retriable.has(failure.kind) };
}

function whyOutside({ deleteAfterDays }: RecoveryPointLifecycle, lock: VaultLock | undefined): string | undefined {
  if (!lock) return undefined;
  const { minimumDays = 1, maximumDays = Infinity } = lock;
  const days = deleteAfterDays ?? Infinity;
  if (days >= minimumDays && days <= maximumDays) return undefined;
  return `the lock of the vault allows a retention of ${minimumDays} to ${maximumDays} days, the plan needs ${days}`;
}

function inputOf({ plan, slot, table, name }: BackupRequest, place: VaultPlace, lifecycle: RecoveryPointLifecycle) {
  const { startWindowMinutes, completionWindowMinutes } = awsBackupOptions(plan.backup);
  return {
    BackupVaultName: place.vaultName,
    ResourceArn: table.arn,
    IamRoleArn: place.roleArn,
    // The name alone would do but for its seal, which is too short to tell all tables of the world apart.
    IdempotencyToken: hash('sha256', `${name}\n${table.arn}\n${table.tableId}`, 'hex'),
    StartWindowMinutes: startWindowMinutes,
    CompleteWindowMinutes: completionWindowMinutes,
    ...lifecycleInput(lifecycle),
    RecoveryPointTags: {
      [recoveryPointTags.name]: name,
      [recoveryPointTags.tableId]: table.tableId,
      [recoveryPointTags.owner]: parseBackupName(name)?.owner ?? '',
      [recoveryPointTags.plan]: plan.name,
      [recoveryPointTags.slot]: slot.toISOString(),
    },
  };
}

/** A lifecycle as a request spells it; nothing where AWS is to do nothing by itself. */
export function lifecycleInput({ coldAfterDays, deleteAfterDays }: RecoveryPointLifecycle) {
  if (coldAfterDays === undefined && deleteAfterDays === undefined) return {};
  return {
    Lifecycle: {
      ...(coldAfterDays !== undefined && { MoveToColdStorageAfterDays: coldAfterDays }),
      ...(deleteAfterDays !== undefined && { DeleteAfterDays: deleteAfterDays }),
    },
  };
}
