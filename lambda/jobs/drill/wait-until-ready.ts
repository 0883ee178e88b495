import {
  boundsOfTiming,
  nextPollMilliseconds,
  withPoll,
  type DurationBounds,
  type RestoreTiming,
} from '../../domain/drill/restore-timing.ts';
import { isPassing } from './broken-off.ts';
import type { ChosenSource } from './choose-source.ts';
import type { Durable } from './durable.ts';
import type { LookingPorts } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';
import { followRestore } from './follow-restore.ts';
import type { RestoredTable, Restores } from './ports.ts';
import type { Accepted } from './request-restore.ts';

/** A restore under way. */
interface Awaited {
  readonly targetName: string;
  readonly source: ChosenSource;
  readonly accepted: Accepted;
}

/** How long somebody waits, from the accepted request on. */
interface Patience {
  readonly timeoutMilliseconds: number;
}

/** What was seen so far, carried from look to look. */
interface Watch {
  readonly table: RestoreTiming;
  readonly ready: RestoreTiming;
  readonly elapsedMilliseconds: number;
  readonly tableId?: string;
  /** When the table was ACTIVE by AWS Backup's own word. */
  readonly endedAt?: number;
  readonly failure?: DrillFailure;
  readonly isWithoutTable?: boolean;
  readonly isReady: boolean;
}

export interface Restored {
  readonly tableId: string | undefined;
  /** Until the table was ACTIVE. */
  readonly restore: DurationBounds;
  /** From there until every index was. Both ends were polled for, so both add their doubt. */
  readonly indexes: DurationBounds;
  /** Until table and indexes were ACTIVE: measured as a whole, and so as surely as each of its parts. */
  readonly ready: DurationBounds;
  readonly failure?: DrillFailure;
  /** The restore came to nothing before there was a table, as AWS Backup says. */
  readonly isWithoutTable: boolean;
}

/** A table that was just asked for may not be seen yet. */
const unseenMilliseconds = 60_000;

/**
 * Watches the restored table until it and each of its indexes are ACTIVE.
 * > Ready is: ACTIVE, not restoring any more, every index ACTIVE. What cannot pass by waiting ends the wait at once.
 */
export async function waitUntilReady(
  patience: Patience,
  awaited: Awaited,
  durable: Durable,
  ports: LookingPorts,
): Promise<Restored> {
  const { accepted } = awaited;
  const timing = { acceptedAt: accepted.at };
  const start: Watch = { table: timing, ready: timing, elapsedMilliseconds: 0, isReady: false };
  const last = await durable.poll<Watch>(
    'wait until ready',
    start,
    (watch) => lookOnce(watch, awaited, patience, ports),
    ({ isReady, failure, elapsedMilliseconds }) =>
      isReady || failure ? undefined : nextPollMilliseconds(elapsedMilliseconds),
  );
  const uncertainSeconds = last.endedAt === undefined ? accepted.uncertainMilliseconds / 1000 : 0;
  const restore = widen(boundsOfTiming(last.table), uncertainSeconds);
  const ready = widen(boundsOfTiming(last.ready), uncertainSeconds);
  return {
    tableId: last.tableId,
    restore,
    indexes: difference(ready, restore),
    ready,
    isWithoutTable: last.isWithoutTable ?? false,
    ...(last.failure && { failure: last.failure }),
  };
}

/** > Where a restore has a job, the table is looked at once the job is done: its indexes may be later. */
async function lookOnce(watch: Watch, awaited: Awaited, patience: Patience, ports: LookingPorts): Promise<Watch> {
  const { job, at } = awaited.accepted;
  if (job === undefined || watch.endedAt !== undefined) return await look(watch, awaited, patience, ports);
  const { table, ready } = watch;
  const { unanswered, ...followed } = await followRestore({ table, ready }, { job, ...awaited }, ports);
  const elapsedMilliseconds = Math.max(0, ports.timing.now().getTime() - at);
  const next = { ...watch, ...followed, elapsedMilliseconds };
  if (next.failure) return next;
  if (next.endedAt !== undefined) return await look(next, awaited, patience, ports);
  return timedOut(
    next,
    patience,
    unanswered === undefined ? '' : `, and nobody could ask for it any more: ${unanswered}`,
  );
}

