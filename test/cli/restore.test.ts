import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { DynamoDbSettingsLedger } from '../../lambda/aws/dynamodb-settings-ledger.ts';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { aWorld, createLedger, owner, prefix } from '../jobs/world.ts';
import { Restorer } from '../jobs/restore/restore-world.ts';
import { CommandLine, type Ended } from './command-line.ts';

const [home, away] = ['eu-central-1', 'eu-west-1'];
const copyVault = `dynamodb-copies-${owner}-${home}`;
const role = 'arn:aws:iam::123456789012:role/restore-by-hand';
const hour = 3_600_000;

let shell: CommandLine | undefined;
afterEach(() => shell?.stop());

/** The table `orders` with tags, three hourly backups and its settings in the ledger; restores take as long as they are told. */
async function anAccount(restoreMs: number) {
  const startAt = new Date(Math.floor(Date.now() / 1000) * 1000);
  const restoreTime = () => ({ tableMs: restoreMs, indexMs: {} });
  const world = await aWorld(['orders'], { startAt, restoreTime });
  const { account } = world;
  const { arn: ResourceArn } = account.dynamodb.tables.require('orders');
  const client = account.client(DynamoDBClient);
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'shop' }] }));
  world.plantHourly('orders', 3);
  await keepSettings(account, account, 'ledger');
  return { world, account };
}

async function keepSettings(from: SandboxAccount, into: SandboxAccount, ledger: string): Promise<void> {
  const settings = await from.clock.runUntilSettled(new Restorer({ account: from }).ports.settings.capture('orders'));
  const since = new Date(from.now.getTime() - 9 * hour);
  const snapshots = new DynamoDbSettingsLedger(into.client(DynamoDBClient), ledger);
  await from.clock.runUntilSettled(snapshots.saveSettings({ ...settings, capturedAt: since.toISOString() }, since));
}

/** A copy of the table in the vault of the other Region, with its settings beside it. */
async function plantCopy(account: SandboxAccount): Promise<string> {
  const there = account.inRegion(away);
  const { vaults, points } = there.backup;
  const table = account.dynamodb.tables.require('orders');
  const slot = new Date(Math.floor((account.now.getTime() - hour) / 1000) * 1000);
  const name = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: table.id });
  const tags = { 'dynamodb-backups:name': name, 'dynamodb-backups:table-id': table.id };
  const { arn } = points.plant(vaults.add({ BackupVaultName: copyVault }), table, slot.getTime(), { tags });
  await createLedger(there, copyVault);
  await keepSettings(account, there, copyVault);
  account.faults.add({ effect: { kind: 'slow-job', time: { waitMs: 1, runMs: 1 } } });
  return arn;
}

const named = ['--table', 'orders', '--owner', owner];
const restore = (...args: readonly string[]): Promise<Ended> => {
  const usual = ['restore', ...named, ...args];
  return shell ? shell.runHere(...usual) : Promise.reject(new Error('there is no shell'));
};
const settingsOf = (account: SandboxAccount, name: string) => [...account.dynamodb.tables.require(name).tags];
const writesOf = (account: SandboxAccount) =>
  account.journal
    .entries()
    .filter(({ operation }) => !/^(Describe|List|Get|Query|Scan)/.test(operation))
    .map(({ operation }) => operation);

