import type { SandboxAccount } from '../sandbox/account.ts';
import type { Effect, Fault, FaultMatch } from '../sandbox/faults.ts';
import { timingOf, type Job } from './slots.ts';
import type { Story } from './stories.ts';
import type { PlanName } from './tables.ts';

export const dayMs = 24 * 3_600_000;
export const hourMs = 3_600_000;

/** Names of the deployed functions in the account. */
export interface FunctionNames {
  readonly backup: string;
  readonly prune: string;
  readonly drill: string;
  readonly sweep: string;
  readonly watch: string;
  readonly summary: string;
}

/** Alarms by the end of their names, such as `hourly/backup-failed`. */
export interface ExpectedAlarms {
  /** One of them is raised. */
  readonly shows: readonly string[];
  /** Any of them may be raised as well. */
  readonly mayShow?: readonly string[];
  /** Alarms of which only the end may be heard: their beginning was suppressed. */
  readonly mayEnd?: readonly string[];
  readonly aftermathHours?: number;
}

/** Nothing that was promised is broken, so nobody is called. */
export const silent: ExpectedAlarms = { shows: [] };

/** Something bad that happens once in the story. */
export interface Incident {
  readonly id: string;
  readonly title: string;
  /** Whether backups come later for it, or not at all. */
  readonly keepsBackupsBack: boolean;
  /** When it begins and when it is over, in epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** The alarms in which it must show, the others in which it may, and how long after its end one may still be raised. */
  readonly alarms: ExpectedAlarms;
  readonly match: FaultMatch;
  readonly effect: Effect;
}

/** An incident under way: how often it struck shows in its fault. */
export interface PlannedIncident extends Incident {
  readonly fault: Fault;
}

interface IncidentPlan extends Omit<Incident, 'from' | 'until' | 'match'> {
  /** Where in the story its day lies, 0 to 1. */
  readonly share: number;
  /** The plan that it is about. */
  readonly plan: PlanName;
  /** It happens only to those who watch. */
  readonly onlyWatched?: boolean;
  /** Moves its day to the next one on which this job of its plan is started. */
  readonly onDayOf?: Job;
  readonly hour: number;
  readonly hours: number;
  readonly match: (functions: FunctionNames) => FaultMatch;
}

/** How long the schedule of the hourly plan's prune stays silent. */
const silentDays = 2;

