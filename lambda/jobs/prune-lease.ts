import type { PrunePorts, PruneRun } from './prune.ts';

const waitMilliseconds = 4 * 60_000;
const pauseMilliseconds = 5_000;

/** Does `acquired` while holding the one prune lease, or `taken` when another run keeps it for four minutes. Always gives it back. */
export async function withLease<Result>(
  { runId }: Pick<PruneRun, 'runId'>,
  { ledger, timing }: Pick<PrunePorts, 'ledger' | 'timing'>,
  work: { acquired: () => Promise<Result>; taken: () => Result },
): Promise<Result> {
  const giveUpAt = timing.now().getTime() + waitMilliseconds;
  while (!(await ledger.acquireLease(runId, timing.now()))) {
    if (timing.now().getTime() >= giveUpAt) return work.taken();
    await timing.sleep(pauseMilliseconds + timing.random() * pauseMilliseconds);
  }
  try {
    return await work.acquired();
  } finally {
    await ledger.releaseLease(runId);
  }
}
