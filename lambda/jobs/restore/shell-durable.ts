import type { Durable } from '../drill/durable.ts';
import type { Timing } from '../ports.ts';

interface ShellOptions {
  readonly executionId: string;
  readonly timing: Timing;
  /** Hears what is being done, and after a look how long it is until the next one. */
  readonly tell: (doing: string, pauseMilliseconds?: number) => void;
}

const mostTries = 4;
const firstPauseMilliseconds = 5_000;

/**
 * A run that lives no longer than its process: steps are carried out at once, pauses are slept. A step or look that throws is tried again after
 * 5, 10 and 20 seconds, for somebody is waiting. > Whoever goes on after a crash does so by what the ledger remembers.
 */
export function shellDurable({ executionId, timing, tell }: ShellOptions): Durable {
  const persist = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        if (attempt === mostTries) throw error;
        await timing.sleep(firstPauseMilliseconds * 2 ** (attempt - 1));
      }
    }
  };
  return {
    executionId,

    async step(name, act) {
      tell(name);
      return await persist(act);
    },

    async poll(name, initial, look, pauseMilliseconds) {
      tell(name);
      for (let state = initial; ;) {
        const before = state;
        state = await persist(() => look(before));
        const pause = pauseMilliseconds(state);
        if (pause === undefined) return state;
        tell(name, pause);
        await timing.sleep(pause);
      }
    },
  };
}