describe('ddb-backups restore', () => {
  test('[X28] is a dry run that names account, Region, backup and age, and prints the command for exactly that', async () => {
    const { account } = await anAccount(1);
    const newest = account.backups('orders').at(-1)?.arn ?? '';
    shell = await CommandLine.in(account);
    const before = writesOf(account).length;

    const ended = await shell.run('restore', ...named, '--into', 'orders-again', '--ledger', 'ledger');

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toContain(`orders-again in account 123456789012, Region ${home}`);
    expect(ended.stdout).toMatch(
      /of \d{4}-\d\d-\d\dT.*, (60|[6-9]\d|1[01]\d) min old: what was written since is lost$/m,
    );
    expect(ended.stdout).toContain('taken by the plan orders');
    expect(ended.stdout).toContain('given back: tags');
    expect(ended.stdout).toContain(`--into orders-again --ledger ledger --backup ${newest} --execute`);
    expect(writesOf(account).slice(before)).toEqual([]);
  });

  test('--execute restores, re-arms, validates and times a backup of DynamoDB: status 0', async () => {
    const { account } = await anAccount(1);
    shell = await CommandLine.in(account);

    const ended = await restore('--into', 'orders-again', '--ledger', 'ledger', '--execute', '--json');

    expect(ended.status).toBe(0);
    expect(ended.stderr).toMatch(/account 123456789012.*[\s\S]*Z announce the restore\n[\s\S]*Z wait until ready\n/);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      outcome: 'restored',
      problems: [],
      settings: { tags: 'applied' },
      times: { totalSeconds: expect.any(Number), restore: { atMostSeconds: expect.any(Number) } },
    });
    expect(settingsOf(account, 'orders-again')).toEqual([['team', 'shop']]);
  });

  test('restores a copy where it lies, under the name of the table, while its own Region is out of reach', async () => {
    const { account } = await anAccount(1);
    const arn = await plantCopy(account);
    account.faults.add({ match: { region: home }, effect: { kind: 'connection-lost', when: 'before' } });
    shell = await CommandLine.in(account);
    const before = account.journal.count();
    const place = ['--region', away, '--ledger', copyVault, '--vault', copyVault, '--role', role];

    const dry = await restore('--into', 'orders', ...place);
    const ended = await restore('--into', 'orders', ...place, '--execute');

    expect(dry).toMatchObject({ status: 0, stderr: '' });
    expect(dry.stdout).toContain(`orders in account 123456789012, Region ${away}`);
    expect(ended.status).toBe(0);
    expect(ended.stdout).toMatch(new RegExp(`^RESTORED +orders into orders in ${away}\nbackup +${arn}\n`));
    expect(ended.stdout).toMatch(/^data +as of .*before the request \(recovery point\)$/m);
    expect(ended.stdout).toMatch(/^time +\d+ s since .* \(recovery time\): restored in .* s, indexes .*, re-armed in/m);
    expect(ended.stdout).toContain('given back: tags');
    expect(settingsOf(account.inRegion(away), 'orders')).toEqual([['team', 'shop']]);
    const regions = account.journal
      .entries()
      .slice(before)
      .map(({ region }) => region);
    expect(new Set(regions)).toEqual(new Set([away]));
  });

  test('[X29] is gone on with after it was killed in the middle', async () => {
    const { account } = await anAccount(3_000);
    shell = await CommandLine.in(account);
    const wanted = ['--into', 'orders-again', '--ledger', 'ledger', '--execute'];

    const killed = await shell.kill(/wait until ready: not yet/, 'restore', ...named, ...wanted);
    const refused = await restore(...wanted);
    while (account.dynamodb.tables.require('orders-again').status !== 'ACTIVE') await setTimeout(100);
    const resumed = await shell.run('restore', ...named, ...wanted, '--resume');

    expect(killed).toMatchObject({ status: null, stdout: '' });
    expect(refused.status).toBe(1);
    expect(refused.stdout).toMatch(/^CANNOT +orders-again exists .*--resume goes on with it$/m);
    expect(resumed.status).toBe(0);
    expect(resumed.stdout).toMatch(/^RESTORED/);
    expect(account.journal.count('dynamodb', 'RestoreTableFromBackup')).toBe(1);
  });

  test('[X27] refuses a name that is taken, with status 1, and explains', async () => {
    const { account } = await anAccount(1);
    shell = await CommandLine.in(account);
    const before = writesOf(account).length;

    const ended = await restore('--into', 'orders', '--ledger', 'ledger', '--execute');

    expect(ended).toMatchObject({ status: 1, stderr: '' });
    expect(ended.stdout).toMatch(/^CANNOT +orders exists in eu-central-1, as ACTIVE, .*: name another with --into$/m);
    expect(writesOf(account).slice(before)).toEqual([]);
  });

  test('ends with status 1 where something was not given back, and names it', async () => {
    const { account } = await anAccount(1);
    await createLedger(account, 'another-ledger');
    shell = await CommandLine.in(account);

    const ended = await restore('--into', 'orders-again', '--ledger', 'another-ledger', '--rearm', 'tags', '--execute');

    expect(ended.status).toBe(1);
    expect(ended.stdout).toMatch(/^INCOMPLETE orders into orders-again/);
    expect(ended.stdout).toMatch(/^NOT WELL +re-arm: no settings of orders are known, so none were given back: tags$/m);
    expect(ended.stdout).toContain('orders-again stays as it is');
    expect(settingsOf(account, 'orders-again')).toEqual([]);
  });

  test('takes what DynamoDB kept of a deleted table only where any backup is welcome', async () => {
    const { world, account } = await anAccount(1);
    account.dynamodb.settings.setPointInTimeRecovery(account.dynamodb.tables.require('orders'), 35);
    await account.runFor(60_000);
    await world.deleteTable('orders');
    const kept = account.backups('orders').find(({ type }) => type === 'SYSTEM')?.arn ?? '';
    shell = await CommandLine.in(account);
    const wanted = ['--into', 'orders', '--ledger', 'ledger'];

    const own = await restore(...wanted);
    const any = await restore(...wanted, '--any-backup', '--execute');

    expect(own.stdout).toContain(`a newer one is there: ${kept}`);
    expect(any).toMatchObject({ status: 0, stdout: expect.stringContaining(kept) });
  });

  test('prints the role that AWS Backup has to be handed, and contacts nobody', async () => {
    const { account } = await anAccount(1);
    shell = await CommandLine.in(account);
    const before = account.journal.count();

    const ended = await shell.run('restore', '--print-role-policy', '--into', 'orders', '--region', away);

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.stringify(JSON.parse(ended.stdout))).toContain(`arn:aws:dynamodb:${away}:*:table/orders"`);
    expect(account.journal.count()).toBe(before);
  });
});

