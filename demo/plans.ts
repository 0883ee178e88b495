import { Duration } from 'aws-cdk-lib';
import type { PlanProps } from '../lib/plan-props.ts';
import type { PlanName } from './tables.ts';

interface Rhythm {
  /** Hours in which the hourly plan runs, first to last. */
  readonly openingHours: readonly [first: number, last: number];
  /** When the hourly plan is pruned. */
  readonly prune: string;
  /** When both plans drill. */
  readonly drill: string;
}

/** The two plans of the demo. */
export function plansOf({ openingHours: [first, last], prune, drill }: Rhythm): Readonly<Record<PlanName, PlanProps>> {
  const nightHours = 24 - (last - first);
  return {
    hourly: {
      tables: { named: ['orders'] },
      backup: { schedule: `cron(0 ${first}-${last} * * ? *)` },
      keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12 },
      objectives: { recoveryPoint: Duration.hours(nightHours + 1), recoveryTime: Duration.minutes(6) },
      prune: { schedule: prune, deletionCap: { perTableCount: 25 } },
      drill: { schedule: drill },
    },
    nightly: {
      tables: { matching: ['shop-*'], tagged: { backup: 'daily' } },
      backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' },
      keep: { last: 10, daily: 14, weekly: 8, monthly: 6 },
      objectives: { recoveryPoint: Duration.hours(30), recoveryTime: Duration.minutes(6) },
      prune: { schedule: 'cron(0 5 ? * MON,THU *)', deletionCap: { perTableCount: 8 } },
      drill: { schedule: drill, tablesPerRun: 1 },
    },
  };
}
