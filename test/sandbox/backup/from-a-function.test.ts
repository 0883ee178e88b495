import { describe, expect, test } from '@jest/globals';
import { bundleOf, returned } from '../bundle-of.ts';
import { aVaultedAccount, hour, ordersArn, roleArn } from './vaulted-account.ts';

const code = bundleOf(`
  import { BackupClient, StartBackupJobCommand } from '@aws-sdk/client-backup';
  const client = new BackupClient({});
  export const handler = ({ vault }) =>
    client
      .send(new StartBackupJobCommand({ BackupVaultName: vault, ResourceArn: '${ordersArn}', IamRoleArn: '${roleArn}' }))
      .then(({ BackupJobId }) => BackupJobId, (error) => error.name);
`);

describe('a function of the account', () => {
  test('starts backup jobs as far as its role lets it', async () => {
    const { account, job } = await aVaultedAccount();
    const starter = account.roles.put('starter');
    const Statement = [
      { Effect: 'Allow', Action: 'backup:StartBackupJob', Resource: 'arn:aws:backup:*:*:backup-vault:main' },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn },
    ];
    account.roles.attach('starter', 'rights', { Statement });
    account.loadFunction({ name: 'starts-jobs', code, roleArn: starter });

    const id = returned(await account.invoke('starts-jobs', { vault: 'main' }));
    const denied = returned(await account.invoke('starts-jobs', { vault: 'other' }));
    await account.runFor(hour);

    expect(await job(String(id))).toMatchObject({ State: 'COMPLETED' });
    expect(denied).toBe('AccessDeniedException');
  });
});
