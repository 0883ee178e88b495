import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, StopDurableExecutionCommand } from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import type { Engine } from '../../../lambda/domain/plan.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aDrillPlan, drillTablePrefix, DrillWorld } from './drill-world.ts';
import { aDrillingAccount, resultsOf, startDrills, sweep, tablesOf } from './drilling-account.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const requestOf: Readonly<Record<Engine, string>> = {
  dynamodb: 'RestoreTableFromBackup',
  'aws-backup': 'StartRestoreJob',
};

describe.each<Engine>(['dynamodb', 'aws-backup'])('of engine %s', (engine) => {
  /** The settings that live outside the table, or forbid its deletion. */
  const plan = aDrillPlan({ rearm: ['alarms', 'deletion-protection'] }, engine);

  /** The table `orders` with an alarm and deletion protection, its backup, and the settings that were recorded with it. */
  async function anArmedAccount(): Promise<SandboxAccount> {
    const account = await aDrillingAccount(true, { engine });
    const { ports, snapshots, client } = new DrillWorld(account);
    const alarm = new PutMetricAlarmCommand({
      AlarmName: 'orders-throttled',
      Namespace: 'AWS/DynamoDB',
      MetricName: 'ThrottledRequests',
      Dimensions: [{ Name: 'TableName', Value: 'orders' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    await account.clock.runUntilSettled(account.client(CloudWatchClient).send(alarm));
    const protect = new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: true });
    await account.clock.runUntilSettled(client.send(protect));
    await account.runFor(minute);
    const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
    await account.clock.runUntilSettled(snapshots.saveSettings(settings, new Date('2026-11-20T03:00:00Z')));
    return account;
  }

  async function alarmsOf(account: SandboxAccount): Promise<string[]> {
    const { MetricAlarms = [] } = await account.clock.runUntilSettled(
      account.client(CloudWatchClient).send(new DescribeAlarmsCommand({})),
    );
    return MetricAlarms.map(({ AlarmName = '' }) => AlarmName);
  }

  function drillTable(account: SandboxAccount): string {
    return tablesOf(account).find((name) => name.startsWith(drillTablePrefix)) ?? '';
  }

  /** Lets time pass until the drill table has its last setting; items are then read for so long that somebody can step in. */
  async function untilArmed(account: SandboxAccount): Promise<string> {
    account.faults.add({ match: { operation: 'Scan', function: 'drill' }, effect: { kind: 'delay', ms: 9_000 } });
    await startDrills(account, plan);
    for (let seconds = 0; seconds < 7_200; seconds += 2) {
      await account.runFor(2_000);
      const table = account.dynamodb.tables.get(drillTable(account));
      if (table?.deletionProtection && table.status === 'ACTIVE') return table.name;
    }
    throw new Error('the drill table was never protected');
  }

  async function stop(account: SandboxAccount): Promise<void> {
    const DurableExecutionArn = account.functions.executions.of('drill')[0]?.arn;
    const command = new StopDurableExecutionCommand({ DurableExecutionArn });
    await account.clock.runUntilSettled(account.client(LambdaClient).send(command));
  }

  /** Twice: a table whose protection was taken off is being updated, and goes with the next sweep. */
  async function sweepAway(account: SandboxAccount): Promise<void> {
    for (let sweeps = 0; sweeps < 2; sweeps++) {
      await sweep(account, plan);
      await account.runFor(5 * minute);
    }
  }

  function inLedger<Result>(account: SandboxAccount, ask: (ledger: DynamoDbDrillLedger) => Promise<Result>) {
    return account.clock.runUntilSettled(ask(new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger')));
  }

  describe('a drill that breaks off after it has given settings back', () => {
    test('takes them off again, deletes its table, and says what it had restored', async () => {
      const account = await anArmedAccount();
      account.faults.add({
        match: { operation: 'Scan', function: 'drill' },
        effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
      });

      await startDrills(account, plan);
      await account.runFor(day);

      const [result] = await resultsOf(account);
      expect(result).toMatchObject({ outcome: 'failed', cleanUp: 'deleted', failure: { phase: 'validate' } });
      expect(result?.source?.arn).toMatch(/:table\/orders\/backup\/|:recovery-point:/);
      expect(result?.times.restore).toBeDefined();
      expect(await alarmsOf(account)).toEqual(['orders-throttled']);
      expect(tablesOf(account)).toEqual(['orders']);
    });

    test('leaves to the sweep what it could not take off, and its table goes all the same', async () => {
      const account = await anArmedAccount();
      const fault = account.faults.add({
        match: { operation: 'DeleteAlarms' },
        effect: { kind: 'error', when: 'before', name: 'AccessDenied', status: 403 },
      });
      await startDrills(account, plan);
      await account.runFor(day);
      const afterDrill = await alarmsOf(account);
      await sweep(account, plan);
      const whileDenied = await inLedger(account, (ledger) => ledger.drillIntents());
      account.faults.remove(fault);

      await sweep(account, plan);

      expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted' }]);
      expect(afterDrill).toHaveLength(2);
      expect(whileDenied).toHaveLength(1);
      expect(await alarmsOf(account)).toEqual(['orders-throttled']);
      expect(await inLedger(account, (ledger) => ledger.drillIntents())).toEqual([]);
    });
  });

  describe('a drill that is stopped after it has given settings back', () => {
    test('[X06] is swept as soon as its last process must be dead: settings, protection and table', async () => {
      const account = await anArmedAccount();
      await untilArmed(account);
      await stop(account);
      const atOnce = await sweep(account, plan);
      await account.runFor(16 * minute);

      await sweepAway(account);

      expect(atOnce).toMatchObject({ deleted: [], leftovers: [], inUse: [expect.stringContaining(drillTablePrefix)] });
      expect(await alarmsOf(account)).toEqual(['orders-throttled']);
      expect(tablesOf(account)).toEqual(['orders']);
    });

    test('leaves no alarm behind either when somebody deletes its table by hand', async () => {
      const account = await anArmedAccount();
      const name = await untilArmed(account);
      await stop(account);
      await account.runFor(minute);
      const client = account.client(DynamoDBClient);
      const unprotect = new UpdateTableCommand({ TableName: name, DeletionProtectionEnabled: false });
      await account.clock.runUntilSettled(client.send(unprotect));
      await account.runFor(minute);
      await account.clock.runUntilSettled(client.send(new DeleteTableCommand({ TableName: name })));
      await account.runFor(16 * minute);

      await sweep(account, plan);

      expect(await alarmsOf(account)).toEqual(['orders-throttled']);
      expect(await inLedger(account, (ledger) => ledger.closedDrills('orders'))).toMatchObject([{ targetName: name }]);
    });

    test('[X07] is left alone while Lambda knows nothing of it and it could still run', async () => {
      const account = await anArmedAccount();
      const name = await untilArmed(account);
      await stop(account);
      account.faults.add({
        match: { operation: 'GetDurableExecution' },
        effect: { kind: 'error', when: 'before', name: 'ResourceNotFoundException', status: 404 },
      });

      await account.runFor(24 * hour);
      const young = await sweep(account, plan);
      await account.runFor(3 * hour);
      await sweepAway(account);

      expect(young).toMatchObject({ deleted: [], leftovers: [{ table: name }] });
      expect(tablesOf(account)).toEqual(['orders']);
    });
  });

  describe('a drill whose ledger does not answer', () => {
    /** From when until when the drill function's calls on the ledger fail. */
    function unreachable(account: SandboxAccount, fromMs: number, forMs = Infinity): void {
      const from = account.clock.now + fromMs;
      account.faults.add({
        match: {
          table: 'ledger',
          function: 'drill',
          from: new Date(from),
          ...(forMs < Infinity && { until: new Date(from + forMs) }),
        },
        effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
      });
    }

    function succeeded(account: SandboxAccount): number | undefined {
      return account.metrics.latest('DynamoDBBackups', 'DrillSucceeded', { Plan: 'orders', Table: 'orders' });
    }

    test.each([0, 30_000])('for some minutes after %i ms waits, and passes', async (fromMs) => {
      const account = await aDrillingAccount(true, { engine });
      unreachable(account, fromMs, 8 * minute);

      await startDrills(account, plan);
      await account.runFor(day);

      expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted' }]);
    });

    test('from the beginning restores nothing, and fails loudly', async () => {
      const account = await aDrillingAccount(true, { engine });
      unreachable(account, 0);

      await startDrills(account, plan);
      await account.runFor(day);

      expect(account.journal.entries({ operation: requestOf[engine] })).toEqual([]);
      expect(succeeded(account)).toBe(0);
      expect(account.functions.executions.of('drill')).toMatchObject([{ status: 'FAILED' }]);
    });

    test('for half an hour after its restore has begun records its result then, and deletes its table', async () => {
      const account = await aDrillingAccount(true, { engine });
      unreachable(account, 30_000, 30 * minute);

      await startDrills(account, plan);
      await account.runFor(day);

      expect(await resultsOf(account)).toMatchObject([{ outcome: 'failed', cleanUp: 'deleted' }]);
      expect(tablesOf(account)).toEqual(['orders']);
    });

    test('for good after settings were given back takes them off, fails loudly, and leaves its table to the sweep', async () => {
      const account = await anArmedAccount();
      await untilArmed(account);
      unreachable(account, 0);

      await account.runFor(day);
      const failed = account.functions.executions.of('drill').map(({ status }) => status);
      const alarms = await alarmsOf(account);
      await sweepAway(account);

      expect(failed).toEqual(['FAILED']);
      expect(alarms).toEqual(['orders-throttled']);
      expect(tablesOf(account)).toEqual(['orders']);
    });
  });
});
