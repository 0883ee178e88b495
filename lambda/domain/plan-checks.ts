import { awsBackupErrors, type VaultLocks } from './aws-backup-checks.ts';
import { longestGapSeconds, startWindowMinutes } from './backup-frequency.ts';
import { drillErrors, drillWarnings } from './drill/drill-checks.ts';
import { copyRulesOf, planOfCopies } from './copy-destination.ts';
import type { Fault } from './faults.ts';
import { faultAt } from './faults.ts';
import { exampleName } from './glob-overlap.ts';
import { durationSeconds, guaranteedCopies } from './keep-guarantee.ts';
import type { Plan } from './plan.ts';
import { overlapFaults } from './plan-overlap.ts';
import { defaultPruneSchedule, deletionsAllowed, expirationsPerRun, rolloversAtOnce } from './prune-cadence.ts';
import { scheduleOf } from './schedule/expression.ts';
import { skippedByClockChange } from './schedule/interval.ts';
import { coversName } from './selection.ts';

export interface CheckedTogether {
  /** What must not be deployed. */
  readonly errors: Fault[];
  /** What will probably surprise somebody. */
  readonly warnings: Fault[];
}

/** What plans are checked against; nothing for what is left out. */
export interface CheckedAgainst extends VaultLocks {
  /** What the names of drill tables begin with. */
  readonly drillPrefix?: string;
}

/**
 * Checks plans, each parsed already, for promises that contradict each other. Paths begin with `plans.<name>`.
 */
export function checkPlans(plans: readonly Plan[], { drillPrefix, ...locks }: CheckedAgainst = {}): CheckedTogether {
  const overlap = overlapFaults(plans);
  const drills = drillPrefix === undefined ? [] : drillPrefixFaults(plans, drillPrefix);
  return {
    errors: [
      ...plans.flatMap((plan) => [
        ...recoveryPointFaults(plan),
        ...retentionFaults(plan),
        ...pruneFaults(plan),
        ...drillErrors(plan),
        ...awsBackupErrors(plan, locks),
      ]),
      ...drills.flatMap(({ errors }) => errors),
      ...overlap.errors,
    ],
    warnings: [
      ...plans.flatMap((plan) => [
        ...tightRecoveryPointFaults(plan),
        ...tightCapFaults(plan),
        ...clockChangeFaults(plan),
        ...exceptedFaults(plan),
        ...drillWarnings(plan),
      ]),
      ...drills.flatMap(({ warnings }) => warnings),
      ...overlap.warnings,
    ],
  };
}

/** > The longest gap between two backups, flexible window included, must not exceed the recovery point objective. */
function recoveryPointFaults(plan: Plan): Fault[] {
  const { recoveryPoint } = plan.objectives ?? {};
  if (recoveryPoint === undefined) return [];
  const longest = longestGapSeconds(plan.backup);
  if (longest !== undefined && longest <= durationSeconds(recoveryPoint)) return [];
  const allowed = `must take backups at most ${recoveryPoint} apart, as objectives.recoveryPoint promises`;
  const found =
    longest === undefined
      ? 'one that does not fire again and again'
      : `${hours(longest)} with ${plan.backup.schedule}${windowOf(plan)}`;
  return [faultAt(at(plan, 'backup', 'schedule'), { value: found, allowed }, `${allowed}, got ${found}`)];
}

/** What a run takes to start, list, and see its backups become restorable, in seconds, with plenty to spare. */
const usualRunSeconds = 30 * 60;

/** > An objective leaves half an hour beyond the longest gap, or a backup that is a little late breaks it and somebody is called. */
function tightRecoveryPointFaults(plan: Plan): Fault[] {
  const { recoveryPoint } = plan.objectives ?? {};
  const longest = longestGapSeconds(plan.backup);
  if (recoveryPoint === undefined || longest === undefined) return [];
  const left = durationSeconds(recoveryPoint) - longest;
  if (left < 0 || left >= usualRunSeconds) return [];
  const allowed = `at least ${(longest + usualRunSeconds) / 60} min, or a schedule more frequent than ${plan.backup.schedule}`;
  const text = `leaves ${left / 60} min beyond the longest gap of ${hours(longest)}, so a run that is a little late breaks the promise and raises an alarm: allowed is ${allowed}`;
  return [faultAt(at(plan, 'objectives', 'recoveryPoint'), { value: recoveryPoint, allowed }, text)];
}

