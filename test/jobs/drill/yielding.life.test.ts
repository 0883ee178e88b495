import { DynamoDBClient, RestoreTableFromBackupCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import type { RestoreRecord } from '../../../sandbox/dynamodb/restores.ts';
import { owner, prefix } from '../world.ts';
import { aDrillPlan, drillTablePrefix } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep } from './drilling-account.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A plan that drills `orders` and as many tables beside it, each of which has a restorable backup. */
async function aPlanOf(account: SandboxAccount, more: number, drill: Parameters<typeof aDrillPlan>[0]): Promise<Plan> {
  const beside = Array.from({ length: more }, (_, nth) => `orders-${nth}`);
  for (const name of beside) {
    await account.createTable({ TableName: name });
    const table = account.dynamodb.tables.require(name);
    const at = new Date('2026-11-20T02:00:00Z');
    const backupName = formatBackupName({ prefix, owner, plan: 'orders', slot: at, tableId: table.id });
    account.dynamodb.backups.plant(table, backupName, at.getTime() + 1_000);
  }
  const plan = aDrillPlan({ pick: 'all', ...drill });
  return { ...plan, tables: { named: ['orders', ...beside] } };
}

/** Somebody who restores for real, by hand: their table `archive`, of which each call restores another backup. */
class Somebody {
  readonly #account: SandboxAccount;
  #asked = 0;

  private constructor(account: SandboxAccount) {
    this.#account = account;
  }

  static async with(account: SandboxAccount): Promise<Somebody> {
    await account.createTable({ TableName: 'archive' });
    return new Somebody(account);
  }

