import { expect, test } from '@jest/globals';
import { liveHealthily } from './healthy-life.ts';

/** > With nothing broken, nothing alarms: a sample of what `npm run years` lives for ten years. */
test('a deployment in which nothing breaks raises no alarm and calls nobody', async () => {
  const { backups, ...heard } = await liveHealthily(1, 2);

  expect(heard).toEqual({ alarmed: [], calls: [] });
  expect(backups).toBeGreaterThanOrEqual(1);
});
