import { describe, expect, test } from '@jest/globals';
import { restoreTests } from '../../lambda/aws/restore-tests.ts';
import { Refusal, StubAws, type Answers } from './stub-aws.ts';

const vaultName = 'dynamodb-backups-ab12cd34';
const within = { from: new Date('2026-10-24T07:00:00Z'), until: new Date('2026-11-23T07:00:00Z') };
const at = (time: string) => Date.parse(`2026-11-22T${time}Z`) / 1000;

/** A restore of `orders` as a listing has it, made by restore testing and done; parts can be replaced. */
function aJob(parts: object = {}) {
  return {
    CreatedBy: { RestoreTestingPlanArn: 'arn:aws:backup:eu-central-1:123456789012:restore-testing-plan:weekly-0a1b' },
    BackupVaultArn: `arn:aws:backup:eu-central-1:123456789012:backup-vault:${vaultName}`,
    SourceResourceArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders',
    Status: 'COMPLETED',
    CreationDate: at('05:00:00'),
    CompletionDate: at('05:12:30.250'),
    ...parts,
  };
}

function overAws(ListRestoreJobs: Answers[string]) {
  const aws = new StubAws({ ListRestoreJobs });
  return { aws, tests: () => restoreTests(aws.backup, vaultName, within) };
}

async function testsOf(...jobs: readonly object[]) {
  return await overAws({ RestoreJobs: jobs }).tests();
}

describe('the restore tests of a vault', () => {
  test('say which table was restored, when and for how long, by what AWS Backup says', async () => {
    const { aws, tests } = overAws({ RestoreJobs: [aJob()] });

    expect(await tests()).toEqual([
      {
        table: 'orders',
        startedAt: new Date('2026-11-22T05:00:00Z'),
        endedAt: new Date('2026-11-22T05:12:30.250Z'),
        isRestored: true,
      },
    ]);
    expect(aws.inputsOf('ListRestoreJobs')).toMatchObject([
      { ByResourceType: 'DynamoDB', ByCreatedAfter: within.from.toJSON(), ByCreatedBefore: within.until.toJSON() },
    ]);
  });

  test.each([
    ['VALIDATING', 'running'],
    ['SUCCESSFUL', 'successful'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'timed-out'],
  ])('say what became of a validation that is %s', async (ValidationStatus, validation) => {
    expect(await testsOf(aJob({ ValidationStatus }))).toMatchObject([{ validation }]);
  });

  test.each([
    ['FAILED', { isRestored: false }],
    ['ABORTED', { isRestored: false }],
    ['COMPLETED', { isRestored: true }],
  ])('of a job that is %s have an end', async (Status, expected) => {
    expect(await testsOf(aJob({ Status }))).toMatchObject([expected]);
  });

  test.each(['PENDING', 'RUNNING', 'SOMETHING_NEW'])('of a job that is %s have none', async (Status) => {
    const [running] = await testsOf(aJob({ Status }));

    expect(running).not.toHaveProperty('endedAt');
    expect(running).not.toHaveProperty('isRestored');
  });

  test.each([
    ['that somebody else asked for', { CreatedBy: undefined }],
    ['out of another vault', { BackupVaultArn: 'arn:aws:backup:eu-central-1:123456789012:backup-vault:theirs' }],
    ['out of a vault AWS does not name', { BackupVaultArn: undefined }],
    ['of a table of another account', { SourceResourceArn: 'arn:aws:dynamodb:eu-central-1:999999999999:table/orders' }],
    ['of a table of another Region', { SourceResourceArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders' }],
    ['of something that is no table', { SourceResourceArn: 'arn:aws:rds:eu-central-1:123456789012:db:orders' }],
    ['of nobody knows what', { SourceResourceArn: undefined }],
    ['from nobody knows when', { CreationDate: undefined }],
  ])('are no restores %s', async (_, parts) => {
    expect(await testsOf(aJob(parts))).toEqual([]);
  });

  test('are read over all pages', async () => {
    const { tests } = overAws(({ NextToken }) =>
      NextToken === undefined ? { RestoreJobs: [aJob()], NextToken: 'two' } : { RestoreJobs: [aJob(), aJob()] },
    );

    expect(await tests()).toHaveLength(3);
  });

  test('are not known when a listing never ends or is refused', async () => {
    const circle = overAws({ RestoreJobs: [aJob()], NextToken: 'again' });
    const refused = overAws(new Refusal('AccessDeniedException'));

    await expect(circle.tests()).rejects.toThrow('repeats its token again');
    await expect(refused.tests()).rejects.toThrow('refused');
  });
});
