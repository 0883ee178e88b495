import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import { hashOfPlan } from '../../lambda/domain/plan-hash.ts';
import { sampled, singleCrashes } from '../sandbox/crash-points.ts';
import { aPassedDrill, anIntent, aPlan, aWorld, eventOf, owner, prefix, type World } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** A world at 03:00 whose tables have `count` hourly backups each, up to 02:00; the plan keeps the last three. */
async function aWorldWithBackups(count = 6, tables: readonly string[] = ['orders']): Promise<World> {
  const world = await aWorld(tables);
  for (const table of tables) world.plantHourly(table, count);
  return world;
}

function slotsLeft(world: World, table = 'orders'): string[] {
  return world.names(table).map((name) => name.split('.')[3]?.slice(9, 11) ?? name);
}

function deletions(world: World): number {
  return world.calls('DeleteBackup');
}

describe('pruning', () => {
  test('expired backups go, oldest first, and the kept ones stay', async () => {
    const world = await aWorldWithBackups(6);

    const report = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 3, expired: 3 });
    expect(slotsLeft(world)).toEqual(['00', '01', '02']);
    const deleted = world.account.journal.entries({ operation: 'DeleteBackup' }).map(({ input }) => input);
    expect(deleted).toEqual([...deleted].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  });

  test('a second run finds nothing left to delete', async () => {
    const world = await aWorldWithBackups(6);

    await world.prune();
    const again = await world.prune();

    expect(again).toMatchObject({ blocked: null, deleted: 0, expired: 0 });
    expect(slotsLeft(world)).toHaveLength(3);
  });

  test('[R11] backups made by hand are never touched, even when their name looks like ours', async () => {
    const world = await aWorldWithBackups(6);
    const table = world.account.dynamodb.tables.require('orders');
    const lookalike = formatBackupName({ prefix, owner, plan: 'orders', slot: new Date(0), tableId: 'another' });
    await world.createBackup('orders', 'before-the-migration');
    await world.createBackup('orders', lookalike);

    await world.prune();

    expect(table.id).not.toBe('another');
    expect(world.names('orders')).toEqual(expect.arrayContaining(['before-the-migration', lookalike]));
    expect(world.names('orders')).toHaveLength(5);
  });

  test('[R13] backups of another deployment or another plan are not judged', async () => {
    const world = await aWorldWithBackups(6);
    const tableId = world.account.dynamodb.tables.require('orders').id;
    const slot = new Date('2026-11-19T00:00:00Z');
    const theirs = formatBackupName({ prefix, owner: 'otherone', plan: 'orders', slot, tableId });
    const other = formatBackupName({ prefix, owner, plan: 'weekly', slot, tableId });
    await world.createBackup('orders', theirs);
    await world.createBackup('orders', other);

    await world.prune();

    expect(world.names('orders')).toEqual(expect.arrayContaining([theirs, other]));
  });

  test('[R29] a report-only plan says what it would delete and deletes nothing', async () => {
    const world = await aWorldWithBackups(6);

    const report = await world.prune(aPlan({ prune: { mode: 'report-only' } }));

    expect(report).toMatchObject({ expired: 3, deleted: 0 });
    expect(deletions(world)).toBe(0);
    const flag = world.account.metrics.latest('DynamoDBBackups', 'RetentionReportOnly', { Plan: 'orders' });
    expect(flag).toBe(1);
  });

  test('a held backup stays until the hold is lifted', async () => {
    const world = await aWorldWithBackups(6);
    const [oldest] = world.account.backups('orders');
    await world.operate((ledger) => ledger.placeHold(oldest?.arn ?? '', 'audit', world.account.now));

    const held = await world.prune();
    await world.operate((ledger) => ledger.liftHold(oldest?.arn ?? ''));
    const lifted = await world.prune();

    expect(held).toMatchObject({ deleted: 2, held: 1 });
    expect(lifted).toMatchObject({ deleted: 1, held: 0 });
  });
});

