import { DynamoDBClient, TagResourceCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbSettingsLedger } from '../../../lambda/aws/dynamodb-settings-ledger.ts';
import { restoreRole } from '../../../lambda/domain/restore/restore-role.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { plantOrders, plantPoint, vaultName } from '../drill/drill-world.ts';
import { aPassedDrill, aWorld, World } from '../world.ts';
import { Restorer, type Place } from './restore-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const away = 'eu-west-1';

/** The table `orders` with items, an index, tags and time to live, a backup of it, and its settings in the ledger. */
async function withOrders(engine: 'dynamodb' | 'aws-backup' = 'dynamodb', place: Partial<Place> = {}) {
  const { account } = await aWorld([]);
  const arn = await plantOrders(account, {}, engine);
  const client = account.client(DynamoDBClient);
  const { arn: ResourceArn } = account.dynamodb.tables.require('orders');
  await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'team', Value: 'shop' }] }));
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  await client.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification }));
  await account.runFor(minute);
  const vault = engine === 'aws-backup' ? { vault: vaultName } : {};
  const restorer = new Restorer({ account, ledger: 'ledger', ...vault, ...place });
  await keepSettings(account, restorer);
  await account.runFor(5 * hour);
  return { account, arn, restorer, client };
}

async function keepSettings(account: SandboxAccount, { ports }: Restorer): Promise<void> {
  const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
  const ledger = new DynamoDbSettingsLedger(account.client(DynamoDBClient), 'ledger');
  await account.clock.runUntilSettled(ledger.saveSettings(settings, new Date('2026-11-20T03:00:00Z')));
}

const reads = /^(Describe|List|Get|Query|Scan)/;
const writesOf = (account: SandboxAccount, since: number) =>
  account.journal
    .entries()
    .slice(since)
    .filter(({ operation }) => !reads.test(operation));

const restoresIn = (account: SandboxAccount) => account.dynamodb.restores.all;

describe('a dry run', () => {
  test('says what would be restored, how old it is, what comes back with it and how long drills took, and writes nothing', async () => {
    const { account, arn, restorer } = await withOrders();
    const drill = {
      ...aPassedDrill(new World(account)),
      times: { total: { atLeastSeconds: 290, atMostSeconds: 300 } },
    };
    await new World(account).drill((ledger) => ledger.saveDrill(drill));
    const before = account.journal.count();

    const { chosen, obstacle, warnings } = await restorer.survey();

    expect(obstacle).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(chosen).toMatchObject({
      source: { arn, backedUp: { sizeBytes: expect.any(Number) } },
      whose: 'taken by the plan orders',
      settings: { settings: { settings: { tags: { is: { team: 'shop' } } } }, leftOut: {} },
      drills: [{ seconds: 300 }],
    });
    expect(chosen?.ageSeconds).toBeGreaterThan(5 * 3_600);
    expect(chosen?.ageSeconds).toBeLessThan(5 * 3_600 + 600);
    expect(writesOf(account, before)).toEqual([]);
  });

  test('[X31] says so when the backup is of another incarnation than the table that lives', async () => {
    const { account, restorer } = await withOrders();
    const world = new World(account);
    const lost = account.dynamodb.tables.require('orders').id;
    await world.deleteTable('orders');
    await account.createTable({ TableName: 'orders' });
    const alive = account.dynamodb.tables.require('orders').id;

    const { warnings } = await restorer.survey();

    expect(warnings).toEqual([`orders as it is now has the table id ${alive}; this is a backup of ${lost}`]);
  });

  test('finds the backup that was taken just now, also where the clock of the shell is late', async () => {
    const { account, restorer } = await withOrders();
    const late = new Restorer(restorer.place, (ports) => ({
      ...ports,
      timing: { ...ports.timing, now: () => new Date(account.now.getTime() - 10 * hour) },
      backups: { ...ports.backups, lastAnsweredAt: () => account.now },
    }));

    expect((await late.survey()).chosen?.ageSeconds).toBeGreaterThan(5 * 3_600);
  });
});