/** > What the keep rules are sure to keep must not be less than `minimumCopies`. */
function retentionFaults(plan: Plan): Fault[] {
  const longest = longestGapSeconds(plan.backup);
  if (longest === undefined) return [];
  const copies = guaranteedCopies(plan.keep, longest);
  if (copies >= plan.minimumCopies) return [];
  const allowed = `must be sure to keep the ${plan.minimumCopies} copies of minimumCopies`;
  const found = `${copies} with backups up to ${hours(longest)} apart`;
  return [faultAt(at(plan, 'keep'), { value: found, allowed }, `${allowed}, got ${found}`)];
}

/** > No more backups of a table, or copies in one place, may expire between two runs of prune than one run may delete, or it would delete none, ever. */
function pruneFaults(plan: Plan): Fault[] {
  const expression = plan.prune.schedule ?? defaultPruneSchedule(plan);
  const expirations = expirationsPerRun(plan, scheduleOf(expression));
  if (expirations === undefined) {
    const allowed = 'must fire again and again';
    return [faultAt(at(plan, 'prune', 'schedule'), { value: expression, allowed }, `${allowed}, got ${expression}`)];
  }
  const overCap = firstFaults(plan, (each) => tableCapFaults(each, expression, expirations));
  return [...overCap, ...runCapFaults(plan, expirations)];
}

/** > On a day when several rules let go of a bucket at once, more expires than on others, and what is over the cap stays until somebody allows it. */
function tightCapFaults(plan: Plan): Fault[] {
  const expression = plan.prune.schedule;
  const expirations = expression === undefined ? undefined : expirationsPerRun(plan, scheduleOf(expression));
  if (expression === undefined || expirations === undefined) return [];
  return firstFaults(plan, (each) => rolloverFaults(each, expression, expirations));
}

function rolloverFaults(plan: Plan, expression: string, expirations: number): Fault[] {
  const isAllowed = (count: number) => count <= deletionsAllowed(plan, count);
  const rollovers = rolloversAtOnce(plan);
  const atOnce = expirations + rollovers;
  if (isAllowed(atOnce) || !isAllowed(expirations)) return [];
  const most = deletionsAllowed(plan, atOnce);
  const usual = defaultPruneSchedule(plan);
  const isUsualBetter = isAllowed(Number(expirationsPerRun(plan, scheduleOf(usual))) + rollovers);
  const allowed = `should let at most ${most} backups of a table expire between two runs, also when every rule lets go of a bucket at once`;
  const remedies = [...(isUsualBetter ? [usual] : []), `prune.deletionCap.perTableCount ${atOnce}`];
  const found = `up to ${atOnce} with ${expression}; ${remedies.join(' or ')} would do`;
  return [faultAt(at(plan, 'prune', 'schedule'), { value: expression, allowed }, `${allowed}, got ${found}`)];
}

/** The faults of a plan, or else of its copies in the first place that has any: they share one schedule and one cap. */
function firstFaults(plan: Plan, faultsOf: (judged: Plan) => Fault[]): Fault[] {
  const judged = [plan, ...copyRulesOf(plan).map((rule) => planOfCopies(plan, rule))];
  return judged.map(faultsOf).find((faults) => faults.length > 0) ?? [];
}

function tableCapFaults(plan: Plan, expression: string, expirations: number): Fault[] {
  const most = deletionsAllowed(plan, expirations);
  if (expirations <= most) return [];
  const allowed = `must let at most ${most} backups of a table expire between two runs, as prune.deletionCap allows`;
  const found = `${expirations} with ${expression}; ${defaultPruneSchedule(plan)} would do`;
  return [faultAt(at(plan, 'prune', 'schedule'), { value: expression, allowed }, `${allowed}, got ${found}`)];
}