describe('what cannot be seen whole is not judged', () => {
  test('[L01] whichever page of the listing fails, and however, nothing is deleted', async () => {
    const world = await aWorldWithBackups(6);
    world.plantByHand('orders', 210);
    const effects = [
      { kind: 'error', when: 'before', name: 'ThrottlingException' },
      { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
      { kind: 'error', when: 'before', name: 'AccessDeniedException' },
      { kind: 'connection-lost', when: 'before' },
    ] as const;

    const blocks: unknown[] = [];
    for (const effect of effects) {
      for (const page of [1, 2, 3]) {
        world.account.faults.clear();
        world.account.faults.add({ match: { operation: 'ListBackups', nth: page, times: 1_000 }, effect });
        blocks.push((await world.prune()).blocked?.by);
      }
    }
    world.account.faults.clear();
    const healthy = await world.prune();

    expect(blocks).toEqual(Array.from({ length: 12 }, () => 'listing-incomplete'));
    expect(healthy).toMatchObject({ blocked: null, deleted: 3 });
    expect(deletions(world)).toBe(3);
  });

  test('[L02] an empty page with a marker is not the end of the listing', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({ match: { operation: 'ListBackups', nth: 1 }, effect: { kind: 'empty-page' } });

    const report = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 3 });
  });

  test('[L03] a marker that comes twice makes the listing incomplete, and nothing is deleted', async () => {
    const world = await aWorldWithBackups(6);
    world.plantByHand('orders', 110);
    world.account.faults.add({ match: { operation: 'ListBackups' }, effect: { kind: 'repeated-marker' } });

    const report = await world.prune();

    expect(report.blocked?.by).toBe('listing-incomplete');
    expect(deletions(world)).toBe(0);
  });

  test('[L10] a listing that lost most of what the last run left is not believed until an operator says so', async () => {
    const world = await aWorldWithBackups(6);
    const plan = aPlan({ keep: { last: 6 } });
    await world.prune(plan);
    for (const { arn } of world.account.backups('orders').slice(0, 4)) await world.deleteBackup(arn);

    const refused = await world.prune(aPlan({ keep: { last: 1 } }));
    await world.allowDeletions(aPlan({ keep: { last: 1 } }), 10);
    const allowed = await world.prune(aPlan({ keep: { last: 1 } }));

    expect(refused.blocked?.by).toBe('listing-shrunk');
    expect(allowed).toMatchObject({ blocked: null, deleted: 1 });
  });

  test('[L11] the listing asks for USER backups by name, so its default can never change what is judged', async () => {
    const world = await aWorldWithBackups(1);

    await world.prune();

    const types = world.account.journal.entries({ operation: 'ListBackups' }).map(({ input }) => input);
    expect(types).not.toHaveLength(0);
    for (const input of types) expect(input).toMatchObject({ BackupType: 'USER' });
  });

  test('[L15] a plan that selects no table any more deletes nothing', async () => {
    const world = await aWorldWithBackups(6);

    const report = await world.prune(aPlan({ tables: { matching: ['nothing-*'] } }));

    expect(report.blocked?.by).toBe('nothing-selected');
    expect(deletions(world)).toBe(0);
  });

  test('[R33] a page of tables that cannot be read refuses retention for the run', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({
      match: { operation: 'ListTables' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const report = await world.prune(aPlan({ tables: { matching: ['ord*'] } }));

    expect(report.blocked?.by).toBe('discovery-incomplete');
    expect(deletions(world)).toBe(0);
  });

  test('[D12] a clock that is not AWS’s judges nothing', async () => {
    for (const skew of [-2 * 24 * hour, -6 * minute, 6 * minute, 2 * 24 * hour]) {
      const world = await aWorldWithBackups(6);
      world.account.faults.add({ match: { function: 'prune' }, effect: { kind: 'skewed-clock', ms: skew } });

      const slot = new Date(world.account.now.getTime() + Math.min(skew, 0));
      const report = await world.prune(aPlan(), slot);

      expect(report.blocked?.by).toBe('clock-suspect');
      expect(deletions(world)).toBe(0);
    }
  });
});