  /** Asks for one restore that takes so long; answers what AWS said. */
  async restores(milliseconds: number): Promise<string> {
    const { clock, dynamodb, faults } = this.#account;
    const nth = ++this.#asked;
    const { arn } = dynamodb.backups.plant(dynamodb.tables.require('archive'), `by-hand-${nth}`, clock.now - hour);
    const slow = faults.add({ match: { table: 'archive' }, effect: { kind: 'slow-restore', ms: milliseconds } });
    const client = this.#account.client(DynamoDBClient);
    const command = new RestoreTableFromBackupCommand({ BackupArn: arn, TargetTableName: `recovered-${nth}` });
    const answer: Promise<string> = client.send(command).then(
      () => 'accepted',
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
    const said = await clock.runUntilSettled(answer);
    // DynamoDB takes ten such requests a second.
    await this.#account.runFor(200);
    faults.remove(slow);
    return said;
  }
}

function drillRestores(account: SandboxAccount): readonly RestoreRecord[] {
  return account.dynamodb.restores.all.filter(({ tableName }) => tableName.startsWith(drillTablePrefix));
}

/** How many restores were ever under way at once. */
function mostAtOnce(restores: readonly RestoreRecord[]): number {
  const underWayAt = (at: number) =>
    restores.filter(({ startedAt, activeAt = Infinity }) => startedAt <= at && at < activeAt).length;
  return Math.max(0, ...restores.map(({ startedAt }) => underWayAt(startedAt)));
}

/** What the drill function was answered when it asked for a restore. */
function answers(account: SandboxAccount): readonly string[] {
  const asked = account.journal.entries({ operation: 'RestoreTableFromBackup', functionName: 'drill' });
  return asked.map(({ outcome }) => outcome);
}

describe('restores of people', () => {
  test('[X11] that take all 50 places make drills stand back, and whoever waits for the next place gets it', async () => {
    const account = await aDrillingAccount();
    const plan = await aPlanOf(account, 1, { concurrentRestores: 5 });
    const somebody = await Somebody.with(account);
    await account.runUntil(new Date(slot));
    const soon = await somebody.restores(2 * hour + 5 * minute);
    const later: string[] = [];
    for (let nth = 0; nth < 49; nth++) later.push(await somebody.restores(nth < 2 ? 3 * hour : 48 * hour));
    await startDrills(account, plan);

    await account.runFor(2 * hour);
    const askedMeanwhile = answers(account);
    const waits: string[] = [];
    while (waits.at(-1) !== 'accepted' && waits.length < 30) {
      await account.runFor(minute);
      waits.push(await somebody.restores(48 * hour));
    }
    const begunBefore = drillRestores(account).length;
    await account.runFor(4 * hour);

    expect([soon, ...later]).toEqual(Array.from({ length: 50 }, () => 'accepted'));
    expect(new Set(askedMeanwhile)).toEqual(new Set(['LimitExceededException']));
    expect(askedMeanwhile.length).toBeLessThanOrEqual(2 * 13);
    expect(waits).toEqual([...waits.slice(1).map(() => 'LimitExceededException'), 'accepted']);
    expect(begunBefore).toBe(0);
    for (const table of ['orders', 'orders-0'])
      expect(await resultsOf(account, table)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted' }]);
  });

  test('[X11] that take all places for longer than a drill may take end it with that reason, and it restores nothing', async () => {
    const account = await aDrillingAccount();
    const somebody = await Somebody.with(account);
    for (let nth = 0; nth < 50; nth++) await somebody.restores(12 * hour);

    await startDrills(account, aDrillPlan({ timeout: 'PT6H' }));
    await account.runFor(8 * hour);

    const failure = { phase: 'restore', kind: 'no-room' };
    expect(await resultsOf(account)).toMatchObject([{ outcome: 'failed', failure, cleanUp: 'nothing-to-delete' }]);
    expect((await resultsOf(account))[0]?.failure?.message).toContain('Only 50 restore operations');
    expect(drillRestores(account)).toEqual([]);
  });

  test('[X11] find all places but those that the plan gives to drills, however many tables are drilled', async () => {
    const account = await aDrillingAccount();
    const plan = await aPlanOf(account, 7, { concurrentRestores: 5 });
    const somebody = await Somebody.with(account);
    await account.runUntil(new Date(slot));

    await startDrills(account, plan);
    await account.runFor(minute);
    const begun = drillRestores(account).length;
    const theirs: string[] = [];
    for (let nth = 0; nth < 45; nth++) theirs.push(await somebody.restores(12 * hour));
    await account.runFor(3 * hour);

    expect(begun).toBe(5);
    expect(theirs).toEqual(Array.from({ length: 45 }, () => 'accepted'));
    expect(mostAtOnce(drillRestores(account))).toBe(5);
    expect(new Set(answers(account))).toEqual(new Set(['ok']));
    expect(drillRestores(account)).toHaveLength(8);
  });
});

test('[X11] a restore that outlives its drill keeps its place until the sweep has seen its table gone', async () => {
  const account = await aDrillingAccount();
  const plan = await aPlanOf(account, 1, { concurrentRestores: 1, timeout: 'PT1H' });
  const first = { operation: 'RestoreTableFromBackup', nth: 1 };
  account.faults.add({ match: first, effect: { kind: 'slow-restore', ms: 8 * hour } });
  for (const at of ['2026-11-20T05:00:00Z', '2026-11-20T07:10:00Z', '2026-11-20T12:50:00Z']) {
    await account.runUntil(new Date(at));
    await startDrills(account, plan, at);
  }
  const whileStuck = drillRestores(account).length;
  await account.runFor(15 * minute);
  const { deleted } = await sweep(account, plan);
  await account.runFor(5 * minute);
  await sweep(account, plan);
  await account.runFor(3 * hour);

  expect(whileStuck).toBe(1);
  expect(deleted).toHaveLength(1);
  expect(mostAtOnce(drillRestores(account))).toBe(1);
  expect(drillRestores(account).length).toBeGreaterThan(1);
  const results = [...(await resultsOf(account, 'orders')), ...(await resultsOf(account, 'orders-0'))];
  expect(results.map(({ outcome }) => outcome)).toContain('passed');
  expect(results.filter(({ cleanUp }) => cleanUp === 'left-behind')).toHaveLength(1);
});
