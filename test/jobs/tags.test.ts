import { describe, expect, test } from '@jest/globals';
import { type DrillTableScope, formatDrillTableName } from '../../lambda/domain/drill/drill-table-name.ts';
import { aPlan, aWorld, drillTablePrefix, owner, type World } from './world.ts';

const plan = aPlan({ tables: { named: ['orders'], tagged: { backup: 'orders', 'cost-centre': 'a b' } } });
const wanted = [
  { Key: 'backup', Value: 'orders' },
  { Key: 'cost-centre', Value: 'a b' },
];

/** A world with the named table, `count` tables that carry the wanted tags, and two that carry only one of them. */
async function aTaggedWorld(count: number): Promise<World> {
  const world = await aWorld(['orders']);
  for (let i = 0; i < count; i++) await world.account.createTable({ TableName: `tagged-${i}`, Tags: wanted });
  for (const [i, Tags] of [[wanted[0]], [wanted[1]]].entries()) {
    await world.account.createTable({ TableName: `half-${i}`, Tags });
  }
  return world;
}

function tablesWithBackups(world: World): string[] {
  return [...new Set(world.account.backups().map(({ tableName }) => tableName))].sort();
}

/** The table that a drill of `orders` restores into: it carries the tags of its source. */
async function aDrillTable(world: World, scope: Partial<DrillTableScope> = {}): Promise<string> {
  const drill = { plan: 'orders', table: 'orders', slot: world.account.now };
  const TableName = formatDrillTableName({ ...drill, owner, drillTablePrefix, ...scope });
  await world.account.createTable({ TableName, Tags: wanted });
  return TableName;
}

describe('tables chosen by tag', () => {
  test('a table is covered when it carries every tag, over all pages', async () => {
    const world = await aTaggedWorld(101);

    const report = await world.backUp(plan);

    expect(report).toMatchObject({ tables: 102, done: 102 });
    expect(tablesWithBackups(world).filter((name) => name.startsWith('half'))).toEqual([]);
  });

  test('[B18] tables with as many and as long tags as can be are found without reading them', async () => {
    const world = await aWorld(['orders']);
    const many = Array.from({ length: 48 }, (_, i) => ({ Key: `${i}`.padEnd(128, 'k'), Value: 'v'.repeat(256) }));
    for (let i = 0; i < 3; i++)
      await world.account.createTable({ TableName: `heavy-${i}`, Tags: [...wanted, ...many] });

    const report = await world.backUp(plan);

    expect(report).toMatchObject({ tables: 4, done: 4 });
    const operations = world.account.journal.entries({ functionName: 'backup' }).map(({ operation }) => operation);
    expect(operations.indexOf('ListTagsOfResource')).toBeGreaterThan(operations.lastIndexOf('CreateBackup'));
  });

  test('[B19] when a page of tags fails, the known tables are backed up, the run fails, and retention is refused', async () => {
    const world = await aTaggedWorld(101);
    world.plantHourly('orders', 6);
    world.account.faults.add({
      match: { operation: 'GetResources', nth: 2, times: 1_000 },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const report = await world.backUp(plan);
    world.account.faults.clear();
    world.account.faults.add({
      match: { operation: 'GetResources', nth: 2, times: 1_000 },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });
    const pruned = await world.prune(plan);

    expect(report).toMatchObject({ tables: 101, done: 101, failed: 0 });
    expect(report.discoveryErrors).toHaveLength(1);
    expect(tablesWithBackups(world)).toContain('orders');
    expect(pruned.blocked?.by).toBe('discovery-incomplete');
    expect(world.calls('DeleteBackup')).toBe(0);
  });

  test('a drill table is not backed up, though it carries the tags of its source', async () => {
    const world = await aTaggedWorld(2);
    const drillTable = await aDrillTable(world);

    const report = await world.backUp(plan);

    expect(report).toMatchObject({ tables: 3, done: 3 });
    expect(tablesWithBackups(world)).not.toContain(drillTable);
  });

  test('nothing of a drill table is pruned: what was once taken of it is frozen', async () => {
    const world = await aTaggedWorld(1);
    const drillTable = await aDrillTable(world);
    for (const table of ['tagged-0', drillTable]) world.plantHourly(table, 6);

    const report = await world.prune(plan);

    expect(report).toMatchObject({ blocked: null, deleted: 3, frozen: 6 });
    expect(world.names(drillTable)).toHaveLength(6);
  });

  test.each([
    ['another owner', { owner: 'otherone' }],
    ['a deployment of another Region', { homeRegion: 'us-east-1' }],
  ])('a drill table of %s with the same prefix is not backed up either', async (_, scope) => {
    const world = await aTaggedWorld(0);
    await aDrillTable(world, scope);

    await world.backUp(plan);

    expect(tablesWithBackups(world)).toEqual(['orders']);
  });

  test("what AWS Backup's own restore testing made is not backed up, and the run says so", async () => {
    const world = await aTaggedWorld(0);
    const restoreTest = 'awsbackup-restore-test-0a1b2c3d4e5f';
    await world.account.createTable({ TableName: restoreTest, Tags: wanted });

    const report = await world.backUp(plan);
    const ofPattern = await world.backUp(aPlan({ tables: { matching: ['*-test-*', 'orders'] } }));
    const ofName = await world.backUp(aPlan({ name: 'tests', tables: { named: [restoreTest] } }));

    const leftOut = [{ table: restoreTest, reason: "AWS Backup's own restore testing made it" }];
    expect([report, ofPattern]).toMatchObject([
      { tables: 1, leftOut },
      { tables: 1, leftOut },
    ]);
    expect(ofName).toMatchObject({ tables: 1, done: 1 });
    expect(ofName).not.toHaveProperty('leftOut');
  });

  test('a table named like the drill table of a deployment with another prefix is a table like any other', async () => {
    const world = await aTaggedWorld(0);
    const theirs = await aDrillTable(world, { owner: 'otherone', drillTablePrefix: 'rehearsal-' });

    await world.backUp(plan);

    expect(tablesWithBackups(world)).toEqual(['orders', theirs].sort());
  });
});
