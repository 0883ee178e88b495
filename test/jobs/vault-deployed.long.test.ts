import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import type { DrillProps } from '../../lib/plan-props.ts';
import type { VaultProps } from '../../lib/vault-props.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const env = { account: '123456789012', region: 'eu-central-1' };
const hour = 3_600_000;
const minute = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddb-backups-vault-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface AccountProps {
  readonly vault?: VaultProps;
  readonly drill?: DrillProps;
}

/** An account in which a plan of AWS Backup lives as it is deployed: with its roles, its vault, its schedules and its watch. */
async function anAccount(name: string, { vault, drill }: AccountProps = {}): Promise<SandboxAccount> {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const app = new App({
    outdir: join(folder, name),
    context: { ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const keep = { last: 3 };
  new DynamoBackups(app, 'Backups', {
    env,
    owner: 'team0001',
    plans: {
      orders: {
        tables: { named: ['orders'] },
        backup: { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup' },
        keep,
        prune: { schedule: 'cron(30 * * * ? *)' },
        ...(drill && { drill }),
      },
      tagged: {
        tables: { tagged: { backup: 'tagged' } },
        backup: { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup' },
        keep,
        ...(drill && { drill }),
      },
    },
    ...(vault && { vault }),
  });
  app.synth();
  const account = new SandboxAccount({
    accountId: env.account,
    region: env.region,
    startAt: new Date('2026-11-20T00:30:00Z'),
  });
  await account.createTable({ TableName: 'orders' });
  await account.createTable({ TableName: 'users', Tags: [{ Key: 'backup', Value: 'tagged' }] });
  await account.deploy(join(folder, name));
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
  const account = await anAccount('unlocked');

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
  const account = await anAccount('locked', { vault: { lock: { mode: 'governance' } } });

  await account.runFor(8 * hour + 10 * minute);

  expect(refusalsIn(account)).toEqual([]);
  expect(pointsOf(account, 'orders').length).toBeGreaterThanOrEqual(8);
  expect(pointsOf(account, 'orders').every(({ lifecycle }) => lifecycle.deleteAfterDays === 1)).toBe(true);
  expect(account.metrics.maximum(metricsNamespace, 'BackupsDeleted', { Plan: 'orders' })).toBe(0);
  expect(account.metrics.maximum(metricsNamespace, 'BackupDeletionsFailed', { Plan: 'orders' })).toBe(0);
});

test('as it is deployed, a drill restores a recovery point with the role handed over, proves it, and leaves nothing behind', async () => {
  const account = await anAccount('drilled', { drill: { schedule: 'cron(15 3 * * ? *)' } });

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
