import assert from 'node:assert/strict';
import type { BackupSummary } from '@aws-sdk/client-dynamodb';
import type { ScheduleEvent } from '../deployed.ts';
import { keptBackups, tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
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
      await prune(world, ({ plan }) => ({ ...plan, prune: { deletionCap } }));
      assert.deepEqual(arns(await world.ownBackups()), arns(before));
      return perTable(before);
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
      await prune(world, ({ plan }) => plan);
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

/** Starts the deployed prune function with the deployed plan, or with one made of it. */
async function prune(world: World, planOf: (event: ScheduleEvent) => object): Promise<void> {
  const event = await world.eventFor('prune', new Date(Math.floor(Date.now() / 1000) * 1000));
  const functionName = world.app.deployment.PruneFunctionName;
  const { failed, payload } = await world.account.invoke(functionName, { ...event, plan: planOf(event) });
  assert.equal(failed, false, payload);
}

function arns(backups: readonly BackupSummary[][]): (string | undefined)[][] {
  return backups.map((ofTable) => ofTable.map(({ BackupArn }) => BackupArn));
}
