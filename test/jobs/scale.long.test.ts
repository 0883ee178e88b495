import { expect, test } from '@jest/globals';
import { aPlan, aWorld } from './world.ts';

test('[B20] 2,500 tables are backed up within one invocation, below 80 % of every published rate', async () => {
  const tables = Array.from({ length: 2_500 }, (_, i) => `table-${i}`);
  const world = await aWorld(tables, { quotas: { tables: 3_000 } });

  const report = await world.backUp(aPlan({ tables: { matching: ['table-*'] } }));

  expect(report).toMatchObject({ tables: 2_500, done: 2_500 });
  expect(world.account.journal.count('lambda', 'Invoke')).toBe(0);
  expect(world.account.journal.peakRate({ operation: 'CreateBackup' })).toBeLessThanOrEqual(40);
  expect(world.account.journal.peakRate({ operation: 'ListBackups' })).toBeLessThanOrEqual(4);
  expect(world.account.journal.peakRate({ operation: 'DescribeBackup' })).toBeLessThanOrEqual(8);
  expect(world.account.journal.peakRate({ operation: 'ListTagsOfResource' })).toBeLessThanOrEqual(8);
  expect(world.account.journal.peakRate({ operation: 'DescribeContinuousBackups' })).toBeLessThanOrEqual(8);
});

test('[L09] 100,000 backups in the account are read at the allowed rate and judged in one invocation', async () => {
  const world = await aWorld();
  world.plantByHand('orders', 100_000);
  world.plantHourly('orders', 6);

  const report = await world.prune();

  expect(report).toMatchObject({ blocked: null, deleted: 3 });
  expect(world.account.journal.peakRate({ operation: 'ListBackups' })).toBeLessThanOrEqual(4);
});
