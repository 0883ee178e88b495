import assert from 'node:assert/strict';
import { removeSchedules } from '../emulator/without-schedules.ts';
import { coveringTag, planName, tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
import type { World } from '../world.ts';

/** From an empty account to a deployed app with tables to look after. */
export const deploying: readonly Step<World>[] = [
  {
    title: 'the emulator listens on 127.0.0.1 and nowhere else',
    run: async ({ emulator }) => {
      const addresses = await emulator.listeningAddresses();
      assert.deepEqual(addresses, [`127.0.0.1:${emulator.port}`]);
      return addresses.join(', ');
    },
  },
  {
    title: 'tables with items: one covered by name, one by tag, one not covered',
    run: async ({ account }) => {
      await account.createTable(tableNames.named, 25);
      await account.createTable(tableNames.tagged, 10, coveringTag);
      await account.createTable(tableNames.uncovered, 5);
      return Object.values(tableNames).join(', ');
    },
  },
  {
    title: 'backups of other people: one by hand, one of another deployment, one with a forged name',
    run: async ({ account, foreignBackups }) => {
      const names = {
        'by hand': 'before-migration',
        'of another deployment': 'nightly.prod1.orders.20200101T000000Z.0123456789ab',
        forged: 'nightly.e2e0.orders.20200101T000000Z.0123456789ab',
      };
      for (const [kind, name] of Object.entries(names)) {
        foreignBackups.set(kind, await account.createBackup(tableNames.named, name));
      }
      return '';
    },
  },
  {
    title: 'cdk bootstrap',
    run: async ({ cdk }) => {
      await cdk.bootstrap();
      return '';
    },
  },
  {
    title: 'cdk synth',
    run: async (world) => {
      world.assembly = await world.cdk.synth();
      if (world.emulator.name === 'ministack') return '';
      removeSchedules(world.assembly);
      return 'without schedules and invoke settings, which moto cannot deploy';
    },
  },
  {
    title: 'cdk deploy',
    run: async (world) => {
      const deployment = await world.cdk.deploy(world.assembly);
      world.deployed(deployment);
      return `${deployment.BackupFunctionName}, ${deployment.PruneFunctionName}`;
    },
  },
  {
    title: 'the functions run on Node 24, and the ledger cannot be deleted by accident',
    run: async ({ app }) => {
      const { BackupFunctionName, PruneFunctionName } = app.deployment;
      for (const name of [BackupFunctionName, PruneFunctionName]) {
        assert.equal(await app.runtime(name), 'nodejs24.x');
      }
      assert.equal(await app.isLedgerProtected(), true);
      return '';
    },
  },
  {
    title: 'the deployed schedules carry the plan',
    unless: onlyMinistack('moto has no schedules in CloudFormation'),
    run: async ({ app }) => {
      const backup = await app.scheduleEvent('backup');
      const prune = await app.scheduleEvent('prune');
      assert.equal(backup.plan.name, planName);
      assert.deepEqual(prune.plan, backup.plan);
      return `${planName}, for backup and prune alike`;
    },
  },
];

/** A reason not to take a step with any other emulator. */
export function onlyMinistack(why: string): (world: World) => string | undefined {
  return ({ emulator }) => (emulator.name === 'ministack' ? undefined : why);
}
