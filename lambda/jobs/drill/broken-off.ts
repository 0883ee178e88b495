import type { Failure, FailureKind, Log } from '../ports.ts';
import type { DrillFailure, DrillPhase } from './drill-result.ts';

/** Of an error that broke a step, name and message are all that a durable execution remembers: the name tells what kind of failure it was. */
export function stepError({ kind, message }: Failure, doing: string): Error {
  return Object.assign(new Error(`${doing}: ${message}`), { name: kind });
}

/** Whether trying again can help. */
export function isPassing({ kind }: Failure): boolean {
  return kind === 'throttled' || kind === 'no-answer';
}

/** What kind of failure an error tells of, or an error that caused it. */
function kindOf(error: unknown): FailureKind {
  if (!(error instanceof Error)) return 'unknown';
  return stepKinds.find((kind) => kind === error.name) ?? kindOf(error.cause);
}

const stepKinds: readonly FailureKind[] = ['no-answer', 'throttled', 'access-denied'];

interface Breakable {
  readonly table: string;
  readonly phase: DrillPhase;
  readonly log: Log;
}

/** > Whatever breaks off a part of a drill is the drill's failure, and says what it was; the drill goes on to its end. */
export async function unlessBroken<Outcome extends object>(
  { table, phase, log }: Breakable,
  act: () => Promise<Outcome>,
): Promise<Outcome | { readonly failure: DrillFailure }> {
  try {
    return await act();
  } catch (error) {
    log.error('a drill broke off', { table, phase, error });
    return { failure: failureBehind(error, phase) };
  }
}

/** What broke off a phase, as its failure. */
export function failureBehind(error: unknown, phase: DrillPhase): DrillFailure {
  const kind = kindOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return { phase, kind, message: kind === 'no-answer' ? `nobody answered any more: ${message}` : message };
}
