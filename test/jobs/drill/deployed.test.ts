import { beforeAll, describe, expect, test } from '@jest/globals';
import { drillExecutionName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import type { CallEffect } from '../../../sandbox/faults.ts';
import { owner } from '../world.ts';
import { aDrillPlan, drillTablePrefix } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, sweep, tablesOf } from './drilling-account.ts';

const plan = aDrillPlan();
const execution = drillExecutionName({ owner, plan: 'orders', table: 'orders', slot: new Date(slot) });
/** Every call is crashed with `CRASHES=all`; without it, every eleventh before its effect, and every eleventh after it. */
const stride = process.env.CRASHES === 'all' ? 1 : 11;
const dayMs = 24 * 3_600_000;
const effects: readonly ['before' | 'after', CallEffect][] = [
  ['before', { kind: 'crash', when: 'before' }],
  ['after', { kind: 'crash', when: 'after' }],
];

function start(account: SandboxAccount): void {
  account.functions.enqueue('drill:live', JSON.stringify({ plan, table: 'orders', slot }), execution);
}

/** What the functions asked DynamoDB to delete, and what they restored. */
function calls(account: SandboxAccount, operation: string): unknown[] {
  return account.journal.entries({ operation }).map(({ input }) => input);
}

function apiCalls(account: SandboxAccount): number {
  return account.journal.entries({ functionName: 'drill' }).length;
}

describe('the deployed drill', () => {
  let clean: SandboxAccount;

  beforeAll(async () => {
    clean = await aDrillingAccount();
    start(clean);
    await clean.runFor(dayMs);
  });

  test('passes, and leaves nothing behind', async () => {
    expect(await resultsOf(clean)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20 }]);
    expect(tablesOf(clean)).toEqual(['orders']);
  });

  test('[X24] started again under the same name, it does nothing', async () => {
    const before = apiCalls(clean);

    start(clean);
    await clean.runFor(dayMs);

    expect(apiCalls(clean)).toBe(before);
  });

  test('[X06] goes on after a crash before or after any of its API calls, restores once, and names no other table', async () => {
    const all = apiCalls(clean);
    expect(all).toBeGreaterThan(50);
    for (const [offset, [when, effect]] of effects.entries()) {
      for (let nth = 1 + (stride > 1 ? 5 * offset : 0); nth <= all; nth += stride) {
        const account = await aDrillingAccount();
        account.faults.add({ match: { function: 'drill', nth }, effect });
        start(account);
        await account.runFor(dayMs);
        await sweep(account, plan);
        await account.runFor(3 * dayMs);
        await sweep(account, plan);
        await account.runFor(3_600_000);
        const [result, ...more] = await resultsOf(account);
        expect({ nth, when, outcome: result?.outcome, more: more.length, left: tablesOf(account) }).toEqual({
          nth,
          when,
          outcome: 'passed',
          more: 0,
          left: ['orders'],
        });
        expect(calls(account, 'RestoreTableFromBackup').length).toBeLessThanOrEqual(2);
        for (const deleted of calls(account, 'DeleteTable') as { TableName: string }[]) {
          expect(deleted.TableName.startsWith(`${drillTablePrefix}${owner}-`)).toBe(true);
        }
      }
    }
  });
});
