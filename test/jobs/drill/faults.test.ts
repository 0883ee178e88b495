import {
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableFromBackupCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { formatDrillTableName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { DrillRun } from '../../../lambda/jobs/drill/drill.ts';
import { owner } from '../world.ts';
import { aDrillPlan, DrillWorld, drillTablePrefix, plantOrders } from './drill-world.ts';

const hour = 3_600_000;

async function withBackup(): Promise<{ world: DrillWorld; arn: string }> {
  const world = await DrillWorld.create([]);
  return { world, arn: await plantOrders(world.account) };
}

function targetOf({ plan, table, slot }: DrillRun): string {
  return formatDrillTableName({ drillTablePrefix, owner, plan: plan.name, table, slot });
}

function tables({ account }: DrillWorld): string[] {
  return account.dynamodb.tables.all.map(({ name }) => name).filter((name) => name !== 'ledger');
}

describe('a restore', () => {
  test('[X04] into a name that somebody took is not begun, and their table stays', async () => {
    const { world } = await withBackup();
    const run = world.runOf(aDrillPlan());
    await world.account.createTable({ TableName: targetOf(run) });
    await world.account.runFor(60_000);

    const result = await world.drill(run);

    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'name-taken' }, cleanUp: 'left-behind' });
    expect(tables(world)).toContain(targetOf(run));
    expect(world.account.journal.entries({ operation: 'DeleteTable' })).toEqual([]);
  });

  test('whose answer was lost is found and adopted, not asked for again', async () => {
    const { world } = await withBackup();
    const match = { operation: 'RestoreTableFromBackup', times: 1 };
    world.account.faults.add({ match, effect: { kind: 'connection-lost', when: 'after' } });

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
    expect(world.account.journal.entries({ operation: 'RestoreTableFromBackup' })).toHaveLength(1);
  });

  test('[X05] that takes too long is given up, and its table is left to the sweep', async () => {
    const { world } = await withBackup();
    const match = { operation: 'RestoreTableFromBackup' };
    world.account.faults.add({ match, effect: { kind: 'slow-restore', ms: 60 * hour } });

    const result = await world.drill(world.runOf(aDrillPlan({ timeout: 'PT2H' })));

    expect(result).toMatchObject({ outcome: 'timed-out', failure: { kind: 'timed-out' }, cleanUp: 'left-behind' });
    expect(await world.ledger.drillIntents()).toHaveLength(1);
  });

  test('[X11] waits while the account restores as many tables as it may, and then goes on', async () => {
    const { world } = await withBackup();
    const match = { operation: 'RestoreTableFromBackup', times: 5 };
    const message = 'Only 50 restore operations can be in progress at once';
    world.account.faults.add({
      match,
      effect: { kind: 'error', when: 'before', name: 'LimitExceededException', message },
    });

    expect(await world.drill(world.runOf(aDrillPlan()))).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  });

  test('[X13] of a table without a restorable backup is not begun', async () => {
    const world = await DrillWorld.create(['orders']);

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'choose', kind: 'no-backup' } });
    expect(result.cleanUp).toBe('nothing-to-delete');
  });

  test('[X14][X19] is done only when the last index is ACTIVE, and both ends are measured', async () => {
    const { world } = await withBackup();
    const match = { operation: 'RestoreTableFromBackup' };
    world.account.faults.add({ match, effect: { kind: 'late-indexes', ms: 2 * hour } });

    const { times, outcome } = await world.drill(world.runOf(aDrillPlan()));

    const [truth] = world.account.dynamodb.restores.all;
    const [table, all] = [truth?.activeAt, truth?.indexesActiveAt].map(
      (at) => ((at ?? NaN) - (truth?.startedAt ?? NaN)) / 1000,
    );
    expect(outcome).toBe('passed');
    expect(times.restore?.atLeastSeconds).toBeLessThanOrEqual(table ?? NaN);
    expect(times.restore?.atMostSeconds).toBeGreaterThanOrEqual(table ?? NaN);
    expect(times.indexes?.atMostSeconds).toBeGreaterThanOrEqual((all ?? NaN) - (table ?? NaN));
    expect(times.total?.atMostSeconds).toBeGreaterThanOrEqual(all ?? NaN);
    expect((times.total?.atMostSeconds ?? NaN) - (times.total?.atLeastSeconds ?? NaN)).toBeLessThan(
      0.05 * (all ?? NaN),
    );
  });

  test('[X18] of a provisioned table is billed on demand', async () => {
    const { world } = await withBackup();

    await world.drill(world.runOf(aDrillPlan()));

    const [restore] = world.account.journal.entries({ operation: 'RestoreTableFromBackup' });
    expect(restore?.input).toMatchObject({ BillingModeOverride: 'PAY_PER_REQUEST' });
  });

  test('[X20] that may not be watched fails at once and says why', async () => {
    const { world } = await withBackup();
    const match = { operation: 'DescribeTable', nth: 2, times: 1 };
    world.account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' } });

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'access-denied' } });
  });

  test('[X21] that DynamoDB gives up is a failed drill with its reason', async () => {
    const { world } = await withBackup();
    const match = { operation: 'RestoreTableFromBackup' };
    world.account.faults.add({ match, effect: { kind: 'failed-restore', afterMs: 30_000 } });

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'restore-failed' }, cleanUp: 'deleted' });
  });

  test('[X22] is in the ledger whatever became of its metrics', async () => {
    const { world } = await withBackup();

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(await world.account.clock.runUntilSettled(world.ledger.drillsOf('orders', 'orders'))).toEqual([result]);
    const history = await world.account.clock.runUntilSettled(world.ledger.drillHistory('orders'));
    expect(history.get('orders')).toMatchObject({ provenBackup: { arn: result.source?.arn } });
  });

  test('without its indexes says so, and restores none', async () => {
    const { world } = await withBackup();

    const result = await world.drill(world.runOf(aDrillPlan({ indexes: 'none' })));

    expect(result).toMatchObject({ outcome: 'passed', indexes: 'none' });
    const [restore] = world.account.journal.entries({ operation: 'RestoreTableFromBackup' });
    expect(restore?.input).toMatchObject({ GlobalSecondaryIndexOverride: [] });
  });

  test('of an index that the backup does not have fails, and names it', async () => {
    const { world } = await withBackup();

    const result = await world.drill(world.runOf(aDrillPlan({ indexes: ['by-colour'] })));

    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'invalid' } });
    expect(result.failure?.message).toContain('by-colour');
  });
});

