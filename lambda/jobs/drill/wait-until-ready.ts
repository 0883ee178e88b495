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
import type { DrillPorts, DrillRun } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';
import type { RestoredTable, Restores } from './ports.ts';
import type { Accepted } from './request-restore.ts';

/** A restore under way. */
interface Awaited {
  readonly targetName: string;
  readonly source: ChosenSource;
  readonly accepted: Accepted;
}

/** What was seen so far, carried from look to look. */
interface Watch {
  readonly table: RestoreTiming;
  readonly ready: RestoreTiming;
  readonly elapsedMilliseconds: number;
  readonly tableId?: string;
  readonly failure?: DrillFailure;
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
}

/** A table that was just asked for may not be seen yet. */
const unseenMilliseconds = 60_000;

/**
 * Watches the restored table until it and each of its indexes are ACTIVE.
 * > Ready is: ACTIVE, not restoring any more, every index ACTIVE. What cannot pass by waiting ends the wait at once.
 */
export async function waitUntilReady(
  run: DrillRun,
  awaited: Awaited,
  durable: Durable,
  ports: DrillPorts,
): Promise<Restored> {
  const { accepted } = awaited;
  const timing = { acceptedAt: accepted.at };
  const start: Watch = { table: timing, ready: timing, elapsedMilliseconds: 0, isReady: false };
  const last = await durable.poll<Watch>(
    'wait until ready',
    start,
    (watch) => look(watch, awaited, run, ports),
    ({ isReady, failure, elapsedMilliseconds }) =>
      isReady || failure ? undefined : nextPollMilliseconds(elapsedMilliseconds),
  );
  const restore = widen(boundsOfTiming(last.table), accepted);
  const ready = widen(boundsOfTiming(last.ready), accepted);
  return {
    tableId: last.tableId,
    restore,
    indexes: difference(ready, restore),
    ready,
    ...(last.failure && { failure: last.failure }),
  };
}

async function look(
  watch: Watch,
  { targetName, source, accepted }: Awaited,
  run: DrillRun,
  { restores, timing }: DrillPorts,
): Promise<Watch> {
  const sentAt = timing.now().getTime();
  const seen = await restores.look(targetName);
  const answeredAt = timing.now().getTime();
  const elapsedMilliseconds = Math.max(0, answeredAt - accepted.at);
  const base = { ...watch, elapsedMilliseconds };
  if (seen.kind === 'failed') {
    if (!isPassing(seen.failure)) return { ...base, failure: { phase: 'restore', ...seen.failure } };
    return timedOut(base, run, `, and nobody could look at it any more: ${seen.failure.message}`);
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
  const next = {
    ...base,
    tableId: table.tableId,
    table: withPoll(watch.table, at(isActive)),
    ready: withPoll(watch.ready, at(isReady)),
    isReady,
  };
  return isReady ? next : timedOut(next, run);
}

/** > DynamoDB cancels a restore whose caller loses one of the rights that it needs, and the table goes without a word of why. */
async function whyVanished(targetName: string, restores: Restores): Promise<DrillFailure> {
  const lost = await restores.rightsLostOn(targetName);
  const vanished = `${targetName} vanished while it was restored`;
  if (lost.length === 0) {
    const message = `${vanished}: somebody deleted it, or DynamoDB gave the restore up`;
    return { phase: 'restore', kind: 'restore-failed', message };
  }
  const message = `${vanished}: the role of the drill lost ${lost.join(', ')} on it, without which DynamoDB cancels a restore`;
  return { phase: 'restore', kind: 'access-denied', message };
}

function whyHopeless({ name, status, shape }: RestoredTable, { backedUp }: ChosenSource): DrillFailure | undefined {
  if (status === 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' || status === 'ARCHIVING' || status === 'ARCHIVED') {
    const keys = new Set([shape.encryption, backedUp.shape.encryption].filter((key) => key !== 'aws-owned'));
    const named = [...keys].join(' or ') || 'a key';
    const message = `${name} is ${status}: ${named} cannot be used, which encrypts it or what it is restored from`;
    return { phase: 'restore', kind: 'key-inaccessible', message };
  }
  return undefined;
}

function timedOut(watch: Watch, { timeoutMilliseconds }: DrillRun, why = ''): Watch {
  if (watch.elapsedMilliseconds < timeoutMilliseconds) return watch;
  const hours = (timeoutMilliseconds / 3_600_000).toFixed(1);
  return fail(watch, 'timed-out', `the restore was not done after ${hours} hours${why}`);
}

function fail(watch: Watch, kind: DrillFailure['kind'], message: string): Watch {
  return { ...watch, failure: { phase: 'restore', kind, message } };
}

/** The request was accepted somewhere between its sending and its answer. */
function widen(bounds: DurationBounds, { uncertainMilliseconds }: Accepted): DurationBounds {
  const { atLeastSeconds, atMostSeconds } = bounds;
  return atMostSeconds === undefined
    ? { atLeastSeconds }
    : { atLeastSeconds, atMostSeconds: atMostSeconds + uncertainMilliseconds / 1000 };
}

/** From the end of one phase to the end of the next. */
function difference(whole: DurationBounds, first: DurationBounds): DurationBounds {
  const atLeastSeconds = Math.max(0, whole.atLeastSeconds - (first.atMostSeconds ?? whole.atLeastSeconds));
  if (whole.atMostSeconds === undefined) return { atLeastSeconds };
  return { atLeastSeconds, atMostSeconds: Math.max(atLeastSeconds, whole.atMostSeconds - first.atLeastSeconds) };
}
