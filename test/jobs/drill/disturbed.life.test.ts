import { describe, expect, test } from '@jest/globals';
import { eventBusVariable } from '../../../lambda/contract/environment.ts';
import { metricsNamespace } from '../../../lambda/contract/metrics.ts';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { watchedFromNow } from '../watch/watching-account.ts';
import { World } from '../world.ts';
import { aDrillPlan, drillTablePrefix, plantOrders } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep, tablesOf } from './drilling-account.ts';

const minute = 60_000;
const hour = 60 * minute;
const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b';
const drillTables = `arn:aws:dynamodb:*:123456789012:table/${drillTablePrefix}*`;
const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
const plan = aDrillPlan();

/** The drill as it is deployed, under a role that may do everything, and with events; `orders` is encrypted with a key of the account. */
async function aDrillUnderARole(): Promise<SandboxAccount> {
  const variables = { [eventBusVariable]: 'default' };
  const account = await aDrillingAccount(false, { statements: [everything], variables });
  await plantOrders(account, { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key } });
  return account;
}

/** Takes rights of the drill's role away; those that were taken before come back. */
function takeAway(account: SandboxAccount, ...actions: readonly string[]): void {
  const Statement = actions.length === 0 ? [] : [{ Effect: 'Deny', Action: actions, Resource: drillTables }];
  account.roles.attach('drill', 'taken-away', { Statement });
}

/** Starts a drill, lets `disturb` happen while it restores, and lets it end. */
async function drillDisturbed(account: SandboxAccount, disturb: () => void, at = slot): Promise<DrillResult> {
  await account.runUntil(new Date(at));
  await startDrills(account, plan, at);
  await account.runFor(30_000);
  expect(account.dynamodb.restores.all.at(-1)).toMatchObject({ activeAt: undefined, failure: undefined });
  disturb();
  await account.runFor(3 * hour);
  const result = (await resultsOf(account)).at(-1);
  if (!result) throw new Error('the drill has no result');
  return result;
}

/** What somebody reads whom the alarm of failed drills called: the log, the event, the metric of the drill and the gauge of the watch. */
async function readings(account: SandboxAccount) {
  const logged = account.logs.of('drill').filter(({ text }) => text.includes('a drill did not pass'));
  const entries = account.journal.entries({ operation: 'PutEvents', outcome: 'ok' });
  const watched = watchedFromNow(new World(account), { plans: [plan] });
  return {
    log: logged.map(({ text }) => text).join(),
    event: JSON.stringify(entries.map(({ input }) => input)),
    succeeded: account.metrics.latest(metricsNamespace, 'DrillSucceeded', { Plan: 'orders', Table: 'orders' }),
    failedDrills: (await watched.gaugesNow()).FailedDrills,
  };
}

describe('a drill in the middle of its restore', () => {
  test('[X21] whose key is disabled fails, names the key everywhere it is looked for, and deletes its table', async () => {
    const account = await aDrillUnderARole();

    const result = await drillDisturbed(account, () => {
      account.keys.disable(key);
    });

    expect(result).toMatchObject({
      outcome: 'failed',
      failure: { phase: 'restore', kind: 'key-inaccessible', message: expect.stringContaining(key) },
      cleanUp: 'deleted',
    });
    expect(await readings(account)).toEqual({
      log: expect.stringMatching(new RegExp(`"table":"orders".*key-inaccessible.*${key}`)),
      event: expect.stringMatching(new RegExp(`key-inaccessible.*${key}`)),
      succeeded: 0,
      failedDrills: 1,
    });
    expect(tablesOf(account)).toEqual(['orders']);
    account.keys.enable(key);
    const again = await drillDisturbed(account, () => undefined, '2026-11-21T05:00:00Z');
    expect(again).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  });

  test('[X21] whose role loses any right that a restore needs fails, names it, and leaves nothing behind', async () => {
    const account = await aDrillUnderARole();
    const needed = ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'];
    for (const [nth, name] of needed.entries()) {
      const action = `dynamodb:${name}`;

      takeAway(account);
      const result = await drillDisturbed(
        account,
        () => {
          takeAway(account, action);
        },
        `2026-11-2${nth}T05:00:00Z`,
      );

      const message = expect.stringContaining(`lost ${action} on it`);
      expect(result).toMatchObject({
        outcome: 'failed',
        failure: { phase: 'restore', kind: 'access-denied', message },
        cleanUp: 'deleted',
      });
    }
    expect(tablesOf(account)).toEqual(['orders']);
    expect(await readings(account)).toEqual({
      log: expect.stringMatching(/access-denied.*lost dynamodb:UpdateItem on it/),
      event: expect.stringMatching(/access-denied.*lost dynamodb:UpdateItem on it/),
      succeeded: 0,
      failedDrills: 1,
    });
    takeAway(account);
    const again = await drillDisturbed(account, () => undefined, '2026-11-29T05:00:00Z');
    expect(again).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  });

  test('[X21] whose role may no longer look at its table fails, says so, and leaves the table to the sweep', async () => {
    const account = await aDrillUnderARole();

    const result = await drillDisturbed(account, () => {
      takeAway(account, 'dynamodb:DescribeTable');
    });
    await sweep(account, plan);
    await account.runFor(minute);
    const { leftovers } = await sweep(account, plan);

    expect(result).toMatchObject({
      outcome: 'failed',
      failure: { kind: 'access-denied', message: expect.stringContaining('dynamodb:DescribeTable') },
      cleanUp: 'left-behind',
    });
    expect(leftovers).toEqual([]);
    expect(tablesOf(account)).toEqual(['orders']);
    takeAway(account);
    const again = await drillDisturbed(account, () => undefined, '2026-11-21T05:00:00Z');
    expect(again).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  });
});

describe('a drill that nobody answers', () => {
  test('in the Region it restores into ends as that, names the Region, and does not wait for ever', async () => {
    const account = await aDrillingAccount();
    const elsewhere = aDrillPlan({ region: 'eu-west-1', encryptionKey: 'aws-managed' });
    account.faults.add({ match: { region: 'eu-west-1' }, effect: { kind: 'connection-lost', when: 'before' } });

    await startDrills(account, elsewhere);
    await account.runFor(4 * hour);

    const message = expect.stringMatching(/nobody answered any more: cannot look at ddb-drill-.* in eu-west-1/);
    expect(await resultsOf(account)).toMatchObject([
      { outcome: 'failed', failure: { phase: 'restore', kind: 'no-answer', message }, source: {} },
    ]);
  });

  test('when it asks for backups ends as that, before it has begun', async () => {
    const account = await aDrillingAccount();
    const match = { operation: 'ListBackups', function: 'drill' };
    account.faults.add({ match, effect: { kind: 'connection-lost', when: 'before' } });

    await startDrills(account, plan);
    await account.runFor(4 * hour);

    const failure = { phase: 'choose', kind: 'no-answer' };
    expect(await resultsOf(account)).toMatchObject([{ outcome: 'failed', failure, cleanUp: 'nothing-to-delete' }]);
  });
});
