import { BackupClient, CancelLegalHoldCommand, CreateLegalHoldCommand } from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import type { Engine } from '../../lambda/domain/plan.ts';
import { sampled, singleCrashes } from '../sandbox/crash-points.ts';
import type { CallEffect } from '../../sandbox/faults.ts';
import { anEngineWorld, vaultName, type EngineWorld } from './engine-world.ts';
import { eventOf, owner, prefix } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const engines: readonly Engine[] = ['dynamodb', 'aws-backup'];

async function aWorldWithBackups(engine: Engine, count = 6): Promise<EngineWorld> {
  const world = await anEngineWorld(engine);
  world.plantHourly('orders', count);
  return world;
}

describe.each(engines)('backups of engine %s', (engine) => {
  test('[B14] a covered table gets one restorable backup that says whose it is, and a metric counts it', async () => {
    const world = await anEngineWorld(engine);

    await world.backUp();

    expect(world.names()).toEqual([
      expect.stringMatching(new RegExp(`^${prefix}\\.${owner}\\.orders\\.20261120T030000Z`)),
    ]);
    expect(world.backups().map(({ isRestorable }) => isRestorable)).toEqual([true]);
    expect(world.metric('BackupsTaken')).toBe(1);
    expect(world.metric('BackupsFailed')).toBe(0);
  });

  test('[D01] the same event delivered twice makes one backup', async () => {
    const world = await anEngineWorld(engine);
    const slot = world.account.now;

    await world.backUp(world.plan(), slot);
    const repeated = await world.backUp(world.plan(), slot);

    expect(repeated).toMatchObject({ done: 0, failed: 0, skipped: 1 });
    expect(world.names()).toHaveLength(1);
    expect(world.calls('create')).toBe(1);
  });

  test('[D02] the same event delivered three times at once makes one backup of each table', async () => {
    const world = await anEngineWorld(engine, ['orders', 'customers']);
    const plan = world.plan({ tables: { named: ['orders', 'customers'] } });
    const slot = world.account.now;

    await Promise.all([1, 2, 3].map(() => world.world.backUp(plan, slot)));
    await world.settle(plan);

    expect(world.names('orders')).toHaveLength(1);
    expect(world.names('customers')).toHaveLength(1);
  });

  test('[D06] while the ledger does not answer, a slot still gets one backup', async () => {
    const world = await anEngineWorld(engine);
    const slot = world.account.now;
    world.account.faults.add({
      match: { table: 'ledger' },
      effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
    });

    await world.world.backUp(world.plan(), slot);
    await world.account.runFor(20 * minute);
    await world.world.backUp(world.plan(), slot);
    await world.account.runFor(20 * minute);

    expect(world.names()).toHaveLength(1);
    expect(world.backups().map(({ isRestorable }) => isRestorable)).toEqual([true]);
  });

  test.each([
    ['after', 'ECONNRESET'],
    ['before', 'ETIMEDOUT'],
  ] as const)('[B08] a connection lost %s the effect (%s) ends in one backup', async (when, code) => {
    const world = await anEngineWorld(engine);
    world.account.faults.add({
      match: { operation: world.operations.create, nth: 1 },
      effect: { kind: 'connection-lost', when, code },
    });

    await world.backUp();

    expect(world.names()).toHaveLength(1);
    expect(world.metric('BackupsTaken')).toBe(1);
  });

  test('[B25] a table the role may not back up fails, the others go on', async () => {
    const world = await anEngineWorld(engine, ['orders', 'customers']);
    const plan = world.plan({ tables: { named: ['orders', 'customers'] } });
    world.account.faults.add({
      match: { operation: world.operations.create, nth: 1 },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const report = await world.backUp(plan);

    expect(report).toMatchObject({ failed: 1, problems: [{ failure: { kind: 'access-denied' } }] });
    expect(world.names()).toHaveLength(1);
  });

  test('[B10] a run that dies anywhere is finished by its retry: one restorable backup per table, none twice', async () => {
    const tables = ['orders', 'customers'];
    const whole = await anEngineWorld(engine, tables);
    const plan = whole.plan({ tables: { named: tables } });
    await whole.deliver(plan);
    const calls = whole.account.journal.entries({ functionName: 'backup' }).length;

    const endings: unknown[] = [];
    for (const points of sampled(singleCrashes(calls), 9)) {
      const world = await anEngineWorld(engine, tables);
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'backup', nth }, effect: { kind: 'crash', when } });
      await world.deliver(plan);
      endings.push(
        world
          .backups()
          .map(({ tableName, isRestorable }) => `${tableName} ${isRestorable}`)
          .sort(),
      );
    }

    expect(calls).toBeGreaterThan(8);
    expect(endings).toEqual(endings.map(() => ['customers true', 'orders true']));
  });
});