describe('validation', () => {
  /** Empties a table as soon as it is restored, before anybody reads it. */
  function emptying(world: DrillWorld): void {
    const { restores } = world.ports;
    const sample = restores.sample.bind(restores);
    restores.sample = async (name, ...rest) => {
      const client = world.account.client(DynamoDBClient);
      const { Items = [] } = await client.send(new ScanCommand({ TableName: name }));
      for (const { id } of Items) {
        if (id) await client.send(new DeleteItemCommand({ TableName: name, Key: { id } }));
      }
      return sample(name, ...rest);
    };
  }

  test('[X16] fails when nothing can be read although there was something', async () => {
    const { world } = await withBackup();
    world.account.dynamodb.tables.declareSize('orders', {
      sizeBytes: 1e6,
      itemCount: 1000,
      largestPartitionBytes: 1e5,
    });
    const name = world.plant('orders', 0);
    expect(name).toContain('backup');
    emptying(world);

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({
      outcome: 'failed',
      failure: { phase: 'validate', kind: 'empty' },
      cleanUp: 'deleted',
    });
  });

  test('[X15] counts what it read whole, and no count that may be six hours old makes it pass or fail', async () => {
    const { world } = await withBackup();
    world.account.dynamodb.tables.declareSize('orders', { sizeBytes: 1e4, itemCount: 25, largestPartitionBytes: 1e3 });
    world.plant('orders', 0);

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'passed', itemsVerified: 20, itemsCounted: 20, source: { itemCount: 25 } });
  });

  test('[X15] says no count of a table it did not read whole', async () => {
    const { world } = await withBackup();

    const result = await world.drill(world.runOf(aDrillPlan({ validate: { items: 5 } })));

    expect(result).toMatchObject({ outcome: 'passed', itemsVerified: 5 });
    expect(result.itemsCounted).toBeUndefined();
  });

  test('reads the items that a plan names, and names what differs but no value', async () => {
    const { world } = await withBackup();
    const key = { id: { S: 'order-7' } };
    const check = (total: string) => ({
      validate: { checks: [{ table: 'orders', key, expect: { total: { N: total } } }] },
    });

    const right = await world.drill(world.runOf(aDrillPlan(check('7.0'))));
    await world.account.runFor(hour);
    const wrong = await world.drill(world.runOf(aDrillPlan(check('8'))));

    expect(right).toMatchObject({ outcome: 'passed', checksPassed: 1 });
    expect(wrong).toMatchObject({ outcome: 'failed', checksPassed: 0, failure: { kind: 'not-as-backed-up' } });
    expect(wrong.failure?.message).toContain('total');
    expect(wrong.failure?.message).not.toContain('8');
  });

  test('tells numbers apart to their last digit, however they are written', async () => {
    const { world } = await withBackup();
    const key = { id: { S: 'order-7' } };
    const check = (total: string) => ({
      validate: { checks: [{ table: 'orders', key, expect: { total: { N: total } } }] },
    });

    const outcomes: string[] = [];
    for (const total of ['0.7e1', '70E-1', '+7', '7.00000000000000000001']) {
      outcomes.push((await world.drill(world.runOf(aDrillPlan(check(total))))).outcome);
      await world.account.runFor(hour);
    }

    expect(outcomes).toEqual(['passed', 'passed', 'passed', 'failed']);
  });

  test('[X17] fails when the restored table has another index than was backed up', async () => {
    const { world } = await withBackup();
    const { restores } = world.ports;
    const look = restores.look.bind(restores);
    restores.look = async (name) => {
      const seen = await look(name);
      if (seen.kind !== 'found') return seen;
      return { ...seen, table: { ...seen.table, shape: { ...seen.table.shape, indexes: {} } } };
    };

    const result = await world.drill(world.runOf(aDrillPlan()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'not-as-backed-up' } });
    expect(result.failure?.message).toContain('by-customer');
  });
});

