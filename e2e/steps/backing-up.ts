import assert from 'node:assert/strict';
import type { BackupSummary } from '@aws-sdk/client-dynamodb';
import { backupMetrics, metricsNamespace } from '../../lambda/contract/metrics.ts';
import { backupNamePrefix, coveredTables, owner, planName, tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';
import { onlyMinistack } from './deploying.ts';

const moreSlots = 5;
const unless = onlyMinistack('moto fires no schedules and runs no functions');

/** A schedule fires. */
export const firstBackups: readonly Step<World>[] = [
  {
    title: 'the schedule fires, and each covered table has a restorable backup',
    unless,
    run: async (world) => {
      const [named, tagged] = await until('a backup of each table', 120, () => oneOfEach(world));
      assert.notEqual(named.BackupName, tagged.BackupName, 'the names of one slot differ by table');
      assert.equal(slotOf(named).getTime(), slotOf(tagged).getTime());
      for (const backup of [named, tagged]) await assertRestorable(world, backup);
      assert.deepEqual(await world.account.backups(tableNames.uncovered), []);
      return [named, tagged].map(({ BackupName }) => BackupName).join(', ');
    },
  },
  {
    title: 'its log carries the metrics of the run',
    unless,
    run: async ({ app }) => {
      const isOfRun = (metrics: Record<string, unknown>) => metrics[backupMetrics.taken] === coveredTables.length;
      const metrics = await until(`${backupMetrics.taken} in the log`, 20, async () =>
        (await app.metricsInLog(app.deployment.BackupFunctionName)).find(isOfRun),
      );
      assert.equal(metrics.Plan, planName);
      assert.ok(JSON.stringify(metrics).includes(`"Namespace":"${metricsNamespace}"`));
      return `${backupMetrics.taken} = ${coveredTables.length}, ${backupMetrics.failed} = ${String(metrics[backupMetrics.failed])}`;
    },
  },
];

/** Later slots follow, and some of them come twice. */
export const backingUp: readonly Step<World>[] = [
  {
    title: 'the schedule is paused',
    unless,
    run: async ({ app }) => {
      await app.pauseBackups();
      return '';
    },
  },
  {
    title: `${moreSlots} later slots make ${moreSlots} more backups of each table`,
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      const latest = await latestSlot(world);
      for (let i = 1; i <= moreSlots; i++) await takeSlot(world, new Date(latest.getTime() + i * 1000));
      const after = await world.ownBackups();
      assert.deepEqual(
        counts(after),
        counts(before).map((count) => count + moreSlots),
      );
      return perTable(after);
    },
  },
  {
    title: 'the same slot again makes no other backup',
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      await takeSlot(world, await latestSlot(world));
      assert.deepEqual(await world.ownBackups(), before);
      return '';
    },
  },
  {
    title: 'one slot delivered three times at once makes one backup of each table',
    unless,
    run: async (world) => {
      const before = await world.ownBackups();
      const slot = new Date((await latestSlot(world)).getTime() + 1000);
      await Promise.all([takeSlot(world, slot), takeSlot(world, slot), takeSlot(world, slot)]);
      const after = await world.ownBackups();
      assert.deepEqual(
        counts(after),
        counts(before).map((count) => count + 1),
      );
      return perTable(after);
    },
  },
];

async function oneOfEach(world: World): Promise<[BackupSummary, BackupSummary] | undefined> {
  const [[named] = [], [tagged] = []] = await world.ownBackups();
  return named && tagged && [named, tagged];
}

async function assertRestorable({ account }: World, { BackupArn = '', TableName, TableId }: BackupSummary) {
  const { BackupDetails, SourceTableDetails } = await account.describeBackup(BackupArn);
  assert.equal(BackupDetails?.BackupStatus, 'AVAILABLE');
  assert.equal(BackupDetails.BackupType, 'USER');
  assert.equal(SourceTableDetails?.TableName, TableName);
  assert.equal(SourceTableDetails?.TableId, TableId);
}

async function takeSlot(world: World, slot: Date): Promise<void> {
  const event = await world.eventFor('backup', slot);
  const { failed, payload } = await world.account.invoke(world.app.deployment.BackupFunctionName, event);
  assert.equal(failed, false, payload);
}

async function latestSlot(world: World): Promise<Date> {
  const slots = (await world.ownBackups()).flat().map((backup) => slotOf(backup).getTime());
  return new Date(Math.max(...slots));
}

/** The slot in a backup's name. Throws when the name is not one of ours. */
function slotOf({ BackupName = '' }: BackupSummary): Date {
  const [, slot] = ownName.exec(BackupName) ?? [];
  assert.ok(slot, `${BackupName} is not the name of a backup of plan ${planName}`);
  return new Date(slot.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const ownName = new RegExp(`^${backupNamePrefix}\\.${owner}\\.${planName}\\.(\\d{8}T\\d{6}Z)\\.[0-9a-f]{12}$`);

function counts(backups: readonly BackupSummary[][]): number[] {
  return backups.map(({ length }) => length);
}

/** How many backups each covered table has, in words. */
export function perTable(backups: readonly BackupSummary[][]): string {
  return coveredTables.map((table, i) => `${table} ${backups[i]?.length ?? 0}`).join(', ');
}
