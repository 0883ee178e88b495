import { expect, test } from '@jest/globals';
import { metricsNamespace } from '../../../lambda/contract/metrics.ts';
import { synthesize } from '../../../demo/synthesize.ts';
import { accountId } from '../../../demo/start.ts';
import { onCall } from '../../../demo/stories.ts';
import { SandboxAccount } from '../../../sandbox/account.ts';

test('as it is deployed, on its own schedule and with its own role, the watch can read everything', async () => {
  await using assembly = await synthesize(onCall.app);
  const region = onCall.stories[0]?.region ?? '';
  const account = new SandboxAccount({ accountId, region, startAt: new Date('2026-01-01T00:00:00Z') });
  for (const TableName of ['orders', 'shop-users']) await account.createTable({ TableName });
  await account.deploy(assembly.folder);

  await account.runFor(2 * 3_600_000 + 60_000);

  const refused = account.journal.entries({}).filter(({ outcome }) => outcome !== 'ok');
  expect(refused.filter(({ functionName }) => functionName?.includes('Watch'))).toEqual([]);
  // One run at once, and one every 15 minutes.
  expect(account.metrics.datapoints(metricsNamespace, 'WatchHeartbeat')).toHaveLength(9);
  expect(account.metrics.latest(metricsNamespace, 'UnprotectedTables', { Plan: 'hourly' })).toBe(1);
});
