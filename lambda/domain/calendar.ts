import { Temporal } from 'temporal-polyfill';

export const calendarUnits = ['hour', 'day', 'week', 'month', 'year'] as const;
export type CalendarUnit = (typeof calendarUnits)[number];

/** The buckets of one calendar unit. They are numbered: a later instant never lies in a bucket of a smaller number. */
export interface Buckets {
  /** The number of the bucket an instant (epoch milliseconds, 1970 or later) lies in. */
  readonly of: (at: number) => number;
  /** A bucket as people write it: `2026-11-20T03`, `2026-11-20`, `2026-W47`, `2026-11` or `2026`. */
  readonly nameOf: (bucket: number) => string;
}

/** Calendar hours, days, ISO weeks, months and years of one time zone. */
export type Calendar = Readonly<Record<CalendarUnit, Buckets>>;

const hour = 3_600_000;
const day = 24 * hour;
const calendars = new Map<string, Calendar>();

/**
 * The calendar of an IANA time zone. Throws a RangeError for a zone unknown to this runtime.
 * > A bucket starts at the first instant whose local date and hour reach it.
 * So buckets partition the time line also where clocks go back: a repeated autumn hour is one bucket of two hours, and a date that
 * local clocks show twice is one day.
 */
export function calendarOf(timeZone: string): Calendar {
  const known = calendars.get(timeZone);
  if (known) return known;
  const calendar = calendarOn(localClock(timeZone));
  calendars.set(timeZone, calendar);
  return calendar;
}

/**
 * The instant one ISO 8601 duration before another, both in epoch milliseconds; years, months, weeks and days are those of the
 * zone's calendar. Throws a RangeError for what is not a duration.
 */
export function goBack(at: number, duration: string, timeZone: string): number {
  return zoned(at, timeZone).subtract(duration).epochMilliseconds;
}

function calendarOn(local: (at: number) => number): Calendar {
  const dayOf = (at: number): number => Math.floor(local(at) / day);
  return {
    hour: { of: (at) => Math.floor(local(at) / hour), nameOf: (bucket) => isoText(bucket * hour, 'hour') },
    day: { of: dayOf, nameOf: (bucket) => isoText(bucket * day, 'day') },
    week: { of: (at) => weekOf(dayOf(at)), nameOf: weekName },
    month: { of: (at) => monthOf(new Date(local(at))), nameOf: (bucket) => isoText(startOfMonth(bucket), 'month') },
    year: { of: (at) => new Date(local(at)).getUTCFullYear(), nameOf: String },
  };
}

/** A stretch of time during which a zone's offset from UTC stays the same. */
interface Span {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
  /** The latest local time shown before this span. */
  readonly reached: number;
  readonly earlier: Span | undefined;
  later: Span | undefined;
}

/**
 * A local clock that waits instead of going back, as milliseconds since 1970-01-01T00:00 local time. It walks a chain of spans that
 * grows up to the latest instant asked for, from where it last stood: neighbouring instants, the usual case, need no search.
 */
function localClock(timeZone: string): (at: number) => number {
  let span = spanFrom(0, timeZone);
  return (at) => {
    while (at >= span.until) span = span.later ??= spanFrom(span.until, timeZone, span);
    while (at < span.from && span.earlier) span = span.earlier;
    return Math.max(at + span.offset, span.reached);
  };
}

function spanFrom(from: number, timeZone: string, earlier?: Span): Span {
  const start = zoned(from, timeZone);
  return {
    from,
    until: start.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity,
    offset: start.offsetNanoseconds / 1e6,
    reached: earlier ? Math.max(earlier.reached, earlier.until - 1 + earlier.offset) : -Infinity,
    earlier,
    later: undefined,
  };
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}

/** ISO weeks start on Monday, and 1970-01-01 was a Thursday. */
function weekOf(dayNumber: number): number {
  return Math.floor((dayNumber + 3) / 7);
}

/** An ISO week belongs to the year its Thursday lies in. */
function weekName(week: number): string {
  const thursday = new Date(week * 7 * day);
  const year = thursday.getUTCFullYear();
  const number = Math.floor((thursday.getTime() - Date.UTC(year, 0)) / (7 * day)) + 1;
  return `${year}-W${String(number).padStart(2, '0')}`;
}

function monthOf(local: Date): number {
  return local.getUTCFullYear() * 12 + local.getUTCMonth();
}

function startOfMonth(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12);
}

function isoText(local: number, precision: 'hour' | 'day' | 'month'): string {
  return new Date(local).toISOString().slice(0, { hour: 13, day: 10, month: 7 }[precision]);
}
