import assert from 'node:assert/strict';
import type { Step } from '../transcript.ts';
import type { World } from '../world.ts';
import { onlyMinistack } from './deploying.ts';

/** Nothing stays behind that was not meant to. */
export const leaving: readonly Step<World>[] = [
  {
    title: 'cdk destroy',
    run: async ({ cdk, assembly }) => {
      await cdk.destroy(assembly);
      return '';
    },
  },
  {
    title: 'the ledger outlives the stack, until it is deleted on purpose',
    unless: onlyMinistack('moto runs no functions, so the ledger is empty'),
    run: async ({ app }) => {
      const records = await app.ledgerRecords();
      assert.ok(records > 0, 'the ledger is empty');
      await app.deleteLedger();
      return `${records} records`;
    },
  },
  {
    title: 'the emulator and its functions end',
    run: async ({ emulator }) => {
      await emulator.stop();
      assert.deepEqual(await emulator.listeningAddresses(), []);
      return '';
    },
  },
];
