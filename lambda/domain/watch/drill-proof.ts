import { restoreForecast, type MeasuredDrill } from '../drill/forecast.ts';
import { durationSeconds } from '../keep-guarantee.ts';
import type { DrillPlan } from '../plan.ts';
import { scheduleOf } from '../schedule/expression.ts';
import { intervalBounds } from '../schedule/interval.ts';
import { later, secondsBetween } from './gauge.ts';
import type { WatchedTable } from './watched-table.ts';

const provenWithinSeconds = 30 * 24 * 3_600;
const mostForecastDays = 3_650;

/**
 * Seconds since a drill of the table last passed.
 * > A table never proven counts from the later of its own creation and that of the drills' schedule.
 */
export function drillAgeSeconds(
  { createdAt }: WatchedTable,
  lastProvenAt: Date | undefined,
  { drillsSince, now }: { readonly drillsSince: Date | undefined; readonly now: Date },
): number | undefined {
  const since = lastProvenAt ?? later(createdAt, drillsSince);
  return since && secondsBetween(since, now);
}

/** Per cent of the tables that passed a drill within the last 30 days; undefined without tables. */
export function drillCoverage(provenAt: readonly (Date | undefined)[], now: Date): number | undefined {
  if (provenAt.length === 0) return undefined;
  const proven = provenAt.filter((at) => at && secondsBetween(at, now) <= provenWithinSeconds);
  return (100 * proven.length) / provenAt.length;
}

const knownGaps = new WeakMap<DrillPlan, number | undefined>();

/**
 * How old a table's last proof may get while every drill passes, in seconds; undefined where drills do not come again and again.
 * > As many rounds as it takes to reach every table, each as long as the longest gap of the schedule, then one drill, and one gap of grace.
 */
export function expectedDrillAgeSeconds(drill: DrillPlan, tables: number): number | undefined {
  const gap = longestGap(drill);
  return gap === undefined ? undefined : (roundsFor(drill, tables) + 1) * gap + durationSeconds(drill.timeout);
}

function longestGap(drill: DrillPlan): number | undefined {
  if (knownGaps.has(drill)) return knownGaps.get(drill);
  const gap = intervalBounds(scheduleOf(drill.schedule), drill.timeZone)?.longestSeconds;
  knownGaps.set(drill, gap);
  return gap;
}

/** With a cap of gigabytes a run may be of one table only. */
function roundsFor({ pick, tablesPerRun, gigabytesPerRun }: DrillPlan, tables: number): number {
  if (gigabytesPerRun !== undefined) return Math.max(1, tables);
  return pick === 'all' ? 1 : Math.max(1, Math.ceil(tables / tablesPerRun));
}

/** Days until restores take longer than the objective, at most 3,650; undefined while there is too little data. */
export function forecastDays(
  drills: readonly MeasuredDrill[],
  question: { readonly objectiveSeconds: number; readonly now: Date },
): number | undefined {
  const forecast = restoreForecast(drills, question);
  switch (forecast.kind) {
    case 'too-little-data':
      return undefined;
    case 'over':
      return 0;
    case 'not-growing':
      return mostForecastDays;
    case 'crossing':
      return Math.min(mostForecastDays, forecast.days);
  }
}
