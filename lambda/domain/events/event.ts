import { hash } from 'node:crypto';
import type * as z from 'zod';
import {
  backupsFailed,
  backupsTaken,
  copiesFailed,
  copiesMade,
  drillFinished,
  objectiveBroken,
  retentionBlocked,
} from './event-details.ts';

/** The schema of the `detail` of each event, by its `detail-type`. docs/events holds them as JSON Schema. */
export const eventDetails = {
  'Backups Taken': backupsTaken,
  'Backups Failed': backupsFailed,
  'Copies Made': copiesMade,
  'Copies Failed': copiesFailed,
  'Retention Blocked': retentionBlocked,
  'Drill Finished': drillFinished,
  'Recovery Objective Broken': objectiveBroken,
} as const;

type Details = typeof eventDetails;
export type EventType = keyof Details;
export type DetailOf<Type extends EventType> = z.output<Details[Type]>;

/** One event as data. It holds names, times and reasons, and nothing out of an item. */
export type Event = {
  readonly [Type in EventType]: {
    readonly type: Type;
    readonly at: Date;
    readonly detail: DetailOf<Type>;
    /** ARNs of what it is about. */
    readonly resources: readonly string[];
  };
}[EventType];

/**
 * Names an event by what makes it this event and no other, never by when it is sent.
 * > An event that is sent twice has the same id both times.
 */
export function eventId(type: EventType, ...what: readonly unknown[]): string {
  return hash('sha256', JSON.stringify([type, ...what]), 'hex').slice(0, 32);
}

const longestMessage = 500;

/** A sentence, cut to 500 characters: some errors of AWS quote whole requests. */
export function briefly(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 1)}…`;
}

/**
 * Parts rows, in their order, so that no part is larger than so many bytes of JSON; a larger row stands alone.
 * At least one part, which may be empty.
 */
export function inParts<Row>(rows: readonly Row[], bytes: number): Row[][] {
  const parts: Row[][] = [[]];
  let size = 0;
  for (const row of rows) {
    const added = Buffer.byteLength(JSON.stringify(row)) + 1;
    if (size > 0 && size + added > bytes) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(row);
    size += added;
  }
  return parts;
}
