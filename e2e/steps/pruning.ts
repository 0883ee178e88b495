import assert from 'node:assert/strict';
import type { BackupSummary } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { ScheduleEvent } from '../deployed.ts';
import { keptBackups, tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
import { thisSecond } from '../until.ts';
import type { World } from '../world.ts';
import { perTable } from './backing-up.ts';
import { onlyMinistack } from './deploying.ts';

const unless = onlyMinistack('moto runs no functions');

/** Expired backups go, and nothing else does. */
export const pruning: readonly Step<World>[] = [
  {
    title: 'a prune that would delete more than its cap deletes nothing',
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      const deletionCap = { perTableCount: 1, perTablePercent: 0, perRun: 1 };
      const { blocked } = await prune(world, ({ plan }) => ({ ...plan, prune: { deletionCap } }));
      assert.ok(blocked, 'the run was not blocked');
      assert.deepEqual(arns(await world.ownBackups()), arns(before));
      return `${blocked.by}, ${perTable(before)}`;
    },
  },
  {
    title: `the prune of the plan as deployed deletes all but the newest ${keptBackups} of each table`,
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      await prune(world, ({ plan }) => plan);
      const after = await world.ownBackups();
      assert.deepEqual(arns(after), arns(before.map((backups) => backups.slice(-keptBackups))));
      return `before ${perTable(before)}; after ${perTable(after)}`;
    },
  },
  {
    title: 'the next prune finds nothing to delete',
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      const { blocked, expired } = await prune(world, ({ plan }) => plan);
      assert.equal(blocked, null);
      assert.equal(expired, 0);
      assert.deepEqual(arns(await world.ownBackups()), arns(before));
      return '';
    },
  },
  {
    title: 'a plan that keeps as little as it can leaves the newest backup of each table',
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      await prune(world, ({ plan }) => ({ ...plan, keep: { last: 1 }, minimumCopies: 1 }));
      const after = await world.ownBackups();
      assert.deepEqual(arns(after), arns(before.map((backups) => backups.slice(-1))));
      return perTable(after);
    },
  },
  {
    title: 'no backup of other people was touched',
    unless,
    run: async ({ account, foreignBackups }) => {
      const left = new Set((await account.backups(tableNames.named)).map(({ BackupArn }) => BackupArn));
      for (const [kind, arn] of foreignBackups) assert.ok(left.has(arn), `the backup ${kind} is gone`);
      return [...foreignBackups.keys()].join(', ');
    },
  },
];

const reportSchema = z.object({
  blocked: z.object({ by: z.string(), detail: z.string() }).nullable(),
  expired: z.number(),
});

/** Starts the deployed prune function with the deployed plan, or with one made of it. */
async function prune(world: World, planOf: (event: ScheduleEvent) => object): Promise<z.output<typeof reportSchema>> {
  const event = await world.eventFor('prune', thisSecond());
  const functionName = world.app.deployment.PruneFunctionName;
  const { failed, payload } = await world.account.invoke(functionName, { ...event, plan: planOf(event) });
  assert.equal(failed, false, payload);
  return reportSchema.parse(JSON.parse(payload));
}

function arns(backups: readonly BackupSummary[][]): (string | undefined)[][] {
  return backups.map((ofTable) => ofTable.map(({ BackupArn }) => BackupArn));
}
