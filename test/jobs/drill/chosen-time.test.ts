import {
  PutItemCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import { aDrillPlan, DrillWorld, plantOrders } from './drill-world.ts';

const hour = 3_600_000;
const away = { region: 'eu-west-1', encryptionKey: 'aws-owned' };
type DrillInput = NonNullable<Parameters<typeof aDrillPlan>[0]>;

/** Expects the item that changes to hold a total. */
function total(value: string): DrillInput {
  const check = { table: 'orders', key: { id: { S: 'order-7' } }, expect: { total: { N: value } } };
  return { validate: { checks: [check] } };
}

/**
 * A table `orders` whose recovery is on since 03:01. At 05:01, one item and its only tag change; the settings before and after are kept.
 * It is 09:01 then.
 */
async function aChangedTable(): Promise<DrillWorld> {
  const world = await DrillWorld.create([]);
  const { account, client } = world;
  await plantOrders(account);
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await client.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }));
  await changeTo(world, '7', 'before');
  await account.runFor(2 * hour);
  await changeTo(world, '700', 'after');
  await account.runFor(4 * hour);
  return world;
}

async function changeTo({ account, client, ports, snapshots }: DrillWorld, value: string, tag: string): Promise<void> {
  const { arn: ResourceArn } = account.dynamodb.tables.require('orders');
  await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'order-7' }, total: { N: value } } }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['before', 'after'] }));
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: tag, Value: 'yes' }] }));
  const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
  await account.clock.runUntilSettled(snapshots.saveSettings(settings, account.now));
}

function drill(world: DrillWorld, before: string, more: DrillInput = {}): Promise<DrillResult> {
  const chosen: DrillInput = { backup: 'point-in-time', restoreTo: { before }, rearm: ['tags'], ...more };
  return world.drill(world.runOf(aDrillPlan(chosen)));
}

function restores({ account }: DrillWorld): unknown[] {
  return account.journal.entries({ operation: 'RestoreTableToPointInTime' }).map(({ input }) => input);
}

describe('a drill to a chosen time', () => {
  test.each([
    ['before a change', 'PT4H30M', '7', 'before'],
    ['after it', 'PT3H', '700', 'after'],
  ])('restores the items and the settings of the time %s', async (_, before, value, tag) => {
    const world = await aChangedTable();
    const slot = world.account.now.getTime();

    const result = await drill(world, before, total(value));

    const [, , retagged] = world.account.journal.entries({ operation: 'TagResource' });
    expect(result).toMatchObject({ outcome: 'passed', checksPassed: 1, settings: { tags: 'applied' } });
    expect(slot - Date.parse(result.source?.createdAt ?? '')).toBe((before === 'PT3H' ? 3 : 4.5) * hour);
    expect(retagged?.input).toMatchObject({ Tags: [{ Key: tag, Value: 'yes' }] });
  });

  test('is not content with the items of another time', async () => {
    const world = await aChangedTable();

    const result = await drill(world, 'PT4H30M', total('700'));

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'validate' }, cleanUp: 'deleted' });
  });

  test('restores it into another Region as well', async () => {
    const world = await aChangedTable();

    const result = await drill(world, 'PT4H30M', { ...away, ...total('7') });

    expect(result).toMatchObject({ outcome: 'passed', region: 'eu-west-1', checksPassed: 1, cleanUp: 'deleted' });
    expect(world.account.inRegion('eu-west-1').dynamodb.tables.all).toEqual([]);
  });

  test('that recovery does not reach fails at once, says which it reaches, and restores nothing', async () => {
    const world = await aChangedTable();
    const begun = world.account.clock.now;

    const result = await drill(world, 'PT7H');

    expect(result).toMatchObject({
      outcome: 'failed',
      failure: { phase: 'choose', kind: 'out-of-window' },
      cleanUp: 'nothing-to-delete',
    });
    expect(result.failure?.message).toMatch(
      /^orders can be restored to times from 2026-11-20T03:01:\S+Z to 2026-11-20T08:56:\S+Z, not to 2026-11-20T02:01:\S+Z, PT7H before the slot$/,
    );
    expect(world.account.clock.now - begun).toBeLessThan(60_000);
    expect(restores(world)).toEqual([]);
  });

  test('of a table without point-in-time recovery fails at once', async () => {
    const world = await DrillWorld.create(['orders']);

    const result = await drill(world, 'PT6H');

    expect(result.failure).toEqual({
      phase: 'choose',
      kind: 'out-of-window',
      message: 'orders has no point-in-time recovery',
    });
    expect(restores(world)).toEqual([]);
  });

  test('that moved out of reach while the drill waited is asked for once', async () => {
    const world = await aChangedTable();
    const match = { operation: 'RestoreTableToPointInTime' };
    world.account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'InvalidRestoreTimeException' } });

    const result = await drill(world, 'PT4H30M');

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'out-of-window' } });
    expect(restores(world)).toHaveLength(1);
  });
});
