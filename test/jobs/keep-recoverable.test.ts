import { DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbSettingsLedger } from '../../lambda/aws/dynamodb-settings-ledger.ts';
import type { PlanInput } from '../../lambda/domain/plan.ts';
import { aPlan, aWorld, type World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const denied = { kind: 'error', when: 'before', name: 'AccessDeniedException' } as const;
const unavailable = { kind: 'error', when: 'before', name: 'ContinuousBackupsUnavailableException' } as const;
const unanswered = { kind: 'error', when: 'after', name: 'InternalServerError', status: 500 } as const;
const promising = (pointInTimeRecovery: PlanInput['pointInTimeRecovery'] = {}) => aPlan({ pointInTimeRecovery });

async function setRecovery(world: World, days: number | undefined): Promise<void> {
  const on = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days };
  await world.account.client(DynamoDBClient).send(
    new UpdateContinuousBackupsCommand({
      TableName: 'orders',
      PointInTimeRecoverySpecification: days === undefined ? { PointInTimeRecoveryEnabled: false } : on,
    }),
  );
}

/** The window of the table `orders` in days, or `off`. */
function windowOf(world: World): number | 'off' {
  return world.account.dynamodb.tables.require('orders').pointInTimeRecovery?.days ?? 'off';
}

function logged(world: World): string {
  return world.account.logs
    .of('backup')
    .map(({ text }) => text)
    .join('\n');
}

describe('[B33] point-in-time recovery that a plan promises', () => {
  test.each([
    ['off', undefined, {}, 35],
    ['of a shorter window', 7, { days: 20 }, 20],
    ['of a longer window', 35, { days: 20 }, 20],
  ])('and that is %s is put right by the backup run, which says so', async (_, before, promise, after) => {
    const world = await aWorld();
    await setRecovery(world, before);

    expect(await world.backUp(promising(promise))).toMatchObject({ done: 1, failed: 0 });

    expect(windowOf(world)).toBe(after);
    expect(logged(world)).toContain('point-in-time recovery was not as promised and is now');
  });

  test('is reported as drift and left as it is where the plan says so', async () => {
    const world = await aWorld();
    const updates = world.calls('UpdateContinuousBackups');

    await world.backUp(promising({ correct: false }));

    expect(windowOf(world)).toBe('off');
    expect(world.calls('UpdateContinuousBackups')).toBe(updates);
    expect(logged(world)).toContain('point-in-time recovery is not as promised, and the plan says to leave it');
  });

  test('and that somebody turns off is on again within six hours', async () => {
    const world = await aWorld();
    await world.backUp(promising());
    await setRecovery(world, undefined);

    for (let hours = 0; hours < 6; hours++) {
      await world.account.runFor(hour);
      await world.backUp(promising());
    }

    expect(windowOf(world)).toBe(35);
  });

  test('costs a table in order no call more than its settings do', async () => {
    const [promised, other] = [await aWorld(), await aWorld()];
    for (const world of [promised, other]) await setRecovery(world, 35);

    await promised.backUp(promising());
    await other.backUp(aPlan());

    const calls = ({ account }: World) =>
      account.journal.entries({ functionName: 'backup' }).map(({ operation }) => operation);
    expect(calls(promised).sort()).toEqual(calls(other).sort());
  });

  test('is kept by the next run when the promise is new, or has changed', async () => {
    const world = await aWorld();
    await world.backUp(aPlan());
    await world.account.runFor(hour);
    await world.backUp(promising());
    const first = windowOf(world);
    await world.account.runFor(hour);

    await world.backUp(promising({ days: 14 }));

    expect([first, windowOf(world)]).toEqual([35, 14]);
  });

  test('is what the snapshot of the settings says, for a restore to bring back', async () => {
    const world = await aWorld();

    await world.backUp(promising({ days: 9 }));

    const [backup] = world.account.backups('orders');
    if (!backup) throw new Error('orders has no backup');
    const ledger = new DynamoDbSettingsLedger(world.account.client(DynamoDBClient), 'ledger');
    const kept = await ledger.settingsOf({ ...backup, createdAt: new Date(backup.createdAt) });
    expect(kept?.settings['point-in-time-recovery']).toEqual({ is: { days: 9 } });
  });
});

describe('a correction of point-in-time recovery', () => {
  test('is tried again while continuous backups are not available yet', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'UpdateContinuousBackups', times: 3 }, effect: unavailable });

    expect(await world.backUp(promising())).toMatchObject({ done: 1, failed: 0 });

    expect(windowOf(world)).toBe(35);
  });

  test('whose answer is lost counts once it is there', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'UpdateContinuousBackups', times: 3 }, effect: unanswered });

    await world.backUp(promising());

    expect(windowOf(world)).toBe(35);
    expect(logged(world)).toContain('point-in-time recovery was not as promised and is now');
  });

  test('that is denied fails no backup, is said, and is tried again by the next run', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'UpdateContinuousBackups' }, effect: denied });

    expect(await world.backUp(promising())).toMatchObject({ done: 1, failed: 0 });
    expect(windowOf(world)).toBe('off');
    expect(logged(world)).toContain('point-in-time recovery is not as promised and could not be corrected');

    world.account.faults.clear();
    await world.account.runFor(hour);
    await world.backUp(promising());

    expect(windowOf(world)).toBe(35);
  });

  test('is not tried where the present state could not be read', async () => {
    const world = await aWorld();
    world.account.faults.add({ match: { operation: 'DescribeContinuousBackups' }, effect: denied });

    await world.backUp(promising());

    expect(world.calls('UpdateContinuousBackups')).toBe(0);
  });

  test('ends in time', async () => {
    const world = await aWorld();
    world.account.faults.add({
      match: { operation: 'UpdateContinuousBackups' },
      effect: { kind: 'delay', ms: 5 * hour },
    });
    const startedAt = world.account.now.getTime();

    expect(await world.backUp(promising())).toMatchObject({ done: 1, failed: 0 });

    expect(world.account.now.getTime() - startedAt).toBeLessThan(15 * minute);
  });
});

test('> Point-in-time recovery is never turned off: not when its promise is taken away either', async () => {
  const world = await aWorld();
  await world.backUp(promising());
  await world.account.client(DynamoDBClient).send(
    new UpdateTableCommand({
      TableName: 'orders',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    }),
  );
  await world.account.runFor(7 * hour);

  await world.backUp(aPlan());

  expect(windowOf(world)).toBe(35);
});

test('the backup that deleting such a table leaves is listed, and prune leaves it alone', async () => {
  const world = await aWorld();
  await world.backUp(promising());
  await world.deleteTable('orders');
  await world.account.runFor(hour);

  const report = await world.prune(promising());

  expect(report).toMatchObject({ blocked: null, deleted: 0 });
  expect(world.names('orders')).toContain('orders$DeletedTableBackup');
});
