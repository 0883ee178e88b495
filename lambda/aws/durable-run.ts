import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Durable } from '../jobs/drill/durable.ts';
import type { Failure } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';

const mostTries = 8;
const longestPauseSeconds = 300;

/** A step that throws is tried again after 5, 10, 20 … seconds, at most 5 minutes apart; then the run fails. */
function retryStrategy(_error: Error, attempt: number) {
  return { shouldRetry: attempt < mostTries, delay: { seconds: pauseSeconds(attempt) } };
}

function pauseSeconds(attempt: number): number {
  return Math.min(5 * 2 ** (attempt - 1), longestPauseSeconds);
}

/** > An error that breaks a step says what kind of failure it was in its name: that and the message are all that is remembered of it. */
async function saying<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const { kind, message } = failureBehind(error);
    throw kind === 'unknown' ? error : Object.assign(new Error(message, { cause: error }), { name: kind });
  }
}

/** What an error tells of, or the error that caused it. */
function failureBehind(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure.kind !== 'unknown' || !(error instanceof Error) || error.cause === undefined) return failure;
  const cause = failureBehind(error.cause);
  return { kind: cause.kind, message: `${error.message}: ${cause.message}` };
}

/** How a poll stands: the last state that was seen, and how many looks failed since. */
interface Seen<State> {
  readonly state: State;
  readonly failures: number;
}

/** `waitForCondition` ends for good when a look throws; here it is one more look, like the next try of a step. */
async function lookAgain<State>({ state, failures }: Seen<State>, look: (state: State) => Promise<State>) {
  try {
    return { state: await look(state), failures: 0 };
  } catch (error) {
    if (failures + 1 >= mostTries) throw error;
    return { state, failures: failures + 1 };
  }
}

/** A durable execution of Lambda. Pauses are rounded up to whole seconds, which is what Lambda can wait. */
export function durableRun(context: DurableContext): Durable {
  return {
    executionId: context.executionContext.durableExecutionArn,

    step: (name, act) => context.step(name, () => saying(act), { retryStrategy }),

    async poll<State>(
      name: string,
      initial: State,
      look: (state: State) => Promise<State>,
      pauseMilliseconds: (state: State) => number | undefined,
    ): Promise<State> {
      const last = await context.waitForCondition(name, (seen: Seen<State>) => saying(() => lookAgain(seen, look)), {
        initialState: { state: initial, failures: 0 },
        waitStrategy: ({ state, failures }: Seen<State>) => {
          if (failures > 0) return { shouldContinue: true, delay: { seconds: pauseSeconds(failures) } };
          const pause = pauseMilliseconds(state);
          return pause === undefined
            ? { shouldContinue: false }
            : { shouldContinue: true, delay: { seconds: Math.max(1, Math.ceil(pause / 1000)) } };
        },
      });
      return last.state;
    },
  };
}
