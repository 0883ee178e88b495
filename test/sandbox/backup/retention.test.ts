import {
  CancelLegalHoldCommand,
  CreateLegalHoldCommand,
  ListRecoveryPointsByLegalHoldCommand,
  paginateListRecoveryPointsByLegalHold,
  DeleteBackupVaultLockConfigurationCommand,
  DescribeBackupVaultCommand,
  PutBackupVaultLockConfigurationCommand,
  StartRestoreJobCommand,
  UpdateRecoveryPointLifecycleCommand,
  type CreateLegalHoldCommandInput,
  type Lifecycle,
  type PutBackupVaultLockConfigurationCommandInput,
} from '@aws-sdk/client-backup';
import { ListBackupsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { aVaultedAccount, day, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

const main = { BackupVaultName: 'main' };
type Lock = Omit<PutBackupVaultLockConfigurationCommandInput, 'BackupVaultName'>;

async function aLockable() {
  const story = await aVaultedAccount();
  const { client } = story;
  const lock = (more: Lock) => client.send(new PutBackupVaultLockConfigurationCommand({ ...main, ...more }));
  const unlock = () => client.send(new DeleteBackupVaultLockConfigurationCommand(main));
  const vault = () => client.send(new DescribeBackupVaultCommand(main));
  const change = (RecoveryPointArn: string, lifecycle: Lifecycle) =>
    client.send(new UpdateRecoveryPointLifecycleCommand({ ...main, RecoveryPointArn, Lifecycle: lifecycle }));
  const hold = (more: Partial<CreateLegalHoldCommandInput> = {}) =>
    client.send(new CreateLegalHoldCommand({ Title: 'case 1', Description: 'do not delete', ...more }));
  return { ...story, lock, unlock, vault, change, hold };
}

const refused = { name: 'InvalidRequestException' };
const invalid = { name: 'InvalidParameterValueException' };

describe('a locked vault', () => {
  test('lets nobody delete its points or change their lifecycle', async () => {
    const { backUp, lock, unlock, remove, change, point } = await aLockable();
    const arn = await backUp({ Lifecycle: { DeleteAfterDays: 30 } });

    await lock({ MinRetentionDays: 7 });

    await expect(remove(arn)).rejects.toMatchObject(refused);
    await expect(change(arn, { DeleteAfterDays: 60 })).rejects.toMatchObject(refused);
    expect((await point(arn)).Status).toBe('COMPLETED');
    await unlock();
    await expect(remove(arn)).resolves.toBeDefined();
  });

  test.each([
    ['shorter than allowed', { DeleteAfterDays: 6 }, 'FAILED'],
    ['the shortest allowed', { DeleteAfterDays: 7 }, 'COMPLETED'],
    ['the longest allowed', { DeleteAfterDays: 30 }, 'COMPLETED'],
    ['longer than allowed', { DeleteAfterDays: 31 }, 'FAILED'],
    ['for ever', undefined, 'FAILED'],
    ['for ever, said so', { DeleteAfterDays: -1, MoveToColdStorageAfterDays: -1 }, 'FAILED'],
  ])('takes no point whose retention is outside its limits: %s', async (_, lifecycle, state) => {
    const { account, start, job, lock, points } = await aLockable();
    await lock({ MinRetentionDays: 7, MaxRetentionDays: 30 });

    const { BackupJobId } = await start({ ...(lifecycle && { Lifecycle: lifecycle }) });
    await account.runFor(hour);

    const ended = await job(BackupJobId);
    expect(ended.State).toBe(state);
    if (state === 'FAILED') expect(ended.StatusMessage).toMatch(/retention from 7 to 30 days/);
    expect(await points()).toHaveLength(state === 'FAILED' ? 0 : 1);
  });

  test('can be unlocked for ever without a grace time, and never again after it', async () => {
    const { account, lock, unlock, vault } = await aLockable();

    await lock({ MinRetentionDays: 7 });
    await account.runFor(400 * day);
    const governed = await vault();
    await unlock();
    await lock({ MinRetentionDays: 7, ChangeableForDays: 3 });
    const inGrace = await vault();
    await account.runFor(3 * day - hour);
    await lock({ MinRetentionDays: 8, ChangeableForDays: 3 });
    await account.runFor(3 * day);

    expect(governed).toMatchObject({ Locked: true, MinRetentionDays: 7 });
    expect(governed.LockDate).toBeUndefined();
    expect(Number(inGrace.LockDate)).toBeGreaterThan(400 * day);
    await expect(unlock()).rejects.toMatchObject(refused);
    await expect(lock({ MinRetentionDays: 1 })).rejects.toMatchObject(refused);
    expect(await vault()).toMatchObject({ Locked: true, MinRetentionDays: 8 });
  });

  test.each([
    { MinRetentionDays: 0 },
    { MaxRetentionDays: 36_501 },
    { MinRetentionDays: 8, MaxRetentionDays: 7 },
    { ChangeableForDays: 2 },
  ])('cannot be locked with %j', async (more) => {
    const { lock, vault } = await aLockable();

    await expect(lock(more)).rejects.toMatchObject(invalid);
    expect((await vault()).Locked).toBe(false);
  });

  test('still lets its points go when their lifecycle is over', async () => {
    const { account, backUp, lock, points } = await aLockable();
    await lock({ MinRetentionDays: 7 });
    await backUp({ Lifecycle: { DeleteAfterDays: 7 } });

    await account.runFor(8 * day);

    expect(await points()).toEqual([]);
  });
});

describe('the lifecycle of a recovery point', () => {
  test.each([true, false])(
    'has it deleted within eight hours after its time (advanced features: %s)',
    async (isAdvanced) => {
      const { account, dynamodb, backUp, point, points } = await aLockable();
      account.backup.settings.isAdvanced = isAdvanced;
      const arn = await backUp({ Lifecycle: { DeleteAfterDays: 2 } });
      const deleteAt = (await point(arn)).CalculatedLifecycle?.DeleteAt ?? new Date(0);

      await account.runUntil(deleteAt);
      const kept = await points();
      await account.runFor(8 * hour + minute);

      expect(kept).toMatchObject([{ Status: 'COMPLETED' }]);
      expect(await points()).toEqual([]);
      expect((await dynamodb.send(new ListBackupsCommand({ BackupType: 'AWS_BACKUP' }))).BackupSummaries).toEqual([]);
    },
  );

  test('can be changed, and for ever means for ever', async () => {
    const { account, backUp, change, points } = await aLockable();
    const first = await backUp({ Lifecycle: { DeleteAfterDays: 2 } });
    const second = await backUp({ Lifecycle: { DeleteAfterDays: 2 } });

    const changed = await change(first, { DeleteAfterDays: 5 });
    await change(second, { DeleteAfterDays: -1, MoveToColdStorageAfterDays: -1 });
    await account.runFor(4 * day);
    const both = await points();
    await account.runFor(1000 * day);

    expect(changed).toMatchObject({ RecoveryPointArn: first, Lifecycle: { DeleteAfterDays: 5 } });
    expect(both).toHaveLength(2);
    expect((await points()).map(({ RecoveryPointArn }) => RecoveryPointArn)).toEqual([second]);
  });

  test('moves it to cold storage, from where it never comes back and restores take four hours more', async () => {
    const { account, client, backUp, change, point } = await aLockable();
    const arn = await backUp({ Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 120 } });

    await account.runFor(29 * day);
    const warm = await point(arn);
    await account.runFor(2 * day);
    const cold = await point(arn);
    await expect(change(arn, { MoveToColdStorageAfterDays: 40, DeleteAfterDays: 130 })).rejects.toMatchObject(invalid);
    await expect(change(arn, { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 119 })).rejects.toMatchObject(invalid);
    await change(arn, { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 130 });
    const Metadata = { targetTableName: 'restored', encryptionType: 'Default' };
    await client.send(new StartRestoreJobCommand({ RecoveryPointArn: arn, Metadata, IamRoleArn: roleArn }));
    await account.runFor(day);

    expect([warm.StorageClass, cold.StorageClass]).toEqual(['WARM', 'COLD']);
    const [job] = account.backup.restoreJobs.all;
    expect(job?.state).toBe('COMPLETED');
    expect((job?.completedAt ?? 0) - (job?.createdAt ?? 0)).toBeGreaterThan(4 * hour);
  });

  test('leaves a point warm that DynamoDB keeps', async () => {
    const { account, backUp, point } = await aLockable();
    account.backup.settings.isAdvanced = false;
    const arn = await backUp({ Lifecycle: { MoveToColdStorageAfterDays: 1 } });

    await account.runFor(2 * day);

    expect((await point(arn)).StorageClass).toBe('WARM');
  });

  test('leaves a point EXPIRED that the role of its job may not delete, until it may', async () => {
    const { account, backUp, point, points } = await aLockable();
    account.backup.settings.isAdvanced = false;
    const grant = () => {
      account.roles.put('backs-up');
      account.roles.attach('backs-up', 'all', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    };
    grant();
    const arn = await backUp({ Lifecycle: { DeleteAfterDays: 1 } });
    account.roles.put('backs-up');

    await account.runFor(3 * day);
    const expired = await point(arn);
    grant();
    await account.runFor(2 * day);

    expect(expired.Status).toBe('EXPIRED');
    expect(await points()).toEqual([]);
  });
});

describe('a legal hold', () => {
  test('keeps points from being deleted, by hand and by their lifecycle, until it is cancelled', async () => {
    const { account, client, backUp, hold, remove, point, points } = await aLockable();
    const arn = await backUp({ Lifecycle: { DeleteAfterDays: 1 } });
    const { LegalHoldId, Status } = await hold();

    await expect(remove(arn)).rejects.toMatchObject(refused);
    await account.runFor(5 * day);
    const held = await point(arn);
    await client.send(new CancelLegalHoldCommand({ LegalHoldId, CancelDescription: 'closed' }));
    await account.runFor(2 * day);

    expect(Status).toBe('ACTIVE');
    expect(held.Status).toBe('EXPIRED');
    expect(await points()).toEqual([]);
    await expect(
      client.send(new CancelLegalHoldCommand({ LegalHoldId, CancelDescription: 'again' })),
    ).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  });

  test.each([
    [{ VaultNames: ['other'] }, false],
    [{ VaultNames: ['main'] }, true],
    [{ ResourceIdentifiers: [ordersArn] }, true],
    [{ ResourceIdentifiers: [`${ordersArn}-2`] }, false],
    [{ DateRange: { FromDate: new Date(0), ToDate: new Date('2026-10-01') } }, false],
    [{ DateRange: { FromDate: new Date(0), ToDate: new Date('2026-12-01') } }, true],
  ])('is on the points that it selects: %j', async (RecoveryPointSelection, isHeld) => {
    const { backUp, hold, remove } = await aLockable();
    const arn = await backUp();
    await hold({ RecoveryPointSelection });

    if (isHeld) await expect(remove(arn)).rejects.toMatchObject(refused);
    else await expect(remove(arn)).resolves.toBeDefined();
  });

  test('names the points that it is on, page by page', async () => {
    const { account, client, backUp, hold } = await aLockable();
    const arns = [await backUp(), await backUp(), await backUp()];
    const { LegalHoldId } = await hold();
    await account.runFor(day);

    const pages = [];
    for await (const { RecoveryPoints = [] } of paginateListRecoveryPointsByLegalHold(
      { client, pageSize: 2 },
      { LegalHoldId },
    ))
      pages.push(RecoveryPoints);

    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(pages.flat().map(({ RecoveryPointArn }) => RecoveryPointArn)).toEqual(arns.toSorted());
    expect(pages.flat()[0]).toMatchObject({
      ResourceArn: ordersArn,
      ResourceType: 'DynamoDB',
      BackupVaultName: 'main',
    });
    await expect(client.send(new ListRecoveryPointsByLegalHoldCommand({ LegalHoldId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
