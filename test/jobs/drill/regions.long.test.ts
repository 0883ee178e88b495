import { PutResourcePolicyCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { drillExecutionName, formatDrillTableName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { measuredDrills, type RememberedDrills } from '../../../lambda/jobs/watch/read-ledger.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import type { CallEffect } from '../../../sandbox/faults.ts';
import { isRecord } from '../../../sandbox/input.ts';
import type { JournalEntry } from '../../../sandbox/journal.ts';
import { owner } from '../world.ts';
import { aDrillPlan, DrillWorld, drillTablePrefix, plantOrders } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep, tablesOf } from './drilling-account.ts';

const [home, away] = ['eu-central-1', 'eu-west-1'];
const dayMs = 24 * 3_600_000;
/** Every call is crashed with `CRASHES=all`; without it, every 37th before its effect, and every 37th after it. */
const stride = process.env.CRASHES === 'all' ? 1 : 37;

function elsewhere(drill: Parameters<typeof aDrillPlan>[0] = {}): Plan {
  return aDrillPlan({ region: away, encryptionKey: 'aws-managed', ...drill });
}

/** The table that a drill of `orders` in the slot restores into. */
function target(homeRegion?: string): string {
  const drill = { owner, plan: 'orders', table: 'orders', slot: new Date(slot) };
  return formatDrillTableName({ ...drill, drillTablePrefix, homeRegion });
}

/** Whether a call is about a drill table, or about what was made for one; listings are about none. */
function isAboutDrillTable({ service, input }: JournalEntry): boolean {
  if (service === 'application-autoscaling' || service === 'cloudwatch') return true;
  const { TableName, TargetTableName, ResourceArn } = isRecord(input) ? input : {};
  return [TableName, TargetTableName, ResourceArn].some((name) => String(name).includes(drillTablePrefix));
}

/** The tables of both Regions, without the ledger. */
function tablesInBoth(account: SandboxAccount): string[] {
  return [...tablesOf(account), ...tablesOf(account.inRegion(away))];
}

describe('a drill into another Region', () => {
  test('restores, times and proves the backup there, and leaves nothing behind in either', async () => {
    const world = await DrillWorld.create([]);
    const arn = await plantOrders(world.account);

    const result = await world.drill(world.runOf(elsewhere()));

    const [restore] = world.account.inRegion(away).dynamodb.restores.all;
    const seconds = ((restore?.activeAt ?? NaN) - (restore?.startedAt ?? NaN)) / 1000;
    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', region: away, itemsVerified: 20 });
    expect(result.source?.arn).toBe(arn);
    expect(result.targetName).toContain(`-${home}-`);
    expect(seconds).toBeGreaterThan(260);
    expect(result.times.restore?.atLeastSeconds).toBeLessThanOrEqual(seconds);
    expect(result.times.restore?.atMostSeconds).toBeGreaterThanOrEqual(seconds);
    expect(world.account.dynamodb.restores.all).toEqual([]);
    expect(tablesInBoth(world.account)).toEqual(['orders']);
    expect(await world.ledger.drillIntents()).toEqual([]);
  });

  test('gives back the settings there, with the ARNs of the restored table', async () => {
    const world = await DrillWorld.create([]);
    await plantOrders(world.account);
    const { arn: ResourceArn } = world.account.dynamodb.tables.require('orders');
    await world.client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'shop' }] }));
    const Statement = {
      Effect: 'Allow',
      Principal: { AWS: '123456789012' },
      Action: 'dynamodb:GetItem',
      Resource: [ResourceArn, `${ResourceArn}/index/*`],
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await world.client.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
    await world.account.runFor(60_000);
    const { ports, snapshots, account } = world;
    const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
    await account.clock.runUntilSettled(snapshots.saveSettings(settings, new Date('2026-11-20T03:00:00Z')));

    const result = await world.drill(world.runOf(elsewhere({ rearm: ['tags', 'resource-policy'] })));

    const [, put] = account.journal.entries({ operation: 'PutResourcePolicy' });
    const restored = `arn:aws:dynamodb:${away}:123456789012:table/${result.targetName}`;
    expect(result).toMatchObject({
      outcome: 'passed',
      cleanUp: 'deleted',
      settings: { tags: 'applied', 'resource-policy': 'applied' },
    });
    expect(put).toMatchObject({ region: away, input: { ResourceArn: restored } });
    expect(JSON.stringify(put?.input)).not.toContain(ResourceArn);
    expect(tablesInBoth(account)).toEqual(['orders']);
  });

  test('is forecast from drills into the same Region alone', async () => {
    const world = await DrillWorld.create([]);
    await plantOrders(world.account);
    const plans = [aDrillPlan(), elsewhere()];
    for (const plan of plans) await world.drill(world.runOf(plan));
    const known = new Map<string, RememberedDrills>();

    const measured = await world.account.clock.runUntilSettled(
      Promise.all(
        plans.map((plan) =>
          measuredDrills({ plan, table: 'orders', lastTriedAt: world.account.now }, { drills: world.ledger }, known),
        ),
      ),
    );

    const [here, there] = measured.map((drills) => drills.map(({ seconds }) => seconds));
    expect([here?.length, there?.length]).toEqual([1, 1]);
    expect(here).not.toEqual(there);
  });

  test('fails when its key is not of that Region, and leaves nothing behind', async () => {
    const world = await DrillWorld.create([]);
    await plantOrders(world.account);

    const result = await world.drill(
      world.runOf(elsewhere({ encryptionKey: `arn:aws:kms:${home}:123456789012:key/0a1b` })),
    );

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'invalid' } });
    expect(tablesInBoth(world.account)).toEqual(['orders']);
  });

  test('fails, and does not wait for ever, while that Region is out of reach', async () => {
    const world = await DrillWorld.create([]);
    await plantOrders(world.account);
    world.account.faults.add({ match: { region: away }, effect: { kind: 'connection-lost', when: 'before' } });

    const result = await world.drill(world.runOf(elsewhere()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore' }, cleanUp: 'left-behind' });
    expect(result.failure).toMatchObject({ kind: 'no-answer', message: expect.stringContaining(away) });
    expect(world.account.clock.now - Date.parse(result.startedAt)).toBeLessThan(2 * 3_600_000);
    expect(await world.ledger.drillIntents()).toMatchObject([{ region: away }]);
  });
});

