import { DeleteRecoveryPointCommand, StartCopyJobCommand, StopBackupJobCommand } from '@aws-sdk/client-backup';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { usualJobTime } from '../../../sandbox/backup/job-time.ts';
import { aVaultedAccount, hour, minute, ordersArn, roleArn } from './vaulted-account.ts';

type Story = Awaited<ReturnType<typeof aVaultedAccount>>;

const copiesArn = 'arn:aws:backup:eu-central-1:123456789012:backup-vault:copies';

/** What somebody does next; what the account refuses is no failure. */
const acts: Readonly<Record<string, (story: Story, n: number) => Promise<unknown>>> = {
  start: ({ start }) => start(),
  startThatFails: ({ account, start }, n) => {
    const afterMs = (n % 8) * minute;
    account.faults.add({ match: { operation: 'StartBackupJob', times: 1 }, effect: { kind: 'failed-job', state: 'FAILED', afterMs } }); // prettier-ignore
    return start();
  },
  stop: ({ account, client }, n) => {
    const job = account.backup.jobs.all.at(n % 5);
    return client.send(new StopBackupJobCommand({ BackupJobId: job?.id ?? 'none' }));
  },
  remove: ({ account, client }, n) => {
    const { all } = account.backup.points;
    const point = all[n % Math.max(1, all.length)];
    const RecoveryPointArn = point?.arn ?? 'none';
    return client.send(
      new DeleteRecoveryPointCommand({ BackupVaultName: point?.vault.name ?? 'main', RecoveryPointArn }),
    );
  },
  copy: ({ account, client }, n) => {
    const { all } = account.backup.points;
    const RecoveryPointArn = all[n % Math.max(1, all.length)]?.arn ?? 'none';
    const request = { RecoveryPointArn, SourceBackupVaultName: 'main', DestinationBackupVaultArn: copiesArn };
    return client.send(new StartCopyJobCommand({ ...request, IamRoleArn: roleArn }));
  },
  wait: ({ account }, n) => account.runFor((n % 20) * minute),
};

/** How many jobs work on the table right now. */
function working({ account }: Story): number {
  const { jobs, copyJobs } = account.backup;
  const isBackingUp = jobs.all.filter((job) => job.initiatedAt !== undefined && job.completedAt === undefined);
  return isBackingUp.length + copyJobs.all.filter(({ state }) => state === 'RUNNING').length;
}

describe('whatever somebody does with jobs', () => {
  test('one job at most works on a table, every job ends, and a point is there just when its job has succeeded', async () => {
    const act = fc.tuple(fc.constantFrom(...Object.keys(acts)), fc.nat(100));
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), fc.nat(), async (plan, seed) => {
        const story = await aVaultedAccount({ seed, backupJobTime: usualJobTime });
        const { account } = story;
        account.backup.vaults.add({ BackupVaultName: 'copies' });
        const removed = new Set<string>();
        for (const [name, n] of plan) {
          await acts[name]?.(story, n).catch(() => undefined);
          expect(working(story)).toBeLessThanOrEqual(1);
          for (const { arn, status } of account.backup.points.all) if (status === 'DELETING') removed.add(arn);
        }
        await account.runFor(24 * hour);

        const { jobs, copyJobs, points } = account.backup;
        const all = [...jobs.all, ...copyJobs.all];
        expect(all.filter(({ completedAt }) => completedAt === undefined)).toEqual([]);
        const made = [
          ...jobs.all.flatMap(({ state, pointArn }) => (state === 'COMPLETED' ? [pointArn] : [])),
          ...copyJobs.all.flatMap(({ state, copy }) => (state === 'COMPLETED' ? [copy?.arn] : [])),
        ];
        expect(points.all.map(({ arn }) => arn).sort()).toEqual(made.filter((arn) => !removed.has(arn ?? '')).sort());
        expect(points.all.every((point) => point.jobs === 0 && point.status === 'COMPLETED')).toBe(true);
        const last = await story.start();
        await account.runFor(hour);
        expect((await story.job(last.BackupJobId)).State).toBe('COMPLETED');
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test('the same seed tells the same story', async () => {
    const story = async (seed: number) => {
      const { account, start } = await aVaultedAccount({ seed, backupJobTime: usualJobTime });
      for (let n = 0; n < 3; n++) await start({ ResourceArn: ordersArn });
      await account.runFor(hour);
      const points = account.backup.points.all.map(({ arn, completedAt }) => [arn, completedAt]);
      return [points, account.eventBus.events('aws.backup')];
    };

    const [first, again, other] = [await story(7), await story(7), await story(8)];

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });
});
