import { describe, expect, test } from '@jest/globals';
import { aPlan } from '../world.ts';
import { aWatchedAccount, hour } from './watching-account.ts';

describe('the watch', () => {
  test('tells the age of the newest restorable backup by the times of AWS', async () => {
    const watched = await aWatchedAccount({ plans: [aPlan({ objectives: { recoveryPoint: 'PT2H' } })] });
    watched.world.plantHourly('orders', 5);
    await watched.account.runFor(hour / 2);

    const gauges = await watched.gaugesNow();

    expect(gauges).toMatchObject({ ProtectedTables: 1, UnprotectedTables: 0 });
  });
});
