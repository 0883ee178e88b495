import { createHash } from 'node:crypto';
import { copiesBeforeExpiry } from './keep-guarantee.ts';
import type { Plan } from './plan.ts';
import type { Schedule } from './schedule/expression.ts';
import { scheduleOf } from './schedule/expression.ts';
import { intervalBounds, mostFiresWithin } from './schedule/interval.ts';

const hour = 3600;

/**
 * The slowest of daily, every 6, 4, 2 hours, hourly, every 15, 5 minutes and every minute at which a run of prune stays within the
 * cap of deletions per table: if possible even after one missed run on a day when every rule lets go of a bucket, else without the
 * missed run, else on an ordinary day. A cron expression, the same for the same plan; its minute and hour come from the plan's name
 * so that plans do not all prune at once, and it keeps out of the small hours in which zones change their clocks.
 */
export function defaultPruneSchedule(plan: Plan): string {
  const backups = scheduleOf(plan.backup.schedule);
  const rollovers = rolloversAtOnce(plan);
  const cap = plan.prune.deletionCap.perTableCount;
  const candidates = candidatesFor(plan.name).map((candidate) => {
    const arrivals = mostFiresWithin(backups, candidate.seconds);
    const expirations = [2 * arrivals + rollovers, arrivals + rollovers, arrivals];
    return { ...candidate, exceeded: expirations.filter((count) => count > cap).length };
  });
  return candidates.reduce((best, each) => (each.exceeded < best.exceeded ? each : best)).expression;
}

/**
 * How many backups of one table expire between two runs of prune once the rules are full: as many as arrive. Undefined when prune
 * does not run again and again.
 */
export function expirationsPerRun(plan: Plan, prune: Schedule): number | undefined {
  const bounds = intervalBounds(prune, plan.prune.timeZone);
  return bounds && mostFiresWithin(scheduleOf(plan.backup.schedule), bounds.longestSeconds);
}

/** How many more expire at once when every rule lets go of a bucket, as on a Monday that is the first of a month. */
export function rolloversAtOnce({ keep }: Pick<Plan, 'keep'>): number {
  return Object.values(keep).filter((rule) => rule !== undefined).length - 1;
}

/** How many backups of one table a run may delete when so many expire, as far as the plan alone tells. */
export function deletionsAllowed({ keep, minimumCopies, backup, prune }: Plan, expirations: number): number {
  const interval = intervalBounds(scheduleOf(backup.schedule), backup.timeZone)?.longestSeconds ?? Infinity;
  const present = Math.max(minimumCopies, copiesBeforeExpiry(keep, interval)) + expirations;
  return Math.max(prune.deletionCap.perTableCount, Math.floor((present * prune.deletionCap.perTablePercent) / 100));
}

interface Candidate {
  readonly seconds: number;
  readonly expression: string;
}

/** Slowest first. The daily one fires between 04:00 and 23:59. */
function candidatesFor(planName: string): Candidate[] {
  const digest = createHash('sha256').update(planName).digest();
  const minute = digest.readUInt16BE(0) % 60;
  const spread = digest.readUInt16BE(2);
  const hourly = [6, 4, 2].map((hours) => ({
    seconds: hours * hour,
    expression: `cron(${minute} ${spread % hours}/${hours} * * ? *)`,
  }));
  const minutely = [15, 5].map((minutes) => ({
    seconds: minutes * 60,
    expression: `cron(${minute % minutes}/${minutes} * * * ? *)`,
  }));
  return [
    { seconds: 24 * hour, expression: `cron(${minute} ${4 + (spread % 20)} * * ? *)` },
    ...hourly,
    { seconds: hour, expression: `cron(${minute} * * * ? *)` },
    ...minutely,
    { seconds: 60, expression: 'cron(* * * * ? *)' },
  ];
}
