import { CreateBackupCommand, ListTablesCommand, PutItemCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import type { DurationBounds } from '../../../lambda/domain/drill/restore-timing.ts';
import { owner, prefix } from '../world.ts';
import { aDrillPlan, DrillWorld, drillTablePrefix } from './drill-world.ts';
import { MemoryDurable } from './memory-durable.ts';

/** A table with items and two indexes, and one restorable backup of ours. */
async function withBackup(): Promise<{ world: DrillWorld; arn: string }> {
  const world = await DrillWorld.create([]);
  const { account, client } = world;
  await account.createTable({
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'customer', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-customer',
        KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (let nth = 0; nth < 20; nth++) {
    const Item = { id: { S: `order-${nth}` }, customer: { S: `c${nth % 3}` }, total: { N: String(nth) } };
    await client.send(new PutItemCommand({ TableName: 'orders', Item }));
  }
  const { id } = account.dynamodb.tables.require('orders');
  const name = formatBackupName({ prefix, owner, plan: 'orders', slot: new Date('2026-11-20T03:00:00Z'), tableId: id });
  const created = await account.clock.runUntilSettled(
    client.send(new CreateBackupCommand({ TableName: 'orders', BackupName: name })),
  );
  await account.runFor(60_000);
  return { world, arn: created.BackupDetails?.BackupArn ?? '' };
}

async function drillTables(world: DrillWorld): Promise<string[]> {
  const { TableNames = [] } = await world.account.clock.runUntilSettled(world.client.send(new ListTablesCommand({})));
  return TableNames.filter((name) => name.startsWith(drillTablePrefix));
}

/** The true length, which only the sandbox knows, lies within what was measured. */
function expectBounds(bounds: DurationBounds | undefined, startedAt = NaN, endedAt = NaN): void {
  const seconds = (endedAt - startedAt) / 1000;
  expect(seconds).toBeGreaterThan(80);
  expect(bounds?.atLeastSeconds).toBeLessThanOrEqual(seconds);
  expect(bounds?.atMostSeconds).toBeGreaterThanOrEqual(seconds);
}

describe('a drill', () => {
  test('restores the newest backup for real, times it, proves it, and leaves nothing behind', async () => {
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
    expect(await drillTables(world)).toEqual([]);
    expect(await world.ledger.drillIntents()).toEqual([]);
    expect(world.published).toHaveLength(1);
  });

  test('passes also when the source table is gone', async () => {
    const { world } = await withBackup();
    await world.account.clock.runUntilSettled(world.client.send(new DeleteTableCommand({ TableName: 'orders' })));
    await world.account.runFor(60_000);

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20 });
  });

  test('goes on after a crash at any checkpoint, and ends the same', async () => {
    const { world } = await withBackup();
    const durable = new MemoryDurable(world.account);
    await world.drill(world.runOf(aDrillPlan()), durable);
    const all = durable.checkpoints;
    expect(all).toBeGreaterThan(10);
    for (let at = 0.5; at <= all; at += 0.5) {
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