function runCapFaults(plan: Plan, expirations: number): Fault[] {
  const { perRun } = plan.prune.deletionCap;
  const tables = plan.tables.named?.length ?? 0;
  if (tables * expirations <= perRun) return [];
  const allowed = `must be at least ${tables * expirations}: ${expirations} backups of each of ${tables} named tables expire between two runs`;
  return [
    faultAt(
      at(plan, 'prune', 'deletionCap', 'perRun'),
      { value: String(perRun), allowed },
      `${allowed}, got ${perRun}`,
    ),
  ];
}

/**
 * > No table of a plan may have a name that the drills take for their own. Once a plan drills, no pattern may even fit such a name: the
 * > drill tables would be backed up, and a table that a plan covers is never deleted.
 */
function drillPrefixFaults(plans: readonly Plan[], drillPrefix: string): CheckedTogether[] {
  const isDrilling = plans.some(({ drill }) => drill !== undefined);
  return plans.map((plan) => {
    const { errors, warnings } = drillFaults(plan, drillPrefix);
    return isDrilling ? { errors: [...errors, ...warnings], warnings: [] } : { errors, warnings };
  });
}

function drillFaults({ name, tables }: Plan, drillPrefix: string): CheckedTogether {
  const allowed = `must not cover tables whose names begin with ${drillPrefix}, which drills delete`;
  const fault = (table: string) =>
    faultAt(['plans', name, 'tables'], { value: table, allowed }, `${allowed}, got ${table}`);
  const named = (tables.named ?? []).filter(
    (each) => each.startsWith(drillPrefix) && coversName(tables, each) === 'covered',
  );
  const globs = (tables.matching ?? []).filter((glob) =>
    exampleName({ allOf: [glob, `${drillPrefix}*`], noneOf: tables.except ?? [] }),
  );
  const meant = globs.filter((glob) => glob.startsWith(drillPrefix));
  const possible = globs.filter((glob) => !glob.startsWith(drillPrefix));
  return { errors: [...named, ...meant].map(fault), warnings: possible.map(fault) };
}

/** > A time that the zone's clocks skip in spring is a backup that is not taken. */
function clockChangeFaults(plan: Plan): Fault[] {
  return (['backup', 'prune', 'drill'] as const).flatMap((job) => {
    const { schedule, timeZone = 'UTC' } = plan[job] ?? {};
    const [first, ...more] = schedule === undefined ? [] : skippedByClockChange(scheduleOf(schedule), timeZone);
    if (first === undefined) return [];
    const value = new Date(first).toISOString().slice(0, 16);
    const allowed = `a time that the clocks of ${timeZone} do not skip, or the zone UTC`;
    const often = more.length > 0 ? ` and ${more.length} times more until 2053` : '';
    return [
      faultAt(
        at(plan, job, 'schedule'),
        { value, allowed },
        `does not fire at ${value}${often}: allowed is ${allowed}`,
      ),
    ];
  });
}

function exceptedFaults(plan: Plan): Fault[] {
  const excepted = (plan.tables.named ?? []).filter((name) => coversName(plan.tables, name) === 'not-covered');
  const allowed = 'tables that the plan itself does not except';
  return excepted.map((name) =>
    faultAt(
      at(plan, 'tables', 'named'),
      { value: name, allowed },
      `${name} is not backed up, for tables.except leaves it out`,
    ),
  );
}

function windowOf({ backup }: Plan): string {
  const start = startWindowMinutes(backup);
  return [
    ...(backup.flexibleWindowMinutes === undefined ? [] : [`a flexible window of ${backup.flexibleWindowMinutes} min`]),
    ...(start === 0 ? [] : [`a start window of ${start} min`]),
  ]
    .map((window) => ` and ${window}`)
    .join('');
}

function hours(seconds: number): string {
  return `${Number((seconds / 3600).toFixed(2))} h`;
}

function at({ name }: Plan, ...path: string[]): string[] {
  return ['plans', name, ...path];
}
