import { durationSeconds } from '../../domain/keep-guarantee.ts';
import { briefly, eventId, type DetailOf, type Event } from '../../domain/events/event.ts';
import type { DurationBounds } from '../../domain/drill/restore-timing.ts';
import type { Plan } from '../../domain/plan.ts';
import type { DrillFailure, DrillResult, DrillTimes } from './drill-result.ts';

/** What a drill has to tell once it has ended: how it ended, and whether the plan's recovery time is broken. */
export function drillEvents(result: DrillResult, { objectives }: Plan, owner: string): readonly Event[] {
  const finished = finishedEvent(result, owner);
  const objectiveSeconds = objectives?.recoveryTime && durationSeconds(objectives.recoveryTime);
  const measured = objectiveSeconds ? brokenBy(result, objectiveSeconds) : undefined;
  return measured && objectiveSeconds ? [finished, brokenEvent(result, owner, measured, objectiveSeconds)] : [finished];
}

function finishedEvent(result: DrillResult, owner: string): Event {
  const { version, plan, table, slot, outcome, failure, source, indexes, times, itemsVerified, checksPassed } = result;
  const { copiesIn } = result;
  const { startedAt, finishedAt, cleanUp, targetName } = result;
  const type = 'Drill Finished';
  return {
    type,
    at: new Date(finishedAt),
    resources: source ? [source.arn] : [],
    detail: {
      version,
      id: eventId(type, owner, plan, table, slot, ...(copiesIn === undefined ? [] : [copiesIn])),
      owner,
      plan,
      slot,
      table,
      outcome,
      ...(failure && { failure: tellable(failure) }),
      ...(source && { source: tellableSource(source) }),
      indexes: typeof indexes === 'string' ? indexes : [...indexes],
      times,
      itemsVerified,
      checksPassed,
      startedAt,
      finishedAt,
      cleanUp,
      drillTable: targetName,
    },
  };
}

function tellableSource({ arn, createdAt, sizeBytes, storage }: NonNullable<DrillResult['source']>) {
  return { arn, createdAt, sizeBytes, ...(storage && { storage }) };
}

/** > What a validation found is not sent: it may quote items. */
function tellable({ phase, kind, message }: DrillFailure): DetailOf<'Drill Finished'>['failure'] {
  return { phase, reason: kind, ...(phase !== 'validate' && { message: briefly(message) }) };
}

/**
 * > A drill breaks the objective when it may have taken longer, by the upper bound of what was measured, as its metric and alarm say. One
 * > that was given up breaks it when it had certainly taken longer by then. A restore without all indexes breaks nothing, nor does one out of
 * > cold storage.
 */
function brokenBy(
  { outcome, indexes, source, times }: DrillResult,
  objectiveSeconds: number,
): DurationBounds | undefined {
  if (indexes !== 'all' || source?.storage === 'cold') return undefined;
  const measured = outcome === 'passed' ? times.total : { atLeastSeconds: certainSeconds(times) };
  const longest = measured?.atMostSeconds ?? measured?.atLeastSeconds ?? 0;
  return longest > objectiveSeconds ? measured : undefined;
}

function certainSeconds({ restore, indexes, rearmSeconds = 0 }: DrillTimes): number {
  return (restore?.atLeastSeconds ?? 0) + (indexes?.atLeastSeconds ?? 0) + rearmSeconds;
}

function brokenEvent(
  { plan, table, slot, source, copiesIn, finishedAt }: DrillResult,
  owner: string,
  measured: DurationBounds,
  objectiveSeconds: number,
): Event {
  const type = 'Recovery Objective Broken';
  return {
    type,
    at: new Date(finishedAt),
    resources: source ? [source.arn] : [],
    detail: {
      version: 1,
      id: eventId(type, 'recovery-time', owner, plan, table, slot, ...(copiesIn === undefined ? [] : [copiesIn])),
      owner,
      plan,
      objective: 'recovery-time',
      objectiveSeconds,
      measuredAt: finishedAt,
      part: 1,
      parts: 1,
      tables: [{ table, measured, ...(source && { backupArn: source.arn }) }],
    },
  };
}