describe.each(engines)('retention of engine %s', (engine) => {
  test('expired backups go, oldest first, the kept ones stay, and a second run finds nothing', async () => {
    const world = await aWorldWithBackups(engine);

    const report = await world.prune();
    const again = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 3, expired: 3 });
    expect(again).toMatchObject({ blocked: null, deleted: 0, expired: 0 });
    expect(world.slotsLeft()).toEqual(['00', '01', '02']);
  });

  test('[R05] the backups of a deleted table never age out', async () => {
    const world = await aWorldWithBackups(engine);
    await world.world.deleteTable('orders');

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 0, frozen: 6 });
  });

  test('[R06] a table created again under its name keeps its former backups, and prunes only its own', async () => {
    const world = await aWorldWithBackups(engine);
    await world.world.deleteTable('orders');
    await world.account.createTable({ TableName: 'orders' });
    world.plantHourly('orders', 5);

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 2, frozen: 6 });
    expect(world.names('orders')).toHaveLength(9);
  });

  test('[L01] a listing that fails deletes nothing', async () => {
    const world = await aWorldWithBackups(engine);
    world.account.faults.add({
      match: { operation: world.operations.list },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const report = await world.prune();

    expect(report.blocked?.by).toBe('listing-incomplete');
    expect(world.calls('delete')).toBe(0);
  });

  test('[R29] a report-only plan says what it would delete and deletes nothing', async () => {
    const world = await aWorldWithBackups(engine);

    const report = await world.prune(world.plan({ prune: { mode: 'report-only' } }));

    expect(report).toMatchObject({ expired: 3, deleted: 0 });
    expect(world.calls('delete')).toBe(0);
  });

  test('[R19] a run that dies anywhere has deleted nothing but what expired, and the next one finishes', async () => {
    const whole = await aWorldWithBackups(engine);
    await whole.prune();
    const calls = whole.account.journal.entries({ functionName: 'prune' }).length;

    const endings: string[][] = [];
    for (const points of sampled(singleCrashes(calls), 9)) {
      const world = await aWorldWithBackups(engine);
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'prune', nth }, effect: { kind: 'crash', when } });
      await world.world.deliver('prune', world.plan());
      endings.push(world.slotsLeft());
    }

    expect(endings).toEqual(endings.map(() => ['00', '01', '02']));
  });
});

describe.each(engines)('a faulty plan of engine %s', (engine) => {
  test('[S20] is refused by every job, and none has asked AWS for anything by then', async () => {
    const world = await aWorldWithBackups(engine);
    const event = { ...eventOf(world.plan(), world.account.now), plan: { ...world.plan(), keep: {} } };
    const jobs = ['backup', 'prune', ...(engine === 'aws-backup' ? ['follow'] : [])];
    const before = world.account.journal.entries().length;

    const said = [];
    for (const job of jobs) {
      const outcome = await world.account.invoke(job, event);
      said.push('error' in outcome ? outcome.error.errorMessage : outcome.payload);
    }

    expect(said).toEqual(jobs.map(() => expect.stringMatching(/the event carries a faulty plan:\nkeep/)));
    expect(world.account.journal.entries()).toHaveLength(before);
    expect(world.names()).toHaveLength(6);
  });
});

describe('jobs of AWS Backup', () => {
  test.each(['FAILED', 'ABORTED', 'EXPIRED'] as const)(
    '[B27] one that was accepted and ends as %s is a failed backup, is told once, and the next slot makes up for it',
    async (state) => {
      const world = await anEngineWorld('aws-backup');
      world.account.faults.add({
        match: { operation: 'StartBackupJob', nth: 1 },
        effect: { kind: 'failed-job', state, afterMs: minute },
      });

      const accepted = await world.backUp();
      const failed = world.metric('BackupsFailed');
      const told = await world.follow();
      await world.account.runFor(hour);
      await world.backUp();

      expect(accepted).toMatchObject({ failed: 0, pending: 1 });
      expect(failed).toBe(1);
      expect(told).toEqual({ slots: [] });
      expect(world.backups().filter(({ isRestorable }) => isRestorable)).toHaveLength(1);
    },
  );

  test('[B28] one that takes hours is neither done nor failed meanwhile, and a repeat of its slot starts no other', async () => {
    const world = await anEngineWorld('aws-backup');
    const slot = world.account.now;
    world.account.faults.add({
      match: { operation: 'StartBackupJob' },
      effect: { kind: 'slow-job', time: { runMs: 3 * hour } },
    });

    await world.backUp(world.plan(), slot);
    await world.account.runFor(90 * minute);
    await world.backUp(world.plan(), slot);
    const meanwhile = world.metric('BackupsTaken');
    await world.account.runFor(2 * hour);
    await world.follow();

    expect(meanwhile).toBe(0);
    expect(world.metric('BackupsTaken')).toBe(1);
    expect(world.metric('BackupsFailed')).toBe(0);
    expect(world.names()).toHaveLength(1);
  });

  test('[B29] a Region without the advanced features fails its tables, and says how to switch them on', async () => {
    const world = await anEngineWorld('aws-backup');
    world.account.backup.settings.isAdvanced = false;

    const report = await world.backUp();

    expect(report).toMatchObject({ failed: 1, problems: [{ failure: { kind: 'not-opted-in' } }] });
    expect(report.problems[0]?.failure?.message).toContain('aws backup update-region-settings');
    expect(world.calls('create')).toBe(0);
  });
});

