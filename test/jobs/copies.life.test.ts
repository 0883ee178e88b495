import { BackupClient, DeleteRecoveryPointCommand, StartCopyJobCommand } from '@aws-sdk/client-backup';
import { DeleteTableCommand, DynamoDBClient, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../lambda/aws/dynamodb-drill-ledger.ts';
import { DynamoDbSettingsLedger } from '../../lambda/aws/dynamodb-settings-ledger.ts';
import { eventDetails } from '../../lambda/domain/events/event.ts';
import { sampled, singleCrashes } from '../sandbox/crash-points.ts';
import { drillLedgerOfCopies } from '../../lambda/jobs/drill/ledger-of-copies.ts';
import { away, copyVault, copyVaultArn, CopyingWorld } from './copying-world.ts';
import { vaultName } from './engine-world.ts';
import { sentBy } from './sent-events.ts';
import { aPassedDrill } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A world whose first backup is complete, and not copied yet. */
async function aWorldWithBackup(tables: readonly string[] = ['orders']): Promise<CopyingWorld> {
  const world = await CopyingWorld.create(tables);
  await world.take(world.plan({ tables: { named: [...tables] } }));
  return world;
}

const metric = (world: CopyingWorld, name: string) =>
  world.account.metrics.maximum('DynamoDBBackups', name, { Plan: 'orders' });

describe('a copy', () => {
  test('is started once its backup is complete, followed to its end, counted once, and says whose it is as its source does', async () => {
    const world = await aWorldWithBackup();

    const [first, second, third] = await world.followFor(0.5);

    expect([first, second, third]).toMatchObject([
      { made: 0, open: 1 },
      { made: 1, open: 0 },
      { made: 0, open: 0 },
    ]);
    expect(world.copies()).toMatchObject([{ tableName: 'orders', isRestorable: true }]);
    expect(world.copies().map(({ name }) => name)).toEqual(world.engine.names());
    expect(metric(world, 'CopiesMade')).toBe(1);
    expect(metric(world, 'CopiesFailed')).toBe(0);
  });

  test('is not started while its backup is being made, nor of one that failed', async () => {
    const world = await CopyingWorld.create();
    world.account.faults.add({
      match: { operation: 'StartBackupJob', nth: 1 },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: 15 * minute },
    });

    await world.take();
    await world.followFor(1);

    expect(world.started()).toBe(0);
  });

  test.each([
    ['after', 'ECONNRESET'],
    ['before', 'ETIMEDOUT'],
  ] as const)('whose answer is lost %s the effect (%s) is made once', async (when, code) => {
    const world = await aWorldWithBackup();
    world.account.faults.add({
      match: { operation: 'StartCopyJob', nth: 1, times: 10 },
      effect: { kind: 'connection-lost', when, code },
    });

    await world.followFor(1);

    expect(world.started()).toBe(1);
    expect(world.copies()).toHaveLength(1);
    expect(metric(world, 'CopiesMade')).toBe(1);
  });

  test('that was asked for before the ledger forgot is found again, and not asked for twice', async () => {
    const world = await aWorldWithBackup();
    world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'slow-job', time: { runMs: 5 * hour } },
    });
    const lost = world.account.faults.add({
      match: { table: 'ledger', operation: 'PutItem', nth: 3, times: 50 },
      effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
    });

    await expect(world.follow()).rejects.toThrow(/InternalServerError/);
    const askedFor = world.started();
    world.account.faults.remove(lost);
    await world.account.runFor(3 * hour);
    await world.followFor(3);

    expect(askedFor).toBe(1);
    expect(world.started()).toBe(1);
    expect(world.copies()).toMatchObject([{ isRestorable: true }]);
  });

  test('that is there or on its way already, by whatever request, is taken for it', async () => {
    const world = await aWorldWithBackup();
    const byHand = new StartCopyJobCommand({
      RecoveryPointArn: world.engine.backups().map(({ arn }) => arn)[0],
      SourceBackupVaultName: vaultName,
      DestinationBackupVaultArn: copyVaultArn,
      IamRoleArn: 'arn:aws:iam::123456789012:role/backup-service',
    });
    await world.account.client(BackupClient).send(byHand);

    await world.followFor(1);

    expect(world.started()).toBe(1);
    expect(world.copies()).toMatchObject([{ isRestorable: true }]);
    expect(metric(world, 'CopiesMade')).toBe(1);
  });

  test('two runs that follow at once ask for one job', async () => {
    const world = await aWorldWithBackup();

    await Promise.all([world.follow(), world.follow()]);
    await world.followFor(1);

    expect(world.started()).toBe(1);
    expect(world.copies()).toHaveLength(1);
  });

  test('a run that dies anywhere is made up for by the next: one copy of each table, none twice', async () => {
    const tables = ['orders', 'customers'];
    const whole = await aWorldWithBackup(tables);
    const plan = whole.plan({ tables: { named: tables } });
    await whole.followFor(0.5, plan);
    const calls = whole.account.journal.entries({ functionName: 'follow' }).length;

    const endings: unknown[] = [];
    for (const points of sampled(singleCrashes(calls), 7)) {
      const world = await aWorldWithBackup(tables);
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'follow', nth }, effect: { kind: 'crash', when } });
      for (let run = 0; run < 6; run++) {
        await world.account.invoke('follow', { plan });
        await world.account.runFor(10 * minute);
      }
      endings.push(
        world
          .copies()
          .map(({ tableName, isRestorable }) => `${tableName} ${isRestorable}`)
          .sort(),
      );
    }

    expect(calls).toBeGreaterThan(15);
    expect(endings).toEqual(endings.map(() => ['customers true', 'orders true']));
  });
});

