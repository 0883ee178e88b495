import type { Alarm, AlarmStanding, Transition } from './alarm.ts';
import { amazonTime } from './alarm-reason.ts';
import type { MetricQuery, MetricStat } from './metric-query.ts';

/** Where an alarm lives. */
export interface AlarmPlace {
  readonly region: string;
  readonly accountId: string;
}

/** Regions are called by their place in messages. Source: AWS's list of Regions. */
const regionNames: Readonly<Record<string, string>> = {
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-north-1': 'EU (Stockholm)',
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
};

function regionName(region: string): string {
  return regionNames[region] ?? region;
}

/** A subject has at most 100 characters. */
function subjectOf({ alarm, to }: Transition, place: AlarmPlace): string {
  return `${to.value}: "${alarm.name}" in ${regionName(place.region)}`.slice(0, 100);
}

/** What CloudWatch publishes to a topic when an alarm changes its state: subject, and message as JSON. */
export function alarmMessage(transition: Transition, place: AlarmPlace): { subject: string; message: string } {
  const { alarm, from, to } = transition;
  const { members } = alarm;
  const message = {
    AlarmName: alarm.name,
    AlarmDescription: members.AlarmDescription ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: amazonTime(alarm.updatedAt),
    NewStateValue: to.value,
    NewStateReason: to.reason,
    StateChangeTime: amazonTime(to.since),
    Region: regionName(place.region),
    AlarmArn: alarm.arn,
    OldStateValue: from.value,
    OKActions: members.OKActions ?? [],
    AlarmActions: members.AlarmActions ?? [],
    InsufficientDataActions: members.InsufficientDataActions ?? [],
    ...(alarm.rule ? compositeTrigger(transition) : { Trigger: metricTrigger(alarm) }),
  };
  return { subject: subjectOf(transition, place), message: JSON.stringify(message) };
}

function compositeTrigger({ alarm, to }: Transition): object {
  const data: unknown = JSON.parse(to.reasonData ?? '{}');
  return { AlarmRule: alarm.members.AlarmRule, TriggeringChildren: data };
}

function metricTrigger({ members, watches }: Alarm): object {
  const [only, ...others] = watches?.queries ?? [];
  const common = {
    Period: watches?.periodSeconds,
    EvaluationPeriods: watches?.criteria.evaluationPeriods,
    DatapointsToAlarm: watches?.criteria.datapointsToAlarm,
    ComparisonOperator: watches?.comparison,
    Threshold: watches?.threshold,
    TreatMissingData: members.TreatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: members.EvaluateLowSampleCountPercentile ?? '',
  };
  if (!only?.stat || others.length > 0 || members.Metrics !== undefined)
    return { ...common, Metrics: members.Metrics ?? [] };
  const { stat } = only;
  const isSimple = !stat.statistic.needsValues;
  return {
    MetricName: stat.name,
    Namespace: stat.namespace,
    StatisticType: isSimple ? 'Statistic' : 'ExtendedStatistic',
    [isSimple ? 'Statistic' : 'ExtendedStatistic']: isSimple ? stat.statistic.name.toUpperCase() : stat.statistic.name,
    Unit: stat.unit ?? null,
    Dimensions: Object.entries(stat.dimensions).map(([name, value]) => ({ value, name })),
    ...common,
  };
}

function stateDetail({ value, reason, reasonData, since }: AlarmStanding, suppressedBy?: string): object {
  return {
    value,
    reason,
    ...(reasonData !== undefined && { reasonData }),
    timestamp: amazonTime(since),
    ...(suppressedBy !== undefined && {
      actionsSuppressedBy: suppressedBy,
      actionsSuppressedReason: `Actions suppressed by ${suppressedBy}`,
    }),
  };
}

function statDetail({ namespace, name, dimensions, periodSeconds, statistic, unit }: MetricStat): object {
  const metric = { namespace, name, dimensions };
  return { metric, period: periodSeconds, stat: statistic.name, ...(unit !== undefined && { unit }) };
}

function queryDetail({ id, stat, label, returnsData }: MetricQuery, members: Alarm['members']): object {
  const source = Array.isArray(members.Metrics) ? (members.Metrics as { Id?: unknown; Expression?: unknown }[]) : [];
  const expression = source.find(({ Id }) => Id === id)?.Expression;
  return {
    id,
    ...(stat ? { metricStat: statDetail(stat) } : { expression }),
    ...(label !== undefined && { label }),
    returnData: returnsData,
  };
}

function configurationDetail({ members, watches, rule }: Alarm): object {
  const { AlarmDescription: description } = members;
  const described = typeof description === 'string' && { description };
  if (!rule) return { ...described, metrics: (watches?.queries ?? []).map((query) => queryDetail(query, members)) };
  return {
    ...described,
    alarmRule: members.AlarmRule,
    ...(members.ActionsSuppressor !== undefined && {
      actionsSuppressor: members.ActionsSuppressor,
      actionsSuppressorWaitPeriod: members.ActionsSuppressorWaitPeriod,
      actionsSuppressorExtensionPeriod: members.ActionsSuppressorExtensionPeriod,
    }),
  };
}

function alarmData({ alarm, from, to }: Transition): object {
  return {
    alarmName: alarm.name,
    state: stateDetail(to, alarm.suppressedBy),
    previousState: stateDetail(from),
    configuration: configurationDetail(alarm),
  };
}

/** The event that a function gets as the action of an alarm. Source: CloudWatch user guide, alarms-and-actions-Lambda. */
export function alarmInvocation(transition: Transition, { region, accountId }: AlarmPlace): string {
  const { alarm, to } = transition;
  return JSON.stringify({
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId,
    time: amazonTime(to.since),
    region,
    alarmData: alarmData(transition),
  });
}

/** Detail of the event `CloudWatch Alarm State Change`. Source: CloudWatch user guide, cloudwatch-and-eventbridge. */
export function stateChangeDetail(transition: Transition): object {
  return alarmData(transition);
}
