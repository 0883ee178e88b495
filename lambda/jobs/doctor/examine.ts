import { alarmNamePrefix } from '../../contract/alarms.ts';
import { allPlans, scheduleGroupName, scheduleName } from '../../contract/schedules.ts';
import { alarmFindings, expectedCallers, muteFindings, type AlarmState } from '../../domain/doctor/alarm-findings.ts';
import { audienceFindings } from '../../domain/doctor/audience.ts';
import type { Finding, Subject } from '../../domain/doctor/finding.ts';
import { heartbeatFinding, runFinding, scheduleFindings } from '../../domain/doctor/liveness.ts';
import type { WatchedSchedule } from '../../domain/watch/watched-table.ts';
import type { Timing } from '../ports.ts';
import type { RunLedger, Schedules } from '../watch/ports.ts';
import { attempt, type Reading } from '../watch/reading.ts';
import type { AlarmStates, SubscriptionsOf } from './ports.ts';

export interface Examination {
  readonly owner: string;
  /** A topic that alarms should be sent to, beside those that they are sent to. @default - none */
  readonly topicArn: string | undefined;
}

export interface ExaminationPorts {
  readonly alarms: AlarmStates;
  readonly schedules: Schedules;
  readonly subscriptionsOf: SubscriptionsOf;
  /** Undefined where nobody named it: then nothing is said of runs. */
  readonly ledger: Pick<RunLedger, 'lastRuns'> | undefined;
  readonly timing: Pick<Timing, 'now'>;
}

/**
 * Says whether a deployment would call somebody when a promise is broken, and whether it is at work. Reads only, and never throws.
 * > What may not be read is a finding of its own, and the rest is looked at all the same.
 */
export async function examine(run: Examination, ports: ExaminationPorts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const alarms = await reading('alarms', 'cloudwatch:DescribeAlarms', findings, () =>
    ports.alarms.withPrefix(alarmNamePrefix(run.owner)),
  );
  const schedules = await reading('schedules', 'scheduler:ListSchedules', findings, () => schedulesOf(run, ports));
  if (isNowhere(alarms, schedules)) return [nowhere(run)];
  const plans = plansOf(alarms, schedules);
  if (alarms.ok) findings.push(...alarmFindings(alarms.value, expectedCallers(plans.all, plans.drilling)));
  if (schedules.ok) findings.push(...scheduleFindings(expectedSchedules(plans), schedules.value));
  return [
    ...(await hearing(run, alarms.ok ? alarms.value : [], ports)),
    ...findings,
    ...(await muted(run, ports)),
    ...(await watching(ports)),
    ...(await running(plans.all, alarms.ok ? alarms.value : [], ports)),
  ];
}

/** Reads, or makes a finding of why it could not. */
async function reading<Value>(
  about: Subject,
  right: string,
  findings: Finding[],
  read: () => Promise<Value>,
): Promise<Reading<Value>> {
  const failures: { readonly what: string; readonly message: string }[] = [];
  const value = await attempt(about, failures, read);
  const remedy = `allow ${right} to whoever asks, and ask again`;
  for (const { message } of failures)
    findings.push({ state: 'unknown', about, says: `could not be read: ${message}`, remedy });
  return value;
}

async function schedulesOf({ owner }: Examination, { schedules }: ExaminationPorts) {
  const { backup, drill, monitoring } = scheduleGroupName;
  const found: [string, WatchedSchedule][] = [];
  for (const group of [backup, drill, monitoring]) found.push(...(await schedules.inGroup(group(owner))));
  return new Map(found);
}

type Alarms = Reading<readonly AlarmState[]>;
type Found = Reading<ReadonlyMap<string, WatchedSchedule>>;

function isNowhere(alarms: Alarms, schedules: Found): boolean {
  return alarms.ok && alarms.value.length === 0 && schedules.ok && schedules.value.size === 0;
}

function nowhere({ owner }: Examination): Finding {
  const remedy = 'check --owner, the account and the Region of the shell, or deploy';
  return { state: 'wrong', about: 'alarms', says: `nothing here is of owner ${owner}: no alarm, no schedule`, remedy };
}

interface Plans {
  readonly all: readonly string[];
  readonly drilling: readonly string[];
}

