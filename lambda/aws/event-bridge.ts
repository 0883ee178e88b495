import {
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { eventSource } from '../contract/events.ts';
import type { Event } from '../domain/events/event.ts';
import type { Events, Log, Timing } from '../jobs/ports.ts';

/** What one call may carry (source: "PutEvents", API reference; entries together must stay below 256 KB). */
const limits = { entries: 10, bytes: 256_000 } as const;
const tries = 2;
const pauseMilliseconds = 500;

/** Events on a bus of EventBridge. What is not accepted at first is sent once more; what is not accepted then is logged, and lost. */
export function eventBridge(
  client: EventBridgeClient,
  busName: string,
  { timing, log }: { readonly timing: Timing; readonly log: Log },
): Events {
  /** Answers the entries that were not accepted. */
  async function put(entries: readonly PutEventsRequestEntry[]): Promise<readonly PutEventsRequestEntry[]> {
    let open = entries;
    for (let attempt = 1; open.length > 0 && attempt <= tries; attempt++) {
      if (attempt > 1) await timing.sleep(pauseMilliseconds * (1 + timing.random()));
      const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...open] }));
      const refused = open.filter((_, nth) => Entries[nth]?.EventId === undefined);
      if (refused.length > 0) log.warn('events were not accepted', { errors: Entries.flatMap(errorOf), attempt });
      open = refused;
    }
    return open;
  }

  async function putOrLose(entries: readonly PutEventsRequestEntry[]): Promise<number> {
    try {
      return (await put(entries)).length;
    } catch (error) {
      log.error('events could not be sent', { types: entries.map(({ DetailType }) => DetailType), error });
      return entries.length;
    }
  }

  return {
    async send(events) {
      let lost = 0;
      for (const entries of batches(events.map((event) => entryOf(event, busName)))) lost += await putOrLose(entries);
      return lost;
    },
  };
}

function errorOf({ ErrorCode, ErrorMessage }: PutEventsResultEntry): string[] {
  return ErrorCode === undefined ? [] : [`${ErrorCode}: ${ErrorMessage ?? ''}`];
}

function entryOf({ type, at, detail, resources }: Event, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: eventSource,
    DetailType: type,
    Time: at,
    Resources: [...resources],
    Detail: JSON.stringify(detail),
  };
}

/** Entries in their order, as many to a call as it may carry. */
function batches(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const calls: PutEventsRequestEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const last = calls.at(-1);
    if (last && last.length < limits.entries && bytes + size <= limits.bytes) last.push(entry);
    else calls.push([entry]);
    bytes = calls.at(-1) === last ? bytes + size : size;
  }
  return calls;
}

/** As EventBridge counts (source: "Calculating PutEvents event entry size"). */
function sizeOf({ Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry): number {
  const timeBytes = 14;
  return [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), timeBytes);
}
