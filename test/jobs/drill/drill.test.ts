import { DeleteTableCommand, ListTablesCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { DurationBounds } from '../../../lambda/domain/drill/restore-timing.ts';
import { aDrillPlan, DrillWorld, drillTablePrefix, plantOrders } from './drill-world.ts';
import { MemoryDurable } from './memory-durable.ts';

async function drillTables(world: DrillWorld): Promise<string[]> {
  const { TableNames = [] } = await world.account.clock.runUntilSettled(world.client.send(new ListTablesCommand({})));
  return TableNames.filter((name) => name.startsWith(drillTablePrefix));
}

/** A table with items and an index, and one restorable backup of ours. */
async function withBackup(): Promise<{ world: DrillWorld; arn: string }> {
  const world = await DrillWorld.create([]);
  return { world, arn: await plantOrders(world.account) };
}

/** The true length, which only the sandbox knows, lies within what was measured. */
function expectBounds(bounds: DurationBounds | undefined, startedAt = NaN, endedAt = NaN): void {
  const seconds = (endedAt - startedAt) / 1000;
  expect(seconds).toBeGreaterThan(80);
  expect(bounds?.atLeastSeconds).toBeLessThanOrEqual(seconds);
  expect(bounds?.atMostSeconds).toBeGreaterThanOrEqual(seconds);
}

function workMilliseconds({ times }: DrillResult): number {
  return Math.round(1000 * ((times.rearmSeconds ?? NaN) + (times.validateSeconds ?? NaN)));
}

describe('a drill', () => {
  test('restores the newest backup for real, times it to within 15 seconds, proves it, and leaves nothing behind', async () => {
    const { world, arn } = await withBackup();

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20, source: { arn } });
    const [restore] = world.account.dynamodb.restores.all;
    expectBounds(result.times.restore, restore?.startedAt, restore?.activeAt);
    expectBounds(
      {
        atLeastSeconds: (result.times.restore?.atLeastSeconds ?? 0) + (result.times.indexes?.atLeastSeconds ?? 0),
        atMostSeconds: (result.times.restore?.atMostSeconds ?? 0) + (result.times.indexes?.atMostSeconds ?? 0),
      },
      restore?.startedAt,
      restore?.indexesActiveAt,
    );
    const { total } = result.times;
    expectBounds(total, restore?.startedAt, Number(restore?.indexesActiveAt) + workMilliseconds(result));
    expect((total?.atMostSeconds ?? NaN) - (total?.atLeastSeconds ?? NaN)).toBeLessThan(15);
    expect(await drillTables(world)).toEqual([]);
    expect(await world.ledger.drillIntents()).toEqual([]);
    const [closed, ...more] = await world.ledger.closedDrills('orders');
    expect(more).toEqual([]);
    expect(closed).toMatchObject({ targetName: result.targetName, sourceArn: arn });
    expect(Date.parse(closed?.goneAt ?? '')).toBeGreaterThan(Date.parse(result.finishedAt));
    expect(world.published).toHaveLength(1);
    expect(world.told).toEqual([result]);
  });

  test('passes also when the source table is gone', async () => {
    const { world } = await withBackup();
    await world.account.clock.runUntilSettled(world.client.send(new DeleteTableCommand({ TableName: 'orders' })));
    await world.account.runFor(60_000);

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20 });
  });

  test('takes no step for a setting that its source did not have', async () => {
    const { world, arn } = await withBackup();
    const settle = <Answer>(answer: Promise<Answer>): Promise<Answer> => world.account.clock.runUntilSettled(answer);
    const ResourceArn = arn.split('/backup/')[0];
    await settle(world.client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'shop' }] })));
    const settings = await settle(world.ports.settings.capture('orders'));
    await settle(world.snapshots.saveSettings(settings, new Date('2026-11-20T00:00:00Z')));
    const durable = new MemoryDurable(world.account);

    const plan = aDrillPlan({ rearm: ['tags', 'time-to-live', 'point-in-time-recovery'] });
    const result = await world.drill(world.runOf(plan), durable);

    expect(result.settings).toEqual({
      tags: 'applied',
      'time-to-live': 'nothing-to-apply',
      'point-in-time-recovery': 'nothing-to-apply',
    });
    expect(durable.names.filter((name) => /^(?:give back|take off)/.test(name))).toEqual(['give back tags 1']);
  });

  test('reads a table from its beginning when it has far fewer items than its description says', async () => {
    const { world } = await withBackup();
    const huge = { sizeBytes: 1e9, itemCount: 1e6, largestPartitionBytes: 1e6 };
    world.account.dynamodb.tables.declareSize('orders', huge);
    world.plant('orders', 0);
    const scansBefore = world.account.journal.count('dynamodb', 'Scan');

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', itemsVerified: 20 });
    expect(world.account.journal.count('dynamodb', 'Scan') - scansBefore).toBe(9);
  });

  test('goes on after a crash at any checkpoint, and ends the same', async () => {
    const { world } = await withBackup();
    const durable = new MemoryDurable(world.account);
    await world.drill(world.runOf(aDrillPlan()), durable);
    const all = durable.checkpoints;
    expect(all).toBeGreaterThan(10);
    for (let at = 0.5; at <= all; at += process.env.CRASHES === 'all' ? 0.5 : 4.5) {
      const again = await withBackup();
      const crashing = new MemoryDurable(again.world.account);
      crashing.crashes.add(at);
      const result = await again.world.drill(again.world.runOf(aDrillPlan()), crashing);
      expect({ at, outcome: result.outcome, cleanUp: result.cleanUp }).toEqual({
        at,
        outcome: 'passed',
        cleanUp: 'deleted',
      });
      expect(await drillTables(again.world)).toEqual([]);
    }
  });
});
