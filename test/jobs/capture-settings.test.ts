import { DynamoDBClient, TagResourceCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbSettingsLedger } from '../../lambda/aws/dynamodb-settings-ledger.ts';
import type { TableSettings } from '../../lambda/domain/settings.ts';
import { settingsWith } from '../domain/settings-builders.ts';
import { aPlan, aWorld, type World } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const denied = { kind: 'error', when: 'before', name: 'AccessDeniedException' } as const;
const throttled = { kind: 'error', when: 'before', name: 'ThrottlingException' } as const;

function ledgerOf(world: World): DynamoDbSettingsLedger {
  return new DynamoDbSettingsLedger(world.account.client(DynamoDBClient), 'ledger');
}

/** The settings that belong to the newest backup of a table. */
async function settingsOfNewest(world: World): Promise<TableSettings | undefined> {
  return await settingsOfNth(world, -1);
}

async function settingsOfNth(world: World, nth: number): Promise<TableSettings | undefined> {
  const backup = world.account.backups('orders').at(nth);
  if (!backup) throw new Error(`orders has no backup ${nth}`);
  return await ledgerOf(world).settingsOf({ ...backup, createdAt: new Date(backup.createdAt) });
}

async function tag(world: World, Key: string, Value: string): Promise<void> {
  const { arn: ResourceArn } = world.account.dynamodb.tables.require('orders');
  await world.account.client(DynamoDBClient).send(new TagResourceCommand({ ResourceArn, Tags: [{ Key, Value }] }));
}

/** How often the settings of a table were read in full. */
function readings(world: World): number {
  return world.calls('ListTagsOfResource');
}

describe('the settings of a table', () => {
  test('are kept with its first backup, whatever they are', async () => {
    const world = await aWorld();
    await tag(world, 'stage', 'prod');

    await world.backUp();

    expect(await settingsOfNewest(world)).toMatchObject({
      version: 1,
      table: { name: 'orders', billing: 'PAY_PER_REQUEST' },
      settings: { tags: { is: { stage: 'prod' } }, stream: 'off', 'auto-scaling': 'off', alarms: 'off' },
    });
  });

  test('are read again after six hours at most, and not in every run', async () => {
    const world = await aWorld();

    for (let hours = 0; hours < 12; hours++) {
      await world.backUp();
      await world.account.runFor(hour);
    }

    expect(world.names('orders')).toHaveLength(12);
    expect(readings(world)).toBe(2);
  });

  test('cost an ordinary run one read of the ledger and nothing else', async () => {
    const world = await aWorld();
    await world.backUp();
    await world.account.runFor(hour);
    const before = world.account.journal.entries({ functionName: 'backup' }).length;

    await world.backUp();

    const calls = world.account.journal.entries({ functionName: 'backup' }).slice(before);
    const ofTheBackup = ['Query', 'PutItem', 'DescribeTable', 'CreateBackup', 'DescribeBackup', 'UpdateItem'];
    const ofTheRun = ['PutItem'];
    expect(calls.map(({ operation }) => operation).sort()).toEqual([...ofTheBackup, ...ofTheRun, 'GetItem'].sort());
  });

  test('are read at once when DescribeTable shows a change', async () => {
    const world = await aWorld();
    await world.backUp();
    await world.account.client(DynamoDBClient).send(
      new UpdateTableCommand({
        TableName: 'orders',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    await world.account.runFor(hour);

    await world.backUp();

    expect((await settingsOfNewest(world))?.settings.stream).toEqual({ is: { viewType: 'KEYS_ONLY' } });
  });

  test('belong to the backups of their time: an older backup keeps the older ones', async () => {
    const world = await aWorld();
    await world.backUp();
    await tag(world, 'stage', 'prod');
    await world.account.runFor(6 * hour);

    await world.backUp();

    expect((await settingsOfNth(world, 0))?.settings.tags).toBe('off');
    expect((await settingsOfNewest(world))?.settings.tags).toEqual({ is: { stage: 'prod' } });
  });

  test('are written once as long as they stay the same', async () => {
    const world = await aWorld();
    await world.backUp();
    await world.account.runFor(6 * hour);
    const before = world.calls('PutItem');

    await world.backUp();

    const [claim, checks, run] = [1, 1, 1];
    expect(readings(world)).toBe(2);
    expect(world.calls('PutItem') - before).toBe(claim + checks + run);
  });

  test('are those of the incarnation: a table made again under its name has its own', async () => {
    const world = await aWorld();
    await tag(world, 'stage', 'old');
    await world.backUp();
    await world.deleteTable('orders');
    await world.account.createTable({ TableName: 'orders' });

    await world.backUp();

    expect((await settingsOfNewest(world))?.settings.tags).toBe('off');
    expect((await settingsOfNth(world, 0))?.settings.tags).toEqual({ is: { stage: 'old' } });
  });
});

describe('settings that cannot be read', () => {
  test('say so in the snapshot, and the backup is done', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'GetResourcePolicy' }, effect: denied });

    expect(await world.backUp()).toMatchObject({ done: 1, failed: 0 });

    expect((await settingsOfNewest(world))?.settings).toMatchObject({
      tags: 'off',
      'resource-policy': { unread: expect.stringContaining('access-denied'), mayPass: false },
    });
  });

  test('for a moment leave in place what was read before, and are read by the next run', async () => {
    const world = await aWorld();
    await tag(world, 'stage', 'prod');
    await world.backUp();
    await world.account.runFor(6 * hour);
    world.account.faults.add({ match: { operation: 'ListTagsOfResource' }, effect: throttled });
    await tag(world, 'stage', 'test');

    await world.backUp();
    expect((await settingsOfNewest(world))?.settings.tags).toEqual({ is: { stage: 'prod' } });

    world.account.faults.clear();
    await world.account.runFor(hour);
    await world.backUp();
    expect((await settingsOfNewest(world))?.settings.tags).toEqual({ is: { stage: 'test' } });
  });

  test('for a moment at the first backup are kept as unread, and read by the next run', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'ListTagsOfResource' }, effect: throttled });
    await world.backUp();
    expect((await settingsOfNewest(world))?.settings).toMatchObject({ tags: { mayPass: true }, stream: 'off' });

    world.account.faults.clear();
    await world.account.runFor(hour);
    await world.backUp();

    expect((await settingsOfNewest(world))?.settings.tags).toBe('off');
  });

  test('hold up no backup, and the run ends in time', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'ListTagsOfResource' }, effect: { kind: 'delay', ms: 5 * hour } });
    const startedAt = world.account.now.getTime();

    const report = await world.backUp();

    expect(report).toMatchObject({ done: 1, failed: 0, pending: 0 });
    expect(world.account.now.getTime() - startedAt).toBeLessThan(15 * minute);
  });

  test.each(['GetItem', 'PutItem'])(
    'because %s of the ledger fails change nothing about the backup',
    async (operation) => {
      const world = await aWorld();
      world.account.faults.add({
        match: { operation, table: 'ledger' },
        effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
      });

      expect(await world.backUp()).toMatchObject({ done: 1, failed: 0 });
    },
  );
});

