import {
  ListBackupJobsCommand,
  StopBackupJobCommand,
  paginateListBackupJobs,
  type ListBackupJobsCommandInput,
} from '@aws-sdk/client-backup';
import { DeleteTableCommand, ListBackupsCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { usualJobTime } from '../../../sandbox/backup/job-time.ts';
import { randomStream } from '../../../sandbox/random.ts';
import { aVaultedAccount, day, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

describe('a backup job', () => {
  test('is CREATED, then RUNNING while its point is CREATING, then COMPLETED with a point that is COMPLETED', async () => {
    const { account, start, job, points, point } = await aVaultedAccount();

    const { BackupJobId, RecoveryPointArn, CreationDate } = await start();
    const created = await job(BackupJobId);
    const before = await points();
    await account.runFor(2 * minute);
    const running = await job(BackupJobId);
    const meanwhile = await point(RecoveryPointArn);
    await account.runFor(5 * minute);
    const completed = await job(BackupJobId);
    const after = await point(RecoveryPointArn);

    expect([created, running, completed].map(({ State }) => State)).toEqual(['CREATED', 'RUNNING', 'COMPLETED']);
    expect(before).toEqual([]);
    expect(meanwhile).toMatchObject({ Status: 'CREATING', CreationDate });
    expect(meanwhile.CompletionDate).toBeUndefined();
    expect(completed).toMatchObject({ RecoveryPointArn, CreationDate, ResourceArn: ordersArn, PercentDone: '100.0' });
    expect(after).toMatchObject({
      Status: 'COMPLETED',
      StorageClass: 'WARM',
      CompletionDate: completed.CompletionDate,
    });
    expect(Number(completed.CompletionDate) - Number(CreationDate)).toBe(6 * minute);
    expect(Number(after.InitiationDate) - Number(CreationDate)).toBe(minute);
  });

  test('that is asked for twice with one token is one job', async () => {
    const { account, start, points } = await aVaultedAccount();

    const first = await start({ IdempotencyToken: 'orders at three' });
    const again = await start({ IdempotencyToken: 'orders at three' });
    await account.runFor(hour);
    const late = await start({ IdempotencyToken: 'orders at three' });
    const other = await start({ IdempotencyToken: 'orders at four' });

    expect([again.BackupJobId, late.BackupJobId]).toEqual([first.BackupJobId, first.BackupJobId]);
    expect(other.BackupJobId).not.toBe(first.BackupJobId);
    expect(await points()).toHaveLength(1);
  });

  test('waits while another job works on its table, and tries again every ten minutes', async () => {
    const { account, start, job } = await aVaultedAccount();

    const first = await start();
    const second = await start();
    await account.runFor(9 * minute);
    const waiting = await job(second.BackupJobId);
    await account.runFor(10 * minute);

    expect((await job(first.BackupJobId)).State).toBe('COMPLETED');
    expect(waiting.State).toBe('CREATED');
    expect(await job(second.BackupJobId)).toMatchObject({ State: 'COMPLETED' });
  });

  test('EXPIRES when it cannot begin within its start window, which is eight hours unless it is told', async () => {
    const { account, start, job, points } = await aVaultedAccount();
    account.faults.add({
      match: { operation: 'StartBackupJob', times: 1 },
      effect: { kind: 'slow-job', time: { runMs: 6 * day } },
    });

    await start();
    const short = await start({ StartWindowMinutes: 60 });
    const usual = await start();
    await account.runFor(hour + minute);
    const states = [(await job(short.BackupJobId)).State, (await job(usual.BackupJobId)).State];
    await account.runFor(7 * hour);

    expect(states).toEqual(['EXPIRED', 'CREATED']);
    expect(await job(usual.BackupJobId)).toMatchObject({ State: 'EXPIRED' });
    expect(await points()).toHaveLength(1);
  });

  test.each(['FAILED', 'EXPIRED', 'ABORTED'] as const)('can end %s, and leaves no point', async (state) => {
    const { account, start, job, points } = await aVaultedAccount();
    account.faults.add({
      match: { operation: 'StartBackupJob', table: 'orders', nth: 1 },
      effect: { kind: 'failed-job', state, afterMs: 3 * minute, message: 'because' },
    });

    const { BackupJobId } = await start();
    await account.runFor(2 * minute);
    const meanwhile = await points();
    await account.runFor(day);

    expect(await job(BackupJobId)).toMatchObject({ State: state, StatusMessage: 'because' });
    expect(meanwhile).toHaveLength(1);
    expect(await points()).toEqual([]);
  });

  test('can end PARTIAL, and so does its point', async () => {
    const { account, start, job, points } = await aVaultedAccount();
    account.faults.add({ effect: { kind: 'failed-job', state: 'PARTIAL', afterMs: 3 * minute } });

    const { BackupJobId } = await start();
    await account.runFor(hour);

    expect(await job(BackupJobId)).toMatchObject({ State: 'PARTIAL' });
    expect(await points()).toMatchObject([{ Status: 'PARTIAL' }]);
  });

  test('is ABORTED when its completion window is over, or when it is stopped', async () => {
    const { account, client, start, job, points } = await aVaultedAccount();

    const slow = await start({ CompleteWindowMinutes: 3 });
    await account.runFor(hour);
    const stopped = await start();
    await account.runFor(2 * minute);
    await client.send(new StopBackupJobCommand({ BackupJobId: stopped.BackupJobId }));
    const stopping = await job(stopped.BackupJobId);
    await account.runFor(minute);

    expect(await job(slow.BackupJobId)).toMatchObject({ State: 'ABORTED' });
    expect(stopping.State).toBe('ABORTING');
    expect(await job(stopped.BackupJobId)).toMatchObject({ State: 'ABORTED' });
    expect(await points()).toEqual([]);
    await expect(client.send(new StopBackupJobCommand({ BackupJobId: stopped.BackupJobId }))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
  });

  test('FAILS when its table goes before it begins', async () => {
    const { account, dynamodb, start, job } = await aVaultedAccount();

    const { BackupJobId } = await start();
    await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }));
    await account.runFor(hour);

    expect(await job(BackupJobId)).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(/orders/) });
  });

  test('FAILS when a key that it needs is disabled', async () => {
    const { account, dynamodb, start, job } = await aVaultedAccount();
    const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
    await dynamodb.send(
      new UpdateTableCommand({ TableName: 'orders', SSESpecification: { Enabled: true, KMSMasterKeyId: key } }),
    );

    const { BackupJobId } = await start();
    account.keys.disable(key);
    await account.runFor(hour);

    expect(await job(BackupJobId)).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(key) });
  });

  test('takes the items of the moment it begins, not of its request', async () => {
    const { account, dynamodb, start } = await aVaultedAccount();

    await start();
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '2' } } }));
    await account.runFor(3 * minute);
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '3' } } }));
    await account.runFor(hour);

    const [point] = account.backup.points.all;
    const { items } = (await point?.backup.content) ?? {};
    expect(items?.toSorted()).toEqual(['{"id":{"S":"1"}}', '{"id":{"S":"2"}}']);
  });

  test.each([
    ['a vault that is not there', { BackupVaultName: 'other' }, 'ResourceNotFoundException'],
    ['a table that is not there', { ResourceArn: `${ordersArn}-2` }, 'ResourceNotFoundException'],
    [
      'a table of elsewhere',
      { ResourceArn: ordersArn.replace('eu-central-1', 'eu-west-1') },
      'InvalidParameterValueException',
    ],
    ['no role', { IamRoleArn: undefined }, 'MissingParameterValueException'],
    ['a start window under an hour', { StartWindowMinutes: 59 }, 'InvalidParameterValueException'],
    [
      'less than 90 days of cold storage',
      { Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 119 } },
      'InvalidParameterValueException',
    ],
    ['a retention of no days', { Lifecycle: { DeleteAfterDays: 0 } }, 'InvalidParameterValueException'],
    ['a retention beyond 36,500 days', { Lifecycle: { DeleteAfterDays: 36_501 } }, 'InvalidParameterValueException'],
  ])('with %s is refused at once', async (_, more, name) => {
    const { account, start } = await aVaultedAccount();

    await expect(start(more as Parameters<typeof start>[0])).rejects.toMatchObject({ name });
    expect(account.backup.jobs.all).toEqual([]);
  });

  test('takes, by the model of the sandbox, minutes and longer for more bytes', () => {
    const random = randomStream(1, 'jobs');
    const times = Array.from({ length: 200 }, () => usualJobTime({ sizeBytes: 0, acrossRegions: false }, random));

    for (const { waitMs, runMs } of times) {
      expect(waitMs).toBeLessThanOrEqual(minute);
      expect(runMs).toBeGreaterThanOrEqual(minute);
      expect(runMs).toBeLessThanOrEqual(6 * minute);
    }
    const big = usualJobTime({ sizeBytes: 3.6e12, acrossRegions: false }, random).runMs;
    expect(big).toBeGreaterThanOrEqual(hour);
    expect(usualJobTime({ sizeBytes: 3.6e12, acrossRegions: true }, random).runMs).toBeGreaterThan(big);
  });
});