describe('recovery points in a vault', () => {
  const slot = new Date('2026-11-19T00:00:00Z');

  test('[R11][R13][R23] only those that carry our seal are ours: not those of others, of another table, or that move along', async () => {
    const world = await aWorldWithBackups('aws-backup');
    const tableId = world.account.dynamodb.tables.require('orders').id;
    const nameOf = (parts: object) => formatBackupName({ prefix, owner, plan: 'orders', slot, tableId, ...parts });
    const tags = (name: string) => ({ 'dynamodb-backups:name': name, 'dynamodb-backups:table-id': tableId });
    const theirs = [
      world.plantPoint('orders', slot.getTime(), { team: 'by hand' }),
      world.plantPoint('orders', slot.getTime(), tags(nameOf({ owner: 'otherone' }))),
      world.plantPoint('orders', slot.getTime(), tags(nameOf({ plan: 'weekly' }))),
      world.plantPoint('orders', slot.getTime(), tags(nameOf({ tableId: 'another' }))),
      world.plantPoint('orders', slot.getTime(), tags(nameOf({})), { isContinuous: true }),
    ];

    const report = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 3 });
    expect(world.backups().map(({ arn }) => arn)).toEqual(expect.arrayContaining(theirs));
  });

  test('[R21] one whose deletion AWS accepts and does not make counts as failed, and the others go', async () => {
    const world = await aWorldWithBackups('aws-backup');
    world.account.faults.add({
      match: { operation: 'DeleteRecoveryPoint', nth: 1 },
      effect: { kind: 'kept-recovery-point' },
    });

    const report = await world.prune();
    const next = await world.prune();

    expect(report.deletions.map(({ outcome }) => outcome).sort()).toEqual(['deleted', 'deleted', 'survived']);
    expect(world.metric('BackupDeletionsFailed')).toBe(1);
    expect(next).toMatchObject({ expired: 0, unjudgeable: 1 });
  });

  /** A hold on all that is in the vault. */
  async function hold(world: EngineWorld, VaultNames: string[] = []): Promise<string> {
    const client = world.account.client(BackupClient);
    const command = new CreateLegalHoldCommand({
      Title: 'case 1',
      Description: 'do not delete',
      RecoveryPointSelection: { VaultNames },
    });
    const { LegalHoldId = '' } = await world.account.clock.runUntilSettled(client.send(command));
    return LegalHoldId;
  }

  test('[R22] one on legal hold is kept beforehand, for that reason, and expires once the hold is cancelled', async () => {
    const world = await aWorldWithBackups('aws-backup');
    await hold(world, ['another-vault']);
    const LegalHoldId = await hold(world, [vaultName]);

    const held = await world.prune();
    const client = world.account.client(BackupClient);
    const cancel = new CancelLegalHoldCommand({ LegalHoldId, CancelDescription: 'closed' });
    await world.account.clock.runUntilSettled(client.send(cancel));
    const asked = world.calls('delete');
    const later = await world.prune();

    expect(held).toMatchObject({ blocked: null, expired: 0, deleted: 0 });
    expect(held.spared.map(({ why }) => why)).toEqual(Array(3).fill('a legal hold of AWS Backup keeps it'));
    expect(asked).toBe(0);
    expect(later).toMatchObject({ blocked: null, deleted: 3 });
  });

  test.each<[string, CallEffect]>([
    ['that are denied', { kind: 'error', when: 'before', name: 'AccessDeniedException' }],
    ['that nobody answers', { kind: 'connection-lost', when: 'before' }],
  ])('[R22] of legal holds %s nothing is known, and nothing goes', async (_what, effect) => {
    for (const operation of ['ListLegalHolds', 'ListRecoveryPointsByLegalHold']) {
      const world = await aWorldWithBackups('aws-backup');
      await hold(world, ['another-vault']);
      world.account.faults.add({ match: { operation }, effect });

      const report = await world.prune();

      expect(report).toMatchObject({ blocked: { by: 'listing-incomplete' }, deleted: 0 });
      expect(world.names()).toHaveLength(6);
    }
  });

  test('[R22] one that is put on hold while prune runs is refused by AWS, and kept', async () => {
    const world = await aWorldWithBackups('aws-backup');
    world.account.faults.add({ match: { operation: 'ListLegalHolds' }, effect: { kind: 'truncated-page', rows: 0 } });
    await hold(world);

    const report = await world.prune();

    expect(report.deletions.map(({ outcome }) => outcome)).toEqual(Array(3).fill('retained'));
    expect(world.names()).toHaveLength(6);
  });

  test('[L14] a listing whose token expires begins anew, and all is judged', async () => {
    const world = await aWorldWithBackups('aws-backup');
    for (let nth = 0; nth < 1_100; nth++) world.plantPoint('orders', slot.getTime(), {});
    world.account.faults.add({
      match: { operation: 'ListRecoveryPointsByBackupVault', nth: 2 },
      effect: { kind: 'expired-token' },
    });

    const report = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 3 });
  });
});
