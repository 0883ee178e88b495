import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackupClient,
  DeleteRecoveryPointCommand,
  PutBackupVaultAccessPolicyCommand,
  UpdateGlobalSettingsCommand,
} from '@aws-sdk/client-backup';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import type { CopyProps } from '../../lib/plan-props.ts';
import type { VaultProps } from '../../lib/vault-props.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const env = { account: '123456789012', region: 'eu-central-1' };
const away = 'eu-west-1';
const other = '210987654321';
const vaultOfOthers = `arn:aws:backup:${away}:${other}:backup-vault:company-copies`;
const hour = 3_600_000;
const minute = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddb-backups-copies-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Deployed {
  readonly account: SandboxAccount;
  readonly outputs: Readonly<Record<string, string>>;
}

/** An account in which a plan that copies lives as it is deployed, in both Regions. */
async function deployed(name: string, copies: readonly CopyProps[], vault?: VaultProps): Promise<Deployed> {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const app = new App({
    outdir: join(folder, name),
    context: { ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  new DynamoBackups(app, 'Backups', {
    env,
    owner: 'team0001',
    plans: {
      orders: {
        tables: { named: ['orders'] },
        backup: { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup', awsBackup: { copies } },
        keep: { last: 3 },
        prune: { schedule: 'cron(50 * * * ? *)' },
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
  const outputs = await account.deploy(join(folder, name));
  if (copies.some(({ vaultArn }) => vaultArn === undefined)) await account.inRegion(away).deploy(join(folder, name));
  return { account, outputs: Object.assign({}, ...Object.values(outputs)) as Record<string, string> };
}

function pointsIn(account: SandboxAccount, vaultName: string) {
  const { vaults, points } = account.backup;
  return points
    .in(vaults.require(vaultName))
    .filter(({ status, goneAt }) => status === 'COMPLETED' && goneAt === undefined);
}

const copiesOf = ({ account }: Deployed) =>
  pointsIn(account.inRegion(away), `dynamodb-copies-team0001-${env.region}`).toSorted(
    (one, another) => one.createdAt - another.createdAt,
  );
const hoursOf = (points: readonly { readonly createdAt: number }[]) =>
  points.map(({ createdAt }) => new Date(createdAt).getUTCHours());
const refusalsIn = ({ account }: Deployed) =>
  account.journal
    .entries({})
    .filter(({ functionName, outcome }) => functionName !== undefined && outcome.endsWith('AccessDeniedException'))
    .map(({ functionName, operation, outcome }) => `${functionName} ${operation} ${outcome}`);
const latest = ({ account }: Deployed, name: string) =>
  account.metrics.latest(metricsNamespace, name, { Plan: 'orders' });

test('each recovery point is copied to the vault of the other Region, kept there by rules of its own, and watched', async () => {
  const world = await deployed('owned', [{ region: away, keep: { last: 5 } }]);

  await world.account.runFor(9 * hour + 25 * minute);

  expect(refusalsIn(world)).toEqual([]);
  expect(hoursOf(pointsIn(world.account, 'dynamodb-backups-team0001'))).toEqual([7, 8, 9]);
  expect(hoursOf(copiesOf(world))).toEqual([5, 6, 7, 8, 9]);
  const arn = copiesOf(world)[0]?.arn;
  const deletion = { BackupVaultName: `dynamodb-copies-team0001-${env.region}`, RecoveryPointArn: arn };
  await expect(
    world.account.inRegion(away).client(BackupClient).send(new DeleteRecoveryPointCommand(deletion)),
  ).rejects.toThrow(/denied|not authorized/i);
  expect(latest(world, 'CopiesMade')).toBe(1);
  expect(world.account.metrics.maximum(metricsNamespace, 'CopiesFailed', { Plan: 'orders' })).toBe(0);
  expect(latest(world, 'CopyAge')).toBeLessThanOrEqual(70 * 60);
  expect(latest(world, 'CopyAge')).toBeGreaterThan(20 * 60);
});

test('in a locked vault of the other Region each copy is told how long it stays, and retention only reports', async () => {
  const world = await deployed('locked', [{ region: away, keep: { last: 5, daily: 9 } }], {
    copies: { lock: { mode: 'governance' } },
  });

  await world.account.runFor(8 * hour + 25 * minute);

  expect(refusalsIn(world)).toEqual([]);
  expect(copiesOf(world)).toHaveLength(8);
  expect([...new Set(copiesOf(world).map(({ lifecycle }) => lifecycle.deleteAfterDays))]).toEqual([1]);
  expect(
    pointsIn(world.account, 'dynamodb-backups-team0001').map(({ lifecycle }) => lifecycle.deleteAfterDays),
  ).toEqual([undefined, undefined, undefined]);
  expect(world.account.metrics.maximum(metricsNamespace, 'BackupDeletionsFailed', { Plan: 'orders' })).toBe(0);
});

test('a vault of one’s own, be it in the same Region, is copied to and pruned like that of the app', async () => {
  const second = `arn:aws:backup:${env.region}:${env.account}:backup-vault:second`;
  const copies = [
    { region: away, keep: { last: 5 } },
    { region: env.region, vaultArn: second, keep: { last: 4 } },
  ];
  const world = await deployed('second', copies);
  world.account.backup.vaults.add({ BackupVaultName: 'second' });

  await world.account.runFor(9 * hour + 25 * minute);

  expect(refusalsIn(world)).toEqual([]);
  expect(hoursOf(copiesOf(world))).toEqual([5, 6, 7, 8, 9]);
  expect(hoursOf(pointsIn(world.account, 'second')).toSorted()).toEqual([6, 7, 8, 9]);
  expect(hoursOf(pointsIn(world.account, 'dynamodb-backups-team0001'))).toEqual([7, 8, 9]);
});

test('a vault of another account takes copies under the very policy that the stack prints, each with an end of its own', async () => {
  const world = await deployed('foreign', [
    { region: away, account: other, vaultArn: vaultOfOthers, keep: { daily: 9 } },
  ]);
  const theirs = world.account.inAccount(other).inRegion(away);
  theirs.backup.vaults.add({ BackupVaultName: 'company-copies' });
  await world.account
    .client(BackupClient)
    .send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }));
  const copies = () => pointsIn(theirs, 'company-copies');

  await world.account.runFor(5 * hour);
  expect(copies()).toEqual([]);
  expect(latest(world, 'CopiesFailed')).toBe(1);
  expect(latest(world, 'CopyAge')).toBeGreaterThan(4 * 3_600);

  const Policy = world.outputs[`CopyVaultPolicy${other}euwest1companycopies`];
  await theirs
    .client(BackupClient)
    .send(new PutBackupVaultAccessPolicyCommand({ BackupVaultName: 'company-copies', Policy }));
  await world.account.runFor(4 * hour);

  expect(refusalsIn(world)).toEqual([]);
  expect(hoursOf(copies())).toEqual(expect.arrayContaining([6, 7, 8]));
  expect(new Set(copies().map(({ lifecycle }) => lifecycle.deleteAfterDays))).toEqual(new Set([1]));
  expect(latest(world, 'CopiesFailed')).toBe(0);
  expect(latest(world, 'CopyAge')).toBeLessThanOrEqual(100 * 60);
});
