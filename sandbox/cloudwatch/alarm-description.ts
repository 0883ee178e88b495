import type { Input } from '../input.ts';
import { actionsOf, type Alarm } from './alarm.ts';
import { alarmNameOf } from './alarm-rule.ts';
import type { Alarms } from './alarms.ts';
import { dimensionsKey, dimensionsOf } from './dimensions.ts';

const pageSize = 100;
const usualPageSize = 50;
/** Members of PutMetricAlarm that are no part of the alarm. */
const notDescribed = new Set(['Tags']);

/** An alarm as the API describes it. */
export function describeAlarm({ arn, members, updatedAt, actionsEnabled, state, suppressedBy, rule }: Alarm): object {
  const since = state.since / 1000;
  return {
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    ...(rule ? {} : { Dimensions: [] }),
    ...Object.fromEntries(Object.entries(members).filter(([name]) => !notDescribed.has(name))),
    ActionsEnabled: actionsEnabled,
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: updatedAt / 1000,
    StateValue: state.value,
    StateReason: state.reason,
    StateReasonData: state.reasonData,
    StateUpdatedTimestamp: since,
    StateTransitionedTimestamp: since,
    ...(suppressedBy !== undefined && {
      ActionsSuppressedBy: suppressedBy,
      ActionsSuppressedReason: `Actions suppressed by ${suppressedBy}`,
    }),
  };
}

function matching(alarms: Alarms, input: Input): Alarm[] {
  const names = input.members.AlarmNames === undefined ? undefined : new Set(input.texts('AlarmNames'));
  const prefix = input.optionalText('AlarmNamePrefix') ?? '';
  const state = input.optionalText('StateValue');
  const actionPrefix = input.optionalText('ActionPrefix');
  const types = input.texts('AlarmTypes');
  const parent = input.optionalText('ChildrenOfAlarmName');
  const children = parent === undefined ? undefined : alarms.get(parent)?.rule?.alarms;
  const child = input.optionalText('ParentsOfAlarmName');
  return alarms.all.filter(
    (alarm) =>
      (types.length === 0
        ? !alarm.rule || child !== undefined
        : types.includes(alarm.rule ? 'CompositeAlarm' : 'MetricAlarm')) &&
      alarm.name.startsWith(prefix) &&
      (names?.has(alarm.name) ?? true) &&
      (state === undefined || alarm.state.value === state) &&
      (actionPrefix === undefined ||
        actionsOf(alarm, alarm.state.value).some((action) => action.startsWith(actionPrefix))) &&
      (parent === undefined || (children?.includes(alarm.name) ?? false)) &&
      (child === undefined || (alarm.rule?.alarms.includes(child) ?? false)),
  );
}

/** DescribeAlarms. > Without AlarmTypes, only metric alarms are returned. Source: CloudWatch API reference. */
export function describeAlarms(alarms: Alarms, input: Input): object {
  const limit = input.optionalNumber('MaxRecords', 1, pageSize) ?? usualPageSize;
  const from = input.optionalText('NextToken') ?? '';
  const found = matching(alarms, input).filter(({ name }) => name > from);
  const page = found.slice(0, limit);
  return {
    MetricAlarms: page.filter(({ rule }) => !rule).map(describeAlarm),
    CompositeAlarms: page.filter(({ rule }) => rule).map(describeAlarm),
    ...(found.length > limit && { NextToken: page.at(-1)?.name }),
  };
}

/** DescribeAlarmsForMetric: alarms on exactly this metric, with the same dimensions, none more and none less. */
export function describeAlarmsForMetric(alarms: Alarms, input: Input): object {
  const [namespace, name, dimensions] = [
    input.text('Namespace'),
    input.text('MetricName'),
    dimensionsKey(dimensionsOf(input)),
  ];
  const narrowing = ['Statistic', 'ExtendedStatistic', 'Period', 'Unit'].filter(
    (each) => input.members[each] !== undefined,
  );
  const found = alarms.all.filter(({ watches, members }) => {
    const [only] = watches?.queries ?? [];
    const stat = members.Metrics === undefined ? only?.stat : undefined;
    return (
      stat?.namespace === namespace &&
      stat.name === name &&
      dimensionsKey(stat.dimensions) === dimensions &&
      narrowing.every((each) => members[each] === input.members[each])
    );
  });
  return { MetricAlarms: found.map(describeAlarm) };
}

/** DescribeAlarmHistory, newest first unless asked otherwise. */
export function describeAlarmHistory(alarms: Alarms, input: Input): object {
  const name = input.optionalText('AlarmName');
  const type = input.optionalText('HistoryItemType');
  const limit = input.optionalNumber('MaxRecords', 1, pageSize) ?? pageSize;
  const from = Number(input.optionalText('NextToken') ?? 0);
  const [start = -Infinity, end = Infinity] = [seconds(input, 'StartDate'), seconds(input, 'EndDate')];
  const types = input.texts('AlarmTypes');
  const items = alarms
    .history(name === undefined ? undefined : alarmNameOf(name))
    .filter((item) => type === undefined || item.type === type)
    .filter((item) => types.length === 0 || types.includes(item.alarmType))
    .filter(({ at }) => at >= start && at <= end);
  const ordered = input.optionalText('ScanBy') === 'TimestampAscending' ? items : items.toReversed();
  const page = ordered.slice(from, from + limit);
  return {
    AlarmHistoryItems: page.map((item) => ({
      AlarmName: item.alarm,
      AlarmType: item.alarmType,
      Timestamp: item.at / 1000,
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    ...(ordered.length > from + limit && { NextToken: String(from + limit) }),
  };
}

function seconds(input: Input, field: string): number | undefined {
  const value = input.optionalNumber(field);
  return value === undefined ? undefined : value * 1000;
}