describe('the ledger of settings', () => {
  const at = (hours: number) => new Date(Date.parse('2026-11-20T00:00:00Z') + hours * hour);
  const backup = (createdAt: Date) => ({ tableName: 'orders', tableId: 'id-of-orders', createdAt });
  const tagged = (value: string) => settingsWith({ tags: { is: { value } } });

  test('gives a backup the newest settings of its time', async () => {
    const ledger = ledgerOf(await aWorld());
    await ledger.saveSettings(tagged('first'), at(1));
    await ledger.saveSettings(tagged('second'), at(3));

    expect(await ledger.settingsOf(backup(at(1)))).toEqual(tagged('first'));
    expect(await ledger.settingsOf(backup(at(2.9)))).toEqual(tagged('first'));
    expect(await ledger.settingsOf(backup(at(3)))).toEqual(tagged('second'));
    expect(await ledger.settingsOf(backup(at(99)))).toEqual(tagged('second'));
  });

  test('gives a backup older than all settings the oldest, and one of another table none', async () => {
    const ledger = ledgerOf(await aWorld());
    await ledger.saveSettings(tagged('first'), at(2));
    await ledger.saveSettings(tagged('second'), at(3));

    expect(await ledger.settingsOf(backup(at(1)))).toEqual(tagged('first'));
    expect(await ledger.settingsOf({ ...backup(at(9)), tableId: 'another' })).toBeUndefined();
    expect(await ledger.settingsOf({ ...backup(at(9)), tableName: 'customers' })).toBeUndefined();
  });

  test('allows for clocks that differ by two minutes', async () => {
    const ledger = ledgerOf(await aWorld());
    await ledger.saveSettings(tagged('first'), at(1));
    await ledger.saveSettings(tagged('second'), at(2));

    expect(await ledger.settingsOf(backup(new Date(at(2).getTime() - 2 * minute)))).toEqual(tagged('second'));
  });

  test.each([0, 1, 999, 1_000, 1_001, 2_500])('remembers the checks of %i tables', async (count) => {
    const ledger = ledgerOf(await aWorld());
    const checks = new Map(
      Array.from({ length: count }, (_, i) => [
        `table-${i}`,
        { readAt: at(i % 9), visibleSettings: `v${i}`, hash: `h${i}` },
      ]),
    );

    await ledger.saveSettingsChecks('orders', checks);

    expect(await ledger.settingsChecks('orders')).toEqual(checks);
    expect(await ledger.settingsChecks('another')).toEqual(new Map());
  });
});

test('what one plan knows of its tables does not hide them from another plan', async () => {
  const world = await aWorld();

  await world.backUp(aPlan({ name: 'orders' }));
  await world.backUp(aPlan({ name: 'more-orders' }));

  expect(readings(world)).toBe(2);
});