async function look(
  watch: Watch,
  { targetName, source, accepted }: Awaited,
  patience: Patience,
  { restores, timing }: LookingPorts,
): Promise<Watch> {
  const sentAt = timing.now().getTime();
  const seen = await restores.look(targetName);
  const answeredAt = timing.now().getTime();
  const elapsedMilliseconds = Math.max(0, answeredAt - accepted.at);
  const base = { ...watch, elapsedMilliseconds };
  if (seen.kind === 'failed') {
    if (!isPassing(seen.failure)) return { ...base, failure: { phase: 'restore', ...seen.failure } };
    return timedOut(base, patience, `, and nobody could look at it any more: ${seen.failure.message}`);
  }
  if (seen.kind === 'missing') {
    const mayAppear = watch.tableId === undefined && elapsedMilliseconds < unseenMilliseconds;
    return mayAppear ? base : { ...base, failure: await whyVanished(targetName, restores) };
  }
  const { table } = seen;
  const stop = whyHopeless(table, source) ?? (table.status === 'DELETING' && (await whyVanished(targetName, restores)));
  if (stop) return { ...base, tableId: table.tableId, failure: stop };
  const isActive = table.status === 'ACTIVE' && !table.isRestoring;
  const isReady = isActive && Object.values(table.indexes).every((status) => status === 'ACTIVE');
  const at = (finished: boolean) => ({ at: finished ? answeredAt : sentAt, finished });
  const isAwaitingIndexes = Object.keys(table.indexes).length > 0;
  const readyAt = watch.endedAt === undefined || isAwaitingIndexes ? answeredAt : watch.endedAt;
  const next = {
    ...base,
    tableId: table.tableId,
    table: watch.endedAt === undefined ? withPoll(watch.table, at(isActive)) : watch.table,
    ready: withPoll(watch.ready, isReady ? { at: readyAt, finished: true } : at(false)),
    isReady,
  };
  return isReady ? next : timedOut(next, patience);
}

/** > DynamoDB cancels a restore whose caller loses one of the rights that it needs, and the table goes without a word of why. */
async function whyVanished(targetName: string, restores: Restores): Promise<DrillFailure> {
  const lost = await restores.rightsLostOn(targetName);
  const vanished = `${targetName} vanished while it was restored`;
  if (lost.length === 0) {
    const message = `${vanished}: somebody deleted it, or DynamoDB gave the restore up`;
    return { phase: 'restore', kind: 'restore-failed', message };
  }
  const message = `${vanished}: the role that restores lost ${lost.join(', ')} on it, without which DynamoDB cancels a restore`;
  return { phase: 'restore', kind: 'access-denied', message };
}

const unnamed: readonly (string | undefined)[] = ['aws-owned', 'aws-managed', undefined];

function whyHopeless({ name, status, shape }: RestoredTable, { backedUp }: ChosenSource): DrillFailure | undefined {
  if (status === 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' || status === 'ARCHIVING' || status === 'ARCHIVED') {
    const keys = new Set([shape.encryption, backedUp.shape.encryption].filter((key) => !unnamed.includes(key)));
    const named = [...keys].join(' or ') || 'a key';
    const message = `${name} is ${status}: ${named} cannot be used, which encrypts it or what it is restored from`;
    return { phase: 'restore', kind: 'key-inaccessible', message };
  }
  return undefined;
}

function timedOut(watch: Watch, { timeoutMilliseconds }: Patience, why = ''): Watch {
  if (watch.elapsedMilliseconds < timeoutMilliseconds) return watch;
  const hours = (timeoutMilliseconds / 3_600_000).toFixed(1);
  return fail(watch, 'timed-out', `the restore was not done after ${hours} hours${why}`);
}

function fail(watch: Watch, kind: DrillFailure['kind'], message: string): Watch {
  return { ...watch, failure: { phase: 'restore', kind, message } };
}

/** The request was accepted somewhere between its sending and its answer. */
function widen(bounds: DurationBounds, uncertainSeconds: number): DurationBounds {
  const { atLeastSeconds, atMostSeconds } = bounds;
  return atMostSeconds === undefined
    ? { atLeastSeconds }
    : { atLeastSeconds, atMostSeconds: atMostSeconds + uncertainSeconds };
}

/** From the end of one phase to the end of the next. */
function difference(whole: DurationBounds, first: DurationBounds): DurationBounds {
  const atLeastSeconds = Math.max(0, whole.atLeastSeconds - (first.atMostSeconds ?? whole.atLeastSeconds));
  if (whole.atMostSeconds === undefined) return { atLeastSeconds };
  return { atLeastSeconds, atMostSeconds: Math.max(atLeastSeconds, whole.atMostSeconds - first.atLeastSeconds) };
}
