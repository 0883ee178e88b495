import { askedFor } from '../drill/asked-for.ts';
import { failureBehind } from '../drill/broken-off.ts';
import type { DrillFailure } from '../drill/drill-result.ts';
import type { Durable } from '../drill/durable.ts';
import { requestRestore, type Accepted } from '../drill/request-restore.ts';
import { waitUntilReady, type Restored } from '../drill/wait-until-ready.ts';
import type { RestorePorts, RestoreRecord } from './ports.ts';
import { proveTable, type Proven } from './prove-table.ts';
import type { RestoreResult } from './restore-result.ts';
import type { RestoreWish } from './restore-wish.ts';
import type { ChosenToRestore } from './survey.ts';

/** Somebody waits: where AWS has no room, it is asked again soon. */
const standBackMilliseconds = 30_000;
/** How long after its announcement a restore is asked for at the latest, if it ever was. */
const askedWithinMilliseconds = 2 * 60_000;
/** AWS dates by its clock what a shell asks for by its own. */
const clockMarginMilliseconds = 5 * 60_000;

/**
 * Restores one table for real: asks for it, waits until it could serve, gives it back the settings it had, validates it, and times every phase.
 * > Nothing is ever deleted, and no table is touched but the one that this restore made: what fails leaves it as it is, and says so.
 * > It is announced in the ledger before it is asked for, so that whoever comes after a crash goes on with the same restore.
 * Throws only when it could not be announced; then nothing was asked for.
 */
export async function restoreTable(
  wish: RestoreWish,
  chosen: ChosenToRestore,
  durable: Durable,
  ports: RestorePorts,
): Promise<RestoreResult> {
  const isResumed = chosen.begun !== undefined;
  const announced = chosen.begun ?? (await announce(wish, chosen, durable, ports));
  const end = (outcome: Outcome) => conclude(wish, chosen, outcome, durable, ports);
  const accepted = announced.accepted ?? (await ask(wish, announced, isResumed, durable, ports));
  if ('failure' in accepted) return await end({ record: announced, ...accepted });
  const record = withTable({ ...announced, accepted }, announced.targetTableId ?? accepted.tableId);
  await note(record, durable, ports);
  const restored = await untilReady(wish, { ...record, accepted }, isResumed, durable, ports);
  if ('failure' in restored) return await end({ record, ...restored });
  const seen = withTable(record, restored.tableId);
  await note(seen, durable, ports);
  const proven = await proveTable(wish, { ...chosen, asked: record.asked }, durable, ports);
  return await end({ record: seen, restored, proven });
}

/** Why there is no table, or nobody knows of one. */
interface Failed {
  readonly failure: DrillFailure;
  /** It may still become a table although nobody waits for it. */
  readonly isUndecided: boolean;
}

async function announce(
  wish: RestoreWish,
  { source, whose }: ChosenToRestore,
  durable: Durable,
  { ledger, timing }: RestorePorts,
): Promise<RestoreRecord> {
  return await durable.step('announce the restore', async () => {
    const { table, target, region } = wish;
    const asked = askedFor({ ...wish, indexes: 'all' }, source);
    const recordedAt = timing.now().toISOString();
    const before = await ledger?.restores.restoreInto(region, target);
    const record = {
      version: 1,
      ...{ table, target, region, source, whose, asked, recordedAt },
      earlierJobs: [...(before?.earlierJobs ?? []), ...[before?.accepted?.job].filter((job) => job !== undefined)],
    } as const;
    await ledger?.restores.recordRestore(record);
    return record;
  });
}

type Ready = Omit<Restored, 'failure'>;

interface Outcome extends Partial<Failed> {
  readonly record: RestoreRecord;
  readonly restored?: Ready;
  readonly proven?: Proven;
}

const passing: ReadonlySet<DrillFailure['kind']> = new Set(['timed-out', 'no-answer', 'throttled']);

/**
 * Asks for what was announced.
 * > Of a table whose origin DynamoDB has forgotten, a restore that goes on believes only that it is its own when it was made right after the
 * > announcement; one that begins never does.
 */
async function ask(
  { timeoutMilliseconds }: RestoreWish,
  { source, target, asked, recordedAt, earlierJobs = [] }: RestoreRecord,
  mayHaveBegun: boolean,
  durable: Durable,
  ports: RestorePorts,
): Promise<Accepted | Failed> {
  const believedUntil = mayHaveBegun ? Date.parse(recordedAt) + askedWithinMilliseconds : 0;
  const announced = { targetName: target, sourceArn: source.arn, recordedAt, believedUntil };
  const giveUpAt = ports.timing.now().getTime() + timeoutMilliseconds;
  const wanted = {
    from: source.from,
    announced,
    asked,
    giveUpAt,
    standBackMilliseconds,
    mayHaveBegun,
    otherJobs: earlierJobs,
  };
  return await unlessBroken(async () => {
    const accepted = await requestRestore(wanted, durable, ports);
    if (accepted.kind === 'accepted') return accepted;
    return { failure: accepted.failure, isUndecided: passing.has(accepted.failure.kind) };
  });
}