describe('a restore for real', () => {
  test('[X30] brings back items, indexes and settings of a lost table under its own name, and times every phase', async () => {
    const { account, arn, restorer } = await withOrders();
    await new World(account).deleteTable('orders');

    const result = await restorer.restore({ target: 'orders' });

    const [restore] = restoresIn(account);
    const seconds = (Number(restore?.activeAt) - Number(restore?.startedAt)) / 1000;
    expect(result).toMatchObject({ outcome: 'restored', problems: [], itemsVerified: 20, itemsCounted: 20 });
    expect(result.settings).toMatchObject({ tags: 'applied', 'time-to-live': 'applied', alarms: 'nothing-to-apply' });
    expect(result.source).toMatchObject({ arn, whose: 'taken by the plan orders' });
    expect(result.times.restore?.atLeastSeconds).toBeLessThanOrEqual(seconds);
    expect(result.times.restore?.atMostSeconds).toBeGreaterThanOrEqual(seconds);
    expect(result.times.totalSeconds).toBe((Date.parse(result.finishedAt) - Date.parse(result.requestedAt)) / 1000);
    expect(result.times.totalSeconds).toBeGreaterThan(seconds);
    expect(result.recoveryPointSeconds).toBe(
      (Date.parse(result.requestedAt) - Date.parse(result.source.createdAt)) / 1000,
    );
    const table = account.dynamodb.tables.require('orders');
    expect(result.targetTableId).toBe(table.id);
    expect([...table.tags]).toEqual([['team', 'shop']]);
    expect(account.journal.count('dynamodb', 'DeleteTable')).toBe(1);
  });

  test('of a recovery point is timed by its job, and has the billing and the indexes that its settings tell of', async () => {
    const { account, arn, restorer } = await withOrders('aws-backup');

    const result = await restorer.restore();

    const [job] = account.backup.restoreJobs.all;
    const seconds = (Number(job?.completedAt) - Number(job?.createdAt)) / 1000;
    expect(result).toMatchObject({ outcome: 'restored', restoreJob: job?.id, source: { arn }, itemsCounted: 20 });
    expect(result.times.restore).toEqual({ atLeastSeconds: seconds, atMostSeconds: seconds });
  });

  test('names what could not be given back, gives back everything else, and leaves the table as it is', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({
      match: { operation: 'TagResource' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const result = await restorer.restore();

    expect(result).toMatchObject({ outcome: 'incomplete', itemsCounted: 20, settings: { 'time-to-live': 'applied' } });
    expect(result.problems).toMatchObject([
      { phase: 're-arm', message: expect.stringContaining('tags: AccessDenied') },
    ]);
    expect(account.dynamodb.tables.require('orders-again').status).toBe('ACTIVE');

    account.faults.clear();
    const again = await restorer.restore({ isResumed: true });

    expect(again).toMatchObject({ outcome: 'restored', settings: { tags: 'applied' } });
    expect(restoresIn(account)).toHaveLength(1);
  });

  test('of a table whose settings nobody kept is incomplete, and says which are missing', async () => {
    const { account } = await withOrders();
    const without = new Restorer({ account });

    const { warnings } = await without.survey();
    const result = await without.restore();

    expect(warnings).toEqual(['no settings of this table are in the ledger: it comes back without them']);
    expect(result).toMatchObject({ outcome: 'incomplete', settings: 'not-recorded', itemsCounted: 20 });
    expect(result.problems).toMatchObject([{ message: expect.stringContaining('tags, time-to-live') }]);
    expect(account.dynamodb.tables.require('orders-again').tags.size).toBe(0);
  });

  test('without settings is whole, where none were wanted', async () => {
    const { restorer } = await withOrders();

    expect(await restorer.restore({ rearm: [] })).toMatchObject({ outcome: 'restored', settings: 'not-wanted' });
  });

  test('of which no item can be read is not whole', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({
      match: { operation: 'Scan', table: 'orders-again' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const { outcome, problems } = await restorer.restore();

    expect({ outcome, problems }).toMatchObject({ outcome: 'incomplete', problems: [{ phase: 'validate' }] });
  });

  test('asks again soon where AWS has no room for another restore, for somebody waits', async () => {
    const { account, restorer } = await withOrders();
    const full = account.faults.add({
      match: { operation: 'RestoreTableFromBackup', times: 3 },
      effect: { kind: 'error', when: 'before', name: 'LimitExceededException' },
    });

    const result = await restorer.restore();

    expect(full.hits).toBe(3);
    expect(result.outcome).toBe('restored');
    const [restore] = restoresIn(account);
    expect(Number(restore?.startedAt) - Date.parse(result.requestedAt)).toBeLessThan(2 * minute);
  });

  test('of a job that fails says why in the words of AWS, and the next try is a new one', async () => {
    const { account, restorer } = await withOrders('aws-backup');
    account.faults.add({
      match: { operation: 'StartRestoreJob', nth: 1 },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: minute, message: 'the moon was full' },
    });

    const failed = await restorer.restore();
    await account.runFor(minute);
    const second = await restorer.restore();

    expect(failed).toMatchObject({ outcome: 'failed', problems: [{ message: expect.stringContaining('moon') }] });
    expect(second.outcome).toBe('restored');
    expect(account.backup.restoreJobs.all).toHaveLength(2);
  });

  test('with a role for another table fails in the words of AWS, and leaves nothing', async () => {
    const { account, restorer } = await withOrders('aws-backup');
    const role = account.roles.put('restore-by-hand');
    const { permissions } = restoreRole({ table: 'customers', region: account.region });
    account.roles.attach('restore-by-hand', 'restore', permissions);

    const result = await new Restorer({ ...restorer.place, role }).restore();

    expect(result).toMatchObject({ outcome: 'failed', problems: [{ kind: 'job-failed' }] });
    expect(result.problems[0]?.message).toContain('does not have sufficient permissions');
    expect(account.dynamodb.tables.get('orders-again')).toBeUndefined();
  });

  test('can be of DynamoDB in another Region, with its ledger there', async () => {
    const { account } = await withOrders();
    const there = account.inRegion(away);
    const restorer = new Restorer({ account: there, source: account, ledger: 'ledger' });

    const result = await restorer.restore({ target: 'orders', encryptionKey: 'aws-managed' });

    expect(result).toMatchObject({ outcome: 'restored', region: away, settings: { tags: 'applied' } });
    expect([...there.dynamodb.tables.require('orders').tags]).toEqual([['team', 'shop']]);
  });
});

describe('a ledger that does not answer', () => {
  const denied = { kind: 'error', when: 'before', name: 'AccessDeniedException' } as const;

  test('keeps a restore from being asked for: nobody could go on with it', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({ match: { operation: 'PutItem', table: 'ledger' }, effect: denied });

    await expect(restorer.restore()).rejects.toThrow('AccessDenied');

    expect(account.journal.count('dynamodb', 'RestoreTableFromBackup')).toBe(0);
  });

  test('stops nothing that was asked for', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({ match: { operation: 'PutItem', table: 'ledger', nth: 2, times: 1_000 }, effect: denied });

    expect(await restorer.restore()).toMatchObject({ outcome: 'restored', settings: { tags: 'applied' } });
  });

  test('of a restore that was not announced whole still tells enough to go on with it', async () => {
    const { account, restorer } = await withOrders();
    const lost = account.faults.add({
      match: { operation: 'PutItem', table: 'ledger', nth: 2, times: 1_000 },
      effect: denied,
    });
    await restorer.restoreAndDie({ step: 5, isAfter: true });
    account.faults.remove(lost);
    await account.runFor(8 * hour);

    expect(await restorer.restore({ isResumed: true })).toMatchObject({ outcome: 'restored' });
    expect(restoresIn(account)).toHaveLength(1);
  });
});

describe('[X27] a table that is there already', () => {
  test('is an obstacle, whatever it is, and nothing is asked for', async () => {
    const { account, restorer } = await withOrders();
    const before = account.journal.count();

    const { obstacle, chosen } = await restorer.survey({ target: 'orders' });

    expect(chosen).toBeUndefined();
    expect(obstacle).toMatch(/^orders exists in eu-central-1, as ACTIVE, created .*name another with --into$/);
    expect(obstacle).not.toMatch(/delete/i);
    expect(account.journal.entries().slice(before)).toMatchObject([{ operation: 'DescribeTable' }, {}]);
    expect(writesOf(account, before)).toEqual([]);
  });

  test('and appears while it is asked for, is not touched', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({ match: { operation: 'RestoreTableFromBackup' }, effect: { kind: 'delay', ms: 2 * minute } });
    account.clock.after(minute, () => {
      void account.createTable({ TableName: 'orders-again' });
    });

    const result = await restorer.restore();

    expect(result).toMatchObject({ outcome: 'failed', problems: [{ kind: 'name-taken' }] });
    expect(account.dynamodb.tables.require('orders-again').tags.size).toBe(0);
  });
});

