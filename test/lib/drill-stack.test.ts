import { describe, expect, test } from '@jest/globals';
import type { PlanProps } from '../../lib/plan-props.ts';
import { aDrillingPlan, aDrillStack, resourcesOf } from './deploy.ts';

describe('the sweep', () => {
  test.each([
    [['cron(0 6 ? * SUN *)'], 'rate(12 hours)'],
    [['cron(0 6 * * ? *)'], 'rate(1 hour)'],
    [['rate(2 hours)'], 'rate(1 hour)'],
    [['at(2027-01-01T06:00:00)'], 'rate(12 hours)'],
    [['cron(0 6 ? * SUN *)', 'cron(0 6 * * ? *)'], 'rate(1 hour)'],
  ])('after drills at %j is due at %s', (schedules, expected) => {
    const plans = schedules.map((schedule, nth): [string, PlanProps] => [
      `plan-${nth}`,
      aDrillingPlan({ tables: { named: [`table-${nth}`] }, drill: { schedule } }),
    ]);

    const resources = Object.values(resourcesOf(aDrillStack({ plans: Object.fromEntries(plans) })));

    const sweep = resources.find(({ Properties }) => Properties.Name === 'all-sweep');
    expect(sweep?.Properties.ScheduleExpression).toBe(expected);
  });
});
