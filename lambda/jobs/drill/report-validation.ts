import type { DrillPhase, DrillResult } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';

/** Phases in which a restore is done already. */
const afterRestore: ReadonlySet<DrillPhase> = new Set(['re-arm', 'validate']);

/**
 * Tells AWS Backup what a drill found in what it restored, where the plan wants that.
 * > It hears whether the restore passed, and in which phase it did not, but nothing of any item. What it does not take changes nothing.
 */
export async function reportValidation(
  { drill }: DrillRun,
  { restoreJob, failure, itemsVerified, checksPassed }: DrillResult,
  durable: Durable,
  { restores, log }: Pick<DrillPorts, 'restores' | 'log'>,
): Promise<void> {
  if (!drill.reportToAwsBackup || restoreJob === undefined) return;
  if (failure && !afterRestore.has(failure.phase)) return;
  const message = failure
    ? `${failure.phase}: ${failure.kind}`
    : `${itemsVerified} items read, ${checksPassed} checks passed`;
  await durable.step('report the validation', async () => {
    const refusal = await restores.reportValidation(restoreJob, { isPassed: !failure, message });
    if (refusal) log.warn('AWS Backup did not take what a validation found', { restoreJob, refusal });
  });
}
