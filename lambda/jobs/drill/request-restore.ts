import { askedFor } from './asked-for.ts';
import { stepError } from './broken-off.ts';
import type { ChosenSource } from './choose-source.ts';
import type { Durable } from './durable.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';
import type { DrillIntent, RestoredTable, RestoreRequest } from './ports.ts';

/** When a restore was accepted, in epoch milliseconds, and how long the answer took: the moment lies in between. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly at: number;
  readonly uncertainMilliseconds: number;
  /** What AWS Backup knows the restore by. */
  readonly job?: string;
}

type Attempt =
  | { readonly kind: 'again'; readonly tries: number; readonly pauseMilliseconds: number; readonly mustLook: boolean }
  | Accepted
  | { readonly kind: 'failed'; readonly failure: DrillFailure };

const shortestPauseMilliseconds = 15_000;
const longestPauseMilliseconds = 600_000;
/** Far longer than somebody who restores for real waits before asking again. */
const standBackMilliseconds = 600_000;

/**
 * Asks for the restore until it is accepted, and once only: an answer that was lost is looked for in the table itself.
 * > Adopted is only the table this very drill announced in the ledger; any other table of that name is left alone.
 * > A drill that finds no room for another restore stands back for ten minutes before it asks again: whoever restores for real goes first.
 */
export async function requestRestore(
  run: DrillRun,
  source: ChosenSource,
  intent: DrillIntent,
  durable: Durable,
  ports: DrillPorts,
): Promise<Accepted | { readonly kind: 'failed'; readonly failure: DrillFailure }> {
  const giveUpAt = Date.parse(intent.recordedAt) + run.timeoutMilliseconds;
  const request = {
    source: source.from,
    sourceArn: intent.sourceArn,
    target: intent.targetName,
    announcedAt: intent.recordedAt,
    ...askedFor(run, source),
  };
  const start: Attempt = { kind: 'again', tries: 0, pauseMilliseconds: 0, mustLook: false };
  const last = await durable.poll<Attempt>(
    'request the restore',
    start,
    (state) => attempt(request, intent, state, giveUpAt, ports),
    (state) => (state.kind === 'again' ? state.pauseMilliseconds : undefined),
  );
  if (last.kind !== 'again') return last;
  return {
    kind: 'failed',
    failure: { phase: 'restore', kind: 'unknown', message: 'the request ended without an answer' },
  };
}

async function attempt(
  request: RestoreRequest,
  intent: DrillIntent,
  state: Attempt,
  giveUpAt: number,
  ports: DrillPorts,
): Promise<Attempt> {
  const tries = state.kind === 'again' ? state.tries : 0;
  // Where there is a job, whoever asks for it looks for it first.
  const mustLook = state.kind === 'again' && state.mustLook && request.source.kind !== 'recovery-point';
  if (mustLook) {
    const adopted = await adopt(intent, ports);
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
        (await adopt(intent, ports)) ?? failed('name-taken', `a table named ${request.target} is there, and not ours`)
      );
    case 'unknown':
      return again(tries, true, answeredAt, giveUpAt, outcome.failure.message);
    case 'no-room':
      return standBack(tries, answeredAt, giveUpAt, outcome.failure.message);
    case 'refused':
      return outcome.retriable
        ? again(tries, false, answeredAt, giveUpAt, outcome.failure.message)
        : failed(outcome.failure.kind, outcome.failure.message);
  }
}

/** The table of a lost answer; undefined when there is none yet. A look that fails is repeated by the step. */
async function adopt(intent: DrillIntent, { restores }: DrillPorts): Promise<Attempt | undefined> {
  const look = await restores.look(intent.targetName);
  if (look.kind === 'failed') throw stepError(look.failure, `cannot look at ${intent.targetName}${placeOf(intent)}`);
  if (look.kind === 'missing') return undefined;
  const { table } = look;
  return isOurs(table, intent)
    ? { kind: 'accepted', at: table.createdAt.getTime(), uncertainMilliseconds: 1_000 }
    : failed('name-taken', `a table named ${table.name} is there, and it is not this drill's`);
}

function placeOf({ region }: DrillIntent): string {
  return region === undefined ? '' : ` in ${region}`;
}

/** DynamoDB shows the origin of a table only while it is restored; later the announced name and the time have to do. */
function isOurs(table: RestoredTable, intent: DrillIntent): boolean {
  const isLater = table.createdAt.getTime() >= Date.parse(intent.recordedAt);
  return isLater && (table.restoredFrom === undefined || table.restoredFrom === intent.sourceArn);
}

function again(tries: number, mustLook: boolean, now: number, giveUpAt: number, message: string): Attempt {
  const pauseMilliseconds = Math.min(shortestPauseMilliseconds * 2 ** tries, longestPauseMilliseconds);
  if (now + pauseMilliseconds > giveUpAt)
    return failed('timed-out', `the restore was not accepted in time: ${message}`);
  return { kind: 'again', tries: tries + 1, pauseMilliseconds, mustLook };
}

function standBack(tries: number, now: number, giveUpAt: number, message: string): Attempt {
  const pauseMilliseconds = standBackMilliseconds;
  if (now + pauseMilliseconds > giveUpAt)
    return failed('no-room', `AWS had no room for another restore until the drill gave up: ${message}`);
  return { kind: 'again', tries, pauseMilliseconds, mustLook: false };
}

function failed(kind: DrillFailure['kind'], message: string): Attempt {
  return { kind: 'failed', failure: { phase: 'restore', kind, message } };
}
