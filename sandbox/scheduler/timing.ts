import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';

/** When a schedule fires. */
export interface Timing {
  /** The first instant after `after` (epoch milliseconds), or undefined when there is none any more. */
  next(after: number): number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Local time jumps by less than this at any transition. */
const largestJumpMs = 3 * 3_600_000;

/**
 * What EventBridge Scheduler means by an expression. `rate` counts from `startAt`, whatever the wall clock does; `cron` and `at` follow the wall
 * clock of the zone: a time that a spring gap skips is not fired, one that autumn repeats is fired once, the first time.
 */
export function timingOf(expression: string, timeZone: string, startAt: number): Timing {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) return everyMs(Number(rate[1]) * (unitMs[rate[2] ?? ''] ?? 0), startAt);
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression);
  if (at?.[1]) return once(instantOf(Temporal.PlainDateTime.from(at[1]), timeZone));
  const cron = /^cron\((.+)\)$/.exec(expression);
  if (cron?.[1]) return cronTiming(cron[1], timeZone);
  throw new Error(`a schedule expression must be rate(…), cron(…) or at(…), got '${expression}'`);
}

function everyMs(periodMs: number, startAt: number): Timing {
  if (periodMs <= 0) throw new Error('a rate must be at least 1');
  return {
    next: (after) => (after < startAt ? startAt : startAt + (Math.floor((after - startAt) / periodMs) + 1) * periodMs),
  };
}

function once(instant: number | undefined): Timing {
  return { next: (after) => (instant !== undefined && instant > after ? instant : undefined) };
}

/** The instant of a local time: undefined inside a gap, the first of two in an overlap. */
function instantOf(local: Temporal.PlainDateTime, timeZone: string): number | undefined {
  const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return zoned.toPlainDateTime().equals(local) ? zoned.epochMilliseconds : undefined;
}

function localOf(instant: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone).toPlainDateTime();
}

/** The wall clock's reading as if it were UTC, and back: so the cron library never meets a transition. */
function asUtc(local: Temporal.PlainDateTime): number {
  return local.toZonedDateTime('UTC').epochMilliseconds;
}

function cronTiming(fields: string, timeZone: string): Timing {
  const cron = cronOf(fields);
  if (timeZone === 'UTC') return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
  const next = (after: number): number | undefined => {
    let reading = new Date(asUtc(localOf(after, timeZone)) - largestJumpMs);
    for (;;) {
      const following = cron.nextRun(reading);
      if (!following) return undefined;
      const instant = instantOf(localOf(following.getTime(), 'UTC'), timeZone);
      if (instant !== undefined && instant > after) return instant;
      reading = following;
    }
  };
  return { next };
}

/** AWS's six fields in croner's seven: seconds in front, weekdays from 1 for Sunday, `?` meaning no condition. */
function cronOf(fields: string): Cron {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = '', ...rest] = fields.trim().split(/\s+/);
  if (year === '' || rest.length > 0) throw new Error(`a cron expression must have six fields, got '${fields}'`);
  const plainDay = day === '?' ? '*' : day;
  const plainWeekday = weekday === '?' ? '*' : weekday === 'L' ? '7' : weekday;
  return new Cron(`0 ${minute} ${hour} ${plainDay} ${month} ${plainWeekday} ${year}`, {
    utcOffset: 0,
    mode: '7-part',
    alternativeWeekdays: true,
    sloppyRanges: true,
    paused: true,
  });
}
