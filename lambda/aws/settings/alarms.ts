import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  paginateDescribeAlarms,
  PutMetricAlarmCommand,
  type CloudWatchClient,
  type MetricAlarm,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import type { Definition } from '../../domain/settings.ts';
import type { Timing } from '../../jobs/ports.ts';
import { offWhenEmpty, plain, SettingError, type SettingAdapter } from './setting-adapter.ts';

/** CloudWatch cannot list the alarms of a table: all of them are read, at most so many pages of 100. */
const mostPages = 100;
/** Keep a snapshot far below DynamoDB's 400 KB for an item, and its alarms within one call by their names. */
const mostCharacters = 100_000;
const mostAlarmsOfTable = 50;
/** How long one reading serves the captures of many tables. */
const cacheMilliseconds = 5 * 60_000;
const pageSize = 100;

const definition = z.record(z.string(), z.json());
type AlarmsByTable = ReadonlyMap<string, readonly Definition[]>;

/**
 * The metric alarms on a table's metrics of the namespace AWS/DynamoDB, in metric expressions too. Alarms of target tracking belong to
 * auto scaling. Composite alarms and tags of alarms are not kept.
 */
export function alarms(client: CloudWatchClient, timing: Timing): SettingAdapter<'alarms'> {
  let cached: { readonly until: number; readonly byTable: Promise<AlarmsByTable> } | undefined;
  const byTable = async (mayBeCached: boolean): Promise<AlarmsByTable> => {
    const now = timing.now().getTime();
    if (!mayBeCached || !cached || now >= cached.until) {
      const fresh = readAll(client);
      cached = { until: now + cacheMilliseconds, byTable: fresh };
      fresh.catch(() => (cached = undefined));
    }
    return await cached.byTable;
  };
  return {
    async read({ facts, mayBeCached }) {
      const found = (await byTable(mayBeCached)).get(facts.name) ?? [];
      const characters = JSON.stringify(found).length;
      if (found.length <= mostAlarmsOfTable && characters <= mostCharacters) return offWhenEmpty([...found]);
      const message =
        `must be at most ${mostAlarmsOfTable} alarms of ${mostCharacters} characters together to be kept, ` +
        `got ${found.length} of ${characters}`;
      throw new SettingError({ kind: 'invalid', message });
    },

    async set(_table, wanted) {
      for (const alarm of wanted) await client.send(new PutMetricAlarmCommand(asGiven(alarm)));
    },

    async clear(_table, wanted) {
      const AlarmNames = wanted.map(nameOf);
      const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: pageSize }));
      const present = MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []);
      if (present.length > 0) await client.send(new DeleteAlarmsCommand({ AlarmNames: present }));
    },
  };
}

async function readAll(client: CloudWatchClient): Promise<AlarmsByTable> {
  const byTable = new Map<string, Definition[]>();
  const pages = paginateDescribeAlarms({ client, pageSize }, { AlarmTypes: ['MetricAlarm'] });
  let pagesRead = 0;
  for await (const page of pages) {
    if (++pagesRead > mostPages) {
      const message = `must be at most ${mostPages * pageSize} alarms in the account to be read, there are more`;
      throw new SettingError({ kind: 'invalid', message });
    }
    for (const alarm of page.MetricAlarms ?? []) {
      for (const table of tablesNamedIn(alarm))
        byTable.set(table, [...(byTable.get(table) ?? []), definitionOf(alarm)]);
    }
  }
  for (const found of byTable.values()) found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return byTable;
}

function tablesNamedIn({ AlarmName = '', Namespace, Dimensions = [], Metrics = [] }: MetricAlarm): Set<string> {
  if (AlarmName.startsWith('TargetTracking-table/')) return new Set();
  const metrics = [{ Namespace, Dimensions }, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
  return new Set(
    metrics
      .filter((metric) => metric.Namespace === 'AWS/DynamoDB')
      .flatMap((metric) => metric.Dimensions ?? [])
      .flatMap(({ Name, Value }) => (Name === 'TableName' && Value !== undefined ? [Value] : [])),
  );
}

/** What PutMetricAlarm takes of what DescribeAlarms gives; what is empty is left out. */
function definitionOf(alarm: MetricAlarm): Definition {
  const {
    AlarmName,
    AlarmDescription,
    ActionsEnabled,
    OKActions,
    AlarmActions,
    InsufficientDataActions,
    MetricName,
    Namespace,
    Statistic,
    ExtendedStatistic,
    Dimensions,
    Period,
    Unit,
    EvaluationPeriods,
    DatapointsToAlarm,
    Threshold,
    ComparisonOperator,
    TreatMissingData,
    EvaluateLowSampleCountPercentile,
    Metrics,
    ThresholdMetricId,
    EvaluationWindow,
    WarmUpConfiguration,
    ActionConfiguration,
  } = alarm;
  const given = {
    ...{ AlarmName, AlarmDescription, ActionsEnabled, OKActions, AlarmActions, InsufficientDataActions },
    ...{ MetricName, Namespace, Statistic, ExtendedStatistic, Dimensions, Period, Unit },
    ...{ EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData },
    ...{ EvaluateLowSampleCountPercentile, Metrics, ThresholdMetricId },
    ...{ EvaluationWindow, WarmUpConfiguration, ActionConfiguration },
  };
  const filled = Object.entries(given).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return definition.parse(plain(Object.fromEntries(filled)));
}

/** CloudWatch gave this definition itself, and judges it again when it gets it back. */
function asGiven(alarm: Definition): PutMetricAlarmCommandInput {
  return { AlarmName: undefined, ...alarm };
}

function nameOf({ AlarmName }: Definition): string {
  return typeof AlarmName === 'string' ? AlarmName : '';
}
