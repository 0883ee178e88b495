import {
  DescribeGlobalSettingsCommand,
  DescribeRegionSettingsCommand,
  UpdateGlobalSettingsCommand,
  UpdateRegionSettingsCommand,
  type UpdateRegionSettingsCommandInput,
} from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import { BackupClient } from '@aws-sdk/client-backup';
import { aVaultedAccount, hour } from './vaulted-account.ts';

describe('the settings of a Region', () => {
  test('have DynamoDB and its advanced features on at first, in each Region for itself', async () => {
    const { account, client } = await aVaultedAccount();
    const away = account.inRegion('eu-west-1').client(BackupClient);
    const on = {
      ResourceTypeOptInPreference: { DynamoDB: true },
      ResourceTypeManagementPreference: { DynamoDB: true },
    };

    await client.send(new UpdateRegionSettingsCommand({ ResourceTypeOptInPreference: { DynamoDB: false } }));

    expect(await away.send(new DescribeRegionSettingsCommand({}))).toMatchObject(on);
    expect(await client.send(new DescribeRegionSettingsCommand({}))).toMatchObject({
      ...on,
      ResourceTypeOptInPreference: { DynamoDB: false },
    });
  });

  test('refuse a backup job while DynamoDB is not opted in, and say what to do', async () => {
    const { account, client, start, job } = await aVaultedAccount();
    const update = (settings: UpdateRegionSettingsCommandInput) =>
      client.send(new UpdateRegionSettingsCommand(settings));

    await update({ ResourceTypeOptInPreference: { DynamoDB: false } });
    await expect(start()).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: expect.stringMatching(/UpdateRegionSettings/),
    });
    await update({ ResourceTypeOptInPreference: { DynamoDB: true, EFS: false } });
    const { BackupJobId } = await start();
    await account.runFor(hour);

    expect(await job(BackupJobId)).toMatchObject({ State: 'COMPLETED' });
  });

  test('decide when a job is started whether its point has advanced features', async () => {
    const { account, client, start, points } = await aVaultedAccount();
    const advanced = (DynamoDB: boolean) =>
      client.send(new UpdateRegionSettingsCommand({ ResourceTypeManagementPreference: { DynamoDB } }));

    await advanced(false);
    await start();
    await advanced(true);
    await account.runFor(hour);
    await start();
    await account.runFor(hour);

    const services = (await points()).map(({ RecoveryPointArn }) => RecoveryPointArn?.split(':')[2]);
    expect(services.sort()).toEqual(['backup', 'dynamodb']);
  });
});

describe('the settings of an organization', () => {
  test('do not let accounts copy to each other at first, and are the same for all of them', async () => {
    const { account, client } = await aVaultedAccount();
    const other = account.inAccount('210987654321').client(BackupClient);

    const before = await client.send(new DescribeGlobalSettingsCommand({}));
    await client.send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }));
    const after = await other.send(new DescribeGlobalSettingsCommand({}));

    expect(before.GlobalSettings).toEqual({ isCrossAccountBackupEnabled: 'false' });
    expect(after.GlobalSettings).toEqual({ isCrossAccountBackupEnabled: 'true' });
    expect(after.LastUpdateTime?.getTime()).toBeLessThanOrEqual(account.now.getTime());
    await expect(
      client.send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'maybe' } })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });
});