describe('[X29] a shell that dies', () => {
  const engines = ['dynamodb', 'aws-backup'] as const;
  /** Every step with `CRASHES=all`; without it, every third. */
  const stride = process.env.CRASHES === 'all' ? 1 : 3;

  test.each(engines)(
    'at any step of a restore of %s is gone on with: one restore, everything given back',
    async (engine) => {
      const known = new Set<string>();
      for (const isAfter of [false, true]) {
        for (let step = 1; ; step += stride) {
          const { account, restorer } = await withOrders(engine);
          if ((await restorer.restoreAndDie({ step, isAfter })) !== 'died') break;
          const isAnnounced = step > 1 || isAfter;
          await account.runFor(8 * hour);
          const result = await restorer.restore({ isResumed: isAnnounced });

          expect({ step, isAfter, result }).toMatchObject({ result: { outcome: 'restored', itemsCounted: 20 } });
          expect(restoresIn(account)).toHaveLength(1);
          known.add(`${step} ${isAfter}`);
        }
      }
      expect(known.size).toBeGreaterThan(16 / stride);
    },
  );

  test('is told of by the next one, which begins nothing of its own accord', async () => {
    const { account, restorer } = await withOrders();
    await restorer.restoreAndDie({ step: 4, isAfter: false });

    const { obstacle } = await restorer.survey();

    expect(obstacle).toMatch(
      /No existing table is ever touched; a restore into it was begun at .*--resume goes on with it/,
    );
    expect(restoresIn(account)).toHaveLength(1);
  });

  test('before a job of AWS Backup has its table is told of, too', async () => {
    const { account, restorer } = await withOrders('aws-backup');
    account.faults.add({ effect: { kind: 'slow-job', time: { waitMs: hour } } });
    await restorer.restoreAndDie({ step: 3, isAfter: false });

    const { obstacle } = await restorer.survey();

    expect(obstacle).toMatch(/orders-again may still appear: a restore into it was begun/);
    expect(account.backup.restoreJobs.all).toHaveLength(1);
  });

  test.each(engines)('leaves a table of %s that somebody made anew meanwhile alone', async (engine) => {
    const { account, restorer } = await withOrders(engine);
    await restorer.restoreAndDie({ step: 4, isAfter: false });
    await account.runFor(8 * hour);
    await new World(account).deleteTable('orders-again');
    await account.createTable({ TableName: 'orders-again' });
    const before = account.journal.count();

    const survey = await restorer.survey({ isResumed: true });
    const result = survey.chosen ? await restorer.restore({ isResumed: true }) : undefined;

    expect(survey.obstacle ?? result?.problems[0]?.message).toMatch(/orders-again is another table/);
    const touched = writesOf(account, before).filter(({ input }) => JSON.stringify(input).includes('orders-again"'));
    expect(touched.filter(({ operation }) => operation !== 'PutItem')).toEqual([]);
  });

  test('cannot be gone on with by whoever knows nothing of it', async () => {
    const { restorer } = await withOrders();

    const { obstacle } = await restorer.survey({ isResumed: true });

    expect(obstacle).toBe(
      'the ledger knows of no restore into orders-again in eu-central-1 that could be gone on with',
    );
  });

  test('by patience that is over leaves the restore to AWS, and is gone on with', async () => {
    const { account, restorer } = await withOrders();
    account.faults.add({ effect: { kind: 'slow-restore', ms: 2 * hour } });

    const first = await restorer.restore({ timeoutMilliseconds: hour });
    const second = await restorer.restore({ timeoutMilliseconds: 2 * hour, isResumed: true });

    expect(first).toMatchObject({ outcome: 'under-way', problems: [{ kind: 'timed-out' }] });
    expect(second).toMatchObject({ outcome: 'restored' });
    expect(restoresIn(account)).toHaveLength(1);
  });
});

test('a recovery point in the vault of another table is not read for its tags', async () => {
  const { account, restorer } = await withOrders('aws-backup');
  await account.createTable({ TableName: 'customers' });
  await account.runFor(minute);
  plantPoint(account, account.now, 'customers');

  await restorer.survey();

  expect(account.journal.entries({ operation: 'ListTags' })).toHaveLength(1);
});
