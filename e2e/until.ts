import { setTimeout as sleep } from 'node:timers/promises';

/** Asks once a second until there is an answer, and returns it. Throws when there is none in time. */
export async function until<T>(what: string, seconds: number, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= giveUpAt) throw new Error(`${what}: not seen within ${seconds} s`);
    await sleep(1000);
  }
}

/** Now, as a slot is written: in whole seconds. */
export function thisSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}
