import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../lambda/aws/dynamodb-drill-ledger.ts';
import { away, copyVaultArn, CopyingWorld } from '../jobs/copying-world.ts';
import { EngineWorld, vaultName } from '../jobs/engine-world.ts';
import { aPassedDrill, anIntent, aPlan, aWorld, owner, prefix, type World } from '../jobs/world.ts';
import { CommandLine, main } from './command-line.ts';

const planFile = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.json');

let world: World;
let commandLine: CommandLine;

const ddbBackups = (...args: readonly string[]) => commandLine.runHere(...args);

const prune = ['prune', '--plan', planFile, '--ledger', 'ledger', '--owner', owner, '--prefix', prefix] as const;

function idOf(backup: { readonly arn: string } | undefined): string {
  return backup?.arn.split('/').at(-1) ?? '';
}

function writes(): string[] {
  const reads = /^(Describe|List|Get|Query)/;
  return world.account.journal.entries().flatMap(({ operation }) => (reads.test(operation) ? [] : [operation]));
}

beforeEach(async () => {
  writeFileSync(planFile, JSON.stringify(aPlan()));
  world = await aWorld(['orders'], { startAt: new Date(Math.floor(Date.now() / 1000) * 1000) });
  world.plantHourly('orders', 6);
  commandLine = await CommandLine.in(world.account);
});

afterEach(() => commandLine.stop());

