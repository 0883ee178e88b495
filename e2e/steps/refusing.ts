import assert from 'node:assert/strict';
import { tableNames } from '../environment.ts';
import type { Step } from '../transcript.ts';
import { thisSecond, until } from '../until.ts';
import type { World } from '../world.ts';
import { onlyMinistack } from './deploying.ts';

const unless = onlyMinistack('moto runs no functions');

/** What must not work, does not, and somebody hears of it. */
export const refusing: readonly Step<World>[] = [
  {
    title: 'a plan that names a table nobody deployed is refused by IAM',
    unless,
    run: async (world) => {
      const event = await world.eventFor('backup', thisSecond());
      const smuggled = { ...event, plan: { ...event.plan, tables: { named: [tableNames.uncovered] } } };
      const answer = await world.account.invoke(world.app.deployment.BackupFunctionName, smuggled);
      assert.equal(answer.failed, true, `the run succeeded: ${answer.payload}`);
      assert.match(answer.payload, /access-denied/);
      assert.deepEqual(await world.account.backups(tableNames.uncovered), []);
      return `access-denied, no backup of ${tableNames.uncovered}`;
    },
  },
  {
    title: 'a run that fails for good ends in the queue of failed runs',
    unless,
    run: async ({ account, app }) => {
      const event = { plan: { name: 'No Such Plan' }, slot: '2026-01-01T00:00:00Z', schedule: 'by hand' };
      await account.send(app.deployment.BackupFunctionName, event);
      const message = await until('a message in the queue', 30, () => app.nextFailedRun());
      assert.ok(message.includes('No Such Plan'), message);
      return 'with the event that caused it';
    },
  },
];
