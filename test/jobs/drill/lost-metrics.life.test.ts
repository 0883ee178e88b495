import { expect, test } from '@jest/globals';
import { metricsNamespace } from '../../../lambda/contract/metrics.ts';
import { watchedFromNow } from '../watch/watching-account.ts';
import { World } from '../world.ts';
import { aDrillPlan } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills } from './drilling-account.ts';

const hour = 3_600_000;

test('[X22] a drill whose metrics are lost is in the ledger, and the next watch publishes its result from there', async () => {
  const account = await aDrillingAccount();
  const lost = account.faults.add({ match: { function: 'drill' }, effect: { kind: 'lost-output' } });
  const plan = { ...aDrillPlan(), objectives: { recoveryTime: 'PT1H' } };
  const watched = watchedFromNow(new World(account), { plans: [plan] });
  const published = (name: string) =>
    account.metrics.series.filter((each) => each.namespace === metricsNamespace && each.name === name);
  await account.runUntil(new Date(slot));

  await startDrills(account, plan);
  await account.runFor(3 * hour);
  const ofDrill = [published('RestoreTime'), published('RestoreTimeToObjective'), published('DrillSucceeded')].flat();
  const ofPlan = await watched.gaugesNow();
  const ofTable = watched.gauges({ plan: 'orders', table: 'orders' });

  expect(lost.hits).toBeGreaterThan(0);
  expect(ofDrill).toEqual([]);
  const [result] = await resultsOf(account);
  const seconds = result?.times.total?.atMostSeconds ?? NaN;
  expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  expect(seconds).toBeGreaterThan(80);
  for (const gauges of [ofPlan, ofTable]) {
    expect(gauges.RestoreTime).toBe(seconds);
    expect(gauges.RestoreTimeToObjective).toBeCloseTo(seconds / 3600, 9);
    const sinceSeconds = (account.clock.now - Date.parse(result?.finishedAt ?? '')) / 1000;
    expect(gauges.DrillAge).toBeGreaterThan(sinceSeconds - 10);
    expect(gauges.DrillAge).toBeLessThanOrEqual(sinceSeconds);
  }
  expect(ofPlan).toMatchObject({ DrillCoverage: 100, FailedDrills: 0 });
});
