import { calendarOf, goBack, type Buckets, type CalendarUnit } from './calendar.ts';
import type { Plan } from './plan.ts';
import type { Reason } from './reason.ts';

/** What one rule says about one backup. */
export interface Opinion {
  readonly keeps: boolean;
  readonly reason: Reason;
}

/** One rule asked about the restorable backups of one group, one after the other, newest first. */
export type Walk = (createdAt: number, isOldest: boolean) => Opinion;

/** A rule of a plan: begins a walk over a group whose newest restorable backup was created at `newestAt`. */
export type Rule = (newestAt: number) => Walk;

export const calendarRules = [
  { code: 'hourly', unit: 'hour' },
  { code: 'daily', unit: 'day' },
  { code: 'weekly', unit: 'week' },
  { code: 'monthly', unit: 'month' },
  { code: 'yearly', unit: 'year' },
] as const satisfies readonly { code: keyof Plan['keep']; unit: CalendarUnit }[];

/**
 * The rules of a plan, in the order their reasons are given.
 * > A backup stays when any rule wants it.
 */
export function rulesOf({ keep, backup: { timeZone } }: Pick<Plan, 'keep' | 'backup'>): readonly Rule[] {
  const calendar = calendarOf(timeZone);
  return [
    ...(keep.last === undefined ? [] : [lastRule(keep.last)]),
    ...calendarRules.flatMap(({ code, unit }) => {
      const count = keep[code];
      return count === undefined ? [] : [calendarRule(code, count, calendar[unit])];
    }),
    ...(keep.within === undefined ? [] : [withinRule(keep.within, timeZone)]),
  ];
}

/** > `last`: the newest n restorable backups stay. */
function lastRule(count: number): Rule {
  const wanted = remember((used) => keeps('last', `${used} of ${count} newest`));
  const spent = expired('last', `${count} newer backups use it up`);
  return () => {
    let used = 0;
    return () => (used === count ? spent : wanted((used += 1)));
  };
}

/**
 * > `hourly`, `daily`, `weekly`, `monthly`, `yearly`: from newest to oldest, the newest backup of each calendar bucket stays until n
 * > are kept; while fewer are kept when the oldest backup is reached, the oldest stays too.
 */
function calendarRule(code: string, count: number, buckets: Buckets): Rule {
  const newest = remember((bucket, used) => keeps(code, `newest of ${buckets.nameOf(bucket)} (${used} of ${count})`));
  const oldest = remember((used) => keeps(code, `the oldest stays while a count is left (${used} of ${count})`));
  const older = remember((bucket) => expired(code, `a newer backup of ${buckets.nameOf(bucket)} stays`));
  const spent = expired(code, `${count} newer buckets use it up`);
  return () => {
    let used = 0;
    let current: number | undefined;
    return (createdAt, isOldest) => {
      if (used === count) return spent;
      const bucket = buckets.of(createdAt);
      if (bucket === current) return isOldest ? oldest(used + 1) : older(bucket);
      current = bucket;
      used += 1;
      return newest(bucket, used);
    };
  };
}

/** > `within`: every restorable backup created at most this long before the newest one stays. */
function withinRule(duration: string, timeZone: string): Rule {
  const wanted = keeps('within', `at most ${duration} older than the newest`);
  const outside = expired('within', `more than ${duration} older than the newest`);
  return (newestAt) => {
    const earliest = goBack(newestAt, duration, timeZone);
    return (createdAt) => (createdAt >= earliest ? wanted : outside);
  };
}

function keeps(code: string, detail: string): Opinion {
  return { keeps: true, reason: { code, detail: `${code}: ${detail}` } };
}

function expired(code: string, detail: string): Opinion {
  return { keeps: false, reason: { code: `not-${code}`, detail: `${code}: ${detail}` } };
}

/** Makes each opinion once: a million backups share a few thousand sentences. */
function remember(make: (first: number, second: number) => Opinion): (first: number, second?: number) => Opinion {
  const made = new Map<number, Map<number, Opinion>>();
  return (first, second = 0) => {
    let row = made.get(first);
    if (!row) made.set(first, (row = new Map<number, Opinion>()));
    let opinion = row.get(second);
    if (!opinion) row.set(second, (opinion = make(first, second)));
    return opinion;
  };
}
