import { describe, expect, test } from '@jest/globals';
import { nextPruneBy, permittedUntil } from '../../lambda/domain/deletion-permission.ts';
import { planSchema, type Plan } from '../../lambda/domain/plan.ts';

const now = new Date('2026-11-19T09:00:00Z');

function aPlan(prune: object): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 day)' },
    keep: { daily: 7 },
    prune,
  });
}

describe('a permission to go over the deletion cap', () => {
  test.each([
    ['of a daily prune lasts a day', 'cron(30 4 * * ? *)', '2026-11-20T09:00:00.000Z'],
    ['on a Thursday, of a prune on Mondays, lasts over the Monday', 'cron(0 5 ? * MON *)', '2026-11-23T07:00:00.000Z'],
    ['of a prune every six hours lasts a day', 'rate(6 hours)', '2026-11-20T09:00:00.000Z'],
    ['of a prune every three days lasts over the latest next one', 'rate(3 days)', '2026-11-22T11:00:00.000Z'],
    ['of a prune that is over lasts a day', 'at(2026-11-01T00:00:00)', '2026-11-20T09:00:00.000Z'],
  ])('%s', (_, schedule, until) => {
    expect(permittedUntil(aPlan({ schedule }), now).toISOString()).toBe(until);
  });

  test('counts by the time zone of the prune, and by the schedule that a plan without one gets', () => {
    const newYork = aPlan({ schedule: 'cron(0 5 ? * MON *)', timeZone: 'America/New_York' });

    expect(nextPruneBy(newYork, now)?.toISOString()).toBe('2026-11-23T10:00:00.000Z');
    expect(nextPruneBy(aPlan({}), now)?.getTime()).toBeGreaterThan(now.getTime());
    expect(permittedUntil(aPlan({}), now).toISOString()).toBe('2026-11-20T09:00:00.000Z');
  });
});