describe('listings of every size', () => {
  test('[L06] a listing that lags behind only ever keeps more', async () => {
    const prompt = await aWorldWithBackups(6);
    const lagging = await aWorldWithBackups(6);
    lagging.account.dynamodb.backups.listLag.createdMs = 30 * minute;

    for (const world of [prompt, lagging]) {
      await world.backUp();
      await world.prune();
    }

    expect(slotsLeft(prompt)).toEqual(['01', '02', '03']);
    expect(slotsLeft(lagging)).toEqual(['00', '01', '02', '03']);
  });

  test('[L08] forty tables are listed in one pass over the account, not table by table', async () => {
    const tables = Array.from({ length: 40 }, (_, i) => `table-${i}`);
    const world = await aWorldWithBackups(5, tables);

    const report = await world.prune(aPlan({ tables: { matching: ['table-*'] } }));

    expect(report).toMatchObject({ blocked: null, deleted: 80 });
    expect(world.calls('ListBackups')).toBe(2);
    for (const operation of ['DescribeBackup', 'DeleteBackup']) {
      expect(world.account.journal.peakRate({ operation })).toBeLessThanOrEqual(8);
    }
  });
});

describe('tables that are not what they were', () => {
  test('[R05] the backups of a deleted table never age out', async () => {
    const world = await aWorldWithBackups(6);
    await world.deleteTable('orders');

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 0, frozen: 6 });
    expect(world.names('orders')).toHaveLength(6);
  });

  test('[R06] a table created again under its name keeps its former backups, and prunes only its own', async () => {
    const world = await aWorldWithBackups(6);
    await world.deleteTable('orders');
    await world.account.createTable({ TableName: 'orders' });
    world.plantHourly('orders', 5);

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 2, frozen: 6 });
    expect(world.names('orders')).toHaveLength(9);
  });

  test('[R07] the backups of a table the plan no longer covers stay', async () => {
    const world = await aWorldWithBackups(6, ['orders', 'customers']);

    const report = await world.prune(aPlan({ tables: { named: ['customers'] } }));

    expect(world.names('orders')).toHaveLength(6);
    expect(world.names('customers')).toHaveLength(3);
    expect(report).toMatchObject({ frozen: 6, deleted: 3 });
  });

  test('the backups of a table whose key is lost are frozen', async () => {
    const world = await aWorldWithBackups(6);
    world.account.dynamodb.tables.require('orders').status = 'INACCESSIBLE_ENCRYPTION_CREDENTIALS';

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 0, frozen: 6 });
  });

  test('[R08] while the recovery point objective is broken nothing is deleted', async () => {
    const world = await aWorldWithBackups(6);
    const plan = aPlan({ objectives: { recoveryPoint: 'PT2H' } });
    await world.account.runFor(3 * hour);

    const report = await world.prune(plan);

    expect(report).toMatchObject({ deleted: 0, frozen: 6 });
  });
});

describe('too many deletions at once', () => {
  test('[R01] a policy cut short deletes nothing until an operator allows exactly this version of the plan, once', async () => {
    const world = await aWorldWithBackups(30, ['orders']);
    const shortened = aPlan({ keep: { last: 2 } });

    const refused = await world.prune(shortened);
    await world.allowDeletions(aPlan({ keep: { last: 4 } }), 100);
    const otherVersion = await world.prune(shortened);
    await world.allowDeletions(shortened, 27);
    const tooFew = await world.prune(shortened);
    await world.allowDeletions(shortened, 28);
    const allowed = await world.prune(shortened);

    expect([refused, otherVersion, tooFew].map(({ blocked }) => blocked?.by)).toEqual(Array(3).fill('deletion-cap'));
    expect(allowed).toMatchObject({ blocked: null, deleted: 28 });
    expect(world.account.metrics.maximum('DynamoDBBackups', 'RetentionLimitExceeded', { Plan: 'orders' })).toBe(1);
    expect(await world.operate((ledger) => ledger.deletionOverride('orders', '', world.account.now))).toBeUndefined();
  });
});

