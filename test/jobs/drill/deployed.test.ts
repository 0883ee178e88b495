import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { drillStartEnvironmentNames } from '../../../lambda/contract/environment.ts';
import { drillExecutionName } from '../../../lambda/domain/drill/drill-table-name.ts';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import type { CallEffect } from '../../../sandbox/faults.ts';
import { aWorld, bundleOf, owner, prefix } from '../world.ts';
import { aDrillPlan, drillTablePrefix, plantOrders } from './drill-world.ts';

const plan = aDrillPlan();
const slot = '2026-11-22T05:00:00.000Z';
const execution = drillExecutionName({ owner, plan: 'orders', table: 'orders', slot: new Date(slot) });
/** Every call is crashed with `CRASHES=all`; without it, every eleventh before its effect, and every eleventh after it. */
const stride = process.env.CRASHES === 'all' ? 1 : 11;
const dayMs = 24 * 3_600_000;
const effects: readonly ['before' | 'after', CallEffect][] = [
  ['before', { kind: 'crash', when: 'before' }],
  ['after', { kind: 'crash', when: 'after' }],
];

/** The drill and the sweep as they are deployed, and a table with a backup. */
async function aDrillingAccount(): Promise<SandboxAccount> {
  const { account } = await aWorld([]);
  const env = {
    [drillStartEnvironmentNames.ledgerTableName]: 'ledger',
    [drillStartEnvironmentNames.owner]: owner,
    [drillStartEnvironmentNames.backupNamePrefix]: prefix,
    [drillStartEnvironmentNames.drillTablePrefix]: drillTablePrefix,
  };
  const durable = { executionTimeoutSeconds: 3 * 86_400, retentionDays: 30 };
  account.loadFunction({ name: 'drill', code: await bundleOf('drill'), env, durable, timeoutSeconds: 900 });
  account.functions.putAlias('drill', 'live', account.functions.publish('drill'));
  account.loadFunction({ name: 'sweep', code: await bundleOf('sweep'), env, timeoutSeconds: 900 });
  await plantOrders(account);
  return account;
}

function start(account: SandboxAccount): void {
  account.functions.enqueue('drill:live', JSON.stringify({ plan, table: 'orders', slot }), execution);
}

async function sweep(account: SandboxAccount): Promise<void> {
  await account.invoke('sweep', { plans: [plan] });
}

async function resultsOf(account: SandboxAccount): Promise<readonly DrillResult[]> {
  const ledger = new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger');
  return account.clock.runUntilSettled(ledger.drillsOf('orders', 'orders'));
}

function tables(account: SandboxAccount): string[] {
  return account.dynamodb.tables.all.map(({ name }) => name).filter((name) => name !== 'ledger');
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
    expect(tables(clean)).toEqual(['orders']);
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
        await sweep(account);
        await account.runFor(3 * dayMs);
        await sweep(account);
        await account.runFor(3_600_000);
        const [result, ...more] = await resultsOf(account);
        expect({ nth, when, outcome: result?.outcome, more: more.length, left: tables(account) }).toEqual({
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
