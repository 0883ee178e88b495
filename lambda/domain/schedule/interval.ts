import type { CronSchedule, Schedule } from './expression.ts';
import { datesFrom, nextFire, wallsFrom } from './fires.ts';
import type { ClockChange, Wall } from './time-zone.ts';
import { clockChanges, instantOf } from './time-zone.ts';

/** The gaps between consecutive fires of a schedule, in real seconds. */
export interface IntervalBounds {
  readonly shortestSeconds: number;
  readonly longestSeconds: number;
}

/** The years judged: weekdays and leap years come round in 28. Fixed, so that a plan checked twice is judged alike. */
const horizon = { start: new Date('2026-01-01T00:00:00Z'), end: new Date('2054-01-01T00:00:00Z') } as const;
const mostWallsCounted = 2_000;
const changes = new Map<string, readonly ClockChange[]>();

/**
 * The longest and the shortest gap between two fires within 2026 to 2053, clock changes included: daily at three in Berlin is 23 to
 * 25 hours. Undefined for a schedule that does not fire at least twice in those years.
 */
export const intervalBounds: (schedule: Schedule, timeZone: string) => IntervalBounds | undefined =
  remembered(findBounds);

function findBounds(schedule: Schedule, timeZone: string): IntervalBounds | undefined {
  if (schedule.kind === 'rate') {
    return { shortestSeconds: schedule.intervalSeconds, longestSeconds: schedule.intervalSeconds };
  }
  const gaps =
    schedule.kind === 'cron'
      ? [...wallGaps(schedule), ...gapsAcrossChanges(schedule, timeZone).map(({ ms }) => ms)]
      : [];
  if (gaps.length === 0) return undefined;
  return {
    shortestSeconds: gaps.reduce((a, b) => Math.min(a, b)) / 1000,
    longestSeconds: gaps.reduce((a, b) => Math.max(a, b)) / 1000,
  };
}

/**
 * The wall-clock times within 2026 to 2053 that a spring change skips and whose loss leaves a longer gap than the schedule otherwise
 * has. An hourly schedule loses nothing; a daily one at half past two loses a day.
 */
export const skippedByClockChange: (schedule: Schedule, timeZone: string) => readonly Wall[] = remembered(findSkipped);

function findSkipped(schedule: Schedule, timeZone: string): readonly Wall[] {
  if (schedule.kind === 'rate') return [];
  if (schedule.kind === 'at') return instantOf(schedule.wall, timeZone) ? [] : [schedule.wall];
  const longest = wallGaps(schedule).reduce((a, b) => Math.max(a, b), 0);
  return gapsAcrossChanges(schedule, timeZone)
    .filter(({ ms }) => ms > longest)
    .flatMap(({ change }) => [...takeUntil(wallsFrom(schedule, change.from), change.to)].slice(0, 1));
}

/** The most fires of a schedule in any window of so many seconds, its first instant included and its last not; clock changes aside. */
export const mostFiresWithin: (schedule: Schedule, seconds: number) => number = remembered(countMostFires);

function countMostFires(schedule: Schedule, seconds: number): number {
  if (schedule.kind === 'rate') return Math.ceil(seconds / schedule.intervalSeconds);
  if (schedule.kind === 'at') return 1;
  const walls = [...takeUntil(wallsFrom(schedule, horizon.start.getTime()), horizon.end.getTime(), mostWallsCounted)];
  const window: Wall[] = [];
  return walls.reduce((most, wall) => {
    window.push(wall);
    while (window[0] !== undefined && window[0] <= wall - seconds * 1000) window.shift();
    return Math.max(most, window.length);
  }, 0);
}

/** Checks, alarms and gauges ask the same of a schedule again and again, and each answer walks 28 years. */
function remembered<Key, Answer>(find: (schedule: Schedule, key: Key) => Answer) {
  const known = new WeakMap<Schedule, Map<Key, Answer>>();
  return (schedule: Schedule, key: Key): Answer => {
    const answers = known.get(schedule) ?? new Map<Key, Answer>();
    known.set(schedule, answers);
    if (!answers.has(key)) answers.set(key, find(schedule, key));
    return answers.get(key) as Answer;
  };
}

function wallGaps(cron: CronSchedule): number[] {
  const times = timesOfDay(cron);
  const overnight = Math.min(...times) - Math.max(...times);
  const dates = datesWithin(cron);
  const withinDay = dates.length > 0 ? differences(times) : [];
  return [...withinDay, ...differences(dates).map((gap) => gap + overnight)];
}

/** The gap between the last fire before each clock change and the first one after it. */
function gapsAcrossChanges(cron: CronSchedule, timeZone: string): { ms: number; change: ClockChange }[] {
  const dates = datesWithin(cron);
  return changesOf(timeZone).flatMap((change) => {
    const previous = lastFireBefore(cron, dates, change.from, timeZone);
    const next = nextFire(cron, { timeZone, after: new Date(change.at.getTime() - 1) });
    return previous && next ? [{ ms: next.getTime() - previous.getTime(), change }] : [];
  });
}

function lastFireBefore(cron: CronSchedule, dates: readonly Wall[], from: Wall, timeZone: string): Date | undefined {
  const times = timesOfDay(cron).reverse();
  for (let i = dates.findLastIndex((date) => date < from); ; i--) {
    const date = dates[i];
    if (date === undefined) return undefined;
    for (const wall of times.map((time) => date + time).filter((each) => each < from)) {
      const instant = instantOf(wall, timeZone);
      if (instant) return instant;
    }
  }
}

/** Finding the changes of a zone takes longer than all the rest, so each zone is looked at once. */
function changesOf(timeZone: string): readonly ClockChange[] {
  const known = changes.get(timeZone);
  if (known) return known;
  const found = clockChanges(timeZone, horizon.start, horizon.end);
  changes.set(timeZone, found);
  return found;
}

function datesWithin(cron: CronSchedule): Wall[] {
  return [...takeUntil(datesFrom(cron, horizon.start.getTime()), horizon.end.getTime())];
}

function timesOfDay({ hours, minutes }: CronSchedule): number[] {
  return hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * 60_000));
}

function differences(sorted: readonly number[]): number[] {
  let previous: number | undefined;
  return sorted.flatMap((value) => {
    const gap = previous === undefined ? [] : [value - previous];
    previous = value;
    return gap;
  });
}

function* takeUntil(walls: Iterable<Wall>, end: Wall, most = Infinity): Generator<Wall, void> {
  let taken = 0;
  for (const wall of walls) {
    if (wall >= end || taken++ >= most) return;
    yield wall;
  }
}
