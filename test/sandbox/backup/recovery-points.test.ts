import {
  DescribeBackupVaultCommand,
  ListRecoveryPointsByResourceCommand,
  ListTagsCommand,
  TagResourceCommand,
  paginateListRecoveryPointsByBackupVault,
  ListRecoveryPointsByBackupVaultCommand,
} from '@aws-sdk/client-backup';
import {
  DeleteBackupCommand,
  ListBackupsCommand,
  TagResourceCommand as TagTableCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { aVaultedAccount, day, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

const main = { BackupVaultName: 'main' };

describe('a recovery point', () => {
  test('says when its lifecycle will make it cold and delete it', async () => {
    const { backUp, point, points } = await aVaultedAccount();

    const arn = await backUp({ Lifecycle: { MoveToColdStorageAfterDays: 30, DeleteAfterDays: 120 } });
    const { CreationDate, CalculatedLifecycle, Lifecycle } = await point(arn);
    const forever = await point(await backUp());

    expect(Lifecycle).toMatchObject({ MoveToColdStorageAfterDays: 30, DeleteAfterDays: 120 });
    expect(Number(CalculatedLifecycle?.MoveToColdStorageAt) - Number(CreationDate)).toBe(30 * day);
    expect(Number(CalculatedLifecycle?.DeleteAt) - Number(CreationDate)).toBe(120 * day);
    expect(forever.CalculatedLifecycle?.DeleteAt).toBeUndefined();
    expect(await points()).toHaveLength(2);
  });

  test('belongs to its vault, and is not found in another', async () => {
    const { client, backUp, point } = await aVaultedAccount();

    const arn = await backUp();
    const { NumberOfRecoveryPoints } = await client.send(new DescribeBackupVaultCommand(main));

    expect(await point(arn)).toMatchObject({ ...main, ResourceArn: ordersArn, IamRoleArn: roleArn, IsEncrypted: true });
    expect(NumberOfRecoveryPoints).toBe(1);
    await expect(point(`${arn.slice(0, -1)}X`)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('has the tags of its job and of its table', async () => {
    const { client, dynamodb, backUp } = await aVaultedAccount();
    await dynamodb.send(
      new TagTableCommand({ ResourceArn: ordersArn, Tags: [{ Key: 'team', Value: 'a' }, { Key: 'plan', Value: 'none' }] }), // prettier-ignore
    );

    const ResourceArn = await backUp({ RecoveryPointTags: { plan: 'orders' } });
    await client.send(new TagResourceCommand({ ResourceArn, Tags: { held: 'yes' } }));

    const { Tags } = await client.send(new ListTagsCommand({ ResourceArn }));
    expect(Tags).toEqual({ team: 'a', plan: 'orders', held: 'yes' });
  });

  test('that DynamoDB keeps has no tags', async () => {
    const { account, client, backUp } = await aVaultedAccount();
    account.backup.settings.isAdvanced = false;

    const ResourceArn = await backUp({ RecoveryPointTags: { plan: 'orders' } });

    await expect(client.send(new ListTagsCommand({ ResourceArn }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  test.each([true, false])('is DELETING, then gone (advanced features: %s)', async (isAdvanced) => {
    const { account, dynamodb, backUp, point, points, remove } = await aVaultedAccount();
    account.backup.settings.isAdvanced = isAdvanced;
    const arn = await backUp();

    await remove(arn);
    const meanwhile = await point(arn);
    await expect(remove(arn)).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
    await account.runFor(minute);

    expect(meanwhile.Status).toBe('DELETING');
    await expect(point(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(remove(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(await points()).toEqual([]);
    const { BackupSummaries } = await dynamodb.send(new ListBackupsCommand({ BackupType: 'AWS_BACKUP' }));
    expect(BackupSummaries).toEqual([]);
  });

  test('that DynamoDB keeps can be deleted in its vault only', async () => {
    const { account, dynamodb, backUp } = await aVaultedAccount();
    account.backup.settings.isAdvanced = false;

    const BackupArn = await backUp();

    await expect(dynamodb.send(new DeleteBackupCommand({ BackupArn }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('that is continuous is AVAILABLE and says so in its ARN, and nothing keeps it from being deleted', async () => {
    const { account, points, remove } = await aVaultedAccount();
    const table = account.dynamodb.tables.require('orders');
    const planted = account.backup.points.plant(account.backup.vaults.require('main'), table, 0, {
      isContinuous: true,
    });

    const listed = await points();
    await remove(planted.arn);
    await account.runFor(minute);

    expect(listed).toMatchObject([{ Status: 'AVAILABLE', ResourceArn: ordersArn }]);
    expect(planted.arn).toMatch(/:recovery-point:continuous:orders-/);
    expect(await points()).toEqual([]);
  });

  test('cannot be deleted while it is being made', async () => {
    const { account, start, remove } = await aVaultedAccount();

    const { RecoveryPointArn } = await start();
    await account.runFor(2 * minute);

    await expect(remove(RecoveryPointArn)).rejects.toMatchObject({ name: 'InvalidResourceStateException' });
  });

  test('may stay although its deletion was answered with success, and is EXPIRED then', async () => {
    const { account, backUp, point, remove } = await aVaultedAccount();
    const arn = await backUp();
    account.faults.add({
      match: { operation: 'DeleteRecoveryPoint', times: 1 },
      effect: { kind: 'kept-recovery-point' },
    });

    const answered = await remove(arn);
    await account.runFor(day);
    const kept = await point(arn);
    await remove(arn);
    await account.runFor(minute);

    expect(answered.$metadata.httpStatusCode).toBe(200);
    expect(kept.Status).toBe('EXPIRED');
    await expect(point(arn)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('that DynamoDB keeps stays, EXPIRED, when the role of its job may not delete it any more', async () => {
    const { account, backUp, point, remove } = await aVaultedAccount();
    account.backup.settings.isAdvanced = false;
    account.roles.put('backs-up');
    account.roles.attach('backs-up', 'all', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } });
    const arn = await backUp();
    account.roles.put('backs-up');

    await remove(arn);
    await account.runFor(day);

    expect((await point(arn)).Status).toBe('EXPIRED');
  });
});

describe('recovery points', () => {
  async function severalPoints() {
    const story = await aVaultedAccount();
    const table = story.account.dynamodb.tables.require('orders');
    const vault = story.account.backup.vaults.require('main');
    const arns = Array.from({ length: 5 }, (_, n) => story.account.backup.points.plant(vault, table, n * hour).arn);
    return { ...story, arns };
  }

  test('are listed page by page, each once, also while some are deleted', async () => {
    const { client, remove, arns, account } = await severalPoints();

    const listed: string[] = [];
    for await (const { RecoveryPoints = [] } of paginateListRecoveryPointsByBackupVault(
      { client, pageSize: 2 },
      { ...main },
    )) {
      for (const { RecoveryPointArn = '' } of RecoveryPoints) {
        listed.push(RecoveryPointArn);
        await remove(RecoveryPointArn);
      }
      await account.runFor(minute);
    }

    expect(listed).toHaveLength(5);
    expect(new Set(listed)).toEqual(new Set(arns));
  });

  test('are found by table and by time of creation', async () => {
    const { client, arns } = await severalPoints();
    const found = async (by: object) =>
      (await client.send(new ListRecoveryPointsByBackupVaultCommand({ ...main, ...by }))).RecoveryPoints?.length;

    expect(await found({ ByResourceArn: ordersArn })).toBe(arns.length);
    expect(await found({ ByResourceArn: `${ordersArn}-2` })).toBe(0);
    expect(await found({ ByCreatedBefore: new Date(2 * hour) })).toBe(2);
    expect(await found({ ByCreatedAfter: new Date(2 * hour) })).toBe(2);
    expect(await found({ ByResourceType: 'EFS' })).toBe(0);
    expect(await found({ ByBackupPlanId: 'any' })).toBe(0);
  });

  test('of a table are listed without their vault', async () => {
    const { client, arns } = await severalPoints();

    const { RecoveryPoints = [] } = await client.send(
      new ListRecoveryPointsByResourceCommand({ ResourceArn: ordersArn }),
    );

    expect(RecoveryPoints).toHaveLength(arns.length);
    expect(RecoveryPoints.every(({ BackupVaultName }) => BackupVaultName === undefined)).toBe(true);
  });

  test('cannot be listed on with a token that has expired, or is of another listing', async () => {
    const { account, client } = await severalPoints();
    const list = (more: object) => client.send(new ListRecoveryPointsByBackupVaultCommand({ ...main, ...more }));
    const { NextToken } = await list({ MaxResults: 2 });
    account.faults.add({
      match: { operation: 'ListRecoveryPointsByBackupVault', times: 1 },
      effect: { kind: 'expired-token' },
    });

    await expect(list({ NextToken })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    expect((await list({ NextToken })).RecoveryPoints).toHaveLength(3);
    await expect(
      client.send(new ListRecoveryPointsByResourceCommand({ ResourceArn: ordersArn, NextToken })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(list({ NextToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(list({ MaxResults: 1001 })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test('may be listed late, and for a while after they are gone', async () => {
    const { account, backUp, points, point, remove } = await aVaultedAccount();
    account.backup.points.listLag.createdMs = hour;
    account.backup.points.listLag.deletedMs = hour;

    const arn = await backUp();
    const early = [await points(), await point(arn)];
    await account.runFor(hour);
    const listed = await points();
    await remove(arn);
    await account.runFor(minute);
    const stale = await points();
    await account.runFor(hour);

    expect(early).toMatchObject([[], { Status: 'COMPLETED' }]);
    expect(listed).toHaveLength(1);
    expect(stale).toMatchObject([{ RecoveryPointArn: arn, Status: 'COMPLETED' }]);
    expect(await points()).toEqual([]);
  });

  test('can be cut short, emptied and turned in circles like any listing', async () => {
    const { account, client } = await severalPoints();
    const list = (more: object = {}) => client.send(new ListRecoveryPointsByBackupVaultCommand({ ...main, ...more }));
    const fault = (effect: Parameters<typeof account.faults.add>[0]['effect']) =>
      account.faults.add({ match: { operation: 'ListRecoveryPointsByBackupVault', times: 1 }, effect });

    fault({ kind: 'truncated-page', rows: 1 });
    const cut = await list();
    fault({ kind: 'empty-page' });
    const empty = await list();
    const onwards = await list({ NextToken: empty.NextToken });

    expect([cut.RecoveryPoints?.length, cut.NextToken]).toEqual([1, undefined]);
    expect([empty.RecoveryPoints?.length, onwards.RecoveryPoints?.length]).toEqual([0, 5]);
  });
});