describe('the last look before each deletion', () => {
  test('[R16] a backup in use is skipped, the others go, and the next run deletes it', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({
      match: { operation: 'DeleteBackup', nth: 2 },
      effect: { kind: 'error', when: 'before', name: 'BackupInUseException' },
    });

    const report = await world.prune();
    const next = await world.prune();

    expect(report.deletions.map(({ outcome }) => outcome).sort()).toEqual(['deleted', 'deleted', 'in-use']);
    expect(next).toMatchObject({ deleted: 1 });
  });

  test('[R17] a deletion whose answer was lost counts as done once the backup is gone', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({
      match: { operation: 'DeleteBackup', nth: 1 },
      effect: { kind: 'connection-lost', when: 'after' },
    });

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 3 });
    expect(world.names('orders')).toHaveLength(3);
  });

  test('[L07] a backup that is listed but gone already is done, and the others go on', async () => {
    const world = await aWorldWithBackups(6);
    const [oldest] = world.account.backups('orders');
    world.account.faults.add({
      match: { operation: 'DescribeBackup', nth: 2 },
      effect: { kind: 'error', when: 'before', name: 'BackupNotFoundException' },
    });

    const report = await world.prune();

    expect(report.deletions).toHaveLength(3);
    expect(report.deletions.find(({ arn }) => arn === oldest?.arn)).toMatchObject({ outcome: 'gone' });
    expect(report).toMatchObject({ deleted: 3 });
  });

  test('[R20] when the newest backup disappears after the judgement, nothing of its table is deleted', async () => {
    const world = await aWorldWithBackups(6);
    const newest = world.account.backups('orders').at(-1);
    world.account.faults.add({
      match: { operation: 'Query', function: 'prune' },
      effect: { kind: 'delay', ms: 9 * second },
    });
    world.deleteBackupLater(newest?.arn ?? '', 12 * second);

    const report = await world.prune();

    expect(report).toMatchObject({ expired: 3, deleted: 0 });
    expect(report.deletions.map(({ outcome }) => outcome)).toEqual(['kept', 'kept', 'kept']);
    expect(world.names('orders')).toHaveLength(5);
  });

  test('[R19] a judgement older than 15 minutes is not acted on', async () => {
    const world = await aWorld(['orders'], { timeoutSeconds: 3_600 });
    world.plantHourly('orders', 123);
    world.account.faults.add({ match: { operation: 'DescribeBackup' }, effect: { kind: 'delay', ms: 9 * second } });

    const report = await world.prune(aPlan({ prune: { deletionCap: { perTableCount: 200, perRun: 200 } } }));

    const deletedAt = world.account.journal.entries({ operation: 'DeleteBackup' }).map(({ at }) => at);
    expect(report.deleted).toBe(deletedAt.length);
    expect(report.deleted).toBeLessThan(120);
    expect(Math.max(...deletedAt) - Date.parse('2026-11-20T03:00:00Z')).toBeLessThan(15 * minute + 20 * second);
  });

  test('[R36] deletions that time does not suffice for are left to a continuation, which judges anew', async () => {
    const world = await aWorld(['orders'], { timeoutSeconds: 900 });
    world.plantHourly('orders', 123);
    world.account.faults.add({ match: { operation: 'DescribeBackup' }, effect: { kind: 'delay', ms: 9 * second } });

    const plan = aPlan({ prune: { deletionCap: { perTableCount: 200, perRun: 200 } } });
    const first = await world.prune(plan);
    const listedBefore = world.calls('ListBackups');
    await world.account.runFor(hour);

    expect(first.deleted).toBeLessThan(120);
    expect(world.names('orders')).toHaveLength(3);
    expect(world.calls('ListBackups')).toBeGreaterThan(listedBefore);
  });

  test('[L05] a backup taken or deleted by hand while the listing is read changes nothing for the others', async () => {
    const world = await aWorldWithBackups(6);
    world.plantByHand('orders', 110);
    const [oldest] = world.account.backups('orders');
    world.account.faults.add({
      match: { operation: 'ListBackups', nth: 2 },
      effect: { kind: 'delay', ms: 5 * second },
    });
    world.deleteBackupLater(oldest?.arn ?? '', 3 * second);

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 3 });
    expect(slotsLeft(world)).toEqual(expect.arrayContaining(['00', '01', '02']));
  });

  test('[R34] an error nobody foresaw stops the run, and the run fails', async () => {
    const world = await aWorldWithBackups(8);
    world.account.faults.add({
      match: { operation: 'DeleteBackup', nth: 2 },
      effect: { kind: 'error', when: 'before', name: 'SomethingNewException' },
    });

    const outcome = await world.account.invoke('prune', eventOf(aPlan(), world.account.now));

    expect(outcome).toHaveProperty('error.errorType', 'RunFailedError');
    expect(deletions(world)).toBe(2);
    expect(world.names('orders')).toHaveLength(7);
  });

  test('a deletion that is denied is a failure of its own', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({
      match: { operation: 'DeleteBackup' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const outcome = await world.account.invoke('prune', eventOf(aPlan(), world.account.now));

    expect(outcome).toHaveProperty('error.errorType', 'RunFailedError');
    expect(world.account.metrics.latest('DynamoDBBackups', 'BackupDeletionsDenied', { Plan: 'orders' })).toBe(3);
    expect(world.names('orders')).toHaveLength(6);
  });

  test('[R15] throttled deletions are paced, and what is left goes in the next run', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({
      match: { operation: 'DeleteBackup', nth: 2, times: 200 },
      effect: { kind: 'error', when: 'before', name: 'ThrottlingException' },
    });

    const throttled = await world.prune();
    world.account.faults.clear();
    const next = await world.prune();

    expect(throttled.deletions.map(({ outcome }) => outcome)).toEqual(['abandoned', 'abandoned', 'deleted']);
    expect(next).toMatchObject({ deleted: 2 });
    expect(world.account.journal.peakRate({ operation: 'DeleteBackup', outcome: 'ok' })).toBeLessThanOrEqual(8);
  });
});

