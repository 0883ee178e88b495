import type { AskedFor } from './asked-for.ts';
import { stepError } from './broken-off.ts';
import type { Durable } from './durable.ts';
import type { LookingPorts } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';
import type { DrillIntent, RestoredTable, RestoreRequest, RestoreSource } from './ports.ts';

/** When a restore was accepted, in epoch milliseconds, and how long the answer took: the moment lies in between. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly at: number;
  readonly uncertainMilliseconds: number;
  /** What AWS Backup knows the restore by. */
  readonly job?: string;
  /** Of the table that is being made, where it is known at once. */
  readonly tableId?: string;
}

type Attempt =
  | { readonly kind: 'again'; readonly tries: number; readonly pauseMilliseconds: number; readonly mustLook: boolean }
  | Accepted
  | { readonly kind: 'failed'; readonly failure: DrillFailure };

/** What was announced before it is asked for. */
export interface Announced extends Pick<DrillIntent, 'targetName' | 'sourceArn' | 'region' | 'recordedAt'> {
  /**
   * Until when, in epoch milliseconds, a table must have been made to be taken for the announced one although DynamoDB has forgotten its origin:
   * left out where nobody else makes tables of such names.
   */
  readonly believedUntil?: number;
}

export interface WantedRestore {
  readonly from: RestoreSource;
  readonly announced: Announced;
  readonly asked: AskedFor;
  /** When nobody waits any longer for it to be accepted, in epoch milliseconds. */
  readonly giveUpAt: number;
  /** How long to wait before asking again where AWS has no room for another restore. */
  readonly standBackMilliseconds: number;
  /** Set where an earlier process may have asked already. */
  readonly mayHaveBegun?: boolean;
  /** Jobs that are over, and no answer to this request. */
  readonly otherJobs?: readonly string[];
}

const shortestPauseMilliseconds = 15_000;
const longestPauseMilliseconds = 600_000;

/**
 * Asks for the restore until it is accepted, and once only: an answer that was lost is looked for in the table itself.
 * > Adopted is only the table that was announced in the ledger; any other table of that name is left alone.
 */
export async function requestRestore(
  wanted: WantedRestore,
  durable: Durable,
  ports: LookingPorts,
): Promise<Accepted | { readonly kind: 'failed'; readonly failure: DrillFailure }> {
  const start: Attempt = { kind: 'again', tries: 0, pauseMilliseconds: 0, mustLook: wanted.mayHaveBegun ?? false };
  const last = await durable.poll<Attempt>(
    'request the restore',
    start,
    (state) => attempt(wanted, state, ports),
    (state) => (state.kind === 'again' ? state.pauseMilliseconds : undefined),
  );
  if (last.kind !== 'again') return last;
  return {
    kind: 'failed',
    failure: { phase: 'restore', kind: 'unknown', message: 'the request ended without an answer' },
  };
}

async function attempt(wanted: WantedRestore, state: Attempt, ports: LookingPorts): Promise<Attempt> {
  const { announced, giveUpAt } = wanted;
  const request = requestOf(wanted);
  const tries = state.kind === 'again' ? state.tries : 0;
  // Where there is a job, whoever asks for it looks for it first.
  const mustLook = state.kind === 'again' && state.mustLook && request.source.kind !== 'recovery-point';
  if (mustLook) {
    const adopted = await adopt(announced, ports);
    if (adopted) return adopted;
  }
  const sentAt = ports.timing.now().getTime();
  const outcome = await ports.restores.start(request);
  const answeredAt = ports.timing.now().getTime();
  switch (outcome.kind) {
    case 'accepted':
      return { ...outcome, at: answeredAt, uncertainMilliseconds: answeredAt - sentAt };
    case 'exists':
      return (
        (await adopt(announced, ports)) ??
        failed('name-taken', `a table named ${request.target} is there, and not ours`)
      );
    case 'unknown':
      return again(tries, true, answeredAt, giveUpAt, outcome.failure.message);
    case 'no-room':
      return standBack(tries, answeredAt, wanted, outcome.failure.message);
    case 'refused':
      return outcome.retriable
        ? again(tries, false, answeredAt, giveUpAt, outcome.failure.message)
        : failed(outcome.failure.kind, outcome.failure.message);
  }
}

function requestOf({ from, announced, asked, otherJobs = [] }: WantedRestore): RestoreRequest {
  const { sourceArn, targetName: target, recordedAt: announcedAt } = announced;
  return { source: from, sourceArn, target, announcedAt, otherJobs, ...asked };
}

/** The table of a lost answer; undefined when there is none yet. A look that fails is repeated by the step. */
async function adopt(announced: Announced, { restores }: LookingPorts): Promise<Attempt | undefined> {
  const look = await restores.look(announced.targetName);
  if (look.kind === 'failed')
    throw stepError(look.failure, `cannot look at ${announced.targetName}${placeOf(announced)}`);
  if (look.kind === 'missing') return undefined;
  const { table } = look;
  return isOurs(table, announced)
    ? { kind: 'accepted', at: table.createdAt.getTime(), uncertainMilliseconds: 1_000, tableId: table.tableId }
    : failed('name-taken', `a table named ${table.name} is there, and not ours`);
}

function placeOf({ region }: Announced): string {
  return region === undefined ? '' : ` in ${region}`;
}

/** DynamoDB shows the origin of a table only while it is restored; later the announced name and the time have to do. */
function isOurs({ createdAt, restoredFrom }: RestoredTable, announced: Announced): boolean {
  const { recordedAt, sourceArn, believedUntil = Infinity } = announced;
  const at = createdAt.getTime();
  if (at < Date.parse(recordedAt)) return false;
  return restoredFrom === undefined ? at <= believedUntil : restoredFrom === sourceArn;
}

function again(tries: number, mustLook: boolean, now: number, giveUpAt: number, message: string): Attempt {
  const pauseMilliseconds = Math.min(shortestPauseMilliseconds * 2 ** tries, longestPauseMilliseconds);
  if (now + pauseMilliseconds > giveUpAt)
    return failed('timed-out', `the restore was not accepted in time: ${message}`);
  return { kind: 'again', tries: tries + 1, pauseMilliseconds, mustLook };
}

function standBack(
  tries: number,
  now: number,
  { standBackMilliseconds: pauseMilliseconds, giveUpAt }: WantedRestore,
  message: string,
): Attempt {
  if (now + pauseMilliseconds > giveUpAt)
    return failed('no-room', `AWS had no room for another restore until the wait for it was over: ${message}`);
  return { kind: 'again', tries, pauseMilliseconds, mustLook: false };
}

function failed(kind: DrillFailure['kind'], message: string): Attempt {
  return { kind: 'failed', failure: { phase: 'restore', kind, message } };
}
