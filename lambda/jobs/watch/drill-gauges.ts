import { drillMetrics, watchMetrics } from '../../contract/metrics.ts';
import { drilledScopes } from '../../domain/copy-drills.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import {
  drillAgeSeconds,
  drillCoverage,
  expectedDrillAgeSeconds,
  forecastDays,
} from '../../domain/watch/drill-proof.ts';
import type { WatchedTable } from '../../domain/watch/watched-table.ts';
import type { DrillHistory } from '../drill/ports.ts';
import { scheduleOfJob, toObjective, type PartialGauges, type SeenPlan, type Values } from './plan-gauges.ts';
import { measuredDrills } from './read-ledger.ts';
import type { Coverage } from './read-tables.ts';
import { attempt, type ReadFailure } from './reading.ts';

interface Drilled {
  readonly table: WatchedTable;
  readonly history: DrillHistory;
}

/**
 * What the ledger's drills say of a plan; nothing without drills, or without the ledger.
 * > What a table shows is of drills of the plan's backups; what the plan shows, of those of its copies as well.
 */
export async function drillGauges(
  seen: SeenPlan,
  { tables }: Coverage,
  failures: ReadFailure[],
): Promise<PartialGauges> {
  const { plan, state } = seen;
  if (!plan.drill || !state.ledger.ok) return { values: {}, tables: new Map() };
  const { histories } = state.ledger.value;
  const drilledAs = (scope: string) =>
    tables.map((table) => ({ table, history: histories.get(scope)?.get(table.name) ?? {} }));
  const drilled = drilledAs(plan.name);
  const copies = drilledScopes(plan, seen.copies.placesOf(plan)).flatMap(drilledAs);
  const schedule = scheduleOfJob(seen, 'drill-start');
  const perTable = new Map(drilled.map((each) => [each.table.name, gaugesOfTable(each, schedule?.createdAt, seen)]));
  // A change of the schedule may have been the one that asked for drills of copies.
  const copiesSince = schedule?.changedAt ?? schedule?.createdAt;
  const worst = worstOf([...perTable.values(), ...copies.map((each) => gaugesOfTable(each, copiesSince, seen))]);
  const forecast = await forecastGauge(drilled, seen, failures);
  const proof = proofGauges([...drilled, ...copies], worst, tables.length, seen);
  return { tables: perTable, values: { ...worst, ...proof, ...forecast } };
}

function gaugesOfTable({ table, history }: Drilled, drillsSince: Date | undefined, { plan, facts }: SeenPlan): Values {
  const circumstances = { drillsSince, now: facts.now };
  const age = drillAgeSeconds(table, history.lastProvenAt, circumstances);
  const seconds = history.lastRestoreSeconds;
  return {
    ...(age !== undefined && { [drillMetrics.age]: age }),
    ...(seconds !== undefined && {
      [drillMetrics.restoreTime]: seconds,
      ...toObjective(seconds, plan.objectives?.recoveryTime, drillMetrics.restoreTimeToObjective),
    }),
  };
}

/** Of each metric the largest value. */
function worstOf(all: readonly Values[]): Values {
  const worst: Record<string, number> = {};
  for (const [name, value] of all.flatMap((values) => Object.entries(values))) {
    worst[name] = Math.max(value, worst[name] ?? 0);
  }
  return worst;
}

function proofGauges(drilled: readonly Drilled[], worst: Values, tables: number, { plan, facts }: SeenPlan): Values {
  // Without tables nothing is overdue, and silence would say that it is.
  const age = drilled.length === 0 ? 0 : worst[drillMetrics.age];
  const expected = plan.drill && expectedDrillAgeSeconds(plan.drill, tables);
  const coverage = drillCoverage(
    drilled.map(({ history }) => history.lastProvenAt),
    facts.now,
  );
  return {
    ...(age !== undefined && expected !== undefined && { [watchMetrics.drillAgeToExpected]: age / expected }),
    [watchMetrics.failedDrills]: drilled.filter(({ history }) => hasFailed(history)).length,
    ...(coverage !== undefined && { [watchMetrics.drillCoverage]: coverage }),
  };
}

/** Whether the last drill that had something to restore did not pass. */
function hasFailed({ lastFailedAt, lastProvenAt }: DrillHistory): boolean {
  return lastFailedAt !== undefined && lastFailedAt.getTime() > (lastProvenAt?.getTime() ?? 0);
}

/** The fewest days of any table; nothing where no table has enough drills. */
async function forecastGauge(drilled: readonly Drilled[], seen: SeenPlan, failures: ReadFailure[]): Promise<Values> {
  const { plan, ledger, facts } = seen;
  const { drills } = seen.memory;
  const objective = plan.objectives?.recoveryTime;
  if (objective === undefined) return {};
  const question = { objectiveSeconds: durationSeconds(objective), now: facts.now };
  const days: number[] = [];
  for (const { table, history } of drilled) {
    const { lastTriedAt } = history;
    if (!lastTriedAt) continue;
    const subject = { plan, table: table.name, lastTriedAt };
    const measured = await attempt(`drills of ${table.name}`, failures, () => measuredDrills(subject, ledger, drills));
    if (!measured.ok) return {};
    days.push(...[forecastDays(measured.value, question)].filter((each) => each !== undefined));
  }
  return days.length > 0 ? { [watchMetrics.restoreTimeForecast]: Math.min(...days) } : {};
}
