import { copiesBeforeExpiry } from '../keep-guarantee.ts';
import type { Plan } from '../plan.ts';
import { scheduleOf } from '../schedule/expression.ts';
import { intervalBounds } from '../schedule/interval.ts';

const mostSlots = 48;
const hourSeconds = 3_600;
/** The shortest a calendar bucket can be: days and what is longer lose an hour when clocks change, months have 28 days. */
const bucketSeconds = {
  hourly: hourSeconds,
  daily: 23 * hourSeconds,
  weekly: 167 * hourSeconds,
  monthly: 671 * hourSeconds,
  yearly: 8_759 * hourSeconds,
} as const;

const known = new WeakMap<Plan, number>();

/**
 * How many of a plan's newest slots, at most 48, retention is certain to keep the backups of.
 * > Those of `minimumCopies`, `last` and `within`; and those of a calendar rule whose buckets are no longer than the time between two slots.
 */
export function guaranteedSlots(plan: Plan): number {
  const found = known.get(plan) ?? count(plan);
  known.set(plan, found);
  return found;
}

function count({ backup, keep, minimumCopies }: Plan): number {
  const bounds = intervalBounds(scheduleOf(backup.schedule), backup.timeZone);
  const shortest = bounds?.shortestSeconds ?? 0;
  const rules = Object.entries(bucketSeconds) as [keyof typeof bucketSeconds, number][];
  const calendar = rules.map(([rule, seconds]) => (shortest >= seconds ? (keep[rule] ?? 0) : 0));
  const copies = copiesBeforeExpiry(keep, bounds?.longestSeconds ?? Infinity);
  return Math.min(mostSlots, Math.max(minimumCopies, copies, ...calendar));
}
