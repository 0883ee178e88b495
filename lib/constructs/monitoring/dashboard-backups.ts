import { Color, type IMetric, type IWidget, GraphWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { backupMetrics, eventMetrics, watchMetrics } from '../../../lambda/contract/metrics.ts';
import {
  colors,
  daily,
  idOf,
  planMetric,
  planMetricIn,
  type PlanMetricName,
  tablesShown,
  unit,
  hourly,
  promiseColor,
  worstTables,
} from './published-metric.ts';
import type { Duration } from 'aws-cdk-lib';

/** Whether a plan's backups are taken, complete and young enough. */
export function backupGraphs(plan: string, detail: 'plan' | 'table'): IWidget[][] {
  return [
    [ages(plan, detail), gaps(plan)],
    [runs(plan), jobs(plan), dangers(plan)],
  ];
}

function ages(plan: string, detail: 'plan' | 'table'): IWidget {
  const worst = planMetricIn({ dividedBy: unit.hour }, plan, watchMetrics.recoveryPointAge, {
    label: 'Worst table',
    period: hourly,
  });
  return new GraphWidget({
    title: `How old is the newest backup of each table? The ${tablesShown} oldest, in hours`,
    left: [
      detail === 'table' ? worstTables(plan, watchMetrics.recoveryPointAge, unit.hour, hourly) : worst,
      objectiveLine(
        plan,
        'RPO',
        unit.hour,
        [watchMetrics.recoveryPointAge, watchMetrics.recoveryPointAgeToObjective],
        hourly,
      ),
    ],
    leftYAxis: { min: 0, label: 'hours', showUnits: false },
    width: 12,
    height: 7,
  });
}

/** The objective as it was at the time: a value over its part of the objective. Nothing where a plan has none. */
export function objectiveLine(
  plan: string,
  name: string,
  per: number,
  [value, part]: readonly [PlanMetricName, PlanMetricName],
  period: Duration,
): IMetric {
  return new MathExpression({
    expression: `${idOf(value)} / ${idOf(part)} / ${per}`,
    usingMetrics: {
      [idOf(value)]: planMetric(plan, value, { label: value, period }),
      [idOf(part)]: planMetric(plan, part, { label: part, period }),
    },
    period,
    label: `${name} promised`,
    color: promiseColor,
  });
}

function gaps(plan: string): IWidget {
  return new GraphWidget({
    title: 'Which backups are missing, and how many tables have none at all?',
    left: [
      planMetric(plan, watchMetrics.missingBackups, { label: 'Backups missing', color: colors.close }),
      planMetric(plan, watchMetrics.unprotectedTables, { label: 'Tables without a backup', color: colors.broken }),
    ],
    right: [planMetric(plan, watchMetrics.protectedTables, { label: 'Tables protected (right)', color: colors.aside })],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width: 12,
    height: 7,
  });
}

function runs(plan: string): IWidget {
  const count = (metricName: PlanMetricName, label: string, color: string): IMetric =>
    planMetric(plan, metricName, { label, color, statistic: Stats.SUM, period: daily });
  return new GraphWidget({
    title: 'What went wrong in the backup runs of each day?',
    left: [
      count(backupMetrics.pending, 'Still being made', colors.calm),
      count(backupMetrics.skipped, 'Skipped', colors.aside),
      count(backupMetrics.failed, 'Failed', colors.broken),
      count(backupMetrics.discoveryIncomplete, 'Runs that could not list all tables', colors.close),
      count(eventMetrics.notSent, 'Events not sent', Color.PURPLE),
    ],
    right: [count(backupMetrics.taken, 'Backups taken (right)', colors.kept)],
    leftYAxis: { min: 0, showUnits: false },
    rightYAxis: { min: 0, showUnits: false },
    width: 8,
    start: '-P1M',
  });
}

function jobs(plan: string): IWidget {
  const hours = { dividedBy: unit.hour };
  return new GraphWidget({
    title: 'When did backup and prune last run, and how late do backups start?',
    left: [
      planMetricIn(hours, plan, watchMetrics.backupRunAge, {
        label: 'Hours since a backup run',
        color: colors.calm,
        period: hourly,
      }),
      planMetricIn(hours, plan, watchMetrics.pruneRunAge, {
        label: 'Hours since a prune run',
        color: colors.aside,
        period: hourly,
      }),
    ],
    right: [
      planMetricIn({ dividedBy: unit.minute }, plan, backupMetrics.slotLateness, {
        label: 'Minutes late (right)',
        color: colors.close,
        period: hourly,
      }),
    ],
    leftYAxis: { min: 0, label: 'hours', showUnits: false },
    rightYAxis: { min: 0, label: 'minutes', showUnits: false },
    width: 8,
  });
}

function dangers(plan: string): IWidget {
  return new GraphWidget({
    title: 'Did the newest backup shrink, and does point-in-time recovery keep up?',
    left: [
      planMetricIn({ times: 100 }, plan, watchMetrics.shrink, {
        label: 'Smaller by per cent',
        color: colors.close,
        period: hourly,
      }),
    ],
    right: [
      planMetricIn({ dividedBy: unit.minute }, plan, watchMetrics.pointInTimeRecoveryGap, {
        label: 'Minutes that recovery is behind (right)',
        color: colors.calm,
        period: hourly,
      }),
    ],
    leftYAxis: { min: 0, label: 'per cent', showUnits: false },
    rightYAxis: { min: 0, label: 'minutes', showUnits: false },
    width: 8,
  });
}