/** > What either the alarms or the schedules tell of is a plan, so that one of them alone cannot make it disappear. */
function plansOf(alarms: Alarms, schedules: Found): Plans {
  const names = [
    ...(alarms.ok ? alarms.value.map(({ name }) => name) : []),
    ...(schedules.ok ? schedules.value.keys() : []),
  ];
  const matching = (pattern: RegExp) =>
    [...new Set(names.flatMap((name) => pattern.exec(name)?.[1] ?? []))].filter((plan) => plan !== allPlans).sort();
  return {
    all: matching(/^(.+)(?:\/plan-unhealthy|\/plan-degraded|-backup|-prune)$/),
    drilling: matching(/^(.+)(?:\/drill-failed|\/drill-overdue|-drill-start)$/),
  };
}

function expectedSchedules({ all, drilling }: Plans): string[] {
  return [
    scheduleName(allPlans, 'watch'),
    ...(drilling.length > 0 ? [scheduleName(allPlans, 'sweep')] : []),
    ...all.flatMap((plan) => [scheduleName(plan, 'backup'), scheduleName(plan, 'prune')]),
    ...drilling.map((plan) => scheduleName(plan, 'drill-start')),
  ];
}

async function hearing(
  { topicArn }: Examination,
  alarms: readonly AlarmState[],
  { subscriptionsOf }: ExaminationPorts,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const actions = [...new Set(alarms.flatMap((alarm) => alarm.actions))];
  const called = actions.filter(isTopic);
  const others = new Set(actions.filter((action) => !isTopic(action)).map((action) => action.split(':')[2] ?? action));
  const topics = [];
  for (const arn of new Set([...called, ...(topicArn === undefined ? [] : [topicArn])])) {
    const read = await reading('audience', 'sns:ListSubscriptionsByTopic', findings, () => subscriptionsOf(arn));
    if (read.ok) topics.push({ arn, subscriptions: read.value });
  }
  if (topicArn !== undefined && alarms.length > 0 && !called.includes(topicArn)) findings.push(uncalled(topicArn));
  const nothingRead = topics.length === 0 && (called.length > 0 || alarms.length === 0);
  return nothingRead ? findings : [...findings, ...audienceFindings(topics, [...others])];
}

function isTopic(action: string): boolean {
  return action.split(':')[2] === 'sns';
}

function uncalled(arn: string): Finding {
  return {
    state: 'wrong',
    about: 'audience',
    says: `no alarm is sent to topic ${arn}`,
    remedy: 'deploy with notify.topic',
  };
}

async function muted({ owner }: Examination, { alarms }: ExaminationPorts): Promise<Finding[]> {
  const findings: Finding[] = [];
  const rights = 'cloudwatch:ListAlarmMuteRules and cloudwatch:GetAlarmMuteRule';
  const rules = await reading('mutes', rights, findings, () => alarms.mutesOf(alarmNamePrefix(owner)));
  return rules.ok ? muteFindings(rules.value) : findings;
}

async function watching({ alarms, timing }: ExaminationPorts): Promise<Finding[]> {
  const findings: Finding[] = [];
  const now = timing.now();
  const last = await reading('watch', 'cloudwatch:GetMetricData', findings, () => alarms.lastHeartbeat(now));
  return last.ok ? [heartbeatFinding(last.value, now)] : findings;
}

/** > How long a job may be silent is what the alarm of its silence has been deployed with. */
async function running(
  plans: readonly string[],
  alarms: readonly AlarmState[],
  { ledger, timing }: ExaminationPorts,
): Promise<Finding[]> {
  if (!ledger) return [];
  const findings: Finding[] = [];
  const runs = await reading('runs', 'dynamodb:Query of the ledger', findings, () => ledger.lastRuns());
  if (!runs.ok) return findings;
  const silences = { backup: 'scheduler-silent', prune: 'pruner-silent' } as const;
  return plans.flatMap((plan) =>
    (['backup', 'prune'] as const).map((job) => {
      const longestSeconds = alarms.find(({ name }) => name === `${plan}/${silences[job]}`)?.threshold;
      return runFinding({ job, plan, lastAt: runs.value.get(`${job}#${plan}`), longestSeconds }, timing.now());
    }),
  );
}