describe('backups that drills need', () => {
  test('[X12] a backup that a drill restores stays until the drill has ended, whichever plan drills it', async () => {
    const world = await aWorldWithBackups(6);
    const arn = world.account.backups('orders')[0]?.arn ?? '';
    const intent = anIntent(arn, world.account.now);
    await world.drill((ledger) => ledger.recordDrillIntent(intent));

    const pinned = await world.prune();
    await world.drill((ledger) => ledger.closeDrillIntent(intent.targetName, world.account.now));
    const ended = await world.prune();

    expect(pinned).toMatchObject({ deleted: 2, spared: [{ arn, tableName: 'orders', why: 'a drill restores it' }] });
    expect(ended).toMatchObject({ deleted: 1, spared: [] });
  });

  test('[X12] a backup that is pinned while a prune run is under way stays, up to the moment it is deleted', async () => {
    const goneAt = await deletedAfter(await aSlowWorld(), 2);

    const outcomes: unknown[] = [];
    for (let pinnedAt = 0; pinnedAt < goneAt - 100; pinnedAt += second) {
      const world = await aSlowWorld();
      const arn = world.account.backups('orders')[2]?.arn ?? '';
      world.pinLater(arn, pinnedAt);

      const report = await world.prune();

      const isThere = world.account.backups('orders').some((backup) => backup.arn === arn);
      outcomes.push({ isThere, deleted: report.deleted });
    }

    expect(outcomes.length).toBeGreaterThan(10);
    expect(outcomes).toEqual(outcomes.map(() => ({ isThere: true, deleted: 2 })));
  });

  test('[X12] a backup that is pinned while its deletion is throttled is not tried again', async () => {
    const world = await aWorldWithBackups(4);
    const arn = world.account.backups('orders')[0]?.arn ?? '';
    world.account.faults.add({
      match: { operation: 'DeleteBackup', times: 200 },
      effect: { kind: 'error', when: 'before', name: 'ThrottlingException' },
    });
    world.pinLater(arn, 2 * second);

    const report = await world.prune();

    expect(report.deletions).toMatchObject([{ arn, outcome: 'kept' }]);
    expect(deletions(world)).toBeGreaterThan(0);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    '[X12] when the ledger does not answer its question number %p, nothing is deleted',
    async (nth) => {
      const world = await aWorldWithBackups(6);
      world.account.faults.add({
        match: { operation: 'Query', function: 'prune', nth },
        effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
      });

      const outcome = await world.account.invoke('prune', eventOf(aPlan(), world.account.now));

      expect(outcome).toHaveProperty('error');
      expect(deletions(world)).toBe(0);
    },
  );

  test('[R10] the newest backup that passed a drill stays until a newer one passes', async () => {
    const world = await aWorldWithBackups(6);
    const [oldest] = world.account.backups('orders');
    await world.drill((ledger) => ledger.saveDrill(aPassedDrill(world, oldest)));

    const first = await world.prune();
    await world.drill((ledger) => ledger.saveDrill(aPassedDrill(world, world.account.backups('orders')[1])));
    const second = await world.prune();

    expect(first.spared).toMatchObject([{ arn: oldest?.arn, why: expect.stringContaining('passed a drill') }]);
    expect(first).toMatchObject({ deleted: 2 });
    expect(second).toMatchObject({ deleted: 1, spared: [] });
  });

  test('[R10] a drill to a point in time takes nothing from the backup that passed before', async () => {
    const world = await aWorldWithBackups(6);
    const [oldest] = world.account.backups('orders');
    const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
    await world.drill((ledger) => ledger.saveDrill(aPassedDrill(world, oldest)));
    await world.drill((ledger) =>
      ledger.saveDrill(aPassedDrill(world, { arn: table, createdAt: world.account.clock.now })),
    );

    const report = await world.prune();

    expect(report.spared).toMatchObject([{ arn: oldest?.arn }]);
  });
});

/** Six hourly backups, three of them expired; each look at one takes three seconds. */
async function aSlowWorld(): Promise<World> {
  const world = await aWorldWithBackups(6);
  world.account.faults.add({ match: { operation: 'DescribeBackup' }, effect: { kind: 'delay', ms: 3 * second } });
  return world;
}

/** How many milliseconds into a prune run the nth deletion is asked for. */
async function deletedAfter(world: World, nth: number): Promise<number> {
  const startedAt = world.account.clock.now;
  await world.prune();
  return (world.account.journal.entries({ operation: 'DeleteBackup' })[nth]?.at ?? 0) - startedAt;
}

describe('one prune at a time, accounted for', () => {
  test('[R30] a run keeps to the plan and the code it began with, and records which version of the plan that was', async () => {
    const world = await aWorldWithBackups(6);
    world.account.faults.add({ match: { operation: 'DeleteBackup' }, effect: { kind: 'delay', ms: 9 * second } });
    world.account.clock.after(5 * second, () => {
      world.account.loadFunction({
        name: 'prune',
        code: 'exports.handler = () => { throw new Error("newer version"); }',
      });
    });

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 3, planHash: hashOfPlan(aPlan()) });
    const written = JSON.stringify(world.account.journal.entries({ operation: 'PutItem' }));
    expect(written).toContain(`"planHash":{"S":"${hashOfPlan(aPlan())}"}`);
  });

  test('[D16] two prune runs at once: the second waits for the first, and nothing is deleted twice', async () => {
    const world = await aWorldWithBackups(6);

    const [first, next] = await Promise.all([world.prune(), world.prune()]);

    expect(first.deleted + next.deleted).toBe(3);
    expect(deletions(world)).toBe(3);
  });

  test('[D16] a run that never gets the lease deletes nothing and fails', async () => {
    const world = await aWorldWithBackups(6);
    await world.operate((ledger) => ledger.acquireLease('somebody', new Date(world.account.now.getTime() + hour)));

    const outcome = await world.account.invoke('prune', eventOf(aPlan(), world.account.now));

    expect(outcome).toHaveProperty('error.errorMessage', expect.stringContaining('lease-taken'));
    expect(deletions(world)).toBe(0);
  });

  test('[R35][D06] nothing is deleted unless the intent was recorded', async () => {
    for (const operation of ['PutItem', 'Query']) {
      const world = await aWorldWithBackups(6);
      world.account.faults.add({
        match: { operation, function: 'prune', nth: 2, times: 1_000 },
        effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
      });

      const outcome = await world.account.invoke('prune', eventOf(aPlan(), world.account.now));

      expect(outcome).toHaveProperty('error');
      expect(deletions(world)).toBe(0);
    }
  });

  test('[R18] a prune that dies at any call ends, after its retry, with what a run that never died keeps', async () => {
    const whole = await aWorldWithBackups(5);
    const before = whole.account.journal.count();
    await whole.deliver('prune');
    const calls = whole.account.journal.count() - before;
    const expected = slotsLeft(whole);

    const endings: unknown[] = [];
    for (const points of sampled(singleCrashes(calls), 3)) {
      const world = await aWorldWithBackups(5);
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'prune', nth }, effect: { kind: 'crash', when } });
      await world.deliver('prune');
      const open = await world.operate((ledger) => ledger.openIntents('orders'));
      endings.push({ left: slotsLeft(world), open: open.length });
    }

    expect(calls).toBeGreaterThan(10);
    expect(expected).toEqual(['00', '01', '02']);
    expect(endings).toEqual(endings.map(() => ({ left: expected, open: 0 })));
  });
});
