import { expect, test } from '@jest/globals';
import { alarmTopicVariable, vaultVariables } from '../../../lambda/contract/environment.ts';
import { CopyingWorld } from '../copying-world.ts';
import { vaultName } from '../engine-world.ts';
import { bundleOf, functionOf } from '../world.ts';

const minute = 60_000;
const hour = 60 * minute;
const reader = 'team@example.com';

/** A world that copies and sends its summaries to a reader. */
async function aWorldWithSummary(): Promise<CopyingWorld> {
  const world = await CopyingWorld.create(['orders', 'items']);
  const { account } = world;
  account.topics.create('news');
  const topicArn = 'arn:aws:sns:eu-central-1:123456789012:news';
  account.topics.subscribe(topicArn, 'email', reader);
  account.inbox.confirm(reader);
  const env = {
    [vaultVariables.vaultName]: vaultName,
    [vaultVariables.roleArn]: 'arn:aws:iam::123456789012:role/backup-service',
    [alarmTopicVariable]: topicArn,
  };
  account.loadFunction({ ...functionOf('summary', bundleOf('summary'), env), timeoutSeconds: 900 });
  return world;
}

async function summaryOf(world: CopyingWorld, plan: object): Promise<string> {
  const { account } = world;
  const outcome = await account.invoke('summary', { plans: [plan], slot: account.now.toISOString() });
  expect(outcome).toHaveProperty('payload');
  return account.inbox.messages(reader).at(-1)?.message ?? '';
}

test('the weekly summary counts the copies of the week, and says where the newest is oldest and what was given up', async () => {
  const world = await aWorldWithSummary();
  const both = world.plan({ tables: { named: ['orders', 'items'] } });
  const one = world.plan({ tables: { named: ['orders'] } });
  const { account } = world;
  await world.take(both);
  await world.followFor(1, both);
  await account.runFor(8 * 24 * hour);
  const nothing = await summaryOf(world, both);
  await world.take(one);
  await world.followFor(1, one);
  account.faults.add({
    match: { operation: 'StartCopyJob' },
    effect: { kind: 'failed-job', state: 'FAILED', afterMs: 2 * minute },
  });
  await world.take(one);
  await world.followFor(4, one);

  const text = await summaryOf(world, both);
  const withAnother = await summaryOf(world, world.plan({ tables: { named: ['orders', 'customers'] } }));

  expect(nothing).toMatch(/^Copies: 0 made, 0 given up; newest 8 d 1 h old where it is oldest/m);
  expect(text).toMatch(/^Copies: 1 made, 1 given up; newest 8 d 6 h old where it is oldest \(items in eu-west-1\)$/m);
  expect(text).toContain('- orders: copies given up: 1; the log of follow says why');
  expect(withAnother).toMatch(
    /^Copies: 1 made, 1 given up; newest 5 h .* \(orders in eu-west-1\); 1 table without a copy/m,
  );
});
