import { briefly, eventId, inParts, type Event } from '../domain/events/event.ts';
import { countFollowed, isSuccess, type BackupReport, type TableOutcome } from './backup-report.ts';

/** Who speaks, and when. */
export interface Speaker {
  readonly owner: string;
  readonly now: Date;
}

/** With everything around it an event stays below the 256 KB that EventBridge, and most of what it feeds, can carry. */
export const bytesPerPart = 200_000;
const mostDiscoveryErrors = 20;

/**
 * What a backup run has to tell: one event with all backups that became restorable, and one with all problems, so that a run over thousands
 * of tables needs one or two calls.
 * > Only a backup that is restorable was taken. `handedOver` tables are another run's news.
 */
export function backupEvents(report: BackupReport, handedOver: number, speaker: Speaker): readonly Event[] {
  const isWell = isSuccess(report, handedOver);
  return [...takenEvents(report, speaker), ...(isWell ? [] : failedEvents(report, handedOver, speaker))];
}

function takenEvents(report: BackupReport, { owner, now }: Speaker): Event[] {
  const { plan, slot, tables, latenessSeconds } = report;
  const taken = report.outcomes.flatMap((outcome) =>
    outcome.kind === 'done' ? [{ table: outcome.table, backupArn: outcome.backupArn }] : [],
  );
  if (taken.length === 0) return [];
  const type = 'Backups Taken';
  return inParts(taken, bytesPerPart).map((backups, nth, parts) => ({
    type,
    at: now,
    resources: [],
    detail: {
      version: 1,
      id: eventId(type, owner, plan, slot, backups),
      owner,
      plan,
      slot,
      part: nth + 1,
      parts: parts.length,
      tables,
      taken: taken.length,
      latenessSeconds,
      backups,
    },
  }));
}

function failedEvents(report: BackupReport, handedOver: number, { owner, now }: Speaker): Event[] {
  const { plan, slot, tables, failed } = report;
  const type = 'Backups Failed';
  const discoveryErrors = report.discoveryErrors.slice(0, mostDiscoveryErrors).map(briefly);
  const own = report.outcomes.filter((outcome) => handedOver === 0 || !isNotReached(outcome));
  return inParts(own.flatMap(problemOf), bytesPerPart).map((problems, nth, parts) => ({
    type,
    at: now,
    resources: [],
    detail: {
      version: 1,
      id: eventId(type, owner, plan, slot, nth, ...problems.map(({ table, reason }) => [table, reason])),
      owner,
      plan,
      slot,
      part: nth + 1,
      parts: parts.length,
      tables,
      failed,
      pending: report.pending - handedOver - countFollowed(report),
      problems,
      discoveryErrors,
    },
  }));
}

function isNotReached(outcome: TableOutcome): boolean {
  return outcome.kind === 'pending' && outcome.why === 'not-reached';
}

function problemOf(outcome: TableOutcome): { table: string; reason: string; message: string }[] {
  const { table } = outcome;
  switch (outcome.kind) {
    case 'failed':
      return [{ table, reason: outcome.failure.kind, message: briefly(outcome.failure.message) }];
    case 'pending':
      return outcome.why === 'followed' ? [] : [{ table, ...waiting[outcome.why] }];
    case 'done':
    case 'skipped':
      return [];
  }
}

const waiting = {
  creating: { reason: 'not-restorable-yet', message: 'the backup was requested and is still being created' },
  'not-reached': { reason: 'not-reached', message: 'time ran out before its turn' },
} as const;
