import { expect, test } from '@jest/globals';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import type { DrillProps } from '../../lib/drill-props.ts';
import type { VaultProps } from '../../lib/vault-props.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { deployedApp } from '../deployed-app.ts';

const hour = 3_600_000;
const minute = 60_000;

interface AccountProps {
  readonly vault?: VaultProps;
  readonly drill?: DrillProps;
}

/** An account in which a plan of AWS Backup lives as it is deployed: with its roles, its vault, its schedules and its watch. */
async function anAccount({ vault, drill }: AccountProps = {}): Promise<SandboxAccount> {
  const backup = { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup' } as const;
  const shared = { backup, keep: { last: 3 }, ...(drill && { drill }) };
  const plans = {
    orders: { ...shared, tables: { named: ['orders'] }, prune: { schedule: 'cron(30 * * * ? *)' } },
    tagged: { ...shared, tables: { tagged: { backup: 'tagged' } } },
  };
  const tables = [{ TableName: 'orders' }, { TableName: 'users', Tags: [{ Key: 'backup', Value: 'tagged' }] }];
  const { account } = await deployedApp({ owner: 'team0001', plans, ...(vault && { vault }) }, { tables });
  return account;
}

function pointsOf(account: SandboxAccount, tableName: string) {
  const vault = account.backup.vaults.require('dynamodb-backups-team0001');
  return account.backup.points
    .in(vault)
    .filter(
      ({ backup, status, goneAt }) => backup.tableName === tableName && status === 'COMPLETED' && goneAt === undefined,
    );
}

const refusalsIn = (account: SandboxAccount) =>
  account.journal
    .entries({})
    .filter(({ functionName, outcome }) => functionName !== undefined && outcome.endsWith('AccessDeniedException'))
    .map(({ functionName, operation, outcome }) => `${functionName} ${operation} ${outcome}`);

test('as it is deployed, a plan of AWS Backup takes a point of each slot, follows it, prunes it, and its watch sees it', async () => {
  const account = await anAccount();

  await account.runFor(8 * hour + 10 * minute);

  expect(refusalsIn(account)).toEqual([]);
  // Eight slots were taken, and ten minutes ago a run of prune left the newest three.
  expect(pointsOf(account, 'orders').map(({ createdAt }) => new Date(createdAt).getUTCHours())).toEqual([6, 7, 8]);
  expect(pointsOf(account, 'users').length).toBeGreaterThanOrEqual(3);
  const latest = (name: string) => account.metrics.latest(metricsNamespace, name, { Plan: 'orders' });
  expect(latest('BackupsTaken')).toBe(1);
  expect(latest('BackupsFailed')).toBe(0);
  expect(latest('BackupsDeleted')).toBe(1);
  expect(latest('UnprotectedTables')).toBe(0);
  expect(latest('MissingSchedules')).toBe(0);
  expect(latest('RecoveryPointAge')).toBeLessThanOrEqual(70 * 60);
});

test('[R22] in a locked vault retention only tells what it would delete, and nothing fails', async () => {
  const account = await anAccount({ vault: { lock: { mode: 'governance' } } });

  await account.runFor(8 * hour + 10 * minute);

  expect(refusalsIn(account)).toEqual([]);
  expect(pointsOf(account, 'orders').length).toBeGreaterThanOrEqual(8);
  expect(pointsOf(account, 'orders').every(({ lifecycle }) => lifecycle.deleteAfterDays === 1)).toBe(true);
  expect(account.metrics.maximum(metricsNamespace, 'BackupsDeleted', { Plan: 'orders' })).toBe(0);
  expect(account.metrics.maximum(metricsNamespace, 'BackupDeletionsFailed', { Plan: 'orders' })).toBe(0);
});

test('as it is deployed, a drill restores a recovery point with the role handed over, proves it, and leaves nothing behind', async () => {
  const account = await anAccount({ drill: { schedule: 'cron(15 3 * * ? *)' } });

  await account.runFor(5 * hour);

  expect(refusalsIn(account)).toEqual([]);
  const jobs = account.backup.restoreJobs.all;
  expect(jobs.map(({ state }) => state)).toEqual(['COMPLETED', 'COMPLETED']);
  expect(jobs.every(({ metadata }) => metadata.targetTableName.startsWith('ddb-drill-team0001-'))).toBe(true);
  for (const [Plan, Table] of [
    ['orders', 'orders'],
    ['tagged', 'users'],
  ]) {
    const latest = (name: string) =>
      account.metrics.latest(metricsNamespace, name, { Plan: Plan ?? '', Table: Table ?? '' });
    expect({ Table, succeeded: latest('DrillSucceeded') }).toEqual({ Table, succeeded: 1 });
    expect(latest('RestoreTime')).toBeGreaterThan(80);
  }
  expect(account.dynamodb.tables.all.map(({ name }) => name).filter((name) => name.startsWith('ddb-drill-'))).toEqual(
    [],
  );
});
