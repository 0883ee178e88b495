import { StopBackupJobCommand } from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import { aVaultedAccount, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

/** What the bus tells of backup jobs, with the minute in which it did. */
async function eventsOf(options: { isAdvanced?: boolean } = {}) {
  const story = await aVaultedAccount();
  story.account.backup.settings.isAdvanced = options.isAdvanced ?? true;
  const startedAt = story.account.now;
  const { BackupJobId } = await story.start();
  await story.account.runFor(hour);
  return { ...story, startedAt, BackupJobId, events: story.account.eventBus.events('aws.backup') };
}

describe('what becomes of a backup job', () => {
  test('is told on the default bus, in the words of AWS Backup', async () => {
    const { events, BackupJobId, job } = await eventsOf();

    const { RecoveryPointArn, CompletionDate, CreationDate } = await job(BackupJobId);
    expect(new Set(events.map((event) => event['detail-type']))).toEqual(new Set(['Backup Job State Change']));
    expect(events.map(({ detail }) => detail)).toMatchObject([
      { state: 'CREATED' },
      { state: 'RUNNING' },
      { state: 'COMPLETED' },
    ]);
    expect(events.at(-1)).toMatchObject({
      source: 'aws.backup',
      account: '123456789012',
      region: 'eu-central-1',
      resources: [RecoveryPointArn],
      detail: {
        backupJobId: BackupJobId,
        backupVaultName: 'main',
        backupVaultArn: 'arn:aws:backup:eu-central-1:123456789012:backup-vault:main',
        resourceArn: ordersArn,
        resourceType: 'DynamoDB.FullyManaged',
        iamRoleArn: roleArn,
        state: 'COMPLETED',
        backupSizeInBytes: '0',
        creationDate: CreationDate?.toISOString(),
        completionDate: CompletionDate?.toISOString(),
      },
    });
    expect(events.at(-1)?.detail).not.toHaveProperty('status');
  });

  test('is told in rounds of five minutes, so up to five minutes late', async () => {
    const { events, startedAt } = await eventsOf();

    const rounds = events.map(({ time }) => Date.parse(time));
    const [created = 0, , completed = 0] = rounds;
    expect(created - startedAt.getTime()).toBeLessThanOrEqual(5 * minute);
    expect(new Set(rounds.map((round) => (round - created) % (5 * minute)))).toEqual(new Set([0]));
    expect(completed - startedAt.getTime()).toBeGreaterThanOrEqual(6 * minute - 1000);
    expect(completed - startedAt.getTime()).toBeLessThanOrEqual(11 * minute);
  });

  test('names the plain resource type without advanced features', async () => {
    const { events } = await eventsOf({ isAdvanced: false });

    expect(events.at(-1)).toMatchObject({
      resources: [expect.stringMatching(/^arn:aws:dynamodb:.*\/backup\//)],
      detail: { state: 'COMPLETED', resourceType: 'DynamoDB' },
    });
  });

  test('is told when it came to nothing, with the reason', async () => {
    const { account, client, start } = await aVaultedAccount();

    const { BackupJobId } = await start();
    await client.send(new StopBackupJobCommand({ BackupJobId }));
    await account.runFor(hour);

    expect(account.eventBus.events('aws.backup').map(({ detail }) => detail)).toMatchObject([
      { state: 'CREATED' },
      { state: 'ABORTING' },
      { state: 'ABORTED', statusMessage: 'the job was stopped' },
    ]);
  });

  test('is told to nobody when a fault loses its events', async () => {
    const { account, start, job } = await aVaultedAccount();
    account.faults.add({ match: { operation: 'StartBackupJob', times: 1 }, effect: { kind: 'lost-events' } });

    const { BackupJobId } = await start();
    await account.runFor(hour);

    expect((await job(BackupJobId)).State).toBe('COMPLETED');
    expect(account.eventBus.events('aws.backup')).toEqual([]);
  });
});
