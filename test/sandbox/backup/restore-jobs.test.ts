import {
  DescribeRestoreJobCommand,
  ListRestoreJobsCommand,
  PutRestoreValidationResultCommand,
  StartRestoreJobCommand,
  paginateListRestoreJobs,
  type StartRestoreJobCommandInput,
} from '@aws-sdk/client-backup';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { AccountOptions } from '../../../sandbox/account-options.ts';
import { aVaultedAccount, day, hour, minute, ordersArn, roleArn, second } from './vaulted-account.ts';

const Metadata = { targetTableName: 'restored', encryptionType: 'Default' };

/** An account with one recovery point, restores of which take 20 minutes. */
async function aRestorable(options: AccountOptions = {}, isAdvanced = true) {
  const story = await aVaultedAccount({ restoreTime: () => ({ tableMs: 20 * minute, indexMs: {} }), ...options });
  story.account.backup.settings.isAdvanced = isAdvanced;
  const RecoveryPointArn = await story.backUp();
  const { client } = story;
  const restore = async (more: Partial<StartRestoreJobCommandInput> = {}) => {
    const request = { RecoveryPointArn, Metadata, IamRoleArn: roleArn, ...more };
    return (await client.send(new StartRestoreJobCommand(request))).RestoreJobId;
  };
  const restoreJob = (RestoreJobId: string | undefined) => client.send(new DescribeRestoreJobCommand({ RestoreJobId }));
  const table = async (TableName = 'restored') =>
    (await story.dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
  return { ...story, RecoveryPointArn, restore, restoreJob, table };
}

describe('a restore job', () => {
  test.each([true, false])('brings the items back into a new table (advanced features: %s)', async (isAdvanced) => {
    const { account, dynamodb, restore, restoreJob, RecoveryPointArn, table, point } = await aRestorable(
      {},
      isAdvanced,
    );
    await dynamodb.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'later' } } }));

    const id = await restore();
    const pending = await restoreJob(id);
    await account.runFor(minute);
    const running = await restoreJob(id);
    const meanwhile = await table();
    await account.runFor(20 * minute);
    const completed = await restoreJob(id);
    const { Items } = await dynamodb.send(new ScanCommand({ TableName: 'restored' }));

    expect([pending, running, completed].map(({ Status }) => Status)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
    expect(meanwhile).toMatchObject({ TableStatus: 'CREATING', RestoreSummary: { SourceTableArn: ordersArn } });
    expect(running).not.toHaveProperty('CreatedResourceArn');
    expect(completed).toMatchObject({
      RecoveryPointArn,
      SourceResourceArn: ordersArn,
      CreatedResourceArn: ordersArn.replace('orders', 'restored'),
      ResourceType: 'DynamoDB',
    });
    expect(Items).toEqual([{ id: { S: '1' } }]);
    expect((await point(RecoveryPointArn)).LastRestoreTime).toEqual(completed.CompletionDate);
  });

  test('says to the millisecond when it was asked for and when the table was ACTIVE', async () => {
    const { account, restore, restoreJob } = await aRestorable();

    const id = await restore();
    await account.runFor(hour);
    const { CreationDate, CompletionDate } = await restoreJob(id);

    const [record] = account.dynamodb.restores.all;
    expect(Number(CompletionDate)).toBe(record?.activeAt);
    expect(Number(CompletionDate) - Number(CreationDate)).toBeGreaterThanOrEqual(20 * minute);
    expect(Number(CompletionDate) - Number(CreationDate)).toBeLessThan(20 * minute + 30 * second);
  });

  test.each([
    ['Default', {}, undefined],
    ['KMS', {}, /^arn:aws:kms:eu-central-1:/],
    ['KMS', { kmsMasterKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0a1b' }, /key\/0a1b$/],
  ])('encrypts with %s %j', async (encryptionType, more, key) => {
    const { account, restore, table } = await aRestorable();

    await restore({ Metadata: { targetTableName: 'restored', encryptionType, ...more } });
    await account.runFor(hour);

    const arn = (await table())?.SSEDescription?.KMSMasterKeyArn;
    if (key) expect(arn).toMatch(key);
    else expect(arn).toBeUndefined();
  });

  test('reads the keys of its metadata in capital and small letters', async () => {
    const { account, restore, restoreJob } = await aRestorable();

    const id = await restore({ Metadata: { TARGETTABLENAME: 'restored', EncryptionType: 'Default' } });
    await account.runFor(hour);

    expect(await restoreJob(id)).toMatchObject({ Status: 'COMPLETED' });
  });

  test.each([
    ['without a table', { Metadata: { encryptionType: 'Default' } }, 'InvalidParameterValueException'],
    ['without encryption', { Metadata: { targetTableName: 'restored' } }, 'InvalidParameterValueException'],
    [
      'with metadata of others',
      { Metadata: { ...Metadata, deletionProtection: 'false' } },
      'InvalidParameterValueException',
    ],
    ['without metadata', { Metadata: undefined }, 'MissingParameterValueException'],
    ['without a role', { IamRoleArn: undefined }, 'MissingParameterValueException'],
    ['of a point that is not there', { RecoveryPointArn: 'arn:aws:backup:x' }, 'ResourceNotFoundException'],
  ])('%s is refused', async (_, more, name) => {
    const { account, restore } = await aRestorable();

    await expect(restore(more as Partial<StartRestoreJobCommandInput>)).rejects.toMatchObject({ name });
    expect(account.backup.restoreJobs.all).toEqual([]);
  });

  test('that is asked for twice with one token is one job, and a refused request has used its token up', async () => {
    const { restore } = await aRestorable();

    const first = await restore({ IdempotencyToken: 'a' });
    const again = await restore({ IdempotencyToken: 'a' });
    const bad = { Metadata: { targetTableName: 'x' }, IdempotencyToken: 'b' };
    await expect(restore(bad)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });

    expect(again).toBe(first);
    await expect(restore({ IdempotencyToken: 'b' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test('FAILS when the table is there already, and when its point is being restored', async () => {
    const { account, restore, restoreJob } = await aRestorable();

    const onto = await restore({ Metadata: { ...Metadata, targetTableName: 'orders' } });
    const first = await restore();
    await account.runFor(minute);
    const second = await restore({ Metadata: { ...Metadata, targetTableName: 'other' } });
    await account.runFor(hour);

    expect(await restoreJob(onto)).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringMatching(/exists/) });
    expect(await restoreJob(first)).toMatchObject({ Status: 'COMPLETED' });
    expect(await restoreJob(second)).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringMatching(/used/) });
  });

  test.each([
    ['FAILED', 0],
    ['ABORTED', 10 * minute],
  ] as const)('can end %s after %i ms, and leaves no table', async (state, afterMs) => {
    const { account, restore, restoreJob } = await aRestorable();
    account.faults.add({
      match: { operation: 'StartRestoreJob', times: 1 },
      effect: { kind: 'failed-job', state, afterMs, message: 'because' },
    });

    const id = await restore();
    await account.runFor(day);

    const job = await restoreJob(id);
    expect(job).toMatchObject({ Status: state, StatusMessage: 'because' });
    expect(Number(job.CompletionDate) - Number(job.CreationDate)).toBe(afterMs);
    expect(account.dynamodb.tables.get('restored')).toBeUndefined();
  });

  test('waits and runs for as long as a fault says', async () => {
    const { account, restore, restoreJob } = await aRestorable();
    account.faults.add({ effect: { kind: 'slow-job', time: { waitMs: hour, runMs: 5 * hour } } });

    const id = await restore();
    await account.runFor(day);

    const { CreationDate, CompletionDate } = await restoreJob(id);
    expect(Number(CompletionDate) - Number(CreationDate)).toBe(6 * hour);
  });

  test.each([
    ['the data actions', ['dynamodb:RestoreTable*', 'dynamodb:DescribeTable'], 'FAILED'],
    ['the restore', ['dynamodb:DescribeTable', 'dynamodb:*Item', 'dynamodb:Scan', 'dynamodb:Query'], 'FAILED'],
    ['nothing', ['dynamodb:*'], 'COMPLETED'],
  ])('of a role that lacks %s', async (_, Action, state) => {
    const { account, restore, restoreJob } = await aRestorable();
    account.roles.put('backs-up');
    const Statement = [{ Effect: 'Allow', Action, Resource: ordersArn.replace('orders', 'rest*') }];
    account.roles.attach('backs-up', 'rights', { Statement });

    const id = await restore();
    await account.runFor(hour);

    expect(await restoreJob(id)).toMatchObject({ Status: state });
  });

  test('FAILS when the key of its vault is disabled while it runs', async () => {
    const { account, restore, restoreJob } = await aRestorable();

    const id = await restore();
    await account.runFor(5 * minute);
    account.keys.disable(account.backup.vaults.require('main').encryptionKeyArn);
    await account.runFor(hour);

    expect(await restoreJob(id)).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringMatching(/key/) });
  });

  test('needs nothing of the table it restores, which may be gone', async () => {
    const { account, dynamodb, restore, restoreJob } = await aRestorable();
    await dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }));
    await account.runFor(hour);

    const id = await restore({ Metadata: { ...Metadata, targetTableName: 'orders' } });
    await account.runFor(hour);

    expect(await restoreJob(id)).toMatchObject({ Status: 'COMPLETED' });
  });

  test('keeps its point from being deleted until it is done', async () => {
    const { account, restore, remove, RecoveryPointArn } = await aRestorable();

    await restore();
    await account.runFor(minute);
    await expect(remove(RecoveryPointArn)).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
    await account.runFor(hour);

    await expect(remove(RecoveryPointArn)).resolves.toBeDefined();
  });

  test('gives tags back only when it is told to', async () => {
    const { account, dynamodb, client, backUp, restore } = await aRestorable();
    const RecoveryPointArn = await backUp({ RecoveryPointTags: { plan: 'orders' } });
    const tags = async (name: string) =>
      (await dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: ordersArn.replace('orders', name) }))).Tags;

    await restore({ RecoveryPointArn });
    await account.runFor(hour);
    const metadata = { ...Metadata, targetTableName: 'tagged' };
    await restore({ RecoveryPointArn, Metadata: metadata, CopySourceTagsToRestoredResource: true });
    await account.runFor(hour);

    expect(await tags('restored')).toEqual([]);
    expect(await tags('tagged')).toEqual([{ Key: 'plan', Value: 'orders' }]);
    expect((await client.send(new ListRestoreJobsCommand({ ByStatus: 'COMPLETED' }))).RestoreJobs).toHaveLength(2);
  });

  test('takes a verdict on the table when it is COMPLETED, and no second one', async () => {
    const { account, client, restore, restoreJob } = await aRestorable();
    const RestoreJobId = await restore();
    const put = (ValidationStatus: 'SUCCESSFUL' | 'FAILED' | 'VALIDATING') =>
      client.send(new PutRestoreValidationResultCommand({ RestoreJobId, ValidationStatus, ValidationStatusMessage: 'counted' })); // prettier-ignore

    await expect(put('SUCCESSFUL')).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await account.runFor(hour);
    await put('VALIDATING');
    const answered = await put('SUCCESSFUL');
    await expect(put('FAILED')).rejects.toMatchObject({ name: 'InvalidRequestException' });

    expect(answered.$metadata.httpStatusCode).toBe(204);
    expect(await restoreJob(RestoreJobId)).toMatchObject({
      ValidationStatus: 'SUCCESSFUL',
      ValidationStatusMessage: 'counted',
    });
  });

  test('of restore testing names its plan, and makes a table that says what it is', async () => {
    const { account, client, restoreJob, restore, RecoveryPointArn } = await aRestorable();
    const plan = 'arn:aws:backup:eu-central-1:123456789012:restore-testing-plan:weekly-0a1b';
    const point = account.backup.points.find(RecoveryPointArn);
    if (!point) throw new Error('there is no point');

    const id = account.backup.restoreJobs.startTest(point, plan);
    await account.runFor(hour);
    await restore();

    const job = await restoreJob(id);
    const listed = await client.send(new ListRestoreJobsCommand({ ByRestoreTestingPlanArn: plan }));
    expect(job).toMatchObject({ Status: 'COMPLETED', CreatedBy: { RestoreTestingPlanArn: plan } });
    expect(job.CreatedResourceArn).toMatch(/:table\/awsbackup-restore-test-[0-9a-f]{12}$/);
    expect(listed.RestoreJobs?.map(({ RestoreJobId }) => RestoreJobId)).toEqual([id]);
  });

  test('is told on the bus with its status, where backup jobs have a state', async () => {
    const { account, restore, restoreJob } = await aRestorable();

    const id = await restore();
    await account.runFor(hour);

    const { CompletionDate, CreatedResourceArn } = await restoreJob(id);
    const events = account.eventBus.events('aws.backup', 'Restore Job State Change');
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { status: 'PENDING' },
      { status: 'RUNNING' },
      { status: 'COMPLETED' },
    ]);
    expect(events.at(-1)?.detail).toMatchObject({
      restoreJobId: id,
      resourceType: 'DynamoDB.FullyManaged',
      createdResourceArn: CreatedResourceArn,
      completionDate: CompletionDate?.toISOString(),
      sourceResourceArn: ordersArn,
    });
    expect(events.at(-1)?.detail).not.toHaveProperty('state');
  });

  test('is listed once, newest first', async () => {
    const { account, client, restore } = await aRestorable();
    const ids = [];
    for (const name of ['a-table', 'b-table', 'c-table']) {
      ids.unshift(await restore({ Metadata: { ...Metadata, targetTableName: name } }));
      await account.runFor(hour);
    }

    const listed = [];
    for await (const { RestoreJobs = [] } of paginateListRestoreJobs({ client, pageSize: 2 }, {}))
      listed.push(RestoreJobs.map(({ RestoreJobId }) => RestoreJobId));

    expect(listed).toEqual([ids.slice(0, 2), ids.slice(2)]);
  });
});
