import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall, Operation, Service } from '../front.ts';
import { Input } from '../input.ts';
import { describeAlarmHistory, describeAlarms, describeAlarmsForMetric } from './alarm-description.ts';
import type { Alarms } from './alarms.ts';
import type { Dashboards } from './dashboards.ts';
import { getMetricData, listMetrics, putMetricData } from './metric-data.ts';
import type { Metrics } from './metrics.ts';
import { describeMuteRule, summarizeMuteRule, type MuteRules } from './mute-rules.ts';

interface CloudWatchParts {
  readonly clock: VirtualClock;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly dashboards: Dashboards;
}

const mostAtOnce = 100;

/** An operation that reads its members and answers nothing, unless told otherwise. */
function reading(operate: (input: Input) => object | undefined): Operation {
  return (call: ApiCall) => operate(new Input(call.input)) ?? {};
}

function doing(operate: (input: Input) => void): Operation {
  return reading((input) => {
    operate(input);
    return undefined;
  });
}

/** The CloudWatch API, as far as metrics, alarms, mute rules and dashboards go. */
export function cloudWatchService(parts: CloudWatchParts): Service {
  return {
    name: 'cloudwatch',
    contentType: 'application/x-amz-json-1.0',
    operations: {
      ...alarmOperations(parts),
      ...muteOperations(parts),
      ...metricOperations(parts),
      ...dashboardOperations(parts),
    },
    errorBody: (error) => ({ __type: `com.amazonaws.cloudwatch#${error.name}`, message: error.message }),
  };
}

function alarmOperations({ alarms }: CloudWatchParts): Service['operations'] {
  return {
    PutMetricAlarm: doing(({ members }) => alarms.put(members)),
    PutCompositeAlarm: doing(({ members }) => alarms.putComposite(members)),
    DescribeAlarms: reading((input) => describeAlarms(alarms, input)),
    DescribeAlarmsForMetric: reading((input) => describeAlarmsForMetric(alarms, input)),
    DescribeAlarmHistory: reading((input) => describeAlarmHistory(alarms, input)),
    DeleteAlarms: doing((input) => { deleteAlarms(alarms, input); }), // prettier-ignore
    SetAlarmState: doing((input) => { setAlarmState(alarms, input); }), // prettier-ignore
    EnableAlarmActions: doing((input) => { enableActions(alarms, input, true); }), // prettier-ignore
    DisableAlarmActions: doing((input) => { enableActions(alarms, input, false); }), // prettier-ignore
  };
}

/** Alarms that exist are deleted even when others do not. */
function deleteAlarms(alarms: Alarms, input: Input): void {
  const missing = alarmNames(input).filter((name) => !alarms.remove(name));
  if (missing.length > 0) throw new AwsError('ResourceNotFound', `Unknown alarms: ${missing.join(', ')}`, 404);
}

function enableActions(alarms: Alarms, input: Input, enabled: boolean): void {
  for (const name of alarmNames(input)) alarms.enableActions(name, enabled);
}

function alarmNames(input: Input): string[] {
  const names = input.texts('AlarmNames');
  if (names.length > mostAtOnce)
    throw validationError(`At most ${mostAtOnce} alarms can be named at once, got ${names.length}`);
  return names;
}

function setAlarmState(alarms: Alarms, input: Input): void {
  const name = input.text('AlarmName');
  if (!alarms.get(name)) throw new AwsError('ResourceNotFound', `Unknown alarm: ${name}`, 404);
  const value = input.text('StateValue', { oneOf: ['OK', 'ALARM', 'INSUFFICIENT_DATA'] });
  if (value !== 'OK' && value !== 'ALARM' && value !== 'INSUFFICIENT_DATA') return;
  alarms.setState(
    name,
    value,
    input.text('StateReason', { max: 1023 }),
    input.optionalText('StateReasonData', { max: 4000 }),
  );
}

function muteOperations({ alarms: { muteRules }, clock }: CloudWatchParts): Service['operations'] {
  return {
    PutAlarmMuteRule: doing(({ members }) => muteRules.put(members)),
    GetAlarmMuteRule: reading((input) =>
      describeMuteRule(muteRules, muteRules.get(input.text('AlarmMuteRuleName')), clock.now),
    ),
    ListAlarmMuteRules: reading((input) => listMuteRules(muteRules, input, clock.now)),
    DeleteAlarmMuteRule: doing((input) => muteRules.remove(input.text('AlarmMuteRuleName'))),
  };
}

function listMuteRules(rules: MuteRules, input: Input, now: number): object {
  const alarm = input.optionalText('AlarmName');
  const statuses = input.texts('Statuses');
  const found = rules.all
    .filter((rule) => alarm === undefined || rule.alarms.includes(alarm))
    .map((rule) => summarizeMuteRule(rules, rule, now))
    .filter(({ Status }) => statuses.length === 0 || statuses.includes(Status));
  return { AlarmMuteRuleSummaries: found };
}

function metricOperations({ metrics, clock }: CloudWatchParts): Service['operations'] {
  return {
    PutMetricData: doing((input) => { putMetricData(metrics, input, clock.now); }), // prettier-ignore
    GetMetricData: reading((input) => getMetricData(metrics, input)),
    ListMetrics: reading((input) => listMetrics(metrics, input)),
  };
}

function dashboardOperations({ dashboards, clock }: CloudWatchParts): Service['operations'] {
  return {
    PutDashboard: reading((input) => {
      const name = input.text('DashboardName', { min: 1, max: 255, pattern: /^[\w-]+$/ });
      dashboards.put(name, input.text('DashboardBody'), clock.now);
      return { DashboardValidationMessages: [] };
    }),
    GetDashboard: reading((input) => {
      const { name, arn, body } = dashboards.get(input.text('DashboardName'));
      return { DashboardName: name, DashboardArn: arn, DashboardBody: body };
    }),
    ListDashboards: reading((input) => ({
      DashboardEntries: dashboards.all
        .filter(({ name }) => name.startsWith(input.optionalText('DashboardNamePrefix') ?? ''))
        .map(({ name, arn, body, updatedAt }) => ({
          DashboardName: name,
          DashboardArn: arn,
          LastModified: updatedAt / 1000,
          Size: Buffer.byteLength(body),
        })),
    })),
    DeleteDashboards: doing((input) => { deleteDashboards(dashboards, input); }), // prettier-ignore
  };
}

function deleteDashboards(dashboards: Dashboards, input: Input): void {
  const missing = input.texts('DashboardNames').filter((name) => !dashboards.remove(name));
  if (missing.length > 0) throw new AwsError('ResourceNotFound', `Dashboards do not exist: ${missing.join(', ')}`, 404);
}
