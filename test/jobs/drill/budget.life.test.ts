import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { aDrillPlan, DrillWorld } from './drill-world.ts';
import { aDrillingAccount, resultsOf, startDrills, tablesOf } from './drilling-account.ts';

const day = 24 * 3_600_000;
/** Source: "Lambda quotas", durable functions: operations of an execution; the model of `OperationUpdate`: bytes of one payload. */
const mostOperations = 3_000;
const mostPayloadBytes = 1024 * 1024;
const mostStoredBytes = 100 * 1024 * 1024;

describe('the longest drill', () => {
  test('[X26] stays far below what one execution may use: 7 days for a place, 7 days of restore, large settings, an hour of clean-up', async () => {
    const account = await aDrillingAccount(true, { executionDays: 16 });
    const { ports, snapshots } = new DrillWorld(account);
    const ledger = new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger');
    const until = new Date(account.clock.now + 6.9 * day);
    await account.clock.runUntilSettled(ledger.takePlace('another drill', 1, account.now, until));
    const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
    const large = {
      ...settings,
      settings: { ...settings.settings, alarms: { is: [{ AlarmName: 'x'.repeat(300_000) }] } },
    };
    await account.clock.runUntilSettled(snapshots.saveSettings(large, new Date('2026-11-20T03:00:00Z')));
    const effect = { kind: 'slow-restore', ms: 8 * day } as const;
    account.faults.add({ match: { operation: 'RestoreTableFromBackup' }, effect });

    await startDrills(account, aDrillPlan({ timeout: 'P7D', concurrentRestores: 1 }));
    await account.runFor(16 * day);

    const [execution] = account.functions.executions.of('drill');
    const payloads = (execution?.operations ?? []).map(({ StepDetails }) => StepDetails?.Result?.length ?? 0);
    expect(await resultsOf(account)).toMatchObject([{ outcome: 'timed-out', cleanUp: 'left-behind' }]);
    expect(tablesOf(account)).toHaveLength(2);
    expect(execution?.status).toBe('SUCCEEDED');
    expect(execution?.operationCount).toBeLessThan(mostOperations / 2);
    expect(Math.max(...payloads)).toBeLessThan(mostPayloadBytes / 2);
    expect(payloads.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(mostStoredBytes / 10);
  });
});