describe('a copy job that does not end well', () => {
  test.each(['FAILED', 'PARTIAL'] as const)(
    'as %s is tried again with another request, and nobody is called',
    async (state) => {
      const world = await aWorldWithBackup();
      world.account.faults.add({
        match: { operation: 'StartCopyJob', nth: 1 },
        effect: { kind: 'failed-job', state, afterMs: 2 * minute },
      });

      await world.followFor(1);

      expect(world.started()).toBe(2);
      expect(world.copies().filter(({ isRestorable }) => isRestorable)).toHaveLength(1);
      expect(metric(world, 'CopiesFailed')).toBe(0);
      expect(metric(world, 'CopiesMade')).toBe(1);
    },
  );

  test('is tried four times within some two hours, then given up and told once, and the next slot has its own copy', async () => {
    const world = await aWorldWithBackup();
    const fault = world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: 2 * minute, message: 'the vault is shut' },
    });

    const said = await world.followFor(8);
    world.account.faults.remove(fault);
    await world.take();
    await world.followFor(1);

    const told = said.filter(({ failed }) => failed > 0);
    expect(told).toMatchObject([{ failed: 1, open: 0, failures: [{ failure: { kind: 'job-failed' } }] }]);
    expect(told[0]?.failures[0]?.failure.message).toContain('the vault is shut');
    // Of runs ten minutes apart.
    const toldAt = said.findIndex(({ failed }) => failed > 0);
    expect(toldAt).toBeGreaterThan(12);
    expect(toldAt).toBeLessThan(20);
    expect(world.started()).toBe(5);
    expect(world.copies()).toMatchObject([{ isRestorable: true }]);
  });

  test('is given up at once when its source is gone', async () => {
    const world = await aWorldWithBackup();
    world.account.faults.add({
      match: { operation: 'StartCopyJob', nth: 1 },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: 2 * minute },
    });
    await world.follow();
    await world.account.runFor(10 * minute);
    const arn = world.engine
      .backups()
      .map((backup) => backup.arn)
      .join();
    await world.account
      .client(BackupClient)
      .send(new DeleteRecoveryPointCommand({ BackupVaultName: vaultName, RecoveryPointArn: arn }));

    const said = await world.followFor(1);

    expect(said.filter(({ failed }) => failed > 0)).toMatchObject([{ failures: [{ failure: { kind: 'missing' } }] }]);
    expect(world.started()).toBe(1);
  });

  test('that nobody may ask for is a failure as well, and says which right is missing', async () => {
    const world = await aWorldWithBackup();
    world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const said = await world.followFor(4);

    expect(said.filter(({ failed }) => failed > 0)).toMatchObject([
      { failures: [{ failure: { kind: 'access-denied' } }] },
    ]);
    expect(world.calls('StartCopyJob')).toBe(4);
  });

  test('a place that the plan names no more gets no copy, and nothing waits for it', async () => {
    const world = await CopyingWorld.create();
    world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'error', when: 'before', name: 'ThrottlingException', status: 400 },
    });
    await world.take();
    await world.follow();

    const said = await world.follow(world.plan({}, {}));

    expect(said).toMatchObject({ made: 0, failed: 0, open: 0 });
    expect(world.started()).toBe(0);
  });
});

