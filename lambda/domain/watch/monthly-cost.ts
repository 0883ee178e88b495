import type { DrillPlan } from '../plan.ts';
import { scheduleOf } from '../schedule/expression.ts';
import { fires } from '../schedule/fires.ts';

const gigabyte = 1e9;
const yearSeconds = 365 * 24 * 3_600;
const monthSeconds = yearSeconds / 12;

/** In US dollars. */
export interface Prices {
  readonly storagePerGigabyteMonth: number;
  readonly restorePerGigabyte: number;
}

export interface CostQuestion {
  readonly prices: Prices;
  /** Of all backups of the plan. */
  readonly storedBytes: number;
  /** Of the newest backup of each table. */
  readonly tableBytes: readonly number[];
  readonly drill: DrillPlan | undefined;
  readonly now: Date;
}

/**
 * What a plan costs in a month, in US dollars.
 * > Every gigabyte stored, each backup being a full copy, and every gigabyte that the schedule of drills restores; indexes are not known, and
 * > not counted.
 */
export function monthlyCost({ prices, storedBytes, tableBytes, drill, now }: CostQuestion): number {
  const storage = (storedBytes / gigabyte) * prices.storagePerGigabyteMonth;
  if (!drill) return storage;
  const restored = (bytesPerRun(drill, tableBytes) / gigabyte) * runsPerMonth(drill, now);
  return storage + restored * prices.restorePerGigabyte;
}

/** Turns go round, so a run restores as much as the average of the tables lets expect. */
function bytesPerRun(
  { pick, tablesPerRun, gigabytesPerRun = Infinity }: DrillPlan,
  tableBytes: readonly number[],
): number {
  const total = tableBytes.reduce((sum, bytes) => sum + bytes, 0);
  const part = pick === 'all' || tableBytes.length === 0 ? 1 : Math.min(1, tablesPerRun / tableBytes.length);
  return Math.min(total * part, Math.max(gigabytesPerRun * gigabyte, total / Math.max(1, tableBytes.length)));
}

const knownRuns = new WeakMap<DrillPlan, { readonly year: number; readonly runs: number }>();

/** The average of a whole year, because a month may have no run at all. */
function runsPerMonth(drill: DrillPlan, now: Date): number {
  const schedule = scheduleOf(drill.schedule);
  if (schedule.kind === 'rate') return monthSeconds / schedule.intervalSeconds;
  const year = now.getUTCFullYear();
  const known = knownRuns.get(drill);
  if (known?.year === year) return known.runs;
  const end = Date.UTC(year + 1, 0, 1);
  let count = 0;
  for (const fire of fires(schedule, { timeZone: drill.timeZone, after: new Date(Date.UTC(year, 0, 1) - 1) })) {
    if (fire.getTime() >= end) break;
    count++;
  }
  knownRuns.set(drill, { year, runs: count / 12 });
  return count / 12;
}