describe('backup jobs', () => {
  test('are listed newest first, page by page, also while one is added', async () => {
    const { client, start } = await aVaultedAccount();
    const ids = [];
    for (let n = 0; n < 5; n++) ids.unshift((await start()).BackupJobId);

    const pages = [];
    for await (const { BackupJobs = [] } of paginateListBackupJobs({ client, pageSize: 2 }, {})) {
      pages.push(BackupJobs.map(({ BackupJobId }) => BackupJobId));
      if (pages.length === 1) await start();
    }

    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  test('are found by state, vault, table and time', async () => {
    const { account, client, start } = await aVaultedAccount();
    const first = await start();
    await account.runFor(hour);
    const between = account.now;
    await account.runFor(hour);
    const second = await start();
    const found = async (by: ListBackupJobsCommandInput) =>
      (await client.send(new ListBackupJobsCommand(by))).BackupJobs?.map(({ BackupJobId }) => BackupJobId);

    expect(await found({ ByState: 'COMPLETED' })).toEqual([first.BackupJobId]);
    expect(await found({ ByState: 'CREATED' })).toEqual([second.BackupJobId]);
    expect(await found({ ByCreatedBefore: between })).toEqual([first.BackupJobId]);
    expect(await found({ ByCreatedAfter: between })).toEqual([second.BackupJobId]);
    expect(await found({ ByCompleteAfter: between })).toEqual([]);
    expect(await found({ ByResourceArn: `${ordersArn}-2` })).toEqual([]);
    expect(await found({ ByBackupVaultName: 'main', ByResourceType: 'DynamoDB' })).toHaveLength(2);
    expect(await found({ ByResourceType: 'EFS' })).toEqual([]);
    expect(await found({ ByParentJobId: 'none' })).toEqual([]);
  });

  test('are forgotten after 30 days', async () => {
    const { account, client, start, job } = await aVaultedAccount();
    const { BackupJobId } = await start();

    await account.runFor(29 * day);
    const remembered = await client.send(new ListBackupJobsCommand({}));
    await account.runFor(2 * day);

    expect(remembered.BackupJobs).toHaveLength(1);
    expect((await client.send(new ListBackupJobsCommand({}))).BackupJobs).toEqual([]);
    await expect(job(BackupJobId)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('without advanced features make backups that DynamoDB lists as AWS_BACKUP, and only under that type', async () => {
    const { account, dynamodb, start, backUp, points } = await aVaultedAccount();
    account.backup.settings.isAdvanced = false;

    const started = await start();
    await account.runFor(10 * minute);
    const arn = await backUp();
    const listed = async (BackupType: 'AWS_BACKUP' | 'ALL' | 'USER') =>
      (await dynamodb.send(new ListBackupsCommand({ BackupType }))).BackupSummaries ?? [];

    expect(started.RecoveryPointArn).toBeUndefined();
    expect(arn).toMatch(/^arn:aws:dynamodb:eu-central-1:123456789012:table\/orders\/backup\/\d{14}-[0-9a-f]{8}$/);
    expect((await listed('AWS_BACKUP')).map(({ BackupArn, BackupStatus }) => [BackupArn, BackupStatus])).toEqual(
      (await points()).map(({ RecoveryPointArn }) => [RecoveryPointArn, 'AVAILABLE']).sort(),
    );
    expect([await listed('ALL'), await listed('USER')]).toEqual([[], []]);
  });

  test('with advanced features make points that DynamoDB does not know', async () => {
    const { dynamodb, backUp } = await aVaultedAccount();

    const arn = await backUp({ IamRoleArn: roleArn });
    const { BackupSummaries } = await dynamodb.send(new ListBackupsCommand({ BackupType: 'AWS_BACKUP' }));

    expect(arn).toMatch(/^arn:aws:backup:eu-central-1:123456789012:recovery-point:[0-9A-F-]{36}$/);
    expect(BackupSummaries).toEqual([]);
  });
});