describe('the deployed drill into another Region', () => {
  const plan = elsewhere();
  const execution = drillExecutionName({ owner, plan: 'orders', table: 'orders', slot: new Date(slot) });
  const start = (account: SandboxAccount): void => {
    account.functions.enqueue('drill:live', JSON.stringify({ plan, table: 'orders', slot }), execution);
  };
  const callsOf = (account: SandboxAccount) => account.journal.entries({ functionName: 'drill' });

  test('does everything about its table there and everything else at home, and counts as another series', async () => {
    const account = await aDrillingAccount();
    await startDrills(account, plan);
    await account.runFor(dayMs);

    expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted', region: away }]);
    for (const call of callsOf(account)) expect(call.region).toBe(isAboutDrillTable(call) ? away : home);
    expect(callsOf(account).filter(({ region }) => region === away).length).toBeGreaterThan(10);
    const series = { Plan: 'orders', Table: 'orders' };
    const published = (dimensions: Readonly<Record<string, string>>, name: string) =>
      account.metrics.datapoints('DynamoDBBackups', name, dimensions).length;
    expect(published({ ...series, Region: away }, 'RestoreTime')).toBe(1);
    expect(published(series, 'RestoreTime')).toBe(0);
    expect(published(series, 'DrillSucceeded')).toBe(1);
  });

  test('[X06] goes on after a crash before or after a call in either Region, and leaves nothing behind', async () => {
    const clean = await aDrillingAccount();
    start(clean);
    await clean.runFor(dayMs);
    const all = callsOf(clean).length;
    expect(all).toBeGreaterThan(40);
    const effects: CallEffect[] = [
      { kind: 'crash', when: 'before' },
      { kind: 'crash', when: 'after' },
    ];
    for (const [offset, effect] of effects.entries()) {
      for (let nth = 1 + (stride > 1 ? 18 * offset : 0); nth <= all; nth += stride) {
        const account = await aDrillingAccount();
        account.faults.add({ match: { function: 'drill', nth }, effect });
        start(account);
        await account.runFor(dayMs);
        const results = await resultsOf(account);
        expect({ nth, effect, results, left: tablesInBoth(account) }).toMatchObject({
          results: [{ outcome: 'passed', cleanUp: 'deleted' }],
          left: ['orders'],
        });
        const deleted = account.journal.entries({ operation: 'DeleteTable' });
        expect(
          deleted.every(({ region, input }) => region === away && JSON.stringify(input).includes(target(home))),
        ).toBe(true);
      }
    }
  });
});

describe('the sweep', () => {
  const plan = elsewhere();
  /** A drill into the other Region that gave up on its restore, and whose table is there and ACTIVE two days later. */
  async function aLeftTable(): Promise<SandboxAccount> {
    const account = await aDrillingAccount();
    const match = { operation: 'RestoreTableFromBackup' };
    account.faults.add({ match, effect: { kind: 'slow-restore', ms: 60 * 3_600_000 } });
    await startDrills(account, plan);
    await account.runFor(3 * dayMs);
    account.faults.clear();
    return account;
  }

  test('[X05] deletes what a drill left in another Region, and closes its intent', async () => {
    const account = await aLeftTable();
    expect(tablesInBoth(account)).toEqual(['orders', target(home)]);

    const { deleted } = await sweep(account, plan);
    await account.runFor(60_000);
    const again = await sweep(account, plan);

    expect(deleted).toEqual([target(home)]);
    expect(again).toMatchObject({ deleted: [], inUse: [], leftovers: [], unswept: [] });
    expect(tablesInBoth(account)).toEqual(['orders']);
  });

  test('[X05] looks where an open intent says, also when no plan drills there any more', async () => {
    const account = await aLeftTable();

    expect((await sweep(account, aDrillPlan())).deleted).toEqual([target(home)]);
  });

  test('[X01] leaves a table of the same name in another Region alone, at home and abroad', async () => {
    const account = await aLeftTable();
    const there = account.inRegion(away);
    const theirs = target('ap-south-1');
    for (const [region, name] of [
      [account, target(home)],
      [there, target()],
      [there, theirs],
    ] as const) {
      await region.createTable({ TableName: name });
    }
    await account.runFor(dayMs);

    const { deleted, leftovers } = await sweep(account, plan);
    await account.runFor(60_000);

    expect(deleted).toEqual([target(home)]);
    expect(leftovers).toEqual([]);
    expect(tablesOf(account)).toEqual(['orders', target(home)]);
    expect(tablesOf(there)).toEqual([target(), theirs]);
  });

  test('sweeps at home while another Region is out of reach, says so, and fails', async () => {
    const account = await aLeftTable();
    account.faults.add({ match: { region: away }, effect: { kind: 'connection-lost', when: 'before' } });
    await account.createTable({ TableName: target() });

    const swept = sweep(account, plan);

    await expect(swept).rejects.toThrow(`"unswept":[{"region":"${away}"`);
    await expect(swept).rejects.toThrow(`"leftovers":[{"table":"${target()}","region":"${home}"`);
    expect(await resultsOf(account)).toMatchObject([{ cleanUp: 'left-behind' }]);
  });
});
