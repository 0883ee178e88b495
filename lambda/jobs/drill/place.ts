import type { DrillResult } from './drill-result.ts';
import type { Durable } from './durable.ts';
import type { DrillPorts, DrillRun } from './drill.ts';

const shortestPauseMilliseconds = 60_000;
/** For re-arming, validation and the hour of clean-up. */
const spareMilliseconds = 4 * 3_600_000;
/** A restore that is not done when its drill gives up may take days more. */
const heldMilliseconds = 7 * 24 * 3_600_000;

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
      const lapses = new Date(now.getTime() + 2 * run.timeoutMilliseconds + spareMilliseconds);
      const taken = await ledger.takePlace(durable.executionId, run.drill.concurrentRestores, now, lapses);
      const waited = now.getTime() - startedAt.getTime();
      const pauseMilliseconds = Math.max(shortestPauseMilliseconds, waited / 50);
      return { taken, isOver: !taken && waited >= run.timeoutMilliseconds, pauseMilliseconds };
    },
    ({ taken, isOver, pauseMilliseconds }) => (taken || isOver ? undefined : pauseMilliseconds),
  );
  return last.taken;
}

/**
 * Gives the place to the next drill.
 * > A restore cannot be cancelled: one that is still under way keeps its place, until the sweep has seen its table gone, or for a week.
 */
export async function leavePlace(
  run: DrillRun,
  { cleanUp, times: { restore } }: DrillResult,
  durable: Durable,
  { ledger, timing }: DrillPorts,
): Promise<void> {
  const isUnderWay = cleanUp === 'left-behind' && restore !== undefined && restore.atMostSeconds === undefined;
  if (!isUnderWay) {
    await durable.step('release the place', () => ledger.releasePlace(durable.executionId));
    return;
  }
  await durable.step('hold the place', async () => {
    const now = timing.now();
    const lapses = new Date(now.getTime() + heldMilliseconds);
    await ledger.takePlace(durable.executionId, run.drill.concurrentRestores, now, lapses);
  });
}
