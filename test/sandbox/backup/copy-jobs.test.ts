import {
  BackupClient,
  CreateBackupVaultCommand,
  DeleteRecoveryPointCommand,
  DescribeCopyJobCommand,
  DescribeRecoveryPointCommand,
  ListCopyJobsCommand,
  ListRecoveryPointsByResourceCommand,
  ListTagsCommand,
  PutBackupVaultAccessPolicyCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
  UpdateGlobalSettingsCommand,
  type StartCopyJobCommandInput,
} from '@aws-sdk/client-backup';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aVaultedAccount, day, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

/** A recovery point of `orders`, and the vault `copies` in `elsewhere`, which is another Region or account. */
async function aCopyable(elsewhere: (account: SandboxAccount) => SandboxAccount) {
  const story = await aVaultedAccount();
  const RecoveryPointArn = await story.backUp({ RecoveryPointTags: { plan: 'orders' } });
  const there = elsewhere(story.account);
  const away = there.client(BackupClient);
  const { BackupVaultArn: DestinationBackupVaultArn } = await away.send(
    new CreateBackupVaultCommand({ BackupVaultName: 'copies' }),
  );
  const { client, account } = story;
  const start = async (more: Partial<StartCopyJobCommandInput> = {}) => {
    const request = { RecoveryPointArn, SourceBackupVaultName: 'main', DestinationBackupVaultArn, IamRoleArn: roleArn };
    return (await client.send(new StartCopyJobCommand({ ...request, ...more }))).CopyJobId;
  };
  const copyJob = async (CopyJobId: string | undefined) =>
    (await client.send(new DescribeCopyJobCommand({ CopyJobId }))).CopyJob;
  const copy = async (more: Partial<StartCopyJobCommandInput> = {}) => {
    const id = await start(more);
    await account.runFor(10 * minute);
    return copyJob(id);
  };
  const copyPoint = (arn: string | undefined) =>
    away.send(new DescribeRecoveryPointCommand({ BackupVaultName: 'copies', RecoveryPointArn: arn }));
  const allow = (Statement: object) =>
    away.send(new PutBackupVaultAccessPolicyCommand({ BackupVaultName: 'copies', Policy: JSON.stringify({ Statement }) })); // prettier-ignore
  return { ...story, there, away, RecoveryPointArn, DestinationBackupVaultArn, startCopy: start, copyJob, copy, copyPoint, allow }; // prettier-ignore
}

const toAnotherRegion = (account: SandboxAccount) => account.inRegion('eu-west-1');
const toAnotherAccount = (account: SandboxAccount) => account.inAccount('210987654321');

