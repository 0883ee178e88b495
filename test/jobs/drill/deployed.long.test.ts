import { beforeAll, describe, expect, test } from '@jest/globals';
import { drillExecutionName, formatDrillTableName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { Engine, Plan } from '../../../lambda/domain/plan.ts';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { randomStream } from '../../../sandbox/random.ts';
import { crash, doubleCrashes, singleCrashes, type CrashPoint } from '../../sandbox/crash-points.ts';
import { owner } from '../world.ts';
import { aDrillPlan, drillTablePrefix } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, sweep, tablesOf } from './drilling-account.ts';

const engines = ['dynamodb', 'aws-backup'] as const;
const execution = drillExecutionName({ owner, plan: 'orders', table: 'orders', slot: new Date(slot) });
/**
 * Every call is crashed with `CRASHES=all`; without it, every eleventh before its effect, and every eleventh after it. One process holds
 * some hundred accounts: `CRASH_PART=1/4` … `4/4` crash a quarter each. `CRASHES=pairs` crashes a second time at the next call after every
 * first crash; `CRASH_SEED=7` at any later call, for as many pairs as `CRASH_PAIRS` says, which the seed draws.
 */
const isWhole = process.env.CRASHES === 'all';
const [part = 1, parts = 1] = (process.env.CRASH_PART ?? '1/1').split('/').map(Number);
const stride = 11;
const { CRASH_SEED: seed, CRASH_PAIRS: drawn = '4' } = process.env;
/** Every crash takes a new account: all of them take many minutes. */
const longest = process.env.CRASHES === undefined && seed === undefined ? 240_000 : 3_600_000;
const dayMs = 24 * 3_600_000;
const drillTable = formatDrillTableName({
  drillTablePrefix,
  owner,
  plan: 'orders',
  table: 'orders',
  slot: new Date(slot),
});

/** What a drill asks for a restore with. */
const requestOf: Readonly<Record<Engine, string>> = {
  dynamodb: 'RestoreTableFromBackup',
  'aws-backup': 'StartRestoreJob',
};

function start(account: SandboxAccount, plan: Plan): void {
  account.functions.enqueue('drill:live', JSON.stringify({ plan, table: 'orders', slot }), execution);
}

/** What the functions asked DynamoDB to delete, and what they restored. */
function calls(account: SandboxAccount, operation: string): unknown[] {
  return account.journal.entries({ operation }).map(({ input }) => input);
}

function apiCalls(account: SandboxAccount): number {
  return account.journal.entries({ functionName: 'drill' }).length;
}

describe.each<Engine>(engines)('the deployed drill of engine %s', (engine) => {
  const plan = aDrillPlan({}, engine);
  let clean: SandboxAccount;

  beforeAll(async () => {
    clean = await aDrillingAccount(true, { engine });
    start(clean, plan);
    await clean.runFor(dayMs);
  });

  test('passes, and leaves nothing behind', async () => {
    expect(await resultsOf(clean)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20 }]);
    expect(tablesOf(clean)).toEqual(['orders']);
  });

  test('[X24] started again under the same name, it does nothing', async () => {
    const before = apiCalls(clean);

    start(clean, plan);
    await clean.runFor(dayMs);

    expect(apiCalls(clean)).toBe(before);
  });

  test(
    '[X06] goes on after a crash before or after any of its API calls, restores once, and names no other table',
    async () => {
      expect(apiCalls(clean)).toBeGreaterThan(50);
      for (const points of singles(apiCalls(clean))) await expectSameEnd(points);
    },
    longest,
  );

  test(
    '[X06] goes on also after a second crash soon after the first, at each turn from one phase to the next',
    async () => {
      for (const points of pairs(clean, engine)) await expectSameEnd(points);
    },
    longest,
  );

  /** One result, the same as without a crash but for its times; nothing left behind; and no table deleted but the drill's own. */
  async function expectSameEnd(points: readonly CrashPoint[]): Promise<void> {
    const account = await aDrillingAccount(true, { engine });
    const faults = crash(account, execution, points);
    start(account, plan);
    await account.runFor(dayMs);
    const early = await sweep(account, plan);
    await account.runFor(3 * dayMs);
    await sweep(account, plan);
    await account.runFor(3_600_000);
    const deleted = calls(account, 'DeleteTable').map((input) => (input as { TableName: string }).TableName);

    expect({ points, struck: faults[0]?.hits, results: timeless(await resultsOf(account)) }).toEqual({
      points,
      struck: 1,
      results: timeless(await resultsOf(clean)),
    });
    expect({ points, left: tablesOf(account), open: early.leftovers }).toEqual({ points, left: ['orders'], open: [] });
    expect({ points, restores: account.dynamodb.restores.all.length }).toEqual({ points, restores: 1 });
    expect(calls(account, requestOf[engine]).length).toBeLessThanOrEqual(1 + points.length);
    expect(new Set(deleted)).toEqual(new Set([drillTable]));
  }
});

/** Results without what no two runs have in common: when they were, and how long something took. */
function timeless(results: readonly DrillResult[]): unknown[] {
  return results.map((result) => ({
    ...result,
    times: Object.keys(result.times),
    source: /:table\/orders\/backup\/|:recovery-point:/.test(result.source?.arn ?? ''),
    startedAt: '',
    finishedAt: '',
    executionId: '',
  }));
}

function singles(all: number): readonly (readonly CrashPoint[])[] {
  if (isWhole) return ofPart(singleCrashes(all));
  return singleCrashes(all).filter(
    ([point], index) => point && index % (2 * stride) === (point.when === 'before' ? 0 : stride),
  );
}

/** Both crashes around the calls with which the phases begin and end, unless the environment asks for others. */
function pairs(clean: SandboxAccount, engine: Engine): readonly (readonly CrashPoint[])[] {
  const all = apiCalls(clean);
  if (process.env.CRASHES === 'pairs') return ofPart(doubleCrashes(all, 1));
  if (seed !== undefined) return ofPart(drawPairs(all, Number(drawn), seed));
  const operations = clean.journal.entries({ functionName: 'drill' }).map(({ operation }) => operation);
  const turns = [requestOf[engine], 'Scan', 'DeleteTable', 'DeleteItem'].map((name) => operations.indexOf(name) + 1);
  return turns.map((nth) => [
    { nth, when: 'after' },
    { nth: nth + 1, when: 'after' },
  ]);
}

/** The same seed draws the same pairs. */
function drawPairs(all: number, count: number, by: string): readonly (readonly CrashPoint[])[] {
  const random = randomStream(by, 'crashes');
  const side = () => (random() < 0.5 ? 'before' : 'after');
  const between = (first: number, last: number) => first + Math.floor(random() * (last - first + 1));
  return Array.from({ length: count }, () => {
    const nth = between(1, all - 1);
    return [
      { nth, when: side() },
      { nth: between(nth + 1, all), when: side() },
    ];
  });
}

function ofPart<Each>(all: readonly Each[]): readonly Each[] {
  return all.filter((_, nth) => nth % parts === part - 1);
}
