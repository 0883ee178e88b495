import {
  CreateBackupVaultCommand,
  DeleteBackupVaultCommand,
  DeleteBackupVaultLockConfigurationCommand,
  DescribeBackupVaultCommand,
  ListBackupVaultsCommand,
  ListTagsCommand,
  PutBackupVaultLockConfigurationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type BackupClient,
} from '@aws-sdk/client-backup';
import { account, region } from '../environment.ts';

/** Something to ask an account about its vaults. Questions build on each other. */
export interface Question {
  readonly title: string;
  readonly ask: (client: BackupClient) => Promise<object>;
  /** What moto answers where it does not answer as AWS documents it; `docs/emulators.md` says why. */
  readonly moto?: object;
}

const main = { BackupVaultName: 'main' };
const vaultArn = `arn:aws:backup:${region}:${account}:backup-vault:main`;
const missing = { BackupVaultName: 'missing' };
const keyArn = `arn:aws:kms:${region}:${account}:key/0a1b2c3d`;

const create = (more: object = {}) => new CreateBackupVaultCommand({ ...main, ...more });
const describe = (client: BackupClient) => client.send(new DescribeBackupVaultCommand(main));
const tags = (client: BackupClient) => client.send(new ListTagsCommand({ ResourceArn: vaultArn }));

function lock(title: string, limits: object): Question {
  const ask = (client: BackupClient) => client.send(new PutBackupVaultLockConfigurationCommand({ ...main, ...limits }));
  return { title, ask };
}

/** moto reads the ARN only before a slash at the end, which the SDK for JavaScript does not send. */
const noTags = { Tags: {} };

/** What both accounts are asked, in this order. */
export const questions: readonly Question[] = [
  { title: 'a vault that is not there', ask: describe },
  {
    title: 'creating one',
    ask: (client) => client.send(create({ EncryptionKeyArn: keyArn, BackupVaultTags: { team: 'orders' } })),
  },
  { title: 'creating one of the same name', ask: (client) => client.send(create()) },
  { title: 'describing it', ask: describe },
  { title: 'its tags', ask: tags, moto: noTags },
  {
    title: 'tagging it',
    ask: (client) => client.send(new TagResourceCommand({ ResourceArn: vaultArn, Tags: { cost: '42' } })),
  },
  {
    title: 'taking a tag away',
    ask: (client) => client.send(new UntagResourceCommand({ ResourceArn: vaultArn, TagKeyList: ['team'] })),
  },
  { title: 'its tags after that', ask: tags, moto: noTags },
  { title: 'the list of vaults', ask: (client) => client.send(new ListBackupVaultsCommand({})) },
  lock('a lock of less than a day', { MinRetentionDays: 0 }),
  lock('a lock beyond a hundred years', { MaxRetentionDays: 36_501 }),
  lock('a lock whose least is more than its most', { MinRetentionDays: 8, MaxRetentionDays: 7 }),
  lock('a lock that is immutable too soon', { ChangeableForDays: 2 }),
  { title: 'the vault after refused locks', ask: describe },
  lock('a lock', { MinRetentionDays: 7, MaxRetentionDays: 365 }),
  { title: 'the locked vault', ask: describe },
  lock('a lock that will be immutable', { MinRetentionDays: 8, ChangeableForDays: 3 }),
  { title: 'the vault with that lock', ask: describe },
  { title: 'unlocking it', ask: (client) => client.send(new DeleteBackupVaultLockConfigurationCommand(main)) },
  { title: 'the unlocked vault', ask: describe },
  {
    title: 'locking a vault that is not there',
    ask: (client) => client.send(new PutBackupVaultLockConfigurationCommand({ ...missing, MinRetentionDays: 7 })),
  },
  {
    title: 'unlocking a vault that is not there',
    ask: (client) => client.send(new DeleteBackupVaultLockConfigurationCommand(missing)),
  },
  {
    title: 'deleting a vault that is not there',
    ask: (client) => client.send(new DeleteBackupVaultCommand(missing)),
    moto: {},
  },
  { title: 'deleting it', ask: (client) => client.send(new DeleteBackupVaultCommand(main)) },
  { title: 'the vault after that', ask: describe },
];
