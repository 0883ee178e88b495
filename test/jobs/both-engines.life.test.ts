import { expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { GetMetricDataCommand, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { deployedApp } from '../deployed-app.ts';

const hour = 3_600_000;

/** An account in which one plan of both engines lives as it is deployed. */
async function anAccount(): Promise<SandboxAccount> {
  const { account } = await deployedApp({
    owner: 'team0001',
    plans: {
      orders: {
        tables: { named: ['orders'] },
        backup: { schedule: 'cron(0 * * * ? *)', engine: 'both' },
        keep: { last: 3 },
        objectives: { recoveryPoint: Duration.hours(4) },
      },
    },
  });
  return account;
}

/** The least of both ages at the last look, in hours, by CloudWatch's own arithmetic. */
async function newestByEither(account: SandboxAccount): Promise<number | undefined> {
  const age = (Id: string, plan: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: {
        Namespace: metricsNamespace,
        MetricName: 'RecoveryPointAge',
        Dimensions: [{ Name: 'Plan', Value: plan }],
      },
      Period: 900,
      Stat: 'Maximum',
    },
  });
  const { MetricDataResults: [found] = [] } = await account.client(CloudWatchClient).send(
    new GetMetricDataCommand({
      StartTime: new Date(account.now.getTime() - hour),
      EndTime: account.now,
      MetricDataQueries: [
        age('morders', 'orders'),
        age('morders_vault', 'orders-vault'),
        { Id: 'either', Expression: 'MIN([morders, morders_vault]) / 3600' },
      ],
    }),
  );
  return found?.Values?.[0];
}

test('[B31] when AWS Backup fails and DynamoDB does not, each has its own result and age, and the whole is as old as the newest', async () => {
  const account = await anAccount();
  await account.runFor(3 * hour);
  account.faults.add({
    match: { operation: 'StartBackupJob' },
    effect: { kind: 'failed-job', state: 'FAILED', afterMs: 60_000 },
  });

  await account.runFor(8 * hour);

  const latest = (name: string, plan: string) => account.metrics.latest(metricsNamespace, name, { Plan: plan }) ?? NaN;
  const sum = (name: string, plan: string) => account.metrics.sum(metricsNamespace, name, { Plan: plan });
  expect(sum('BackupsFailed', 'orders')).toBe(0);
  expect(sum('BackupsFailed', 'orders-vault')).toBe(8);
  expect(latest('RecoveryPointAge', 'orders')).toBeLessThanOrEqual(2 * 3600);
  expect(latest('RecoveryPointAge', 'orders-vault')).toBeGreaterThan(8 * 3600);
  expect(await newestByEither(account)).toBeLessThanOrEqual(2);
  const alarming = account.alarms.all.filter(({ state }) => state.value === 'ALARM').map(({ name }) => name);
  expect(alarming).toContain('dynamodb-backups/team0001/orders-vault/recovery-point-overdue');
  expect(alarming.filter((name) => name.includes('/orders/'))).toEqual([]);
});
