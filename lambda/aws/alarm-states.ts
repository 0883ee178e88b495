import {
  type CloudWatchClient,
  type CompositeAlarm,
  GetAlarmMuteRuleCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
  paginateListAlarmMuteRules,
} from '@aws-sdk/client-cloudwatch';
import { metricsNamespace, watchDeploymentMetrics } from '../contract/metrics.ts';
import type { AlarmState, MuteRule } from '../domain/doctor/alarm-findings.ts';
import type { AlarmStates } from '../jobs/doctor/ports.ts';

const dayMilliseconds = 86_400_000;
const minuteSeconds = 60;

/** Reads alarms, what mutes them, and the heartbeat of `watch`. */
export function alarmStates(client: CloudWatchClient): AlarmStates {
  return {
    withPrefix: (prefix) => alarmsOf(client, prefix),
    mutesOf: (prefix) => mutesOf(client, prefix),
    lastHeartbeat: (now) => lastHeartbeat(client, now),
  };
}

async function alarmsOf(client: CloudWatchClient, prefix: string): Promise<AlarmState[]> {
  const alarms: AlarmState[] = [];
  const pages = paginateDescribeAlarms(
    { client, stopOnSameToken: true },
    { AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
  );
  for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages)
    alarms.push(...[...MetricAlarms, ...CompositeAlarms].map((alarm) => stateOf(alarm, prefix)));
  return alarms;
}

function stateOf(alarm: MetricAlarm | CompositeAlarm, prefix: string): AlarmState {
  return {
    name: (alarm.AlarmName ?? '').slice(prefix.length),
    value: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
    actions: alarm.AlarmActions ?? [],
    isEnabled: alarm.ActionsEnabled ?? true,
    threshold: 'Threshold' in alarm ? alarm.Threshold : undefined,
  };
}

/** A listing names rules, but not what they mute. */
async function mutesOf(client: CloudWatchClient, prefix: string): Promise<MuteRule[]> {
  const rules: MuteRule[] = [];
  const pages = paginateListAlarmMuteRules({ client, stopOnSameToken: true }, { Statuses: ['ACTIVE'] });
  for await (const { AlarmMuteRuleSummaries = [] } of pages) {
    for (const { AlarmMuteRuleArn = '' } of AlarmMuteRuleSummaries) {
      const rule = await muteRule(client, AlarmMuteRuleArn.replace(/^.*:alarm-mute-rule:/, ''), prefix);
      if (rule.alarms.length > 0) rules.push(rule);
    }
  }
  return rules;
}

async function muteRule(client: CloudWatchClient, name: string, prefix: string): Promise<MuteRule> {
  const { MuteTargets, ExpireDate } = await client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName: name }));
  const alarms = (MuteTargets?.AlarmNames ?? []).filter((alarm) => alarm.startsWith(prefix));
  return { name, expiresAt: ExpireDate, alarms: alarms.map((alarm) => alarm.slice(prefix.length)) };
}

/** To the minute. */
async function lastHeartbeat(client: CloudWatchClient, now: Date): Promise<Date | undefined> {
  const metric = { Namespace: metricsNamespace, MetricName: watchDeploymentMetrics.heartbeat };
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now.getTime() - dayMilliseconds),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [{ Id: 'heartbeat', MetricStat: { Metric: metric, Period: minuteSeconds, Stat: 'Maximum' } }],
    }),
  );
  return MetricDataResults[0]?.Timestamps?.[0];
}