const plans: readonly IncidentPlan[] = [
  {
    id: 'throttled',
    plan: 'hourly',
    title: 'CreateBackup throttled for an hour',
    keepsBackupsBack: true,
    alarms: { shows: ['hourly/backup-failed'], mayShow: ['hourly/backups-missing'] },
    share: 0.1,
    hour: 10.75,
    hours: 1,
    match: () => ({ operation: 'CreateBackup' }),
    effect: { kind: 'error', when: 'before', name: 'ThrottlingException' },
  },
  {
    id: 'answer-lost',
    plan: 'hourly',
    title: 'a backup made, its answer lost',
    keepsBackupsBack: false,
    alarms: silent,
    share: 0.2,
    hour: 9.75,
    hours: 1,
    match: () => ({ operation: 'CreateBackup', times: 1 }),
    effect: { kind: 'connection-lost', when: 'after' },
  },
  {
    id: 'drill-killed',
    plan: 'hourly',
    title: 'the drill of orders killed in the middle',
    keepsBackupsBack: false,
    alarms: silent,
    share: 0.25,
    onDayOf: 'drill-start',
    hour: 5.75,
    hours: 1,
    match: ({ drill }) => ({ operation: 'RestoreTableFromBackup', function: drill, table: 'orders', times: 1 }),
    effect: { kind: 'crash', when: 'after' },
  },
  {
    id: 'watch-silent',
    plan: 'hourly',
    onlyWatched: true,
    title: 'the watch itself not started for two hours',
    keepsBackupsBack: false,
    alarms: {
      shows: ['watch-silent/heartbeat'],
      mayEnd: ['hourly', 'nightly'].flatMap((plan) => [`${plan}/plan-unhealthy`, `${plan}/plan-degraded`]),
    },
    share: 0.3,
    hour: 8.75,
    hours: 2,
    match: () => ({ schedule: 'all-watch' }),
    effect: { kind: 'never-fire' },
  },
  {
    id: 'killed',
    plan: 'hourly',
    title: 'the backup function killed in mid-run',
    keepsBackupsBack: false,
    alarms: silent,
    share: 0.3,
    hour: 10.75,
    hours: 1,
    match: () => ({ operation: 'CreateBackup', times: 1 }),
    effect: { kind: 'crash', when: 'after' },
  },
  {
    id: 'twice',
    plan: 'hourly',
    title: 'a schedule delivered twice',
    keepsBackupsBack: false,
    alarms: silent,
    share: 0.4,
    hour: 8.75,
    hours: 1,
    match: () => ({ schedule: 'hourly-backup', times: 1 }),
    effect: { kind: 'deliver-twice', gapMs: 20_000 },
  },
  {
    id: 'late',
    plan: 'nightly',
    title: 'a nightly schedule delivered four hours late',
    keepsBackupsBack: true,
    alarms: { shows: ['nightly/backups-missing'], mayShow: ['nightly/scheduler-silent'] },
    share: 0.45,
    hour: 0,
    hours: 24,
    match: () => ({ schedule: 'nightly-backup', times: 1 }),
    effect: { kind: 'deliver-late', ms: 4 * hourMs },
  },
  {
    id: 'listing-broken',
    plan: 'hourly',
    title: 'ListBackups failing while prune reads',
    keepsBackupsBack: false,
    alarms: { shows: ['hourly/retention-blocked'] },
    share: 0.4,
    onDayOf: 'prune',
    hour: 4.25,
    hours: 0.5,
    match: ({ prune }) => ({ operation: 'ListBackups', function: prune }),
    effect: { kind: 'error', when: 'before', name: 'InternalServerError' },
  },
  {
    id: 'prune-silent',
    plan: 'hourly',
    title: `prune not started for ${silentDays} days`,
    keepsBackupsBack: false,
    alarms: { shows: ['hourly/pruner-silent'], mayShow: ['hourly/retention-blocked'], aftermathHours: 6 },
    share: 0.6,
    onDayOf: 'prune',
    hour: 0,
    hours: 24 * silentDays,
    match: () => ({ schedule: 'hourly-prune' }),
    effect: { kind: 'never-fire' },
  },
];

/** Plans the incidents of a story into so many days; those that would not end two days before the end are left out. */
export function planIncidents(
  account: SandboxAccount,
  functions: FunctionNames,
  days: number,
  story: Story,
): PlannedIncident[] {
  const startAt = account.now.getTime();
  const ofStory = plans.filter(
    ({ plan, onlyWatched = false }) => story.plans.includes(plan) && (story.isWatched || !onlyWatched),
  );
  return ofStory.flatMap(({ share, plan, onDayOf, hour, hours, match: matchOf, ...incident }) => {
    const day = Math.floor(share * days);
    const from =
      startAt + (onDayOf ? dayOf(account, { plan, job: onDayOf }, startAt, day) : day) * dayMs + hour * hourMs;
    const until = from + hours * hourMs;
    if (until > startAt + days * dayMs - (hours > 24 ? 2 * dayMs : 0)) return [];
    const match = { ...matchOf(functions), from: new Date(from), until: new Date(until) };
    return [{ ...incident, from, until, match, fault: account.faults.add({ match, effect: incident.effect }) }];
  });
}

/** The first day from `day` of a story on, on which a job of a plan is started. Days count from the start, at midnight. */
export function dayOf(
  account: SandboxAccount,
  { plan, job }: { readonly plan: string; readonly job: Job },
  startAt: number,
  day: number,
): number {
  const at = timingOf(account, plan, job)?.next(startAt + day * dayMs - 1);
  return at === undefined ? Infinity : Math.floor((at - startAt) / dayMs);
}
