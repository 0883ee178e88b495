import type { Durable } from './durable.ts';
import type { DrillPorts, DrillRun } from './drill.ts';

const shortestPauseMilliseconds = 60_000;

/**
 * Waits for one of the places of this deployment.
 * > At most `concurrentRestores` drills hold a table at once, over all plans that ask for as many. The place lapses by itself when a
 * drill never comes back to release it. Pauses grow with the time already waited, so that a week of waiting stays far below the 3,000
 * operations an execution may have.
 */
export async function takePlace(
  run: DrillRun,
  startedAt: Date,
  durable: Durable,
  { ledger, timing }: DrillPorts,
): Promise<boolean> {
  const last = await durable.poll(
    'wait for a place',
    { taken: false, isOver: false, pauseMilliseconds: shortestPauseMilliseconds },
    async () => {
      const now = timing.now();
      const lapses = new Date(now.getTime() + 2 * run.timeoutMilliseconds);
      const taken = await ledger.takePlace(durable.executionId, run.drill.concurrentRestores, now, lapses);
      const waited = now.getTime() - startedAt.getTime();
      const pauseMilliseconds = Math.max(shortestPauseMilliseconds, waited / 50);
      return { taken, isOver: !taken && waited >= run.timeoutMilliseconds, pauseMilliseconds };
    },
    ({ taken, isOver, pauseMilliseconds }) => (taken || isOver ? undefined : pauseMilliseconds),
  );
  return last.taken;
}

export async function releasePlace(durable: Durable, { ledger }: DrillPorts): Promise<void> {
  await durable.step('release the place', () => ledger.releasePlace(durable.executionId));
}
