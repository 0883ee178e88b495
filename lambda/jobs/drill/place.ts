import type { Durable } from './durable.ts';
import type { DrillPorts, DrillRun } from './drill.ts';

const pauseMilliseconds = 60_000;

/**
 * Waits for one of the places of this deployment.
 * > At most `concurrentRestores` drills hold a table at once, over all plans that ask for as many. The place lapses by itself when a
 * drill never comes back to release it.
 */
export async function takePlace(run: DrillRun, durable: Durable, { ledger, timing }: DrillPorts): Promise<boolean> {
  const { until } = await durable.step('note the deadline', () =>
    Promise.resolve({ until: timing.now().getTime() + run.timeoutMilliseconds }),
  );
  const last = await durable.poll(
    'wait for a place',
    { taken: false, isOver: false },
    async () => {
      const now = timing.now();
      const lapses = new Date(now.getTime() + 2 * run.timeoutMilliseconds);
      const taken = await ledger.takePlace(durable.executionId, run.drill.concurrentRestores, now, lapses);
      return { taken, isOver: !taken && now.getTime() >= until };
    },
    ({ taken, isOver }) => (taken || isOver ? undefined : pauseMilliseconds),
  );
  return last.taken;
}

export async function releasePlace(durable: Durable, { ledger }: DrillPorts): Promise<void> {
  await durable.step('release the place', () => ledger.releasePlace(durable.executionId));
}
