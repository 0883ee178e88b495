import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Durable } from '../jobs/drill/durable.ts';

const mostTries = 8;
const longestPauseSeconds = 300;

/** A step that throws is tried again after 5, 10, 20 … seconds, at most 5 minutes apart; then the run fails. */
function retryStrategy(_error: Error, attempt: number) {
  const seconds = Math.min(5 * 2 ** (attempt - 1), longestPauseSeconds);
  return { shouldRetry: attempt < mostTries, delay: { seconds } };
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
      return await context.waitForCondition(name, (state: State) => look(state), {
        initialState: initial,
        waitStrategy: (state: State) => {
          const pause = pauseMilliseconds(state);
          return pause === undefined
            ? { shouldContinue: false }
            : { shouldContinue: true, delay: { seconds: Math.max(1, Math.ceil(pause / 1000)) } };
        },
      });
    },
  };
}
