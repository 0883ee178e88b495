import { durationSeconds } from '../../lambda/domain/keep-guarantee.ts';
import type { Plan } from '../../lambda/domain/plan.ts';
import { intervalBounds } from '../../lambda/domain/schedule/interval.ts';
import { parseSchedule } from '../../lambda/domain/schedule/expression.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { randomStream } from '../../sandbox/random.ts';

/** Made-up facts of one table, from which its metrics follow. */
export interface MadeUpTable {
  readonly name: string;
  /** Bytes of one of its backups at the end of the story. */
  readonly bytes: number;
  /** How much its restore takes at the end of the story, as a part of what the plan promises, and how much of that it grew. */
  readonly restorePart: number;
  readonly grown: number;
  /** On which of the drills it is restored: every `everyDrill`th, beginning with `firstDrill`. */
  readonly firstDrill: number;
  readonly everyDrill: number;
}

/** Made-up facts of one plan. */
export interface MadeUpPlan {
  readonly plan: Plan;
  readonly tables: readonly MadeUpTable[];
  readonly intervalMs: number;
  readonly recoveryPointSeconds: number | undefined;
  readonly recoveryTimeSeconds: number | undefined;
  /** When its drills began, oldest first. */
  readonly drillsAt: readonly number[];
}

/** Where and until when metrics are made up. */
export interface Story {
  readonly metrics: SandboxAccount['metrics'];
  readonly until: number;
  readonly days: number;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** A plan without an objective has restores as long as this one's. */
const usualRestoreSeconds = 1_200;
const tablesPerDrill = 5;
/** Who has many tables lets each drill restore more of them. */
const mostRounds = 6;

/** Makes up the tables of a plan: few large ones, many small ones, and one that grows towards its objective. */
export function madeUpPlan(plan: Plan, tableCount: number, { until, days }: Story): MadeUpPlan {
  const random = randomStream('preview', plan.name);
  const drillsAt = plan.drill ? weekly(until, days) : [];
  const everyDrill = Math.min(mostRounds, Math.ceil(tableCount / tablesPerDrill));
  const tables = Array.from({ length: tableCount }, (_, index) => ({
    name:
      tableCount <= shortNames.length
        ? `${plan.name}-${shortNames[index]}`
        : `${plan.name}-${String(index + 1).padStart(3, '0')}`,
    bytes: 1e9 + 5e10 * random() ** 8,
    restorePart: index === 0 ? 0.93 : 0.1 + 0.72 * random() ** 3,
    grown: index === 0 ? 0.55 : 0.3 * random(),
    firstDrill: index % everyDrill,
    everyDrill,
  }));
  const { recoveryPoint, recoveryTime } = plan.objectives ?? {};
  return {
    plan,
    tables,
    intervalMs: intervalOf(plan),
    recoveryPointSeconds: recoveryPoint === undefined ? undefined : durationSeconds(recoveryPoint),
    recoveryTimeSeconds: recoveryTime === undefined ? undefined : durationSeconds(recoveryTime),
    drillsAt,
  };
}

const shortNames = ['main', 'items', 'history', 'events', 'prices'];

function intervalOf({ backup }: Plan): number {
  const parsed = parseSchedule(backup.schedule);
  const bounds = parsed.ok ? intervalBounds(parsed.schedule, backup.timeZone) : undefined;
  return (bounds?.longestSeconds ?? 86_400) * 1000;
}

function weekly(until: number, days: number): number[] {
  const weeks = Math.floor(days / 7);
  return Array.from({ length: weeks }, (_, week) => until - (weeks - week) * 7 * dayMs + 3 * dayMs);
}

/** The drills that restored a table. */
export function drillsOf({ drillsAt }: MadeUpPlan, { firstDrill, everyDrill }: MadeUpTable): number[] {
  return drillsAt.filter((_, index) => index % everyDrill === firstDrill);
}

/** How long a restore of the table took at this moment, in seconds. */
export function restoreSeconds(plan: MadeUpPlan, table: MadeUpTable, at: number, { until, days }: Story): number {
  const age = (until - at) / (days * dayMs);
  const whole = plan.recoveryTimeSeconds ?? usualRestoreSeconds;
  return whole * (table.restorePart - table.grown * age * table.restorePart);
}
