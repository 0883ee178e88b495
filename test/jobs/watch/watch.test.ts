import {
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  type UpdateContinuousBackupsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { scheduleGroupName } from '../../../lambda/contract/schedules.ts';
import { drillLedgerOfCopies } from '../../../lambda/jobs/drill/ledger-of-copies.ts';
import type { CallEffect } from '../../../sandbox/faults.ts';
import { aPassedDrill, aPlan, owner } from '../world.ts';
import { aWatchedAccount, hour, putSchedule, type Watched } from './watching-account.ts';

const minute = 60_000;
const hourly = aPlan({
  backup: { schedule: 'cron(0 * * * ? *)' },
  keep: { last: 5 },
  objectives: { recoveryPoint: 'PT2H', recoveryTime: 'PT10M' },
});
const drilling = aPlan({ ...hourly, drill: { schedule: 'cron(0 5 ? * SUN *)' } });
const key = 'arn:aws:kms:eu-central-1:123456789012:key/orders';
const topicArn = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const heartbeat = 'WatchHeartbeat';

/** An account whose table `orders` is two days old and has its last hourly backups. */
async function healthy(plan = hourly, tables = ['orders']): Promise<Watched> {
  const watched = await aWatchedAccount({ plans: [plan], tables });
  await watched.account.runFor(48 * hour);
  for (const table of tables) watched.world.plantHourly(table, 6);
  return watched;
}

/** The truth, told by none of our own code: seconds since the newest complete backup of a table. */
function trueAge({ account }: Watched, table = 'orders'): number {
  const times = account.backups(table).filter(({ status }) => status === 'AVAILABLE');
  return (account.clock.now - Math.max(...times.map(({ createdAt }) => createdAt))) / 1000;
}

function fail(watched: Watched, operation: string, table?: string): void {
  const effect: CallEffect = { kind: 'error', when: 'before', name: 'InternalServerError' };
  watched.account.faults.add({ match: { function: 'watch', operation, ...(table && { table }) }, effect });
}

async function setRecovery({ account }: Watched, TableName: string, days: number | 'off'): Promise<void> {
  const PointInTimeRecoverySpecification =
    days === 'off'
      ? { PointInTimeRecoveryEnabled: false }
      : { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days };
  const command = new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification });
  const asked: Promise<UpdateContinuousBackupsCommandOutput> = account.client(DynamoDBClient).send(command);
  await account.clock.runUntilSettled(asked);
}

