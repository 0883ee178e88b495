import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { eventBusVariable } from '../../lambda/contract/environment.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import type { FaultMatch } from '../../sandbox/faults.ts';
import { aDrillPlan, drillTablePrefix, plantOrders } from './drill/drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, tablesOf } from './drill/drilling-account.ts';
import { aFunction, World } from './world.ts';

const hour = 3_600_000;
const functions = ['backup', 'prune', 'drill-start', 'drill', 'sweep'];

/** What nobody may read anywhere but where it belongs. */
type Secrets = Readonly<Record<'key' | 'card' | 'expected' | 'tag' | 'password' | 'token' | 'accessKey', string>>;

const secrets: fc.Arbitrary<Secrets> = fc
  .array(fc.stringMatching(/^[A-Za-z0-9]{24}$/), { minLength: 7, maxLength: 7 })
  .map(([key = '', card = '', expected = '', tag = '', password = '', token = '', accessKey = '']) => ({
    key: `key-${key}`,
    card: `card-${card}`,
    expected: `expected-${expected}`,
    tag: `tag-${tag}`,
    password: `password-${password}`,
    token: `token-${token}`,
    accessKey: `access-${accessKey}`,
  }));

/** Functions that were given secrets, over a table that is full of them. */
async function entrusted({ key, card, tag, password, token, accessKey }: Secrets): Promise<World> {
  const variables = {
    [eventBusVariable]: 'default',
    DATABASE_PASSWORD: password,
    AWS_SESSION_TOKEN: token,
    AWS_SECRET_ACCESS_KEY: accessKey,
  };
  const account = await aDrillingAccount(false, { variables });
  for (const job of ['backup', 'prune'] as const)
    account.loadFunction({ ...aFunction(job, variables), timeoutSeconds: 900 });
  await plantOrders(account, { Tags: [{ Key: 'secret', Value: tag }] });
  const Item = { id: { S: key }, customer: { S: card }, card: { S: card } };
  const put = new PutItemCommand({ TableName: 'orders', Item });
  await account.clock.runUntilSettled(account.client(DynamoDBClient).send(put));
  return new World(account);
}

/** Lets one call fail, with a message that tells what it should not, for as long as something is done. */
async function whileFailing(
  account: SandboxAccount,
  match: FaultMatch,
  [name, message]: readonly [string, string],
  act: () => Promise<unknown>,
): Promise<void> {
  const fault = account.faults.add({ match, effect: { kind: 'error', when: 'before', name, message } });
  await act().catch(() => undefined);
  account.faults.remove(fault);
  expect(fault.hits).toBeGreaterThan(0);
}

async function nextDrillTable(account: SandboxAccount): Promise<string> {
  for (;;) {
    const found = tablesOf(account).find((name) => name.startsWith(drillTablePrefix));
    if (found !== undefined) return found;
    await account.runFor(1_000);
  }
}

/** Runs that do well and runs that fail, each in another way. */
async function live(world: World, { key, expected, token, accessKey }: Secrets): Promise<void> {
  const { account } = world;
  const badSignature = [
    'InvalidSignatureException',
    `The Canonical String for this request should have been 'x-amz-security-token:${token}' not ${accessKey}`,
  ] as const;
  const badValue = ['ValidationException', `The parameter cannot be converted to a numeric value: ${key}`] as const;
  const checks = [{ table: 'orders', key: { id: { S: key } }, expect: { card: { S: expected } } }];
  const plan = aDrillPlan({ validate: { checks } });
  const startAt = async (hours: number): Promise<void> => {
    const at = new Date(Date.parse(slot) + hours * hour);
    await account.runUntil(at);
    await startDrills(account, plan, at.toISOString());
  };
  const end = () => account.runFor(2.5 * hour);
  await world.backUp(plan);
  await whileFailing(account, { operation: 'CreateBackup' }, badSignature, async () => {
    await account.runFor(hour);
    await world.backUp(plan);
  });
  await whileFailing(account, { operation: 'ListBackups' }, badSignature, () => world.prune(plan));
  await startAt(3);
  await end();
  await startAt(6);
  const table = await nextDrillTable(account);
  await whileFailing(account, { operation: 'GetItem', table }, badValue, end);
  await whileFailing(account, { operation: 'RestoreTableFromBackup' }, badSignature, async () => {
    await startAt(9);
    await end();
  });
}

/** Everything that is said to anybody: log lines, events, names and dimensions of metrics, results of drills. */
async function saidBy(account: SandboxAccount): Promise<string> {
  const lines = functions.flatMap((name) => account.logs.of(name).map(({ text }) => text));
  const metrics = account.metrics.series.map(({ name, dimensions }) => [name, [...Object.entries(dimensions)]]);
  return JSON.stringify([lines, account.eventBus.events(), metrics, await resultsOf(account)]);
}

test('[M12] nothing out of an item, a check, a tag, a variable or a credential is in a log, an event, a metric or a result', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async (hidden) => {
      const world = await entrusted(hidden);
      await live(world, hidden);

      const said = await saidBy(world.account);
      expect(Object.entries(hidden).filter(([, secret]) => said.includes(secret))).toEqual([]);
      for (const each of ['Backups Failed', 'InvalidSignatureException', 'other values of card', 'ValidationException'])
        expect(said).toContain(each);
    }),
    { numRuns: 2, endOnFailure: true },
  );
});