describe('events of copies', () => {
  const copyEvents = (world: CopyingWorld) =>
    sentBy(world.account)
      .filter(({ DetailType }) => DetailType.startsWith('Copies'))
      .map(({ DetailType, Detail }) => ({ DetailType, detail: JSON.parse(Detail) as object }));

  test('tell of each copy once it is there, and of one that was given up, as their schemas say', async () => {
    const world = await aWorldWithBackup();
    const [backupArn] = world.engine.backups().map(({ arn }) => arn);
    await world.follow();
    const underWay = copyEvents(world);
    await world.followFor(1);
    const [copyArn] = world.copies().map(({ arn }) => arn);
    world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: 2 * minute, message: 'the vault is shut' },
    });
    await world.take();
    await world.followFor(4);

    const told = copyEvents(world);

    expect(underWay).toEqual([]);
    expect(told).toMatchObject([
      {
        DetailType: 'Copies Made',
        detail: { made: 1, copies: [{ table: 'orders', backupArn, copyArn, vaultArn: copyVaultArn }] },
      },
      {
        DetailType: 'Copies Failed',
        detail: { failed: 1, problems: [{ table: 'orders', reason: 'job-failed', vaultArn: copyVaultArn }] },
      },
    ]);
    expect(JSON.stringify(told[1])).toContain('the vault is shut');
    for (const { DetailType, detail } of told) expect(eventDetails[DetailType].parse(detail)).toEqual(detail);
  });

  test('that were sent before their run died are sent again as the same news', async () => {
    const world = await aWorldWithBackup();
    await world.follow();
    await world.account.runFor(10 * minute);
    world.account.faults.add({
      match: { function: 'follow', operation: 'PutEvents', nth: 1 },
      effect: { kind: 'crash', when: 'after' },
    });
    await world.account.invoke('follow', { plan: world.plan() });
    await world.account.runFor(20 * minute);
    await world.followFor(0.5);

    const ids = copyEvents(world).map(({ detail }) => detail);

    expect(ids).toHaveLength(2);
    expect(ids[1]).toEqual(ids[0]);
  });
});

describe('the settings that a copy is re-armed with', () => {
  const kept = async (world: CopyingWorld) => {
    const there = new DynamoDbSettingsLedger(world.account.inRegion(away).client(DynamoDBClient), copyVault);
    const { id: tableId } = world.account.dynamodb.tables.require('orders');
    const asked = there.settingsOf({ tableName: 'orders', tableId, createdAt: world.account.now });
    return await world.account.clock.runUntilSettled(asked);
  };
  const tag = async (world: CopyingWorld, Value: string) => {
    const ResourceArn = world.account.dynamodb.tables.require('orders').arn;
    const command = new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'stage', Value }] });
    await world.account.clock.runUntilSettled(world.account.client(DynamoDBClient).send(command));
  };

  test('lie beside it when it is counted: those that belong to its source', async () => {
    const world = await CopyingWorld.create();
    await tag(world, 'prod');
    await world.take();
    await tag(world, 'changed while it was copied');

    await world.followFor(0.5);

    expect(world.copies()).toHaveLength(1);
    expect((await kept(world))?.settings.tags).toEqual({ is: { stage: 'prod' } });
  });

  test.each([
    ['nobody answers there', { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' }],
    ['the right to write there is missing', { kind: 'error', when: 'before', name: 'AccessDeniedException' }],
  ] as const)(
    'are waited for when %s: the copy stays open, its source stays, and the run says so',
    async (_, effect) => {
      const world = await aWorldWithBackup();
      const lost = world.account.faults.add({ match: { region: away, operation: 'PutItem' }, effect });
      await world.follow();
      await world.account.runFor(20 * minute);

      await expect(world.follow()).rejects.toThrow(/withoutSettings.*"table":"orders"/);
      expect(await kept(world)).toBeUndefined();
      expect(metric(world, 'CopiesMade')).toBeUndefined();

      world.account.faults.remove(lost);
      expect(await world.follow()).toMatchObject({ made: 1, open: 0 });
      expect((await kept(world))?.table.name).toBe('orders');
    },
  );
});