describe('a copy job', () => {
  test('is CREATED, RUNNING, COMPLETED, and leaves a point of its own in the other vault', async () => {
    const { account, startCopy, copyJob, copyPoint, point, RecoveryPointArn } = await aCopyable(toAnotherRegion);

    const id = await startCopy({ Lifecycle: { DeleteAfterDays: 30 } });
    const created = await copyJob(id);
    await account.runFor(2 * minute);
    const running = await copyJob(id);
    const meanwhile = await copyPoint(running?.DestinationRecoveryPointArn);
    await account.runFor(hour);
    const completed = await copyJob(id);
    const copied = await copyPoint(completed?.DestinationRecoveryPointArn);

    expect([created, running, completed].map((job) => job?.State)).toEqual(['CREATED', 'RUNNING', 'COMPLETED']);
    expect(meanwhile.Status).toBe('CREATING');
    expect(completed).toMatchObject({ SourceRecoveryPointArn: RecoveryPointArn, ResourceArn: ordersArn });
    expect(copied).toMatchObject({
      Status: 'COMPLETED',
      ResourceArn: ordersArn,
      SourceBackupVaultArn: 'arn:aws:backup:eu-central-1:123456789012:backup-vault:main',
      CreationDate: (await point(RecoveryPointArn)).CreationDate,
      CompletionDate: completed?.CompletionDate,
      Lifecycle: { DeleteAfterDays: 30 },
    });
    expect(copied.RecoveryPointArn).toMatch(/^arn:aws:backup:eu-west-1:123456789012:recovery-point:/);
  });

  test('takes the tags of its source along, and outlives it', async () => {
    const { account, away, copy, remove, RecoveryPointArn } = await aCopyable(toAnotherRegion);

    const job = await copy();
    await remove(RecoveryPointArn);
    await account.runFor(day);

    const { Tags } = await away.send(new ListTagsCommand({ ResourceArn: job?.DestinationRecoveryPointArn }));
    const byResource = new ListRecoveryPointsByResourceCommand({ ResourceArn: ordersArn });
    expect(Tags).toEqual({ plan: 'orders' });
    expect((await away.send(byResource)).RecoveryPoints).toHaveLength(1);
  });

  test('is how a table comes back in another Region while its own is out of reach', async () => {
    const { account, there, away, copy, client } = await aCopyable(toAnotherRegion);
    const job = await copy();
    account.faults.add({ match: { region: 'eu-central-1' }, effect: { kind: 'connection-lost', when: 'before' } });

    const restore = new StartRestoreJobCommand({
      RecoveryPointArn: job?.DestinationRecoveryPointArn,
      Metadata: { targetTableName: 'orders', encryptionType: 'Default' },
      IamRoleArn: roleArn,
    });
    await away.send(restore);
    await account.runFor(day);

    const { Items } = await there.client(DynamoDBClient).send(new ScanCommand({ TableName: 'orders' }));
    expect(Items).toEqual([{ id: { S: '1' } }]);
    await expect(client.send(new ListCopyJobsCommand({}))).rejects.toThrow(/connection was lost/);
  });

  test('keeps its source from being deleted, and another job from working on its table', async () => {
    const { account, start, job, startCopy, remove, RecoveryPointArn } = await aCopyable(toAnotherRegion);

    await startCopy();
    await account.runFor(2 * minute);
    await expect(remove(RecoveryPointArn)).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
    const { BackupJobId } = await start();
    await account.runFor(3 * minute);

    expect(await job(BackupJobId)).toMatchObject({ State: 'CREATED' });
    await account.runFor(hour);
    expect(await job(BackupJobId)).toMatchObject({ State: 'COMPLETED' });
  });

  test('that is asked for twice with one token is one job', async () => {
    const { startCopy, client } = await aCopyable(toAnotherRegion);

    const ids = [await startCopy({ IdempotencyToken: 'once' }), await startCopy({ IdempotencyToken: 'once' })];

    expect(ids[0]).toBe(ids[1]);
    expect((await client.send(new ListCopyJobsCommand({ ByState: 'CREATED' }))).CopyJobs).toHaveLength(1);
  });

  test('can FAIL on demand, and leaves no copy', async () => {
    const { account, there, copy } = await aCopyable(toAnotherRegion);
    account.faults.add({
      match: { operation: 'StartCopyJob' },
      effect: { kind: 'failed-job', state: 'FAILED', afterMs: 3 * minute, message: 'because' },
    });

    expect(await copy()).toMatchObject({ State: 'FAILED', StatusMessage: 'because' });
    expect(there.backup.points.all).toEqual([]);
  });

  test('is told on the bus of its source with its state', async () => {
    const { account, there, copy } = await aCopyable(toAnotherRegion);

    const job = await copy();
    await account.runFor(hour);

    const events = account.eventBus.events('aws.backup', 'Copy Job State Change');
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { state: 'CREATED' },
      { state: 'RUNNING' },
      { state: 'COMPLETED' },
    ]);
    expect(events.at(-1)?.detail).toMatchObject({
      copyJobId: job?.CopyJobId,
      destinationRecoveryPointArn: job?.DestinationRecoveryPointArn,
      destinationBackupVaultArn: job?.DestinationBackupVaultArn,
    });
    expect(there.eventBus.events('aws.backup')).toEqual([]);
  });

  test.each([
    [
      'to its own vault',
      { DestinationBackupVaultArn: 'arn:aws:backup:eu-central-1:123456789012:backup-vault:main' },
      'InvalidRequestException',
    ],
    ['to what is no vault', { DestinationBackupVaultArn: ordersArn }, 'InvalidParameterValueException'],
    ['of a point that is not there', { RecoveryPointArn: 'arn:aws:backup:x' }, 'ResourceNotFoundException'],
    ['from a vault that is not there', { SourceBackupVaultName: 'other' }, 'ResourceNotFoundException'],
    [
      'with too short a time in cold storage',
      { Lifecycle: { MoveToColdStorageAfterDays: 1, DeleteAfterDays: 90 } },
      'InvalidParameterValueException',
    ],
  ])('%s is refused at once', async (_, more, name) => {
    const { account, startCopy } = await aCopyable(toAnotherRegion);

    await expect(startCopy(more)).rejects.toMatchObject({ name });
    expect(account.backup.copyJobs.all).toEqual([]);
  });

  test('of a continuous point, and of one made without advanced features, is refused', async () => {
    const { account, backUp, startCopy } = await aCopyable(toAnotherRegion);
    const { points, vaults, settings } = account.backup;
    const table = account.dynamodb.tables.require('orders');
    const continuous = points.plant(vaults.require('main'), table, 0, { isContinuous: true });
    settings.isAdvanced = false;
    const plain = await backUp();
    const whileOff = startCopy();

    await expect(whileOff).rejects.toMatchObject({ message: expect.stringMatching(/advanced features/) });
    settings.isAdvanced = true;
    await expect(startCopy({ RecoveryPointArn: plain })).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await expect(startCopy({ RecoveryPointArn: continuous.arn })).rejects.toMatchObject({
      message: expect.stringMatching(/continuous/),
    });
  });

  test('FAILS when the vault is not there', async () => {
    const { copy, DestinationBackupVaultArn } = await aCopyable(toAnotherRegion);

    const job = await copy({ DestinationBackupVaultArn: `${DestinationBackupVaultArn ?? ''}2` });

    expect(job).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(/does not exist/) });
  });

  test.each([
    [['backup:CopyIntoBackupVault', 'backup:CopyFromBackupVault'], 'COMPLETED'],
    [['backup:CopyIntoBackupVault'], 'FAILED'],
    [['backup:CopyFromBackupVault'], 'FAILED'],
  ])('of a role with %j has %s', async (Action, state) => {
    const { account, copy } = await aCopyable(toAnotherRegion);
    account.roles.put('backs-up');
    account.roles.attach('backs-up', 'rights', { Statement: { Effect: 'Allow', Action, Resource: '*' } });

    expect(await copy()).toMatchObject({ State: state });
  });
});