describe('the watch', () => {
  test('tells the age of each table’s newest restorable backup, and the plan’s as that of the worst', async () => {
    const plan = aPlan({ ...hourly, tables: { named: ['orders', 'users'] } });
    const watched = await healthy(plan, ['orders', 'users']);
    for (const { arn } of watched.account.backups('users').slice(-2)) await watched.world.deleteBackup(arn);

    const gauges = await watched.gaugesNow();

    const [orders, users] = [trueAge(watched), trueAge(watched, 'users')];
    expect(users).toBeGreaterThan(orders + 7_000);
    expect(gauges.RecoveryPointAge).toBeCloseTo(users, -1);
    expect(gauges.RecoveryPointAgeToObjective).toBeCloseTo(users / 7_200, 2);
    expect(watched.gauges({ plan: 'orders', table: 'orders' }).RecoveryPointAge).toBeCloseTo(orders, -1);
    expect(watched.gauges({ plan: 'orders', table: 'users' }).RecoveryPointAge).toBeCloseTo(users, -1);
    expect(gauges).toMatchObject({ ProtectedTables: 2, UnprotectedTables: 0 });
  });

  test('says that all is well, heartbeat last', async () => {
    const watched = await healthy();

    expect(await watched.gaugesNow()).toMatchObject({
      MissingSchedules: 0,
      MissingBackups: 0,
      NewlyMissingBackups: 0,
      EncryptionKeysAtRisk: 0,
    });
    expect(watched.gauges()).toEqual({ [heartbeat]: 1 });
    expect(
      watched.account.logs
        .of('watch')
        .map(({ text }) => text)
        .filter((text) => text.includes('_aws'))
        .at(-1),
    ).toContain(heartbeat);
  });

  test('[D07] a schedule that is switched off shows, and so does one that is gone', async () => {
    const watched = await healthy(drilling);
    putSchedule(watched.account, 'orders-backup', scheduleGroupName.backup(owner), false);

    expect((await watched.gaugesNow()).MissingSchedules).toBe(1);

    for (const { arn, name } of watched.account.schedules.all)
      if (name !== 'orders-prune') watched.account.schedules.remove(arn);
    expect((await watched.gaugesNow()).MissingSchedules).toBe(3);
  });

  test('[D07] a schedule that never fires shows in the age of backups and in the slots without one', async () => {
    const watched = await healthy();
    await watched.account.runFor(4 * hour);

    const gauges = await watched.gaugesNow();

    expect(gauges.RecoveryPointAgeToObjective).toBeGreaterThan(2);
    // Of the last five slots whose time is up, the oldest two have their backups.
    expect(gauges.MissingBackups).toBe(3);
    expect(gauges.NewlyMissingBackups).toBe(1);
  });

  test('a gap between backups shows, unless prune made it', async () => {
    const watched = await healthy();
    const [gap] = watched.account.backups('orders').slice(-3);
    await watched.world.deleteBackup(gap?.arn ?? '');
    expect((await watched.gaugesNow()).MissingBackups).toBe(1);

    await watched.world.operate((ledger) =>
      ledger.settleIntent(
        { plan: 'orders', runId: 'r', planHash: 'h', arns: [gap?.arn ?? ''], recordedAt: watched.account.now },
        new Map([[gap?.arn ?? '', 'deleted']]),
      ),
    );
    expect((await watched.gaugesNow()).MissingBackups).toBe(0);
  });

  test('[B24] a key about to be deleted shows before it is gone, and the backups of a table it is lost to are frozen', async () => {
    const plan = aPlan({ ...hourly, keep: { last: 1 } });
    const watched = await aWatchedAccount({ plans: [plan], tables: [] });
    await watched.account.createTable({
      TableName: 'orders',
      SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    });
    watched.world.plantHourly('orders', 3);
    expect(await watched.gaugesNow()).toMatchObject({ EncryptionKeysAtRisk: 0, FrozenBackups: 0 });

    watched.account.keys.scheduleDeletion(key);
    await watched.account.runFor(hour);
    expect((await watched.gaugesNow()).EncryptionKeysAtRisk).toBe(1);
    expect(watched.account.backups('orders')).toHaveLength(3);

    watched.account.keys.delete(key);
    await watched.account.runFor(hour);
    expect(await watched.gaugesNow()).toMatchObject({ EncryptionKeysAtRisk: 1, FrozenBackups: 3 });
    expect((await watched.world.prune(plan)).deletions).toEqual([]);
  });

  test('[M01] what one run failed to say the next one finds out anew: nothing is counted up from run to run', async () => {
    const watched = await healthy();
    await watched.watch();
    const fresh = await aWatchedAccount({ plans: [hourly] });
    await fresh.account.runFor(48 * hour);
    fresh.world.plantHourly('orders', 6);
    for (const each of [watched, fresh]) await each.account.runFor(15 * minute);

    const [after, first] = [await watched.gaugesNow(), await fresh.gaugesNow()];

    expect(Object.keys(after)).toEqual(Object.keys(first));
    for (const [name, value] of Object.entries(first)) expect(after[name]).toBeCloseTo(value, -1);
  });

  test.each([-hour, 30 * minute])('[M11] a clock that is %d ms off makes no backup younger or older', async (ms) => {
    const watched = await healthy();
    watched.account.faults.add({ match: { function: 'watch' }, effect: { kind: 'skewed-clock', ms } });

    const gauges = await watched.gaugesNow();

    expect(gauges.RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
    const [line] = watched.account.logs.of('watch').filter(({ text }) => text.includes('RecoveryPointAge'));
    const { _aws } = JSON.parse(line?.text ?? '{}') as { _aws: { Timestamp: number } };
    expect(Math.abs(_aws.Timestamp - watched.account.clock.now)).toBeLessThan(5_000);
  });

  test('[L06] a backup that the listing does not show yet makes the plan look older, never younger', async () => {
    const watched = await healthy();
    watched.account.dynamodb.backups.listLag.createdMs = 10 * minute;
    await watched.world.backUp(hourly);

    const gauges = await watched.gaugesNow();

    expect(gauges.RecoveryPointAge).toBeGreaterThan(trueAge(watched));
    await watched.account.runFor(10 * minute);
    expect((await watched.gaugesNow()).RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
  });

  test('[X22] repeats the result of the last drill from the ledger, whatever became of its metric', async () => {
    const watched = await healthy(drilling);
    const [backup] = watched.account.backups('orders').slice(-1);
    const times = { total: { atLeastSeconds: 280, atMostSeconds: 300 } };
    await watched.world.drill((ledger) => ledger.saveDrill({ ...aPassedDrill(watched.world, backup), times }));
    await watched.account.runFor(2 * hour);

    const expected = { RestoreTime: 300, RestoreTimeToObjective: 0.5 };
    expect(await watched.gaugesNow()).toMatchObject({ ...expected, DrillCoverage: 100 });
    const table = watched.gauges({ plan: 'orders', table: 'orders' });
    expect(table).toMatchObject(expected);
    expect(table.DrillAge).toBeCloseTo(7_200, -1);
  });

  test('tells the gap of point-in-time recovery where it is on', async () => {
    const watched = await healthy();
    expect(await watched.gaugesNow()).not.toHaveProperty('PointInTimeRecoveryGap');

    await setRecovery(watched, 'orders', 35);
    await watched.account.runFor(2 * hour);
    expect((await watched.gaugesNow()).PointInTimeRecoveryGap).toBeCloseTo(300, -1);
  });

  test('[B33] counts tables whose point-in-time recovery is not as promised, and says how far back all reach', async () => {
    const plan = aPlan({ ...hourly, tables: { named: ['orders', 'users'] }, pointInTimeRecovery: { days: 20 } });
    const watched = await healthy(plan, ['orders', 'users']);
    for (const table of ['orders', 'users']) {
      await setRecovery(watched, table, 20);
      await watched.account.runFor(hour);
    }
    const asPromised = await watched.gaugesNow();
    await setRecovery(watched, 'orders', 7);
    await watched.account.runFor(hour);
    const otherWindow = await watched.gaugesNow();
    await setRecovery(watched, 'users', 'off');
    await watched.account.runFor(hour);

    expect(asPromised.PointInTimeRecoveryDrift).toBe(0);
    expect(asPromised.PointInTimeRecoveryWindow).toBeCloseTo(3600, -2);
    expect(otherWindow.PointInTimeRecoveryDrift).toBe(1);
    expect(await watched.gaugesNow()).toMatchObject({ PointInTimeRecoveryDrift: 2, PointInTimeRecoveryWindow: 0 });
  });

  test('measures point-in-time recovery against no promise where a plan makes none', async () => {
    const gauges = await (await healthy()).gaugesNow();

    expect(Object.keys(gauges).filter((name) => /Recovery(Drift|Window)$/.test(name))).toEqual([]);
  });

  test('counts a drill table that nobody announced', async () => {
    const watched = await healthy(drilling);
    await watched.account.createTable({ TableName: `ddb-drill-${owner}-0123456789abcdef` });

    expect((await watched.gaugesNow()).LeftoverDrillTables).toBe(1);
  });

  test('keeps the frozen backups of a table that vanished out of the gauges', async () => {
    const plan = aPlan({ ...hourly, tables: { named: ['orders', 'users'] } });
    const watched = await healthy(plan, ['orders', 'users']);
    await watched.world.deleteTable('users');
    await watched.account.runFor(hour);
    watched.world.plantHourly('orders', 1);

    const gauges = await watched.gaugesNow();

    expect(gauges).toMatchObject({ ProtectedTables: 1, UnprotectedTables: 0, FrozenBackups: 6 });
    expect(gauges.RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
  });

  test('a table created again is unprotected, whatever backups its name has', async () => {
    const watched = await healthy();
    await watched.world.deleteTable('orders');
    await watched.account.createTable({ TableName: 'orders' });
    await watched.account.runFor(hour);

    expect(await watched.gaugesNow()).toMatchObject({ ProtectedTables: 0, UnprotectedTables: 1 });
  });
});

describe('the drills of copies', () => {
  const copyVaultArn = `arn:aws:backup:eu-west-1:123456789012:backup-vault:dynamodb-copies-${owner}-eu-central-1`;
  const plan = aPlan({
    ...drilling,
    backup: {
      schedule: 'cron(0 * * * ? *)',
      engine: 'aws-backup',
      awsBackup: { copies: [{ region: 'eu-west-1', keep: { last: 5 }, drill: true }] },
    },
  });

  /** Hours after each kind of drill was last proven; a failed one failed just now. */
  async function drilled(proven: { readonly own: number; readonly copies: number }, copiesFail = false) {
    const watched = await aWatchedAccount({ plans: [plan], env: { BACKUP_VAULT_NAME: 'backups' } });
    const { account, world } = watched;
    account.backup.vaults.add({ BackupVaultName: 'backups' });
    account.inRegion('eu-west-1').backup.vaults.add({ BackupVaultName: `dynamodb-copies-${owner}-eu-central-1` });
    const drills = new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger');
    const ofCopies = drillLedgerOfCopies(drills, copyVaultArn);
    const save = (ledger: Pick<typeof ofCopies, 'saveDrill'>, more: object) =>
      account.clock.runUntilSettled(ledger.saveDrill({ ...aPassedDrill(world), ...more }));
    const total = (seconds: number) => ({ times: { total: { atLeastSeconds: seconds, atMostSeconds: seconds } } });
    const start = account.clock.now;
    const at = async (hours: number, act: () => Promise<unknown>) => {
      await account.runUntil(new Date(start + (100 - hours) * hour));
      await act();
    };
    const both = [
      [proven.own, () => save(drills, total(300))],
      [proven.copies, () => save(ofCopies, total(420))],
    ] as const;
    for (const [hours, act] of both.toSorted(([one], [other]) => other - one)) await at(hours, act);
    await account.runUntil(new Date(start + 100 * hour));
    if (copiesFail)
      await save(ofCopies, { outcome: 'failed', failure: { kind: 'empty', phase: 'validate', message: '' } });
    return watched;
  }

  test('count for the plan beside those of its backups, and the worse of the two shows', async () => {
    const watched = await drilled({ own: 10, copies: 90 });

    const gauges = await watched.gaugesNow();

    expect(gauges.DrillAge).toBeCloseTo(90 * 3_600, -2);
    expect(gauges).toMatchObject({ RestoreTime: 420, FailedDrills: 0, DrillCoverage: 100 });
    expect(watched.gauges({ plan: 'orders', table: 'orders' })).toMatchObject({ RestoreTime: 300 });
    expect(watched.gauges({ plan: 'orders', table: 'orders' }).DrillAge).toBeCloseTo(10 * 3_600, -2);
  });

  test('excuse none of its backups, and are excused by none', async () => {
    const watched = await drilled({ own: 90, copies: 10 }, true);

    const gauges = await watched.gaugesNow();

    expect(gauges.DrillAge).toBeCloseTo(90 * 3_600, -2);
    expect(gauges).toMatchObject({ FailedDrills: 1 });
  });
});

describe('what cannot be read', () => {
  test('makes no listing that is not whole look healthy', async () => {
    const watched = await healthy();
    fail(watched, 'ListBackups');

    const gauges = await watched.gaugesNow();

    expect(gauges).not.toHaveProperty('RecoveryPointAge');
    expect(gauges).not.toHaveProperty('ProtectedTables');
    expect(gauges).toMatchObject({ MissingSchedules: 0 });
    expect(watched.gauges()).toEqual({});
    expect(await watched.watch()).toMatchObject([{ what: 'backups' }]);
  });

  test('of the ledger leaves the gauges that need AWS alone', async () => {
    const watched = await healthy(drilling);
    fail(watched, 'Query');

    const gauges = await watched.gaugesNow();

    expect(gauges.RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
    expect(gauges).toMatchObject({ ProtectedTables: 1, MissingSchedules: 0, MissingBackups: 0 });
    for (const name of ['HeldBackups', 'DrillAge', 'BackupRunAge']) expect(gauges).not.toHaveProperty(name);
    expect(watched.gauges()).toEqual({});
  });

  test('of one table does not silence the others, and it counts as unprotected', async () => {
    const plan = aPlan({ ...hourly, tables: { named: ['orders', 'users'] } });
    const watched = await healthy(plan, ['orders', 'users']);
    fail(watched, 'DescribeTable', 'users');

    const gauges = await watched.gaugesNow();

    expect(gauges).toMatchObject({ ProtectedTables: 1, UnprotectedTables: 1 });
    expect(watched.gauges({ plan: 'orders', table: 'orders' }).RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
    expect(await watched.watch()).toMatchObject([{ what: 'table users' }]);
  });

  test('of the schedules leaves the age of backups, and claims nothing of slots', async () => {
    const watched = await healthy();
    fail(watched, 'ListSchedules');

    const gauges = await watched.gaugesNow();

    expect(gauges.RecoveryPointAge).toBeCloseTo(trueAge(watched), -1);
    for (const name of ['MissingSchedules', 'MissingBackups']) expect(gauges).not.toHaveProperty(name);
  });

  test('of one plan does not silence another', async () => {
    const tagged = aPlan({ ...hourly, name: 'tagged', tables: { tagged: { backup: 'yes' } } });
    const watched = await aWatchedAccount({ plans: [tagged, hourly] });
    watched.world.plantHourly('orders', 3);
    fail(watched, 'GetResources');

    expect(await watched.gaugesNow()).toMatchObject({ ProtectedTables: 1 });
    expect(watched.gauges({ plan: 'tagged' })).not.toHaveProperty('RecoveryPointAge');
  });
});

describe('what is said of more or of less', () => {
  test('with `detail: plan` no table has a metric of its own', async () => {
    const watched = await aWatchedAccount({ plans: [hourly], env: { METRICS_DETAIL: 'plan' } });
    watched.world.plantHourly('orders', 3);

    expect(await watched.gaugesNow()).toHaveProperty('RecoveryPointAge');
    expect(watched.gauges({ plan: 'orders', table: 'orders' })).toEqual({});
  });

  test('with a topic, those who would hear an alarm are counted, apart from those who have not confirmed', async () => {
    const watched = await aWatchedAccount({ plans: [hourly], env: { ALARM_TOPIC_ARN: topicArn } });
    const sns = watched.account.client(SNSClient);
    await watched.account.clock.runUntilSettled(sns.send(new CreateTopicCommand({ Name: 'alarms' })));
    for (const Endpoint of ['one@example.com', 'two@example.com', 'three@example.com']) {
      const command = new SubscribeCommand({ TopicArn: topicArn, Protocol: 'email', Endpoint });
      await watched.account.clock.runUntilSettled(sns.send(command));
    }
    await watched.account.runFor(minute);
    watched.account.inbox.confirm('one@example.com');

    await watched.watch();

    expect(watched.gauges()).toEqual({ ConfirmedSubscriptions: 1, UnconfirmedSubscriptions: 2, [heartbeat]: 1 });
  });

  test('a topic that is gone has nobody to hear', async () => {
    const watched = await aWatchedAccount({ plans: [hourly], env: { ALARM_TOPIC_ARN: topicArn } });

    await watched.watch();

    expect(watched.gauges()).toMatchObject({ ConfirmedSubscriptions: 0 });
  });
});
