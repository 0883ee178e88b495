import type { Backup } from '../domain/backup.ts';
import { hashOfPlan } from '../domain/plan-hash.ts';
import type { Judgement } from '../domain/retention.ts';
import { backOff } from './backoff.ts';
import { DeletionGuard } from './deletion-guard.ts';
import type { DeletionIntent, DeletionOutcome } from './ports.ts';
import type { PrunePorts, PruneRun } from './prune.ts';
import type { Deletion } from './prune-report.ts';

/** A judgement older than this is not acted on: what it saw may no longer be so. */
const judgementMilliseconds = 15 * 60_000;
const maximumTries = 5;

/** The detail of deletions for which only time was missing. */
export const timeRanOut = 'time ran out; the next run judges anew';

/**
 * Deletes what the judgement wants deleted, oldest first, one after the other. Each deletion is intended in the ledger before, checked
 * again right before, and accounted for after. > Nothing is deleted unless the intent was recorded.
 */
export async function deleteExpired(
  judgement: Judgement,
  run: PruneRun,
  ports: PrunePorts,
  judgedAt: Date,
): Promise<readonly Deletion[]> {
  if (judgement.deletions.length === 0) return [];
  const intent: DeletionIntent = {
    plan: run.plan.name,
    runId: run.runId,
    planHash: hashOfPlan(run.plan),
    arns: judgement.deletions.map(({ arn }) => arn),
    recordedAt: ports.timing.now(),
  };
  await ports.ledger.recordIntent(intent);
  const deletions = await deleteEach(judgement, run, ports, judgedAt);
  await ports.ledger.settleIntent(intent, new Map(deletions.map(({ arn, outcome }) => [arn, outcome])));
  return deletions;
}

async function deleteEach(
  judgement: Judgement,
  run: PruneRun,
  ports: PrunePorts,
  judgedAt: Date,
): Promise<readonly Deletion[]> {
  const guard = new DeletionGuard(judgement, run, ports);
  const stopAt = Math.min(judgedAt.getTime() + judgementMilliseconds, run.deadline.getTime());
  const deletions: Deletion[] = [];
  let stoppedBy: string | undefined;
  for (const backup of judgement.deletions) {
    if (ports.timing.now().getTime() >= stopAt) stoppedBy ??= timeRanOut;
    const { outcome, detail } = stoppedBy
      ? ({ outcome: 'abandoned', detail: stoppedBy } as const)
      : await deleteOne(backup, guard, ports);
    deletions.push({ arn: backup.arn, tableName: backup.tableName, outcome, ...(detail && { detail }) });
    if (outcome === 'failed' || outcome === 'abandoned') stoppedBy ??= `stopped: ${detail ?? 'a deletion failed'}`;
  }
  return deletions;
}

interface Result {
  readonly outcome: DeletionOutcome;
  readonly detail?: string | undefined;
}

async function deleteOne(backup: Backup, guard: DeletionGuard, ports: PrunePorts): Promise<Result> {
  return (await guard.objectionTo(backup)) ?? (await deleteUntilAnswered(backup, guard, ports));
}

/**
 * > An error nobody foresaw stops the run; a throttled deletion is left to the next run, and so is one that AWS accepted and did not make:
 * > it counts as failed, and the others go on.
 */
async function deleteUntilAnswered(backup: Backup, guard: DeletionGuard, ports: PrunePorts): Promise<Result> {
  let result: Result = { outcome: 'abandoned' };
  for (let attempt = 0; attempt < maximumTries; attempt++) {
    if (attempt > 0) await backOff(ports.timing, attempt);
    const objection = await guard.objectionOfUsers(backup);
    if (objection) return objection;
    const answer = await ports.backups.delete(backup.arn);
    if (answer.kind === 'deleted' || answer.kind === 'gone') return { outcome: answer.kind };
    const { kind, message: detail } = answer.failure;
    if (answer.kind === 'in-use' || answer.kind === 'retained') return { outcome: answer.kind, detail };
    if (kind === 'survived') return { outcome: 'survived', detail };
    if (kind === 'access-denied') return { outcome: 'denied', detail };
    if (kind !== 'throttled' && kind !== 'no-answer') return { outcome: 'failed', detail };
    if (kind === 'no-answer' && (await isGone(backup, ports))) return { outcome: 'deleted' };
    result = { outcome: kind === 'throttled' ? 'abandoned' : 'failed', detail };
  }
  return result;
}

async function isGone(backup: Backup, { backups }: PrunePorts): Promise<boolean> {
  return (await backups.describe(backup.arn)).kind === 'gone';
}