describe('a copy to another account', () => {
  const fromSource = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Resource: '*' };
  const into = { ...fromSource, Action: 'backup:CopyIntoBackupVault' };
  const ofOrganization = {
    ...into,
    Principal: '*',
    Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-sandbox000' } },
  };
  const ofOthers = { ...into, Principal: { AWS: 'arn:aws:iam::999999999999:root' } };

  test.each([
    ['is allowed by a policy that names the account', into, 'COMPLETED'],
    ['is allowed by a policy that names the organization', ofOrganization, 'COMPLETED'],
    ['is refused without a policy', undefined, 'FAILED'],
    ['is refused by a policy for others', ofOthers, 'FAILED'],
    ['is refused by a policy for another action', { ...fromSource, Action: 'backup:DescribeBackupVault' }, 'FAILED'],
  ])('%s', async (_, statement, state) => {
    const { client, copy, allow, there } = await aCopyable(toAnotherAccount);
    await client.send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }));
    if (statement) await allow(statement);

    expect(await copy()).toMatchObject({ State: state });
    expect(there.backup.points.all).toHaveLength(state === 'COMPLETED' ? 1 : 0);
  });

  test('is refused until the organization has turned it on', async () => {
    const { copy, allow } = await aCopyable(toAnotherAccount);
    await allow(into);

    const job = await copy();

    expect(job).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(/isCrossAccountBackupEnabled/) });
  });

  test('is out of the reach of the source account, and comes back in its own', async () => {
    const { account, client, there, away, copy, allow } = await aCopyable(toAnotherAccount);
    await client.send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }));
    await allow(into);
    const RecoveryPointArn = (await copy())?.DestinationRecoveryPointArn;

    const remove = new DeleteRecoveryPointCommand({ BackupVaultName: 'copies', RecoveryPointArn });
    await expect(client.send(remove)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    const Metadata = { targetTableName: 'orders', encryptionType: 'Default' };
    await away.send(new StartRestoreJobCommand({ RecoveryPointArn, Metadata, IamRoleArn: roleArn }));
    await account.runFor(day);

    expect(there.dynamodb.tables.require('orders').arn).toBe(ordersArn.replace('123456789012', '210987654321'));
    expect(there.roles.arnOf('x')).toBe('arn:aws:iam::210987654321:role/x');
  });
});
