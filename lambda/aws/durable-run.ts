import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Durable } from '../jobs/drill/durable.ts';

const mostTries = 8;
const longestPauseSeconds = 300;

/** A step that throws is tried again after 5, 10, 20 … seconds, at most 5 minutes apart; then the run fails. */
function retryStrategy(_error: Error, attempt: number) {
  return { shouldRetry: attempt < mostTries, delay: { seconds: pauseSeconds(attempt) } };
}

function pauseSeconds(attempt: number): number {
  return Math.min(5 * 2 ** (attempt - 1), longestPauseSeconds);
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

    step: (name, act) => context.step(name, act, { retryStrategy }),

    async poll<State>(
      name: string,
      initial: State,
      look: (state: State) => Promise<State>,
      pauseMilliseconds: (state: State) => number | undefined,
    ): Promise<State> {
      const last = await context.waitForCondition(name, (seen: Seen<State>) => lookAgain(seen, look), {
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
