import {
  BackupClient,
  CreateBackupVaultCommand,
  DeleteBackupVaultAccessPolicyCommand,
  DeleteBackupVaultCommand,
  DescribeBackupVaultCommand,
  GetBackupVaultAccessPolicyCommand,
  ListBackupVaultsCommand,
  ListTagsCommand,
  PutBackupVaultAccessPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
  paginateListBackupVaults,
} from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../../sandbox/account.ts';
import { aVaultedAccount } from './vaulted-account.ts';

const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
const main = { BackupVaultName: 'main' };

function anAccount() {
  const account = new SandboxAccount({ startAt: new Date('2026-11-01T00:00:00Z') });
  return { account, client: account.client(BackupClient) };
}

describe('a vault', () => {
  test('is described with its key, and is empty and unlocked at first', async () => {
    const { client } = anAccount();

    const created = await client.send(new CreateBackupVaultCommand({ ...main, EncryptionKeyArn: keyArn }));
    const described = await client.send(new DescribeBackupVaultCommand(main));

    expect(created.BackupVaultArn).toBe('arn:aws:backup:eu-central-1:123456789012:backup-vault:main');
    expect(created.CreationDate?.toISOString()).toMatch(/^2026-11-01T00:00:00/);
    expect(described).toMatchObject({
      BackupVaultArn: created.BackupVaultArn,
      CreationDate: created.CreationDate,
      EncryptionKeyArn: keyArn,
      NumberOfRecoveryPoints: 0,
      Locked: false,
      VaultState: 'AVAILABLE',
    });
    expect(described.LockDate).toBeUndefined();
  });

  test('has the name of no other, and its creation can be retried by its request id', async () => {
    const { client } = anAccount();
    const create = (CreatorRequestId?: string) =>
      client.send(
        new CreateBackupVaultCommand({ ...main, ...(CreatorRequestId !== undefined && { CreatorRequestId }) }),
      );

    const first = await create('once');
    const again = await create('once');

    expect(again.CreationDate).toEqual(first.CreationDate);
    await expect(create('twice')).rejects.toMatchObject({ name: 'AlreadyExistsException', Arn: first.BackupVaultArn });
    await expect(create()).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  test.each(['x', 'with space', 'ä-vault', 'v'.repeat(51)])('cannot be called %j', async (BackupVaultName) => {
    const { client } = anAccount();

    await expect(client.send(new CreateBackupVaultCommand({ BackupVaultName }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  test('that does not exist is not found', async () => {
    const { client } = anAccount();

    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } };
    await expect(client.send(new DescribeBackupVaultCommand(main))).rejects.toMatchObject(missing);
    await expect(client.send(new DeleteBackupVaultCommand(main))).rejects.toMatchObject(missing);
    await expect(client.send(new GetBackupVaultAccessPolicyCommand(main))).rejects.toMatchObject(missing);
  });

  test('keeps its access policy as it was put, and has none before', async () => {
    const { client } = anAccount();
    await client.send(new CreateBackupVaultCommand(main));
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const policy = async () => (await client.send(new GetBackupVaultAccessPolicyCommand(main))).Policy;

    await expect(policy()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await client.send(new PutBackupVaultAccessPolicyCommand({ ...main, Policy }));
    expect(await policy()).toBe(Policy);
    await client.send(new DeleteBackupVaultAccessPolicyCommand(main));
    await expect(policy()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(
      client.send(new PutBackupVaultAccessPolicyCommand({ ...main, Policy: 'no JSON' })),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test('has tags that can be added and taken away', async () => {
    const { client } = anAccount();
    const { BackupVaultArn: ResourceArn } = await client.send(
      new CreateBackupVaultCommand({ ...main, BackupVaultTags: { team: 'orders' } }),
    );

    await client.send(new TagResourceCommand({ ResourceArn, Tags: { cost: '42' } }));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeyList: ['team'] }));

    expect((await client.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual({ cost: '42' });
  });

  test('can be deleted only while it is empty', async () => {
    const { client, backUp, remove, account } = await aVaultedAccount();
    const arn = await backUp();

    await expect(client.send(new DeleteBackupVaultCommand(main))).rejects.toMatchObject({
      name: 'InvalidRequestException',
    });
    await remove(arn);
    await account.runFor(60_000);
    await client.send(new DeleteBackupVaultCommand(main));

    expect((await client.send(new ListBackupVaultsCommand({}))).BackupVaultList).toEqual([]);
  });

  test('is listed once, page by page, by name', async () => {
    const { client } = anAccount();
    const names = ['c', 'a', 'e', 'b', 'd'].map((letter) => `vault-${letter}`);
    for (const BackupVaultName of names) await client.send(new CreateBackupVaultCommand({ BackupVaultName }));

    const pages = [];
    for await (const { BackupVaultList = [] } of paginateListBackupVaults({ client, pageSize: 2 }, {}))
      pages.push(BackupVaultList.map((vault) => vault.BackupVaultName));

    expect(pages).toEqual([['vault-a', 'vault-b'], ['vault-c', 'vault-d'], ['vault-e']]);
  });

  test('belongs to one Region', async () => {
    const { account, client } = anAccount();
    await client.send(new CreateBackupVaultCommand(main));

    const away = account.inRegion('eu-west-1').client(BackupClient);

    await expect(away.send(new DescribeBackupVaultCommand(main))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});
