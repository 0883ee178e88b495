import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Backup } from '../../lambda/domain/backup.ts';
import { completeListing } from '../../lambda/domain/listing.ts';
import type { Plan, PlanInput } from '../../lambda/domain/plan.ts';
import { planSchema } from '../../lambda/domain/plan.ts';
import { defaultPruneSchedule } from '../../lambda/domain/prune-cadence.ts';
import { judge } from '../../lambda/domain/retention.ts';
import { scheduleOf } from '../../lambda/domain/schedule/expression.ts';
import { fires } from '../../lambda/domain/schedule/fires.ts';
import { backupAt } from './retention-builders.ts';

function aPlan(schedule: string, keep: PlanInput['keep'], parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({ name: 'orders', tables: { named: ['orders'] }, backup: { schedule }, keep, ...parts });
}

function instantsOf(schedule: string, start: Date, end: Date): Date[] {
  const found: Date[] = [];
  for (const instant of fires(scheduleOf(schedule), { timeZone: 'UTC', after: start })) {
    if (instant > end) break;
    found.push(instant);
  }
  return found;
}

/** Lives a plan with its default prune schedule, missing some runs; says why runs were blocked. */
function blockedRuns(plan: Plan, days: number, isMissed: (run: number) => boolean = () => false): string[] {
  const start = new Date('2026-11-20T00:00:00Z');
  const end = new Date(start.getTime() + days * 86_400_000);
  const arrivals = instantsOf(plan.backup.schedule, start, end).map((at) => backupAt(at));
  let present: Backup[] = [];
  return instantsOf(defaultPruneSchedule(plan), start, end).flatMap((now, run) => {
    while (arrivals[0]?.createdAt && arrivals[0].createdAt <= now) present.push(...arrivals.splice(0, 1));
    if (isMissed(run)) return [];
    const liveTables = new Map([['orders', 'id-of-orders']]);
    const judged = judge({
      listing: completeListing(present),
      plan,
      now,
      isOwn: () => true,
      liveTables,
      holds: new Set(),
    });
    const gone = new Set(judged.deletions);
    present = present.filter((backup) => !gone.has(backup));
    return judged.blocked ? [`${now.toISOString()} ${judged.blocked.detail}`] : [];
  });
}

describe('the default prune schedule', () => {
  test.each([
    ['rate(1 day)', { last: 3, daily: 7, weekly: 5, monthly: 12, yearly: 7 }, {}, /^cron\(\d+ \d+ \* \* \? \*\)$/],
    ['rate(1 day)', { daily: 7, monthly: 12 }, {}, /^cron\(\d+ \d+ \* \* \? \*\)$/],
    ['rate(1 hour)', { daily: 7, monthly: 12 }, {}, /^cron\(\d+ [01]\/2 \* \* \? \*\)$/],
    ['rate(1 hour)', { last: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7 }, {}, /^cron\(\d+ \* \* \* \? \*\)$/],
    ['rate(6 hours)', { last: 24 }, {}, /^cron\(\d+ [0-5]\/6 \* \* \? \*\)$/],
    ['rate(6 hours)', { last: 24 }, { perTableCount: 8 }, /^cron\(\d+ \d+ \* \* \? \*\)$/],
    ['rate(1 minute)', { last: 60 }, {}, /^cron\(\* \* \* \* \? \*\)$/],
    ['rate(1 minute)', { last: 60 }, { perTableCount: 10 }, /^cron\([0-4]\/5 \* \* \* \? \*\)$/],
    ['rate(1 minute)', { last: 60 }, { perTableCount: 30 }, /^cron\((1[0-4]|\d)\/15 \* \* \* \? \*\)$/],
    ['rate(1 minute)', { last: 60, daily: 7 }, { perTableCount: 1 }, /^cron\(\* \* \* \* \? \*\)$/],
    ['rate(30 minutes)', { last: 60 }, { perTableCount: 16 }, /^cron\(\d+ [0-3]\/4 \* \* \? \*\)$/],
  ])('for %s keeping %j with %j is as slow as the cap allows', (schedule, keep, deletionCap, expected) => {
    const plan = aPlan(schedule, keep, { prune: { deletionCap } });

    expect(defaultPruneSchedule(plan)).toMatch(expected);
  });

  test('is the same for the same plan and seldom the same for another', () => {
    const names = Array.from({ length: 50 }, (_, i) => `plan-${i}`);
    const schedules = names.map((name) => defaultPruneSchedule(aPlan('rate(1 day)', { daily: 7 }, { name })));

    expect(new Set(schedules).size).toBeGreaterThan(40);
    expect(names.map((name) => defaultPruneSchedule(aPlan('rate(1 day)', { daily: 7 }, { name })))).toEqual(schedules);
  });

  test('[D09] never lies in the hours in which zones change their clocks', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), (name) => {
        const expression = defaultPruneSchedule(aPlan('rate(1 day)', { daily: 7 }, { name }));

        const hour = Number(expression.split(' ')[1]);
        expect(hour).toBeGreaterThanOrEqual(4);
        expect(hour).toBeLessThanOrEqual(23);
      }),
    );
  });

  test.each([
    ['rate(1 hour)', { daily: 7, monthly: 12 }, 100],
    ['rate(1 hour)', { last: 5, hourly: 24, daily: 7, weekly: 5, monthly: 2 }, 100],
    ['rate(1 day)', { last: 3, daily: 7, weekly: 5, monthly: 12, yearly: 1 }, 800],
    ['rate(6 hours)', { within: 'P14D', weekly: 8 }, 100],
  ])('for %s keeping %j never runs into its own cap in %d days', (schedule, keep, days) => {
    expect(blockedRuns(aPlan(schedule, keep), days)).toEqual([]);
  });

  test('for hourly backups gets over every fifth run being missed', () => {
    expect(blockedRuns(aPlan('rate(1 hour)', { daily: 7, monthly: 12 }), 50, (run) => run % 5 === 0)).toEqual([]);
  });
});