describe('clean-up', () => {
  test('[X10] that is denied leaves the table, and says so', async () => {
    const { world } = await withBackup();
    const match = { operation: 'DeleteTable' };
    world.account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' } });
    const run = world.runOf(aDrillPlan());

    const result = await world.drill(run);

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'left-behind' });
    expect(result.leftBehind).toContain('AccessDenied');
    expect(tables(world)).toContain(targetOf(run));
  });

  test('[X09] waits while the table is in use', async () => {
    const { world } = await withBackup();
    const match = { operation: 'DeleteTable', times: 3 };
    world.account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'ResourceInUseException' } });

    expect(await world.drill(world.runOf(aDrillPlan()))).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
  });

  test('[X01] never deletes a table that is not the one the drill restored', async () => {
    const { world, arn } = await withBackup();
    const run = world.runOf(aDrillPlan());
    const client = world.account.client(DynamoDBClient);
    const restore = new RestoreTableFromBackupCommand({ BackupArn: arn, TargetTableName: targetOf(run) });
    await world.account.clock.runUntilSettled(client.send(restore));
    await world.account.runFor(2 * hour);

    const result = await world.drill({ ...run, slot: run.slot });

    expect(result.cleanUp).toBe('left-behind');
    const described = await world.account.clock.runUntilSettled(
      client.send(new DescribeTableCommand({ TableName: targetOf(run) })),
    );
    expect(described.Table?.TableStatus).toBe('ACTIVE');
  });
});
