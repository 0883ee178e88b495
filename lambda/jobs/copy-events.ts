import { briefly, eventId, inParts, type Event } from '../domain/events/event.ts';
import { bytesPerPart, type Speaker } from './backup-events.ts';
import type { CopyFailure, CopyReport, NamedCopy } from './copy-report.ts';

/**
 * What a run has to tell of copies: one event with all that are there now, and one with all that were given up.
 * > A copy that failed and is tried again is no news.
 */
export function copyEvents(report: CopyReport, speaker: Speaker): readonly Event[] {
  return [...madeEvents(report, speaker), ...failedEvents(report, speaker)];
}

function madeEvents({ plan, made }: CopyReport, { owner, now }: Speaker): Event[] {
  if (made.length === 0) return [];
  const type = 'Copies Made';
  const rows = made.map(({ copyArn, ...copy }) => ({ ...namesOf(copy), copyArn }));
  return inParts(rows, bytesPerPart).map((copies, nth, parts) => {
    const common = { version: 1, id: eventId(type, owner, plan, copies), owner, plan } as const;
    const detail = { ...common, part: nth + 1, parts: parts.length, made: made.length, copies };
    return { type, at: now, resources: [], detail };
  });
}

function failedEvents({ plan, failed }: CopyReport, { owner, now }: Speaker): Event[] {
  if (failed.length === 0) return [];
  const type = 'Copies Failed';
  return inParts(failed.map(problemOf), bytesPerPart).map((problems, nth, parts) => {
    const what = problems.map(({ backupArn, vaultArn, reason }) => [backupArn, vaultArn, reason]);
    const common = { version: 1, id: eventId(type, owner, plan, ...what), owner, plan } as const;
    const detail = { ...common, part: nth + 1, parts: parts.length, failed: failed.length, problems };
    return { type, at: now, resources: [], detail };
  });
}

function problemOf({ failure, ...copy }: CopyFailure) {
  return { ...namesOf(copy), reason: failure.kind, message: briefly(failure.message) };
}

function namesOf({ table, slot, sourceArn, destinationArn }: NamedCopy) {
  return { table, slot, backupArn: sourceArn, vaultArn: destinationArn };
}