describe('bad input is refused with status 2, every fault named, and nothing is called', () => {
  const foreign = 'arn:aws:dynamodb:us-east-1:123456789012:table/orders/backup/01489173575360-b308cd7d';
  const point = 'arn:aws:backup:us-east-1:123456789012:recovery-point:1EB3B5E7-9EB0-435A-A80B-108B488B0D45';
  const usual = ['--table', 'orders', '--into', 'o-2', '--owner', owner, '--ledger', 'ledger'];
  const refused: readonly [string, readonly string[], readonly RegExp[]][] = [
    ['nothing', [], [/--table must be/, /--into must be/, /--owner must be/, /--ledger must name/]],
    [
      'words that are none',
      [...usual, '--before', 'today', '--rearm', 'tags,colour', '--sample', '0', '--timeout', 'P1M', '--role', 'me'],
      [/--before must be an instant/, /--rearm must be all/, /--sample must be/, /--timeout must be/, /--role must be/],
    ],
    ['two backups', [...usual, '--backup', foreign, '--before', '2026-11-20T03:00:00Z'], [/cannot be given together/]],
    ['a recovery point without a vault', [...usual, '--backup', point], [/--vault must name the vault of the/]],
    [
      'a backup of another Region',
      [...usual, '--backup', foreign],
      [/must be of eu-central-1.*--from-region us-east-1/],
    ],
    [
      'a recovery point of another Region',
      [...usual, '--vault', 'v', '--backup', point],
      [/only where its vault is: restore a copy of it/],
    ],
    ['no role', [...usual, '--vault', 'v', '--execute'], [/--role must name a role/]],
    [
      'another Region without a key, for recovery points',
      [...usual, '--vault', 'v', '--from-region', 'eu-west-1', '--billing', 'on-demand'],
      [/--from-region is not for/, /--encryption-key must be given/, /--billing on-demand is not for/],
    ],
    ['an option nobody knows', [...usual, '--force'], [/--force/]],
  ];

  test.each(refused)('%s', async (_, args, messages) => {
    const { account } = await aWorld([], { startAt: new Date() });
    shell = await CommandLine.in(account);
    const before = account.journal.count();

    const ended = await shell.runHere('restore', ...args);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    for (const message of messages) expect(ended.stderr).toMatch(message);
    expect(account.journal.count()).toBe(before);
  });
});
