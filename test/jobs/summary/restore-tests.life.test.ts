import { BackupClient, PutRestoreValidationResultCommand, type RestoreValidationStatus } from '@aws-sdk/client-backup';
import { expect, test } from '@jest/globals';
import { alarmTopicVariable, vaultVariables } from '../../../lambda/contract/environment.ts';
import { anEngineWorld, vaultName, type EngineWorld } from '../engine-world.ts';
import { aPlan, bundleOf, functionOf } from '../world.ts';

const day = 24 * 3_600_000;
const reader = 'team@example.com';
const testingPlan = 'arn:aws:backup:eu-central-1:123456789012:restore-testing-plan:weekly-0a1b';

/** A world of AWS Backup with a recovery point of each table, which sends its summaries to a reader. */
async function aWorldWithSummary(tables: readonly string[]): Promise<EngineWorld> {
  const world = await anEngineWorld('aws-backup', tables);
  const { account } = world;
  account.topics.create('news');
  const topicArn = 'arn:aws:sns:eu-central-1:123456789012:news';
  account.topics.subscribe(topicArn, 'email', reader);
  account.inbox.confirm(reader);
  const env = { [vaultVariables.vaultName]: vaultName, [alarmTopicVariable]: topicArn };
  account.loadFunction({ ...functionOf('summary', bundleOf('summary'), env), timeoutSeconds: 900 });
  for (const table of tables) world.plantHourly(table, 1);
  return world;
}

/** Lets restore testing restore the newest recovery point of a table; somebody looks at what came of it. */
async function testRestore(world: EngineWorld, table: string, status?: RestoreValidationStatus) {
  const { account } = world;
  const point = account.backup.points.find(world.backups(table).at(-1)?.arn ?? '');
  if (!point) throw new Error(`${table} has no recovery point`);
  const RestoreJobId = account.backup.restoreJobs.startTest(point, testingPlan);
  await account.runFor(3_600_000);
  if (!status) return;
  const client = account.client(BackupClient);
  const verdict = new PutRestoreValidationResultCommand({ RestoreJobId, ValidationStatus: status });
  await account.clock.runUntilSettled(client.send(verdict));
}

async function summaryOf({ account }: EngineWorld, plans: readonly object[]): Promise<string> {
  const outcome = await account.invoke('summary', { plans, slot: account.now.toISOString() });
  expect(outcome).toHaveProperty('payload');
  return account.inbox.messages(reader).at(-1)?.message ?? '';
}

test("the weekly summary tells of AWS Backup's own restore testing, of each plan what is of its tables", async () => {
  const world = await aWorldWithSummary(['orders', 'items', 'carts']);
  const plan = world.plan({ tables: { named: ['orders', 'items'] } });
  const others = world.plan({ name: 'carts', tables: { named: ['carts'] } });
  await testRestore(world, 'items', 'SUCCESSFUL');
  await world.account.runFor(20 * day);
  await testRestore(world, 'orders', 'FAILED');
  await world.account.runFor(2 * day);

  const both = await summaryOf(world, [plan, others]);
  await world.account.runFor(10 * day);
  const later = await summaryOf(world, [plan]);

  const line =
    /^Restore testing of AWS Backup: orders restored 2 d ago in (.*), validation failed; 2 restores in 30 days, 1 failed$/m;
  const [job] = world.account.backup.restoreJobs.all.filter(({ resourceArn }) => resourceArn.endsWith('/orders'));
  expect(both).toMatch(line);
  expect(spokenSeconds(line.exec(both)?.[1])).toBe(
    Math.round(((job?.completedAt ?? 0) - (job?.createdAt ?? 0)) / 1000),
  );
  const ofCarts = both
    .split('\nPLAN ')
    .slice(1)
    .find((part) => part.startsWith('carts'));
  expect(ofCarts).toContain('Kept: ');
  expect(ofCarts).not.toContain('Restore testing');
  expect(later).toContain('; 1 restore in 30 days, 1 failed');
});

test('the weekly summary says when restore jobs cannot be read, tells all else, and asks only where AWS Backup is', async () => {
  const world = await aWorldWithSummary(['orders']);
  const asked = () => world.account.journal.entries({ operation: 'ListRestoreJobs' }).length;
  await summaryOf(world, [aPlan()]);
  const withoutVault = asked();
  const untested = await summaryOf(world, [world.plan()]);
  world.account.faults.add({
    match: { operation: 'ListRestoreJobs', times: 1_000 },
    effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
  });

  const text = await summaryOf(world, [world.plan()]);

  expect(withoutVault).toBe(0);
  expect(untested).not.toContain('Restore testing');
  expect(text).toContain('Restore testing of AWS Backup: could not be read\n');
  expect(text).toContain('Kept: 1 ');
});

/** Seconds of a text such as `12 min 30 s`. */
function spokenSeconds(text = ''): number {
  const { minutes = '0', seconds = '0' } =
    /^(?:(?<minutes>\d+) min ?)?(?:(?<seconds>\d+) s)?$/.exec(text)?.groups ?? {};
  return Number(minutes) * 60 + Number(seconds);
}
