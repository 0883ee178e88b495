import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import { formatDrillTableName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { Engine, PlanInput } from '../../../lambda/domain/plan.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { owner, prefix } from '../world.ts';
import { aDrillPlan, drillTablePrefix, plantPoint } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep, tablesOf } from './drilling-account.ts';

const dayMs = 24 * 3_600_000;

/** What a drill asks for a restore with. */
const requestOf: Readonly<Record<Engine, string>> = {
  dynamodb: 'RestoreTableFromBackup',
  'aws-backup': 'StartRestoreJob',
};

/** More tables, each with a restorable backup of ours. */
async function plant(account: SandboxAccount, names: readonly string[], engine: Engine): Promise<void> {
  for (const name of names) {
    await account.createTable({ TableName: name });
    const table = account.dynamodb.tables.require(name);
    const at = new Date('2026-11-20T02:00:00Z');
    if (engine === 'aws-backup') {
      plantPoint(account, at, name);
      continue;
    }
    const backupName = formatBackupName({ prefix, owner, plan: 'orders', slot: at, tableId: table.id });
    account.dynamodb.backups.plant(table, backupName, at.getTime() + 1_000);
  }
}

function leftovers(account: SandboxAccount): string[] {
  return tablesOf(account).filter((name) => name.startsWith(drillTablePrefix));
}

describe.each<Engine>(['dynamodb', 'aws-backup'])('starting drills of engine %s', (engine) => {
  const aPlanOf = (drill: Partial<NonNullable<PlanInput['drill']>> = {}) => aDrillPlan(drill, engine);
  const anAccount = () => aDrillingAccount(true, { engine });

  test('[X23] takes turns: no table is left out twice while others are drilled again', async () => {
    const account = await anAccount();
    await plant(account, ['orders-b', 'orders-c'], engine);
    const plan = aPlanOf({ tablesPerRun: 1 });
    const all = { ...plan, tables: { named: ['orders', 'orders-b', 'orders-c'] } };
    const started: string[] = [];
    for (const day of ['20', '21', '22']) {
      started.push(...(await startDrills(account, all, `2026-11-${day}T05:00:00Z`)).started);
      await account.runFor(dayMs);
    }

    expect(started.toSorted()).toEqual(['orders', 'orders-b', 'orders-c']);
    expect(leftovers(account)).toEqual([]);
  });

  test('[X24] delivered twice, a slot drills each table once', async () => {
    const account = await anAccount();
    const plan = aPlanOf();

    const first = await startDrills(account, plan);
    await account.runFor(dayMs / 12);
    await startDrills(account, plan);
    await account.runFor(dayMs);

    expect(first.started).toEqual(['orders']);
    expect(await resultsOf(account)).toHaveLength(1);
    expect(account.journal.entries({ operation: requestOf[engine] })).toHaveLength(1);
  });

  test('[X25] a table whose drill fails does not stop the others', async () => {
    const account = await anAccount();
    await plant(account, ['orders-b'], engine);
    const match = { operation: requestOf[engine], nth: 1 };
    account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' } });
    const plan = { ...aPlanOf({ pick: 'all' as const }), tables: { named: ['orders', 'orders-b'] } };

    await startDrills(account, plan);
    await account.runFor(dayMs);

    const [one, other] = [await resultsOf(account, 'orders'), await resultsOf(account, 'orders-b')];
    expect([one[0]?.outcome, other[0]?.outcome].toSorted()).toEqual(['failed', 'passed']);
    expect(leftovers(account)).toEqual([]);
  });

  test('restores at most so many tables at once', async () => {
    const account = await anAccount();
    await plant(account, ['orders-b', 'orders-c', 'orders-d'], engine);
    const named = ['orders', 'orders-b', 'orders-c', 'orders-d'];
    const plan = { ...aPlanOf({ pick: 'all' as const, concurrentRestores: 2 }), tables: { named } };
    await startDrills(account, plan);
    let most = 0;
    for (let minutes = 0; minutes < 120; minutes++) {
      await account.runFor(60_000);
      most = Math.max(most, leftovers(account).length);
    }

    expect(most).toBe(2);
    for (const name of named) expect(await resultsOf(account, name)).toMatchObject([{ outcome: 'passed' }]);
  });
});

describe.each<Engine>(['dynamodb', 'aws-backup'])('the sweep beside drills of engine %s', (engine) => {
  const aPlanOf = (drill: Partial<NonNullable<PlanInput['drill']>> = {}) => aDrillPlan(drill, engine);
  const anAccount = () => aDrillingAccount(true, { engine });

  test('[X05] deletes the table of a drill that gave up, once it can be deleted', async () => {
    const account = await anAccount();
    const match = { operation: requestOf[engine] };
    const ms = 60 * 3_600_000;
    account.faults.add({ match, effect: { kind: 'slow-restore', ms } });
    account.faults.add({ match, effect: { kind: 'slow-job', time: { runMs: ms } } });
    const plan = aPlanOf();
    await startDrills(account, plan);
    await account.runFor(2 * dayMs);

    const whileRestoring = await sweep(account, plan);
    await account.runFor(dayMs);
    const later = await sweep(account, plan);
    await account.runFor(60_000);

    expect(await resultsOf(account)).toMatchObject([{ outcome: 'timed-out', cleanUp: 'left-behind' }]);
    expect(whileRestoring).toMatchObject({ deleted: [], leftovers: [{ plan: 'orders' }] });
    expect(later.deleted).toHaveLength(1);
    expect(leftovers(account)).toEqual([]);
  });

  test('[X07] leaves the table of a running drill alone', async () => {
    const account = await anAccount();
    const plan = aPlanOf();
    await startDrills(account, plan);
    await account.runFor(60_000);

    const swept = await sweep(account, plan);
    await account.runFor(dayMs);

    expect(swept).toMatchObject({ deleted: [], leftovers: [] });
    expect(swept.inUse).toHaveLength(1);
    expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed' }]);
  });

  test('[X08] counts a table that nobody announced, and never touches it', async () => {
    const account = await anAccount();
    const name = formatDrillTableName({
      drillTablePrefix,
      owner,
      plan: 'orders',
      table: 'orders',
      slot: new Date(slot),
    });
    await account.createTable({ TableName: name });
    await account.runFor(30 * dayMs);

    const swept = await sweep(account, aPlanOf());

    expect(swept).toMatchObject({ deleted: [], inUse: [], leftovers: [{ table: name }] });
    expect(account.journal.entries({ operation: 'DeleteTable' })).toEqual([]);
    expect(tablesOf(account)).toContain(name);
  });
});
