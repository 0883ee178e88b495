import {
  dayOfMonthField,
  dayOfWeekField,
  hourField,
  minuteField,
  monthField,
  parseField,
  parseValue,
  ScheduleSyntaxError,
  yearField,
} from './cron-field.ts';
import type { DayRule } from './cron-days.ts';
import { daysOfMonth } from './cron-days.ts';
import type { Wall } from './time-zone.ts';

/** When a job runs: every so often, on a calendar, or once. All lists are in order, each value once. */
export type Schedule = RateSchedule | CronSchedule | OnceSchedule;
export interface RateSchedule {
  readonly kind: 'rate';
  readonly intervalSeconds: number;
}
export interface CronSchedule {
  readonly kind: 'cron';
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  readonly day: DayRule;
}
export interface OnceSchedule {
  readonly kind: 'at';
  readonly wall: Wall;
}

export type ParsedSchedule =
  { readonly ok: true; readonly schedule: Schedule } | { readonly ok: false; readonly error: string };

const longestExpression = 256;
const longestRateDays = 36_500;
const unitSeconds = { minute: 60, hour: 3600, day: 86_400 } as const;

/**
 * Reads an EventBridge Scheduler expression: `rate(value unit)`, `cron(minute hour day-of-month month day-of-week year)` or
 * `at(yyyy-mm-ddThh:mm:ss)`. Accepts what AWS documents and nothing else: no ranges that wrap around, no step of days of the week,
 * no day that never comes. Never throws; the error says what was found and what is allowed.
 * Source: EventBridge Scheduler user guide, "Schedule types"; `ScheduleExpression` of the Scheduler API (at most 256 characters).
 */
export function parseSchedule(expression: string): ParsedSchedule {
  try {
    return { ok: true, schedule: scheduleOf(expression) };
  } catch (error) {
    if (error instanceof ScheduleSyntaxError) return { ok: false, error: error.message };
    throw error;
  }
}

/** Schedules by their expressions: the same few are read again and again. */
const knownSchedules = new Map<string, Schedule>();
const mostKnownSchedules = 1000;

/** Reads an expression known to be good, such as one of a parsed plan. Throws a ScheduleSyntaxError for any other. */
export function scheduleOf(expression: string): Schedule {
  const known = knownSchedules.get(expression);
  if (known) return known;
  const schedule = readExpression(expression);
  if (knownSchedules.size >= mostKnownSchedules) knownSchedules.clear();
  knownSchedules.set(expression, schedule);
  return schedule;
}

function readExpression(expression: string): Schedule {
  if (expression.length > longestExpression) {
    throw new ScheduleSyntaxError(`must have at most ${longestExpression} characters, got ${expression.length}`);
  }
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'rate':
      return readRate(body);
    case 'cron':
      return readCron(body);
    case 'at':
      return readOnce(body);
    case undefined:
    default:
      throw new ScheduleSyntaxError(
        `must be rate(value unit), cron(six fields) or at(yyyy-mm-ddThh:mm:ss), got ${JSON.stringify(expression)}`,
      );
  }
}

function readRate(body: string): RateSchedule {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,8}) +(minute|hour|day)s?$/.exec(body) ?? [];
  const plural = body.endsWith('s');
  if (!isUnit(unit) || plural === (digits === '1')) {
    throw new ScheduleSyntaxError(
      `rate must be 1 minute, 1 hour, 1 day or a larger whole number of minutes, hours or days, got ${JSON.stringify(body)}`,
    );
  }
  const intervalSeconds = Number(digits) * unitSeconds[unit];
  if (intervalSeconds <= longestRateDays * unitSeconds.day) return { kind: 'rate', intervalSeconds };
  throw new ScheduleSyntaxError(`rate must be at most ${longestRateDays} days, got ${JSON.stringify(body)}`);
}

function isUnit(text: string): text is keyof typeof unitSeconds {
  return text in unitSeconds;
}

function readCron(body: string): CronSchedule {
  const fields = body.split(/ +/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (
    fields.length !== 6 ||
    minute === undefined ||
    hour === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined ||
    year === undefined
  ) {
    throw new ScheduleSyntaxError(
      `cron must have six fields (minute hour day-of-month month day-of-week year), got ${fields.length}: ${JSON.stringify(body)}`,
    );
  }
  const schedule: CronSchedule = {
    kind: 'cron',
    minutes: parseField(minute, minuteField),
    hours: parseField(hour, hourField),
    months: parseField(month, monthField),
    years: parseField(year, yearField),
    day: readDay(dayOfMonth, dayOfWeek),
  };
  if (comesAtAll(schedule)) return schedule;
  throw new ScheduleSyntaxError(`never fires: no month it names has such a day, got ${JSON.stringify(body)}`);
}

function readDay(dayOfMonth: string, dayOfWeek: string): DayRule {
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new ScheduleSyntaxError(
      `exactly one of day of month and day of week must be ?, got ${JSON.stringify(dayOfMonth)} and ${JSON.stringify(dayOfWeek)}`,
    );
  }
  return dayOfWeek === '?' ? readDayOfMonth(dayOfMonth) : readDayOfWeek(dayOfWeek);
}

function readDayOfMonth(text: string): DayRule {
  if (text === 'L') return { kind: 'last-day' };
  if (text === 'LW') return { kind: 'last-working-day' };
  const [, nearest] = /^(\d+)W$/.exec(text) ?? [];
  if (nearest !== undefined) return { kind: 'working-day-nearest', day: parseValue(nearest, dayOfMonthField) };
  return { kind: 'days-of-month', days: parseField(text, dayOfMonthField) };
}

function readDayOfWeek(text: string): DayRule {
  if (text === 'L') return { kind: 'days-of-week', weekdays: [dayOfWeekField.max] };
  const [, lastWeekday] = /^(\d+|[A-Za-z]{3})L$/.exec(text) ?? [];
  if (lastWeekday !== undefined) return { kind: 'last-weekday', weekday: parseValue(lastWeekday, dayOfWeekField) };
  const [, weekday, nth] = /^(\d+|[A-Za-z]{3})#([1-5])$/.exec(text) ?? [];
  if (weekday !== undefined)
    return { kind: 'nth-weekday', weekday: parseValue(weekday, dayOfWeekField), nth: Number(nth) };
  return { kind: 'days-of-week', weekdays: parseField(text, dayOfWeekField) };
}

function comesAtAll({ years, months, day }: CronSchedule): boolean {
  return years.some((year) => months.some((month) => daysOfMonth(day, year, month).length > 0));
}

function readOnce(body: string): OnceSchedule {
  const wall = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? new Date(`${body}Z`) : new Date(NaN);
  const real = !Number.isNaN(wall.getTime()) && wall.toISOString() === `${body}.000Z`;
  const inRange = wall.getUTCFullYear() >= yearField.min && wall.getUTCFullYear() <= yearField.max;
  if (real && inRange) return { kind: 'at', wall: wall.getTime() };
  throw new ScheduleSyntaxError(
    `at must be a real date and time of ${yearField.min} to ${yearField.max} as yyyy-mm-ddThh:mm:ss, got ${JSON.stringify(body)}`,
  );
}