/** Waits until table and indexes are ACTIVE. > Of what was accepted, whoever may not look knows nothing. */
async function untilReady(
  { timeoutMilliseconds }: RestoreWish,
  record: RestoreRecord & { readonly accepted: Accepted },
  isResumed: boolean,
  durable: Durable,
  ports: RestorePorts,
): Promise<Ready | Failed> {
  const { accepted, source, target } = record;
  const patience = { timeoutMilliseconds: ports.timing.now().getTime() - accepted.at + timeoutMilliseconds };
  return await unlessBroken(async () => {
    const restored = await waitUntilReady(patience, { targetName: target, source, accepted }, durable, ports);
    const failure = restored.failure ?? (await whyNotOurs(record, restored, isResumed, ports));
    if (!failure) return restored;
    return { failure, isUndecided: passing.has(failure.kind) || failure.kind === 'access-denied' };
  });
}

async function unlessBroken<Done extends object>(act: () => Promise<Done>): Promise<Done | Failed> {
  try {
    return await act();
  } catch (error) {
    return { failure: failureBehind(error, 'restore'), isUndecided: true };
  }
}

function withTable(record: RestoreRecord, targetTableId: string | undefined): RestoreRecord {
  return targetTableId === undefined ? record : { ...record, targetTableId };
}

/** > A table that somebody made anew under the name, while nobody was looking, is not the one that was restored. */
async function whyNotOurs(
  { target, targetTableId, recordedAt, accepted }: RestoreRecord,
  { tableId, restore }: Restored,
  isResumed: boolean,
  { restores }: RestorePorts,
): Promise<DrillFailure | undefined> {
  if (targetTableId !== undefined) return tableId === targetTableId ? undefined : anotherTable(target);
  if (!isResumed) return undefined;
  const look = await restores.look(target);
  if (look.kind !== 'found') return { phase: 'restore', kind: 'missing', message: `${target} is gone` };
  const at = look.table.createdAt.getTime();
  const latest = (accepted?.at ?? 0) + (restore.atMostSeconds ?? 0) * 1000 + clockMarginMilliseconds;
  const isOfThisRestore = at >= Date.parse(recordedAt) - clockMarginMilliseconds && at <= latest;
  return isOfThisRestore ? undefined : anotherTable(target);
}

function anotherTable(target: string): DrillFailure {
  const message = `${target} is another table than the one that was restored: somebody made it anew`;
  return { phase: 'restore', kind: 'name-taken', message };
}

/** > A ledger that does not take what became of a restore stops nothing that is under way. */
async function note(record: RestoreRecord, durable: Durable, { ledger, log }: RestorePorts): Promise<void> {
  if (!ledger) return;
  try {
    await durable.step('note how far it is', () => ledger.restores.recordRestore(record));
  } catch (error) {
    log.warn('the ledger did not take how far the restore is', { target: record.target, error });
  }
}

async function conclude(
  { table, target, region }: RestoreWish,
  { source, whose }: ChosenToRestore,
  { record, restored, proven, failure, isUndecided }: Outcome,
  durable: Durable,
  ports: RestorePorts,
): Promise<RestoreResult> {
  const problems = [...(failure ? [failure] : []), ...(proven?.problems ?? [])];
  const isDone = problems.length === 0 ? 'restored' : 'incomplete';
  const outcome = failure ? (isUndecided ? 'under-way' : 'failed') : isDone;
  if (outcome === 'restored' || outcome === 'failed') await note({ ...record, isOver: true }, durable, ports);
  const finishedAt = ports.timing.now();
  const requestedAt = Date.parse(record.recordedAt);
  const { arn, createdAt, backedUp } = source;
  const { accepted, targetTableId } = record;
  return {
    version: 1,
    outcome,
    problems,
    ...{ table, target, region },
    ...(targetTableId !== undefined && { targetTableId }),
    source: { arn, createdAt, sizeBytes: backedUp.sizeBytes, whose },
    recoveryPointSeconds: Math.max(0, requestedAt - Date.parse(createdAt)) / 1000,
    ...(accepted?.job !== undefined && { restoreJob: accepted.job }),
    times: {
      ...(restored && { restore: restored.restore, indexes: restored.indexes }),
      ...proven?.times,
      totalSeconds: (finishedAt.getTime() - requestedAt) / 1000,
    },
    settings: proven?.settings ?? 'not-wanted',
    itemsVerified: proven?.itemsVerified ?? 0,
    ...(proven?.itemsCounted !== undefined && { itemsCounted: proven.itemsCounted }),
    requestedAt: record.recordedAt,
    finishedAt: finishedAt.toISOString(),
  };
}
