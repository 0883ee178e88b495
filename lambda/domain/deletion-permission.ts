import type { Plan } from './plan.ts';
import { defaultPruneSchedule } from './prune-cadence.ts';
import { scheduleOf } from './schedule/expression.ts';
import { nextFire } from './schedule/fires.ts';

const hourMs = 3_600_000;
const usualMs = 24 * hourMs;
/** A run may begin late, be tried again, and take its time. */
const graceMs = 2 * hourMs;

/**
 * Until when a permission to go over the deletion cap lasts, unless somebody says otherwise.
 * > A day, and in any case over the next run of prune: one that ends before it would allow nothing.
 */
export function permittedUntil(plan: Plan, now: Date): Date {
  const next = nextPruneBy(plan, now)?.getTime() ?? -Infinity;
  return new Date(Math.max(now.getTime() + usualMs, next + graceMs));
}

/** The instant by which prune is due again; undefined when it never is. */
export function nextPruneBy(plan: Plan, now: Date): Date | undefined {
  const schedule = scheduleOf(plan.prune.schedule ?? defaultPruneSchedule(plan));
  if (schedule.kind === 'rate') return new Date(now.getTime() + schedule.intervalSeconds * 1000);
  return nextFire(schedule, { timeZone: plan.prune.timeZone, after: now });
}
