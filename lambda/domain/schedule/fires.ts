import type { CronSchedule, Schedule } from './expression.ts';
import { daysOfMonth } from './cron-days.ts';
import type { Wall } from './time-zone.ts';
import { instantOf, wallAt } from './time-zone.ts';

export interface FiringContext {
  /** An IANA time zone; a rate does not look at it. */
  readonly timeZone: string;
  /** Only instants later than this one are answered. */
  readonly after: Date;
  /** When a rate first fires; the epoch by default. EventBridge fires it at the schedule's start date, or else at once. */
  readonly startedAt?: Date;
}

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

/** The next instant at which a schedule fires; undefined when it never will again. Same rules as `fires`. */
export function nextFire(schedule: Schedule, context: FiringContext): Date | undefined {
  for (const instant of fires(schedule, context)) return instant;
  return undefined;
}

/**
 * Every instant at which a schedule fires after a given one, in order.
 * > A wall-clock time that the spring change skips does not fire; one that autumn repeats fires once, the first time.
 * > A rate counts real time and knows no clock changes.
 * Source: EventBridge Scheduler user guide, "Schedule types", daylight saving time.
 */
export function* fires(schedule: Schedule, { timeZone, after, startedAt }: FiringContext): Generator<Date, void> {
  if (schedule.kind === 'rate')
    return yield* multiples(schedule.intervalSeconds * 1000, after, startedAt ?? new Date(0));
  const walls = schedule.kind === 'cron' ? wallsFrom(schedule, wallAt(after, timeZone)) : [schedule.wall];
  for (const wall of walls) {
    const instant = instantOf(wall, timeZone);
    if (instant && instant > after) yield instant;
  }
}

/** Every wall-clock time a cron expression means, from the minute of a given one on, in order. */
export function* wallsFrom(cron: CronSchedule, from: Wall): Generator<Wall, void> {
  for (const date of datesFrom(cron, from)) {
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const wall = date + (hour * 60 + minute) * minuteMs;
        if (wall + minuteMs > from) yield wall;
      }
    }
  }
}

/** Every date on which a cron expression fires, as the wall of its midnight, from the date of a given wall on, in order. */
export function* datesFrom({ years, months, day }: CronSchedule, from: Wall): Generator<Wall, void> {
  const firstYear = new Date(from).getUTCFullYear();
  for (const year of years.filter((each) => each >= firstYear)) {
    for (const month of months.filter((each) => Date.UTC(year, each, 1) > from)) {
      for (const each of daysOfMonth(day, year, month)) {
        const date = Date.UTC(year, month - 1, each);
        if (date + dayMs > from) yield date;
      }
    }
  }
}

/** The last instant a Date can hold, by ECMAScript. */
const endOfDates = 8.64e15;

function* multiples(intervalMs: number, after: Date, startedAt: Date): Generator<Date, void> {
  const sinceStart = after.getTime() - startedAt.getTime();
  const passed = sinceStart < 0 ? 0 : Math.floor(sinceStart / intervalMs) + 1;
  for (let at = startedAt.getTime() + passed * intervalMs; at <= endOfDates; at += intervalMs) yield new Date(at);
}
