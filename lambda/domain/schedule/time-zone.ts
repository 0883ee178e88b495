import { Temporal } from 'temporal-polyfill';

/**
 * The reading of a wall clock without its zone, to the second: the milliseconds since 1970-01-01T00:00 on that very clock. Walls of one
 * zone compare and subtract as numbers.
 */
export type Wall = number;

/** Tells whether a name is an IANA time zone, spelt exactly: EventBridge Scheduler takes no offsets and at most 50 characters. */
export function isTimeZone(name: string): boolean {
  if (name.length > 50 || /^[+\-\u2212]/.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId === name;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at an instant. */
export function wallAt(instant: Date, timeZone: string): Wall {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
  return instant.getTime() + zoned.offsetNanoseconds / 1e6;
}

/** The first instant at which the clocks of a zone show a reading; undefined when they skip it (a DST gap). */
export function instantOf(wall: Wall, timeZone: string): Date | undefined {
  const zoned = plainDateTime(wall).toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const instant = new Date(zoned.epochMilliseconds);
  return wallAt(instant, timeZone) === wall ? instant : undefined;
}

/** One change of a zone's clocks, as walls: just before it they would have shown `from`, and they showed `to`. */
export interface ClockChange {
  readonly at: Date;
  readonly from: Wall;
  readonly to: Wall;
}

/** Every change of a zone's clocks within a span, oldest first. */
export function clockChanges(timeZone: string, start: Date, end: Date): ClockChange[] {
  const changes: ClockChange[] = [];
  let zoned = Temporal.Instant.fromEpochMilliseconds(start.getTime()).toZonedDateTimeISO(timeZone);
  for (;;) {
    const offsetBefore = zoned.offsetNanoseconds / 1e6;
    const next = zoned.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds >= end.getTime()) return changes;
    const at = new Date(next.epochMilliseconds);
    changes.push({ at, from: at.getTime() + offsetBefore, to: wallAt(at, timeZone) });
    zoned = next;
  }
}

function plainDateTime(wall: Wall): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime();
}
