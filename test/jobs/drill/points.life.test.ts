import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { metricsNamespace } from '../../../lambda/contract/metrics.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aDrillPlan } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep, tablesOf } from './drilling-account.ts';

const day = 24 * 3_600_000;
const plan = aDrillPlan({}, 'aws-backup');
const testingPlan = 'arn:aws:backup:eu-central-1:123456789012:restore-testing-plan:weekly-0a1b';

async function anAccount() {
  const account = await aDrillingAccount(true, { engine: 'aws-backup' });
  const [point] = account.backup.points.all;
  if (!point) throw new Error('there is no point');
  return { account, point };
}

function latest(account: SandboxAccount, name: string, more: Readonly<Record<string, string>> = {}) {
  return account.metrics.latest(metricsNamespace, name, { Plan: 'orders', Table: 'orders', ...more });
}

test('the function that starts drills finds the recovery points of a plan of AWS Backup', async () => {
  const { account } = await anAccount();

  const { started } = await startDrills(account, plan, slot);
  await account.runFor(day);

  expect(started).toEqual(['orders']);
  expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed' }]);
});

test('a restore out of cold storage is published as a series of its own, and never as the recovery time of its table', async () => {
  const { account, point } = await anAccount();
  point.storageClass = 'COLD';

  await startDrills(account, plan, slot);
  await account.runFor(day);

  expect(latest(account, 'DrillSucceeded')).toBe(1);
  expect(latest(account, 'RestoreTime')).toBeUndefined();
  expect(latest(account, 'RestorePhaseTime', { Phase: 'restore' })).toBeUndefined();
  expect(latest(account, 'RestoreTime', { Storage: 'cold' })).toBeGreaterThan(4 * 3_600);
  expect(latest(account, 'RestorePhaseTime', { Phase: 'restore', Storage: 'cold' })).toBeGreaterThan(4 * 3_600);
  expect(latest(account, 'RestoreTimeToObjective', { Storage: 'cold' })).toBeUndefined();
});

test('[X05] the table of a job that begins after its drill gave up is deleted by the sweep, which remembers it until then', async () => {
  const { account } = await anAccount();
  const hour = 3_600_000;
  account.faults.add({
    match: { operation: 'StartRestoreJob' },
    effect: { kind: 'slow-job', time: { waitMs: 30 * hour } },
  });
  const intents = () =>
    account.clock.runUntilSettled(new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger').drillIntents());

  await startDrills(account, plan, slot);
  await account.runFor(28 * hour);
  const early = await sweep(account, plan);
  const announced = await intents();
  await account.runFor(4 * hour);
  const late = await sweep(account, plan);
  await account.runFor(hour);
  await sweep(account, plan);

  expect(await resultsOf(account)).toMatchObject([{ outcome: 'timed-out', cleanUp: 'left-behind' }]);
  expect(early).toMatchObject({ deleted: [], leftovers: [] });
  expect(announced).toHaveLength(1);
  expect(late.deleted).toHaveLength(1);
  expect(tablesOf(account)).toEqual(['orders']);
  expect(await intents()).toEqual([]);
});

test("what AWS Backup's own restore testing restores is left alone by drills and by the sweep", async () => {
  const { account, point } = await anAccount();
  account.backup.restoreJobs.startTest(point, testingPlan);
  await account.runFor(3_600_000);

  await startDrills(account, plan, slot);
  await account.runFor(day);
  const { deleted, leftovers } = await sweep(account, plan);

  expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted' }]);
  expect({ deleted, leftovers }).toEqual({ deleted: [], leftovers: [] });
  expect(tablesOf(account).sort()).toEqual([expect.stringMatching(/^awsbackup-restore-test-/), 'orders']);
});
