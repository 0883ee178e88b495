import assert from 'node:assert/strict';
import * as z from 'zod';
import { drillMetrics } from '../../lambda/contract/metrics.ts';
import { drillTablePrefix, owner, planName, tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
import { thisSecond, until } from '../until.ts';
import type { World } from '../world.ts';
import { onlyMinistack } from './deploying.ts';

const unless = onlyMinistack('moto runs no functions');
const startedSchema = z.object({ started: z.array(z.string()), failed: z.array(z.unknown()) });
const resultSchema = z.object({
  outcome: z.string(),
  failure: z.unknown().optional(),
  cleanUp: z.string(),
  leftBehind: z.unknown().optional(),
});
const passed = { outcome: 'passed', failure: undefined, cleanUp: 'deleted', leftBehind: undefined };
const sweptSchema = z.object({ deleted: z.array(z.string()), leftovers: z.array(z.unknown()) });

/** A backup is restored for real, validated, timed, and its table deleted again. */
export const drilling: readonly Step<World>[] = [
  {
    title: 'the drills of a slot are started: one table at a time',
    unless,
    run: async (world) => {
      const { started, failed } = startedSchema.parse(await startDrills(world, thisSecond()));
      assert.deepEqual(failed, []);
      assert.equal(started.length, 1);
      return started.join(', ');
    },
  },
  {
    title: 'its backup is restored into a table of the drill prefix',
    unless,
    run: async ({ account }) =>
      await until('a drill table', 60, async () => (await account.tables()).find((name) => isDrillTable(name))),
  },
  {
    title: 'the durable execution goes on after its waits, and the drill passes',
    unless,
    run: async ({ app }) => {
      const result = await until('the end of the drill', 150, () => app.drillResult());
      const { outcome, failure, cleanUp, leftBehind } = resultSchema.parse(JSON.parse(result));
      assert.deepEqual({ outcome, failure, cleanUp, leftBehind }, passed);
      return result;
    },
  },
  {
    title: 'its log carries the measured restore time',
    unless,
    run: async ({ app }) => {
      const metrics = await until(`${drillMetrics.restoreTime} in the log`, 20, async () =>
        (await app.metricsInLog(app.deployment.DrillFunctionName)).find((line) => drillMetrics.restoreTime in line),
      );
      assert.equal(metrics.Plan, planName);
      return `${drillMetrics.restoreTime} = ${String(metrics[drillMetrics.restoreTime])} s of ${String(metrics.Table)}`;
    },
  },
  {
    title: 'the drill left no table behind and touched no other',
    unless,
    run: async ({ account }) => {
      const tables = await account.tables();
      assert.deepEqual(tables.filter(isDrillTable), []);
      for (const name of Object.values(tableNames)) assert.ok(tables.includes(name), `${name} is gone`);
      return '';
    },
  },
  {
    title: 'the sweep finds nothing that was left',
    unless,
    run: async (world) => {
      const { deleted, leftovers } = sweptSchema.parse(await sweep(world));
      assert.deepEqual({ deleted, leftovers }, { deleted: [], leftovers: [] });
      return '';
    },
  },
];

function isDrillTable(name: string): boolean {
  return name.startsWith(`${drillTablePrefix}${owner}-`);
}

async function startDrills(world: World, slot: Date): Promise<unknown> {
  return await call(world, world.app.deployment.DrillStartFunctionName, await world.eventFor('drill-start', slot));
}

async function sweep(world: World): Promise<unknown> {
  const { plan } = await world.app.scheduleEvent('drill-start');
  return await call(world, world.app.deployment.SweepFunctionName, { plans: [plan] });
}

async function call({ account }: World, functionName: string, event: object): Promise<unknown> {
  const { failed, payload } = await account.invoke(functionName, event);
  assert.equal(failed, false, payload);
  return JSON.parse(payload);
}