describe('retention beside copies', () => {
  /** Five expired backups of the plan, the oldest of which is being copied for hours. */
  async function aWorldThatCopiesAnOldOne() {
    const world = await CopyingWorld.create();
    world.account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'slow-job', time: { runMs: 6 * hour } },
    });
    await world.take();
    await world.follow();
    const arn = world.engine
      .backups()
      .map((backup) => backup.arn)
      .join();
    await world.account.runFor(5 * hour);
    world.engine.plantHourly('orders', 4);
    return { world, arn };
  }

  test('a recovery point stays while a copy of it is being made, whatever the rules say, and goes afterwards', async () => {
    const { world, arn } = await aWorldThatCopiesAnOldOne();

    const meanwhile = await world.prune();
    const stayed = world.engine.backups().map((backup) => backup.arn);
    await world.account.runFor(2 * hour);
    await world.follow();
    const afterwards = await world.prune();

    expect(meanwhile).toMatchObject({ blocked: null, deleted: 1 });
    expect(meanwhile.spared).toMatchObject([{ arn, why: 'a copy of it is being made' }]);
    expect(stayed).toContain(arn);
    expect(afterwards.deletions).toMatchObject([{ arn, outcome: 'deleted' }]);
    expect(world.copies()).toMatchObject([{ isRestorable: true }]);
  });

  test('a recovery point of which a copy is wanted after it was judged stays, up to the moment it is deleted', async () => {
    const outcomes: unknown[] = [];
    for (let wantedAt = 0; wantedAt <= 8_000; wantedAt += 1_000) {
      const world = await CopyingWorld.create();
      world.engine.plantHourly('orders', 5);
      const [, arn = ''] = world.engine.backups().map((backup) => backup.arn);
      // The first deletion takes nine seconds, and the second one is looked at only after it.
      world.account.faults.add({ match: { operation: 'DeleteRecoveryPoint' }, effect: { kind: 'delay', ms: 9_000 } });
      world.wantLater(arn, wantedAt);

      const report = await world.prune();
      outcomes.push({ deleted: report.deleted, isThere: world.engine.backups().some((backup) => backup.arn === arn) });
    }

    expect(outcomes).toEqual(outcomes.map(() => ({ deleted: 1, isThere: true })));
  });

  test('copies that the rules of their place do not want go there, the backups do by those of the plan', async () => {
    const world = await CopyingWorld.create();
    world.engine.plantHourly('orders', 7);
    world.plantCopies(7);

    const report = await world.prune();
    const again = await world.prune();

    expect(report).toMatchObject({ deleted: 4, expired: 4, copies: [{ deleted: 2, expired: 2, blocked: null }] });
    expect(again).toMatchObject({ deleted: 0, copies: [{ deleted: 0, expired: 0 }] });
    expect(world.engine.slotsLeft()).toEqual(['00', '01', '02']);
    expect(world.copies()).toHaveLength(5);
    expect(metric(world, 'BackupsDeleted')).toBe(6);
  });

  test('the newest copy that passed a drill stays, whatever the rules of its place say, and one that is being restored', async () => {
    const world = await CopyingWorld.create();
    const [proven = '', pinned = ''] = world.plantCopies(9);
    const drills = new DynamoDbDrillLedger(world.account.client(DynamoDBClient), 'ledger');
    const result = aPassedDrill(world.engine.world, { arn: proven, createdAt: world.account.clock.now - 9 * hour });
    const targetName = 'ddb-drill-ab12cd34-eu-central-1-0123456789abcdef';
    const recordedAt = world.account.now.toISOString();
    const intent = { targetName, plan: 'orders', table: 'orders', slot: recordedAt, sourceArn: pinned, recordedAt };
    await world.account.clock.runUntilSettled(
      Promise.all([
        drillLedgerOfCopies(drills, copyVaultArn).saveDrill(result),
        drills.recordDrillIntent({ ...intent, executionId: 'execution' }),
      ]),
    );

    const { copies } = await world.prune();

    expect(copies).toMatchObject([{ deleted: 2, blocked: null }]);
    expect(world.copies().map(({ arn }) => arn)).toEqual(expect.arrayContaining([proven, pinned]));
  });

  test('what is in the vault for copies and carries no seal of ours is never judged there either', async () => {
    const world = await CopyingWorld.create();
    world.plantCopies(6);
    const theirs = world.plantCopies(9, (name) => ({
      'dynamodb-backups:name': name,
      'dynamodb-backups:table-id': 'other',
    }));

    const report = await world.prune();

    expect(report.copies).toMatchObject([{ deleted: 1, blocked: null }]);
    expect(world.copies().map(({ arn }) => arn)).toEqual(expect.arrayContaining(theirs));
  });

  test('copies of a table that is gone stay, all of them', async () => {
    const world = await CopyingWorld.create(['orders', 'customers']);
    world.plantCopies(9);
    await world.account.clock.runUntilSettled(
      world.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: 'orders' })),
    );
    await world.account.runFor(minute);

    const report = await world.prune(world.plan({ tables: { named: ['orders', 'customers'] } }));

    expect(report.copies).toMatchObject([{ deleted: 0, frozen: 9 }]);
  });

  test('a Region that does not answer keeps its copies and fails the run, and the backups at home are pruned all the same', async () => {
    const world = await CopyingWorld.create();
    world.engine.plantHourly('orders', 5);
    world.plantCopies(9);
    world.account.faults.add({
      match: { region: away },
      effect: { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' },
    });

    const report = await world.prune();

    expect(report).toMatchObject({ blocked: null, deleted: 2, copies: [{ blocked: { by: 'listing-incomplete' } }] });
    expect(world.copies()).toHaveLength(9);
    expect(metric(world, 'RetentionBlocked')).toBe(1);
  });

  test('too many expired copies at once stop the pruning of that place alone', async () => {
    const world = await CopyingWorld.create();
    world.engine.plantHourly('orders', 5);
    world.plantCopies(30);

    const report = await world.prune();

    expect(report).toMatchObject({ deleted: 2, copies: [{ deleted: 0, blocked: { by: 'deletion-cap' } }] });
    expect(metric(world, 'RetentionLimitExceeded')).toBe(1);
  });

  test('a run of prune that dies anywhere has deleted no copy but those that expired, and the next one finishes', async () => {
    const prepared = async () => {
      const world = await CopyingWorld.create();
      world.engine.plantHourly('orders', 5);
      world.plantCopies(7);
      return world;
    };
    const whole = await prepared();
    await whole.prune();
    const calls = whole.account.journal.entries({ functionName: 'prune' }).length;

    const endings: unknown[] = [];
    for (const points of sampled(singleCrashes(calls), 11)) {
      const world = await prepared();
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'prune', nth }, effect: { kind: 'crash', when } });
      await world.engine.world.deliver('prune', world.plan());
      endings.push([world.engine.backups().length, world.copies().length]);
    }

    expect(calls).toBeGreaterThan(30);
    expect(endings).toEqual(endings.map(() => [3, 5]));
  });
});

test('what a run says of copies names the place', async () => {
  const world = await CopyingWorld.create();
  world.plantCopies(1);

  const report = await world.prune();

  expect(report.copies).toMatchObject([{ destinationArn: copyVaultArn }]);
});
