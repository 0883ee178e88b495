import { describe, expect, test } from '@jest/globals';
import { aPlan } from '../world.ts';
import { aWatchedAccount } from './watching-account.ts';

const quarter = 15 * 60_000;

/** The plans of the demo: one table by name, three by a pattern or a tag, both with drills. */
const plans = [
  aPlan({
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 8-17 * * ? *)' },
    keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12 },
    objectives: { recoveryPoint: 'PT16H', recoveryTime: 'PT6M' },
    drill: { schedule: 'cron(0 6 ? * SUN *)' },
  }),
  aPlan({
    name: 'nightly',
    tables: { matching: ['shop-*'], tagged: { backup: 'daily' } },
    backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' },
    keep: { last: 10, daily: 14, weekly: 8, monthly: 6 },
    objectives: { recoveryPoint: 'PT30H', recoveryTime: 'PT6M' },
    drill: { schedule: 'cron(0 6 ? * SUN *)', tablesPerRun: 1 },
  }),
];

describe('what a run costs', () => {
  test('while all is well, a process that lives on makes at most 7 API calls a run for four tables and two plans', async () => {
    const watched = await aWatchedAccount({ plans, tables: ['orders', 'shop-users', 'shop-carts', 'shop-items'] });
    watched.world.plantHourly('orders', 48);
    for (const table of ['shop-users', 'shop-carts', 'shop-items']) watched.world.plantHourly(table, 28, 'nightly');
    await watched.watch();
    const before = watched.account.journal.entries({ functionName: 'watch' }).length;

    const runs = 12;
    for (let run = 0; run < runs; run++) {
      await watched.account.runFor(quarter);
      expect(await watched.watch()).toEqual([]);
    }

    const calls = watched.account.journal.entries({ functionName: 'watch' }).slice(before);
    expect(calls.length / runs).toBeLessThanOrEqual(7);
  });
});
