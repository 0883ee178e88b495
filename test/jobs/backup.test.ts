import { describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../lambda/contract/environment.ts';
import { sampled, singleCrashes } from '../sandbox/crash-points.ts';
import { aFunction, aPlan, aWorld, eventOf, owner, prefix, type Report } from './world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

function isBalanced({ done, failed, pending, skipped, tables }: Report): boolean {
  return done + failed + pending + skipped === tables;
}

describe('taking backups', () => {
  test('[B14] a covered table gets a restorable backup named after its slot, even when it is empty', async () => {
    const world = await aWorld();

    const report = await world.backUp();

    expect(report).toMatchObject({ tables: 1, done: 1, failed: 0, pending: 0, skipped: 0 });
    const [backup] = world.account.backups('orders');
    expect(backup?.name).toMatch(new RegExp(`^${prefix}\\.${owner}\\.orders\\.20261120T030000Z\\.[0-9a-f]{12}$`));
    expect(backup?.status).toBe('AVAILABLE');
  });

  test('names, globs and exceptions choose the tables', async () => {
    const world = await aWorld(['orders', 'prod-a', 'prod-b', 'prod-tmp-1', 'other']);
    const plan = aPlan({ tables: { named: ['orders'], matching: ['prod-*'], except: ['prod-tmp-*'] } });

    await world.backUp(plan);

    const tables = world.account.backups().map(({ tableName }) => tableName);
    expect(tables.sort()).toEqual(['orders', 'prod-a', 'prod-b']);
  });
});

describe('a slot delivered again', () => {
  test('[D01] the same event delivered twice makes one backup, and the second run says so', async () => {
    const world = await aWorld();
    const slot = world.account.now;

    await world.backUp(aPlan(), slot);
    const repeated = await world.backUp(aPlan(), slot);

    expect(repeated).toMatchObject({ tables: 1, done: 0, skipped: 1 });
    expect(world.names()).toHaveLength(1);
    expect(world.calls('CreateBackup')).toBe(1);
  });

  test('[D02] the same event delivered three times at once makes one backup', async () => {
    const world = await aWorld(['orders', 'customers']);
    const plan = aPlan({ tables: { named: ['orders', 'customers'] } });
    const slot = world.account.now;

    const reports = await Promise.all([world.backUp(plan, slot), world.backUp(plan, slot), world.backUp(plan, slot)]);

    expect(world.names('orders')).toHaveLength(1);
    expect(world.names('customers')).toHaveLength(1);
    expect(reports.reduce((sum, report) => sum + report.done, 0)).toBe(2);
    expect(reports.every(isBalanced)).toBe(true);
  });

  test('[D03] a repeat 20 hours later takes no second backup', async () => {
    const world = await aWorld();
    const slot = world.account.now;

    await world.backUp(aPlan(), slot);
    await world.account.runFor(20 * hour);
    const late = await world.backUp(aPlan(), slot);

    expect(late).toMatchObject({ done: 0, skipped: 1 });
    expect(world.names()).toHaveLength(1);
  });

  test('[D04] a slot that comes after a newer one is skipped as superseded', async () => {
    const world = await aWorld();
    const earlier = world.account.now;
    await world.account.runFor(hour);

    await world.backUp(aPlan(), new Date(earlier.getTime() + hour));
    const late = await world.backUp(aPlan(), earlier);

    expect(late).toMatchObject({ done: 0, skipped: 1 });
    expect(world.names()).toHaveLength(1);
  });

  test('[D18] a slot that comes late is taken once, now, and its lateness is a metric', async () => {
    const world = await aWorld();
    const slot = world.account.now;
    await world.account.runFor(7 * hour);

    const report = await world.backUp(aPlan(), slot);

    expect(report).toMatchObject({ done: 1 });
    expect(world.names()).toHaveLength(1);
    const lateness = world.account.metrics.latest('DynamoDBBackups', 'SlotLateness', { Plan: 'orders' });
    expect(lateness).toBeGreaterThanOrEqual((7 * hour) / second);
  });

  test.each([
    ['no slot', { slot: undefined }],
    ['another name for the slot', { slot: undefined, scheduledTime: '2026-11-20T03:00:00Z' }],
    ['a slot that is not an instant', { slot: 'yesterday' }],
    ['an unfilled context attribute', { slot: '<aws.scheduler.scheduled-time>' }],
    ['a slot a week ago', { slot: '2026-11-13T03:00:00Z' }],
  ])('[D05] an event with %s is refused before anything is called', async (_what, change) => {
    const world = await aWorld();

    const outcome = await world.account.invoke('backup', { ...eventOf(aPlan(), world.account.now), ...change });

    expect(outcome).toHaveProperty('error.errorMessage', expect.stringMatching(/slot/));
    expect(world.account.journal.entries({ functionName: 'backup' })).toEqual([]);
  });

  test('[D06] while the ledger does not answer, backups are taken all the same, and still once per slot', async () => {
    const world = await aWorld();
    const slot = world.account.now;
    world.account.faults.add({
      match: { table: 'ledger' },
      effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
    });

    const first = await world.backUp(aPlan(), slot);
    const repeated = await world.backUp(aPlan(), slot);

    expect(first).toMatchObject({ done: 1 });
    expect(repeated).toMatchObject({ done: 1 });
    expect(world.names()).toHaveLength(1);
  });
});

const refusals = [
  ['B01', 'ThrottlingException'],
  ['B03', 'TableInUseException'],
  ['B05', 'ContinuousBackupsUnavailableException'],
  ['B06', 'LimitExceededException'],
] as const;

describe('a refused request', () => {
  test.each(refusals)('[B01][B03][B05][B06] row %s: %s is tried again until it passes', async (_row, name) => {
    const world = await aWorld(['orders', 'customers']);
    world.account.faults.add({
      match: { operation: 'CreateBackup', table: 'orders', times: 3 },
      effect: { kind: 'error', when: 'before', name },
    });

    const report = await world.backUp(aPlan({ tables: { named: ['orders', 'customers'] } }));

    expect(report).toMatchObject({ done: 2, failed: 0 });
    expect(world.names()).toHaveLength(2);
  });

  test.each(refusals)('[B01][B03][B05][B06] row %s: %s that never passes fails that table only', async (_row, name) => {
    const world = await aWorld(['orders', 'customers']);
    world.account.faults.add({
      match: { operation: 'CreateBackup', table: 'orders' },
      effect: { kind: 'error', when: 'before', name },
    });

    const report = await world.backUp(aPlan({ tables: { named: ['orders', 'customers'] } }));

    expect(report).toMatchObject({ done: 1, failed: 1 });
    expect(report.problems).toMatchObject([{ table: 'orders', failure: { message: expect.stringContaining(name) } }]);
    expect(world.names('customers')).toHaveLength(1);
  });

  test('[B04] a table that vanished during the run fails as missing, the others go on', async () => {
    const world = await aWorld(['orders', 'customers']);
    world.account.faults.add({
      match: { operation: 'CreateBackup', table: 'orders' },
      effect: { kind: 'error', when: 'before', name: 'TableNotFoundException' },
    });

    const report = await world.backUp(aPlan({ tables: { named: ['orders', 'customers', 'never-was'] } }));

    expect(report).toMatchObject({ done: 1, failed: 2 });
    expect(report.problems.map(({ failure }) => failure?.kind)).toEqual(['missing', 'missing']);
  });

  test('[B25] a table the role may not back up fails as access-denied, distinct from missing, the others go on', async () => {
    const world = await aWorld(['orders', 'customers']);
    world.account.faults.add({
      match: { operation: 'CreateBackup', table: 'orders' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const report = await world.backUp(aPlan({ tables: { named: ['orders', 'customers'] } }));

    expect(report).toMatchObject({ done: 1, failed: 1 });
    expect(report.problems).toMatchObject([{ table: 'orders', failure: { kind: 'access-denied' } }]);
  });

  test('[B26] when every table fails the run fails, once', async () => {
    const world = await aWorld(['orders', 'customers']);
    world.account.faults.add({
      match: { function: 'backup' },
      effect: { kind: 'error', when: 'before', name: 'ExpiredTokenException' },
    });
    const plan = aPlan({ tables: { named: ['orders', 'customers'] } });

    const outcome = await world.account.invoke('backup', eventOf(plan, world.account.now));

    expect(outcome).toHaveProperty('error.errorType', 'RunFailedError');
    expect(world.account.metrics.latest('DynamoDBBackups', 'BackupsFailed', { Plan: 'orders' })).toBe(2);
    expect(world.account.metrics.latest('DynamoDBBackups', 'BackupsTaken', { Plan: 'orders' })).toBe(0);
  });

  test('[B23] a table whose key is lost to DynamoDB fails, naming the key', async () => {
    const world = await aWorld(['customers']);
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    const table = await world.account.createTable({ TableName: 'orders', SSESpecification: { KMSMasterKeyId: key } });
    table.status = 'INACCESSIBLE_ENCRYPTION_CREDENTIALS';

    const report = await world.backUp(aPlan({ tables: { named: ['orders', 'customers'] } }));

    expect(report).toMatchObject({ done: 1, failed: 1 });
    expect(report.problems).toMatchObject([
      { table: 'orders', failure: { kind: 'key-inaccessible', message: expect.stringContaining(key) } },
    ]);
  });
});

describe('an answer that is lost', () => {
  test('[B02] a backup already in progress for the slot is adopted', async () => {
    const world = await aWorld();
    world.account.faults.add({
      match: { operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'error', when: 'after', name: 'BackupInUseException' },
    });

    const report = await world.backUp();

    expect(report).toMatchObject({ done: 1, failed: 0 });
    expect(world.names()).toHaveLength(1);
    expect(world.calls('CreateBackup')).toBe(1);
  });

  test('[B07] a server error after the backup was made leads to its adoption, not to a second one', async () => {
    const world = await aWorld();
    world.account.faults.add({
      match: { operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'error', when: 'after', name: 'InternalServerError', status: 500 },
    });

    const report = await world.backUp();

    expect(report).toMatchObject({ done: 1, failed: 0 });
    expect(world.names()).toHaveLength(1);
    expect(world.calls('CreateBackup')).toBe(1);
  });

  test.each([
    ['after', 'ECONNRESET'],
    ['after', 'ETIMEDOUT'],
    ['before', 'ECONNRESET'],
  ] as const)('[B08] a connection lost %s the effect (%s) ends in one backup', async (when, code) => {
    const world = await aWorld();
    world.account.faults.add({
      match: { operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'connection-lost', when, code },
    });

    const report = await world.backUp();

    expect(report).toMatchObject({ done: 1, failed: 0 });
    expect(world.names()).toHaveLength(1);
    expect(world.calls('CreateBackup')).toBe(1);
  });
});

describe('a run that is cut short', () => {
  test('[B09] tables not reached in time are taken up by a continuation, each once', async () => {
    const tables = Array.from({ length: 110 }, (_, i) => `table-${i}`);
    const world = await aWorld(tables, { timeoutSeconds: 60 });
    world.account.faults.add({ match: { operation: 'CreateBackup' }, effect: { kind: 'delay', ms: 8 * second } });

    await world.deliver('backup', aPlan({ tables: { matching: ['table-*'] } }));

    expect(
      world.account
        .backups()
        .map(({ tableName }) => tableName)
        .sort(),
    ).toEqual([...tables].sort());
    expect(world.account.metrics.latest('AWS/Lambda', 'Errors', { FunctionName: 'backup' })).toBeUndefined();
    expect(world.account.journal.count('lambda', 'Invoke')).toBeGreaterThan(0);
  });

  test('[B10] a run that dies anywhere is finished by its retry: one restorable backup per table, none twice', async () => {
    const plan = aPlan({ tables: { named: ['orders', 'customers'] } });
    const whole = await aWorld(['orders', 'customers']);
    await whole.deliver('backup', plan);
    const calls = whole.account.journal.entries({ functionName: 'backup' }).length;

    const endings: unknown[] = [];
    for (const points of sampled(singleCrashes(calls), 5)) {
      const world = await aWorld(['orders', 'customers']);
      for (const { nth, when } of points)
        world.account.faults.add({ match: { function: 'backup', nth }, effect: { kind: 'crash', when } });
      await world.deliver('backup', plan);
      endings.push(
        world.account
          .backups()
          .map(({ tableName, status }) => `${tableName} ${status}`)
          .sort(),
      );
    }

    expect(calls).toBeGreaterThan(8);
    expect(endings).toEqual(endings.map(() => ['customers AVAILABLE', 'orders AVAILABLE']));
  });

  test('[B11] a backup that stays CREATING is pending, never done, and is adopted once it is there', async () => {
    const world = await aWorld();
    const slot = world.account.now;
    world.account.faults.add({ match: { operation: 'CreateBackup' }, effect: { kind: 'slow-backup', ms: 3 * hour } });

    const early = await world.backUp(aPlan(), slot);
    await world.account.runFor(3 * hour);
    const later = await world.backUp(aPlan(), slot);

    expect(early).toMatchObject({ done: 0, pending: 1 });
    expect(later).toMatchObject({ done: 1, pending: 0 });
    expect(world.names()).toHaveLength(1);
  });

  test('[B12] a backup that vanishes before it is restorable is taken again', async () => {
    const world = await aWorld();
    world.account.faults.add({
      match: { operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'failed-backup', afterMs: 2 * second },
    });

    const report = await world.backUp();

    expect(report).toMatchObject({ done: 1, failed: 0 });
    expect(world.account.backups().map(({ status }) => status)).toEqual(['AVAILABLE']);
    expect(world.calls('CreateBackup')).toBe(2);
  });
});

describe('what is no obstacle', () => {
  test('[B15] the size DynamoDB last reported, nought or huge, decides nothing', async () => {
    const world = await aWorld(['empty', 'huge'], { backupCreationMs: () => 50 });
    const huge = world.account.dynamodb.tables.require('huge');
    huge.measured = { ...huge.measured, itemCount: 1e12, sizeBytes: 1e15 };

    const report = await world.backUp(aPlan({ tables: { named: ['empty', 'huge'] } }));

    expect(report).toMatchObject({ done: 2 });
    expect(world.account.backups('huge')[0]?.sizeBytes).toBe(1e15);
  });

  test('[B22] a replica of a global table is backed up once, in the Region of the deployment', async () => {
    const world = await aWorld([]);
    const Replicas = [{ RegionName: 'eu-west-1', ReplicaStatus: 'ACTIVE' }];
    await world.account.createTable({ TableName: 'orders', Replicas, GlobalTableVersion: '2019.11.21' });

    await world.backUp();

    expect(world.account.backups().map(({ arn }) => arn.split(':')[3])).toEqual(['eu-central-1']);
  });

  test('[L13] a backup requested by a clock two minutes behind ours is still found', async () => {
    const world = await aWorld();
    const ahead = 110 * second;
    world.account.faults.add({ match: { function: 'backup' }, effect: { kind: 'skewed-clock', ms: ahead } });
    world.account.faults.add({
      match: { table: 'ledger' },
      effect: { kind: 'error', when: 'before', name: 'InternalServerError', status: 500 },
    });
    const slot = new Date(world.account.clock.now + ahead);

    await world.backUp(aPlan(), slot);
    const repeated = await world.backUp(aPlan(), slot);

    expect(repeated).toMatchObject({ done: 1 });
    expect(world.names()).toHaveLength(1);
  });

  test.each(Object.values(environmentNames))(
    '[C13] without %s the function does not start, and says what is missing',
    async (name) => {
      const world = await aWorld();
      world.account.loadFunction(aFunction('backup', { [name]: '' }));

      const outcome = await world.account.invoke('backup', eventOf(aPlan(), world.account.now));

      expect(outcome).toHaveProperty('error.errorMessage', expect.stringContaining(name));
      expect(world.account.journal.entries({ functionName: 'backup' })).toEqual([]);
    },
  );
});

describe('more slots than the schedule has', () => {
  test('[B32] at most so many backups of a table are taken in 24 hours as its schedule has slots, and three', async () => {
    const world = await aWorld();
    const plan = aPlan({ backup: { schedule: 'rate(12 hours)' } });

    const reports: Report[] = [];
    for (let i = 0; i < 8; i++) {
      reports.push(await world.backUp(plan));
      await world.account.runFor(minute);
    }

    expect(reports.map(({ done }) => done)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(reports.at(-1)?.problems).toMatchObject([{ failure: { kind: 'too-many-backups' } }]);
    expect(world.names()).toHaveLength(5);
  });
});
