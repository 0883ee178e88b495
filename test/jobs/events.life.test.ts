import { beforeAll, describe, expect, test } from '@jest/globals';
import { eventBusVariable } from '../../lambda/contract/environment.ts';
import { eventDetails } from '../../lambda/domain/events/event.ts';
import { aDrillPlan, plantOrders } from './drill/drill-world.ts';
import { drillVariables } from './drill/drilling-account.ts';
import { sentBy, type Entry } from './sent-events.ts';
import { aFunction, aPlan, aWorld, bundleOf, eventOf, type World } from './world.ts';

const hour = 3_600_000;
const busVariables = { [eventBusVariable]: 'default' };

/** An account whose functions send events, with the table `orders` and a restorable backup of it. */
async function aTellingWorld(): Promise<World> {
  const world = await aWorld([], { journalCapacity: 10_000 });
  const { account } = world;
  for (const job of ['backup', 'prune'] as const) {
    account.loadFunction({ ...aFunction(job, busVariables), timeoutSeconds: 900 });
  }
  const env = {
    ...drillVariables(account),
    ...busVariables,
  };
  const durable = { executionTimeoutSeconds: 3 * 86_400, retentionDays: 30 };
  account.loadFunction({ name: 'drill', code: bundleOf('drill'), env, durable, timeoutSeconds: 900 });
  account.functions.putAlias('drill', 'live', account.functions.publish('drill'));
  account.loadFunction({ name: 'drill-start', code: bundleOf('drill-start'), env, timeoutSeconds: 900 });
  await plantOrders(account);
  return world;
}

async function live(world: World): Promise<void> {
  const { account } = world;
  const objectives = { recoveryTime: 'PT1S', recoveryPoint: 'PT2H' };
  const drilling = aDrillPlan();
  const plan = { ...drilling, objectives };
  await account.runFor(hour - (account.clock.now % hour));
  await world.backUp(plan);
  await world.backUp(
    aPlan({ tables: { named: ['orders', 'nowhere'] } }),
    new Date(account.clock.now + 1_000 - (account.clock.now % 1_000)),
  );
  world.plantHourly('orders', 20);
  await world.prune(aPlan({ keep: { last: 1 }, prune: { deletionCap: { perTableCount: 1, perTablePercent: 0 } } }));
  await account.invoke('drill-start', eventOf(plan, new Date(Math.floor(account.clock.now / 1000) * 1000)));
  await account.runFor(2 * hour);
  account.faults.add({
    match: { service: 'dynamodb', operation: 'RestoreTableFromBackup' },
    effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
  });
  await account.invoke('drill-start', eventOf(plan, new Date(Math.floor(account.clock.now / 1000) * 1000)));
  await account.runFor(2 * hour);
}

describe('a life in the sandbox', () => {
  let world: World;
  let sent: Entry[];
  beforeAll(async () => {
    world = await aTellingWorld();
    await live(world);
    sent = sentBy(world.account);
  }, 300_000);

  test('tells of backups taken and failed, of blocked retention, of drills passed and failed, and of a broken objective', () => {
    const types = sent.map(({ DetailType }) => DetailType);

    expect(new Set(types)).toEqual(
      new Set(['Backups Taken', 'Backups Failed', 'Retention Blocked', 'Drill Finished', 'Recovery Objective Broken']),
    );
    const outcomes = sent
      .filter(({ DetailType }) => DetailType === 'Drill Finished')
      .map(({ Detail }) => (JSON.parse(Detail) as { outcome: string }).outcome);
    expect(outcomes).toEqual(['passed', 'failed']);
  });

  test('tells nothing but what its schemas say', () => {
    for (const { Source, DetailType, Detail } of sent) {
      const detail: unknown = JSON.parse(Detail);
      expect(Source).toBe('dynamodb-backups');
      expect(eventDetails[DetailType].parse(detail)).toEqual(detail);
    }
  });

  test('needs one call for each run that has something to tell', () => {
    const { account } = world;
    const runs = 1 + 1 + 1 + 2;

    expect(account.journal.count('events', 'PutEvents')).toBe(runs);
  });

  test('tells of a backup only once it is restorable', () => {
    const taken = sent.filter(({ DetailType }) => DetailType === 'Backups Taken');
    const arns = taken.flatMap(({ Detail }) =>
      (JSON.parse(Detail) as { backups: { backupArn: string }[] }).backups.map(({ backupArn }) => backupArn),
    );

    expect(arns.length).toBeGreaterThan(0);
    const restorable = world.account.backups('orders').map(({ arn }) => arn);
    expect(arns.filter((arn) => !restorable.includes(arn))).toEqual([]);
  });
});

test('a run whose events cannot be sent goes on, and counts them', async () => {
  const world = await aTellingWorld();
  world.account.faults.add({
    match: { service: 'events', operation: 'PutEvents' },
    effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
  });

  const report = await world.backUp();

  expect(report).toMatchObject({ done: 1, failed: 0 });
  const lost = world.account.metrics.series.find(({ name }) => name === 'EventsNotSent');
  expect(lost?.datapoints.map(({ value }) => value)).toEqual([1]);
});

test.each([
  { source: 'dynamodb-backups', outcome: 'ok' },
  { source: 'payments', outcome: 'AccessDeniedException' },
])('a role that may send events of $source only is answered $outcome', async ({ source, outcome }) => {
  const world = await aTellingWorld();
  const { account } = world;
  const roleArn = account.roles.put('backup');
  const bus = `arn:aws:events:${account.region}:${account.accountId}:event-bus/default`;
  account.roles.attach('backup', 'Job', {
    Statement: [
      { Effect: 'Allow', Action: ['dynamodb:*'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: bus,
        Condition: { StringEquals: { 'events:source': source } },
      },
    ],
  });
  account.loadFunction({ ...aFunction('backup', busVariables), timeoutSeconds: 900, roleArn });

  expect(await world.backUp()).toMatchObject({ done: 1 });
  expect(account.journal.entries({ service: 'events' }).map((entry) => entry.outcome)).toEqual([outcome]);
});
