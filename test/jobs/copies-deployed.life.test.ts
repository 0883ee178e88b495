import {
  BackupClient,
  DeleteRecoveryPointCommand,
  PutBackupVaultAccessPolicyCommand,
  UpdateGlobalSettingsCommand,
} from '@aws-sdk/client-backup';
import { expect, test } from '@jest/globals';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import type { CopyProps } from '../../lib/plan-props.ts';
import type { VaultProps } from '../../lib/vault-props.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { deployedApp, env, type DeployedApp } from '../deployed-app.ts';

const away = 'eu-west-1';
const other = '210987654321';
const vaultOfOthers = `arn:aws:backup:${away}:${other}:backup-vault:company-copies`;
const hour = 3_600_000;
const minute = 60_000;

/** An account in which a plan that copies lives as it is deployed, in both Regions. */
async function deployed(copies: readonly CopyProps[], vault?: VaultProps): Promise<DeployedApp> {
  const plans = {
    orders: {
      tables: { named: ['orders'] },
      backup: { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup', awsBackup: { copies } },
      keep: { last: 3 },
      prune: { schedule: 'cron(50 * * * ? *)' },
    },
  } as const;
  const alsoIn = copies.some(({ vaultArn }) => vaultArn === undefined) ? [away] : [];
  return await deployedApp({ owner: 'team0001', plans, ...(vault && { vault }) }, { alsoIn });
}

function pointsIn(account: SandboxAccount, vaultName: string) {
  const { vaults, points } = account.backup;
  return points
    .in(vaults.require(vaultName))
    .filter(({ status, goneAt }) => status === 'COMPLETED' && goneAt === undefined);
}

const copiesOf = ({ account }: DeployedApp) =>
  pointsIn(account.inRegion(away), `dynamodb-copies-team0001-${env.region}`).toSorted(
    (one, another) => one.createdAt - another.createdAt,
  );
const hoursOf = (points: readonly { readonly createdAt: number }[]) =>
  points.map(({ createdAt }) => new Date(createdAt).getUTCHours());
const refusalsIn = ({ account }: DeployedApp) =>
  account.journal
    .entries({})
    .filter(({ functionName, outcome }) => functionName !== undefined && outcome.endsWith('AccessDeniedException'))
    .map(({ functionName, operation, outcome }) => `${functionName} ${operation} ${outcome}`);
const latest = ({ account }: DeployedApp, name: string) =>
  account.metrics.latest(metricsNamespace, name, { Plan: 'orders' });

test('each recovery point is copied to the vault of the other Region, kept there by rules of its own, and watched', async () => {
  const world = await deployed([{ region: away, keep: { last: 5 } }]);

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
  const world = await deployed([{ region: away, keep: { last: 5, daily: 9 } }], {
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
  const world = await deployed(copies);
  world.account.backup.vaults.add({ BackupVaultName: 'second' });

  await world.account.runFor(9 * hour + 25 * minute);

  expect(refusalsIn(world)).toEqual([]);
  expect(hoursOf(copiesOf(world))).toEqual([5, 6, 7, 8, 9]);
  expect(hoursOf(pointsIn(world.account, 'second')).toSorted()).toEqual([6, 7, 8, 9]);
  expect(hoursOf(pointsIn(world.account, 'dynamodb-backups-team0001'))).toEqual([7, 8, 9]);
});

test('a vault of another account takes copies under the very policy that the stack prints, each with an end of its own', async () => {
  const world = await deployed([{ region: away, account: other, vaultArn: vaultOfOthers, keep: { daily: 9 } }]);
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