describe('the operator’s command line', () => {
  test('[R29] prune is a dry run unless told otherwise: it names what would go and writes nothing', async () => {
    const ended = await commandLine.run(...prune);

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout.match(/planned/g)).toHaveLength(3);
    expect(ended.stdout).toContain('dry run: nothing was deleted');
    expect(writes()).toEqual([]);
  });

  test('[X12] prune says what stays only because a drill restores it, or because it passed one', async () => {
    const [oldest, next] = world.account.backups('orders');
    const ledger = new DynamoDbDrillLedger(world.account.client(DynamoDBClient), 'ledger');
    await ledger.recordDrillIntent(anIntent(oldest?.arn ?? '', world.account.now));
    await ledger.saveDrill(aPassedDrill(world, next));
    const writesBefore = writes().length;

    const ended = await ddbBackups(...prune);

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout).toMatch(new RegExp(`${idOf(oldest)}.*kept: a drill restores it`));
    expect(ended.stdout).toMatch(new RegExp(`${idOf(next)}.*kept: the newest backup that passed a drill`));
    expect(ended.stdout.match(/planned/g)).toHaveLength(1);
    expect(writes()).toHaveLength(writesBefore);
  });

  test('[R29] prune of a plan of AWS Backup asks for its vault, and judges what is in there', async () => {
    const vaulted = new EngineWorld(world, 'aws-backup');
    world.account.backup.vaults.add({ BackupVaultName: vaultName });
    vaulted.plantHourly('orders', 5);
    writeFileSync(planFile, JSON.stringify(vaulted.plan()));

    const lost = await ddbBackups(...prune);
    const dry = await ddbBackups(...prune, '--vault', vaultName);

    expect(lost.status).not.toBe(0);
    expect(lost.stderr).toContain('--vault must name the vault');
    expect(dry).toMatchObject({ status: 0, stderr: '' });
    expect(dry.stdout).toContain('5 backups listed, 3 kept, 2 expired');
    expect(writes()).toEqual([]);
  });

  test('prune --execute deletes what expired, but not what is held', async () => {
    const arn = world.account.backups('orders')[0]?.arn ?? '';

    const held = await ddbBackups('hold', arn, '--ledger', 'ledger', '--reason', 'audit');
    const holds = await ddbBackups('holds', '--ledger', 'ledger');
    const first = await commandLine.run(...prune, '--execute', '--json');
    const lifted = await ddbBackups('lift', arn, '--ledger', 'ledger');
    const second = await ddbBackups(...prune, '--execute', '--json');

    expect([held, holds, first, lifted, second].map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
    expect(holds.stdout.trim()).toBe(arn);
    expect(JSON.parse(first.stdout)).toMatchObject({ held: 1, expired: 2 });
    expect(JSON.parse(second.stdout)).toMatchObject({ held: 0, expired: 1 });
    expect(world.names('orders')).toHaveLength(3);
  });

  test('allow-deletions lets the next run of this version of the plan over its cap', async () => {
    world.plantHourly('orders', 5);

    const before = await ddbBackups(...prune, '--execute', '--json');
    await ddbBackups('allow-deletions', '--plan', planFile, '--ledger', 'ledger', '--deletions', '8');
    const after = await ddbBackups(...prune, '--execute', '--json');

    expect(JSON.parse(before.stdout)).toMatchObject({ blocked: { by: 'deletion-cap' } });
    expect(JSON.parse(after.stdout)).toMatchObject({ blocked: null });
    expect(world.names('orders')).toHaveLength(3);
  });

  test('a permission lasts over the next prune, and one that is told not to says so', async () => {
    writeFileSync(planFile, JSON.stringify(aPlan({ prune: { schedule: 'rate(10 days)' } })));
    const allow = ['allow-deletions', '--plan', planFile, '--ledger', 'ledger', '--deletions', '8'];

    const [usual, short] = [await ddbBackups(...allow), await ddbBackups(...allow, '--hours', '1')];

    expect([usual.status, short.status]).toEqual([0, 0]);
    expect(usual.stderr).toBe('');
    const until = Date.parse(/in one run until (.*)$/m.exec(usual.stdout)?.[1] ?? '');
    expect(until - Date.now()).toBeGreaterThan(10 * 86_400_000);
    expect(short.stderr).toMatch(/^prune may not run before .*, when that is over: allow it for more --hours$/m);
  });

  test('prune and allow-deletions reach the copies of a plan, by the rules of their place', async () => {
    const copying = await CopyingWorld.beside(world);
    copying.plantCopies(11);
    writeFileSync(planFile, JSON.stringify(copying.plan()));
    const pruneCopies = [...prune, '--copies-in', copyVaultArn];

    const dry = await ddbBackups(...pruneCopies);
    const before = await ddbBackups(...pruneCopies, '--execute', '--json');
    const allowed = await ddbBackups(
      ...['allow-deletions', '--plan', planFile, '--ledger', 'ledger'],
      ...['--deletions', '30', '--copies-in', copyVaultArn],
    );
    const after = await ddbBackups(...pruneCopies, '--execute', '--json');
    const elsewhere = await ddbBackups(...prune, '--copies-in', copyVaultArn.replace(away, 'us-east-1'));

    expect(dry).toMatchObject({ status: 0, stderr: '' });
    expect(dry.stdout).toContain('11 backups listed, 5 kept, 6 expired');
    expect(JSON.parse(before.stdout)).toMatchObject({ blocked: { by: 'deletion-cap' } });
    expect(allowed.stdout).toContain(`may delete 30 copies in ${copyVaultArn}`);
    expect(JSON.parse(after.stdout)).toMatchObject({ blocked: null, expired: 6 });
    expect(copying.copies()).toHaveLength(5);
    expect(elsewhere).toMatchObject({ status: 2, stdout: '' });
    expect(elsewhere.stderr).toMatch(/--copies-in must be .* that of the deployment in eu-west-1, got .*us-east-1/);
  });

  const refused: readonly [string, readonly string[], RegExp][] = [
    ['a plan that is no plan', ['prune', '--plan', main, '--ledger', 'l', '--owner', owner], /must be JSON/],
    [
      'a plan file that is not there',
      ['prune', '--plan', 'none.json', '--ledger', 'l', '--owner', owner],
      /none\.json/,
    ],
    ['an ARN that is none', ['hold', 'orders', '--ledger', 'l', '--reason', 'r'], /ARN of a DynamoDB backup/],
    ['no ledger', ['holds'], /--ledger/],
    ['a drill prefix too short to tell its tables by', [...prune, '--drill-prefix', 'd-'], /8 to 64 letters/],
  ];

  test.each(refused)('%s is refused with status 2, and nothing is called', async (_what, args, message) => {
    const ended = await ddbBackups(...args);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
    expect(world.account.journal.count()).toBe(0);
  });
});
