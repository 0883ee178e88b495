import { restoreForecast, type Forecast, type MeasuredDrill } from '../lambda/domain/drill/forecast.ts';
import { durationSeconds } from '../lambda/domain/keep-guarantee.ts';
import type { DrillResult } from '../lambda/jobs/drill/drill-result.ts';
import { dayMs } from './incidents.ts';
import type { Life } from './life.ts';
import type { DemoTable } from './tables.ts';

/** How long restores took, in seconds; upper bounds. */
export interface RestoreSeconds {
  readonly total: number;
  readonly restore: number;
  readonly indexes: number;
  readonly rearm: number;
  readonly validate: number;
}

/** What the drills of one table found out. Instants are ISO 8601. */
export interface DrillSummary {
  readonly table: string;
  readonly plan: string;
  readonly drills: number;
  readonly passed: number;
  readonly failed: number;
  readonly objectiveSeconds: number | null;
  readonly last: ({ readonly at: string } & RestoreSeconds) | null;
  /** Of each phase by itself. */
  readonly median: RestoreSeconds | null;
  /** As it stood after the last drill. */
  readonly forecast: Forecast;
  /** When the trend first was over the objective and stayed there. */
  readonly overSince: string | null;
  /** The first drill that took longer than the objective. */
  readonly firstMissed: { readonly at: string; readonly seconds: number } | null;
  /** The drill since which the forecast, up to the first miss, named a date; how long before the miss, and which date. */
  readonly foreseen: { readonly at: string; readonly daysAhead: number; readonly namedDate: string } | null;
}

interface Measured extends MeasuredDrill {
  readonly phases: RestoreSeconds;
}

interface Outlook {
  readonly at: Date;
  readonly forecast: Forecast;
}

/** Sums up the drills of one table, and asks the forecast after each of them what it would have said then. */
export function drillSummary(life: Life, { name, plan }: DemoTable): DrillSummary {
  const drills = life.drills.filter(({ table }) => table === name);
  const measured = drills.flatMap(measuredDrill);
  const objective = life.plans.get(plan)?.objectives?.recoveryTime;
  const objectiveSeconds = objective === undefined ? Infinity : durationSeconds(objective);
  const outlooks = measured.map(({ at }, nth) => ({
    at,
    forecast: restoreForecast(measured.slice(0, nth + 1), { objectiveSeconds, now: at }),
  }));
  const passed = drills.filter(({ outcome }) => outcome === 'passed').length;
  const last = measured.at(-1);
  const missed = measured.find(({ seconds }) => seconds > objectiveSeconds);
  const over = lastRun(outlooks, ({ forecast }) => forecast.kind === 'over');
  return {
    table: name,
    plan,
    drills: drills.length,
    passed,
    failed: drills.length - passed,
    objectiveSeconds: objective === undefined ? null : objectiveSeconds,
    last: last ? { at: last.at.toISOString(), ...last.phases } : null,
    median: medianOf(measured.map(({ phases }) => phases)),
    forecast: outlooks.at(-1)?.forecast ?? { kind: 'too-little-data', drills: 0, days: 0 },
    overSince: over?.at.toISOString() ?? null,
    firstMissed: missed ? { at: missed.at.toISOString(), seconds: missed.seconds } : null,
    foreseen: missed ? foreseenBefore(missed.at, outlooks) : null,
  };
}

/** A drill that passed and restored every index; the times of others are of another series. */
function measuredDrill({ outcome, indexes, times, source, finishedAt }: DrillResult): Measured[] {
  const { total, restore, indexes: building, rearmSeconds = 0, validateSeconds } = times;
  const phases = {
    total: total?.atMostSeconds ?? NaN,
    restore: restore?.atMostSeconds ?? NaN,
    indexes: building?.atMostSeconds ?? NaN,
    rearm: rearmSeconds,
    validate: validateSeconds ?? NaN,
  };
  if (outcome !== 'passed' || indexes !== 'all' || !source || Number.isNaN(phases.total)) return [];
  return [{ at: new Date(finishedAt), seconds: phases.total, sizeBytes: source.sizeBytes, phases }];
}

function foreseenBefore(missedAt: Date, outlooks: readonly Outlook[]): DrillSummary['foreseen'] {
  const before = outlooks.filter(({ at }) => at < missedAt);
  const first = lastRun(before, ({ forecast }) => forecast.kind === 'crossing' || forecast.kind === 'over');
  if (!first) return null;
  const named = first.at.getTime() + (first.forecast.kind === 'crossing' ? first.forecast.days : 0) * dayMs;
  return {
    at: first.at.toISOString(),
    daysAhead: Math.round((missedAt.getTime() - first.at.getTime()) / dayMs),
    namedDate: new Date(named).toISOString(),
  };
}

/** The first of the unbroken run of outlooks that meet a condition and reach to the end. */
function lastRun(outlooks: readonly Outlook[], meets: (outlook: Outlook) => boolean): Outlook | undefined {
  const breach = outlooks.findLastIndex((outlook) => !meets(outlook));
  return outlooks[breach + 1];
}

function medianOf(times: readonly RestoreSeconds[]): RestoreSeconds | null {
  if (times.length === 0) return null;
  const median = (phase: keyof RestoreSeconds): number => {
    const sorted = times.map((each) => each[phase]).sort((a, b) => a - b);
    const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
    return (low + high) / 2;
  };
  return {
    total: median('total'),
    restore: median('restore'),
    indexes: median('indexes'),
    rearm: median('rearm'),
    validate: median('validate'),
  };
}
