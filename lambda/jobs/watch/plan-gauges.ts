import { sweepMetrics, watchDeploymentMetrics, watchMetrics } from '../../contract/metrics.ts';
import { allPlans, scheduleName } from '../../contract/schedules.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import type { Plan } from '../../domain/plan.ts';
import { gauge, secondsBetween } from '../../domain/watch/gauge.ts';
import { leftoverTables } from '../../domain/watch/leftover-drill-tables.ts';
import { countMissingSchedules, scheduledJobs } from '../../domain/watch/missing-schedules.ts';
import type { WatchedSchedule } from '../../domain/watch/watched-table.ts';
import { backupGauges } from './backup-gauges.ts';
import { copyGauges } from './copy-gauges.ts';
import { drillGauges } from './drill-gauges.ts';
import type { WatchLedger } from './read-ledger.ts';
import type { RecoveryCoverage } from './read-recovery.ts';
import type { AccountState } from './read-state.ts';
import type { Coverage } from './read-tables.ts';
import type { ReadFailure } from './reading.ts';
import type { FreshFacts, WatchedCopies, WatchMemory, WatchRun } from './watch.ts';

/** Numbers by the names of their metrics. */
export type Values = Readonly<Record<string, number>>;

export interface PlanGauges {
  readonly plan: string;
  readonly values: Values;
  /** Of each table that exists. */
  readonly tables: ReadonlyMap<string, Values>;
}

/** Everything that is known about one plan. */
export interface SeenPlan {
  readonly plan: Plan;
  readonly run: WatchRun;
  readonly state: AccountState;
  readonly facts: FreshFacts;
  readonly copies: WatchedCopies;
  readonly ledger: WatchLedger;
  readonly memory: WatchMemory;
}

/** Every gauge of a plan that what could be read allows for. */
export async function gaugesOf(seen: SeenPlan, failures: ReadFailure[]): Promise<PlanGauges> {
  const coverage = seen.state.coverage.get(seen.plan.name);
  const covered = coverage?.ok ? coverage.value : undefined;
  const backups = covered ? await backupGauges(seen, covered, failures) : none;
  const drills = covered ? await drillGauges(seen, covered, failures) : none;
  const values = {
    ...scheduleGauges(seen),
    ...runGauges(seen),
    ...(covered && tableGauges(covered)),
    ...backups.values,
    ...(covered && (await copyGauges(seen, covered, failures))),
    ...drills.values,
    ...leftoverGauges(seen),
  };
  const tables = (covered?.tables ?? []).map(
    ({ name }) => [name, { ...backups.tables.get(name), ...drills.tables.get(name) }] as const,
  );
  return {
    plan: seen.plan.name,
    values: sound(values),
    tables: new Map(tables.map(([name, each]) => [name, sound(each)])),
  };
}

export type PartialGauges = Omit<PlanGauges, 'plan'>;
const none: PartialGauges = { values: {}, tables: new Map() };

/** > Nothing below zero and nothing that is no number is ever published. */
function sound(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, gauge(value)]));
}

/** A plan's schedule for one job; undefined when schedules could not be read, or there is none. */
export function scheduleOfJob({ state, plan }: SeenPlan, job: string): WatchedSchedule | undefined {
  return state.schedules.ok ? state.schedules.value.get(scheduleName(plan.name, job)) : undefined;
}

/** The schedule of the sweep counts for every plan that drills. */
function scheduleGauges({ plan, state: { schedules } }: SeenPlan): Values {
  if (!schedules.ok) return {};
  const wanted = scheduledJobs(plan).map((job) => scheduleName(plan.name, job));
  if (plan.drill) wanted.push(scheduleName(allPlans, 'sweep'));
  return { [watchMetrics.missingSchedules]: countMissingSchedules(wanted, schedules.value) };
}

/** > Of a job that never ran, the age counts from the creation of its schedule. */
function runGauges(seen: SeenPlan): Values {
  const { runs, now } = seen.facts;
  if (!runs.ok) return {};
  const ageOf = (job: string, metric: string): Values => {
    const since = runs.value.get(`${job}#${seen.plan.name}`) ?? scheduleOfJob(seen, job)?.createdAt;
    return since ? { [metric]: secondsBetween(since, now) } : {};
  };
  return { ...ageOf('backup', watchMetrics.backupRunAge), ...ageOf('prune', watchMetrics.pruneRunAge) };
}

function tableGauges({ keysAtRisk, recovery }: Coverage): Values {
  return {
    ...(keysAtRisk.ok && { [watchMetrics.keysAtRisk]: keysAtRisk.value }),
    ...(recovery.ok && recoveryGauges(recovery.value)),
  };
}

/** > What nobody promised is not measured against a promise. */
function recoveryGauges({ gapSeconds, promised }: RecoveryCoverage): Values {
  return {
    ...(gapSeconds !== undefined && { [watchMetrics.pointInTimeRecoveryGap]: gapSeconds }),
    ...(promised && { [watchMetrics.pointInTimeRecoveryDrift]: promised.driftingTables }),
    ...(promised?.windowSeconds !== undefined && { [watchMetrics.pointInTimeRecoveryWindow]: promised.windowSeconds }),
  };
}

/** > A drill table that nobody announced counts for every plan that drills. */
function leftoverGauges({ plan, run, state, facts }: SeenPlan): Values {
  if (!plan.drill || !state.ledger.ok || !state.tableNames.ok) return {};
  const question = { ...run, announced: state.ledger.value.intents, now: facts.now };
  const left = leftoverTables(state.tableNames.value, question);
  return { [sweepMetrics.leftover]: left.filter((each) => each.plan === undefined || each.plan === plan.name).length };
}

/** What is said of the deployment as a whole, but for its heartbeat. */
export function deploymentGauges({ subscriptions }: AccountState): Values {
  if (!subscriptions.ok || !subscriptions.value) return {};
  const { confirmed, unconfirmed } = subscriptions.value;
  return sound({
    [watchDeploymentMetrics.confirmedSubscriptions]: confirmed,
    [watchDeploymentMetrics.unconfirmedSubscriptions]: unconfirmed,
  });
}

/** A time as a part of what a plan promises. */
export function toObjective(seconds: number, objective: string | undefined, metric: string): Values {
  return objective === undefined ? {} : { [metric]: seconds / durationSeconds(objective) };
}
