import { describe, expect, test } from '@jest/globals';
import { awsBackups, type AwsBackupsOptions } from '../../lambda/aws/aws-backups.ts';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import { planSchema, type PlanInput } from '../../lambda/domain/plan.ts';
import type { BackupRequest } from '../../lambda/jobs/ports.ts';
import { Refusal, StubAws, type Answers } from './stub-aws.ts';

const vaultName = 'dynamodb-backups-ab12cd34';
const roleArn = 'arn:aws:iam::123456789012:role/backup-service';
const tableArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
const tableId = '0f6d1c1e-8a3b-4c52-9d5e-7f2a6b1c3d4e';
const slot = new Date('2026-11-20T03:00:00Z');
const name = formatBackupName({ prefix: 'scheduled', owner: 'ab12cd34', plan: 'orders', slot, tableId });
const pointArn = (nth: number) => `arn:aws:backup:eu-central-1:123456789012:recovery-point:${nth}`;
const seconds = (iso: string) => Date.parse(iso) / 1000;

const optedIn = {
  ResourceTypeOptInPreference: { DynamoDB: true },
  ResourceTypeManagementPreference: { DynamoDB: true },
};
const willing: Answers = {
  DescribeBackupVault: { BackupVaultName: vaultName, Locked: false },
  DescribeRegionSettings: optedIn,
  StartBackupJob: { BackupJobId: 'job-1' },
};

function aPlan(parts: Partial<PlanInput> = {}) {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup' },
    keep: { daily: 7 },
    ...parts,
  });
}

function aRequest(plan = aPlan()): BackupRequest {
  return { plan, slot, table: { name: 'orders', arn: tableArn, tableId }, name };
}

function overAws(answers: Answers, options: AwsBackupsOptions = {}) {
  const aws = new StubAws({ ...willing, ...answers });
  return { aws, backups: awsBackups(aws.backup, { vaultName, roleArn }, aws.timing, options) };
}

/** A recovery point of ours as a listing has it; parts can be replaced. */
function aPoint(nth: number, parts: object = {}) {
  return {
    RecoveryPointArn: pointArn(nth),
    ResourceArn: tableArn,
    ResourceType: 'DynamoDB',
    Status: 'COMPLETED',
    CreationDate: seconds('2026-11-20T03:00:05Z'),
    BackupSizeInBytes: 1880,
    ...parts,
  };
}

const ourTags = { Tags: { 'dynamodb-backups:name': name, 'dynamodb-backups:table-id': tableId } };

describe('asking for a recovery point', () => {
  test('hands over role, vault, windows and tags, and a token that is the same each time', async () => {
    const { aws, backups } = overAws({});

    const outcome = await backups.create(aRequest());
    await backups.create(aRequest());

    expect(outcome).toEqual({ kind: 'accepted', ticket: 'job-1' });
    const [first, second] = aws.inputsOf('StartBackupJob');
    expect(first).toEqual({
      BackupVaultName: vaultName,
      ResourceArn: tableArn,
      IamRoleArn: roleArn,
      IdempotencyToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      StartWindowMinutes: 60,
      CompleteWindowMinutes: 480,
      RecoveryPointTags: {
        'dynamodb-backups:name': name,
        'dynamodb-backups:table-id': tableId,
        'dynamodb-backups:owner': 'ab12cd34',
        'dynamodb-backups:plan': 'orders',
        'dynamodb-backups:slot': '2026-11-20T03:00:00.000Z',
      },
    });
    expect(second?.IdempotencyToken).toBe(first?.IdempotencyToken);
  });

  test('two tables of one slot have two tokens', async () => {
    const { aws, backups } = overAws({});
    const other = { name: 'users', arn: tableArn.replace('orders', 'users'), tableId };

    await backups.create(aRequest());
    await backups.create({ ...aRequest(), table: other });

    const tokens = aws.inputsOf('StartBackupJob').map(({ IdempotencyToken }) => IdempotencyToken);
    expect(new Set(tokens).size).toBe(2);
  });

  test.each([
    [
      'opted out',
      { ResourceTypeOptInPreference: { DynamoDB: false } },
      /--resource-type-opt-in-preference DynamoDB=true/,
    ],
    [
      'not fully managed',
      { ResourceTypeManagementPreference: {} },
      /--resource-type-management-preference DynamoDB=true/,
    ],
  ])(
    '[B29] where tables are %s nothing is asked for, and the failure says what to do',
    async (_what, parts, remedy) => {
      const { aws, backups } = overAws({ DescribeRegionSettings: { ...optedIn, ...parts } });

      const outcome = await backups.create(aRequest());

      expect(outcome).toMatchObject({ kind: 'refused', retriable: false, failure: { kind: 'not-opted-in' } });
      expect(outcome).toHaveProperty('failure.message', expect.stringMatching(remedy));
      expect(aws.inputsOf('StartBackupJob')).toEqual([]);
    },
  );

  test('under a lock the point is told how long it stays; without one AWS deletes nothing by itself', async () => {
    const locked = { DescribeBackupVault: { Locked: true, MinRetentionDays: 14, MaxRetentionDays: 400 } };
    const { aws, backups } = overAws(locked);

    await backups.create(aRequest());

    expect(aws.inputsOf('StartBackupJob')[0]).toHaveProperty('Lifecycle', { DeleteAfterDays: 14 });
  });

  test('[B30] a retention outside the lock of the vault is refused before AWS would accept it and fail the job', async () => {
    const locked = { DescribeBackupVault: { Locked: true, MinRetentionDays: 1, MaxRetentionDays: 5 } };
    const { aws, backups } = overAws(locked);

    const outcome = await backups.create(aRequest());

    expect(outcome).toMatchObject({ kind: 'refused', retriable: false, failure: { kind: 'outside-vault-lock' } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('1 to 5 days, the plan needs 8'));
    expect(aws.inputsOf('StartBackupJob')).toEqual([]);
  });

  test.each([
    ['ServiceUnavailableException', { kind: 'unknown', failure: { kind: 'no-answer' } }],
    ['LimitExceededException', { kind: 'refused', retriable: true, failure: { kind: 'throttled' } }],
    ['ResourceNotFoundException', { kind: 'refused', retriable: false, failure: { kind: 'missing' } }],
    ['AccessDeniedException', { kind: 'refused', retriable: false, failure: { kind: 'access-denied' } }],
  ])('%s is an outcome, not an exception', async (error, outcome) => {
    const { backups } = overAws({ StartBackupJob: new Refusal(error) });

    expect(await backups.create(aRequest())).toMatchObject(outcome);
  });
});

describe('following a job', () => {
  test.each(['FAILED', 'EXPIRED', 'ABORTED', 'PARTIAL'])('[B27] one that ended as %s made no backup', async (State) => {
    const { backups } = overAws({
      DescribeBackupJob: { State, StatusMessage: 'table is gone', RecoveryPointArn: pointArn(1) },
    });

    const progress = await backups.follow(['job-1'], slot);

    expect(progress.get('job-1')).toEqual({
      kind: 'failed',
      failure: { kind: 'job-failed', message: `AWS Backup ended the job as ${State}: table is gone` },
    });
  });

  test.each(['CREATED', 'PENDING', 'RUNNING', 'ABORTING'])('[B27] one that is %s says nothing yet', async (State) => {
    const { backups } = overAws({ DescribeBackupJob: { State } });

    expect(await backups.follow(['job-1'], slot)).toEqual(new Map());
  });

  test('one that is COMPLETED names its recovery point; many are listed, and one that is not listed is described', async () => {
    const ids = Array.from({ length: 20 }, (_, nth) => `job-${nth}`);
    const jobs = ids
      .slice(1)
      .map((BackupJobId, nth) => ({ BackupJobId, State: 'COMPLETED', RecoveryPointArn: pointArn(nth) }));
    const { aws, backups } = overAws({
      ListBackupJobs: ({ NextToken }) =>
        NextToken === undefined ? { BackupJobs: jobs.slice(0, 10), NextToken: 'more' } : { BackupJobs: jobs.slice(10) },
      DescribeBackupJob: new Refusal('ResourceNotFoundException'),
    });

    const progress = await backups.follow(ids, slot);

    expect(progress.get('job-0')).toEqual({ kind: 'gone' });
    expect(progress.get('job-19')).toEqual({ kind: 'restorable', arn: pointArn(18) });
    expect(progress.size).toBe(20);
    expect(aws.inputsOf('DescribeBackupJob')).toHaveLength(1);
  });
});

describe('listing a vault', () => {
  test('gives recovery points the name and table id of their tags, and the statuses of backups', async () => {
    const points = [
      aPoint(1),
      aPoint(2, { Status: 'EXPIRED' }),
      aPoint(3, { Status: 'DELETING' }),
      aPoint(4, { Status: 'PARTIAL' }),
      aPoint(5, { ResourceArn: 'arn:aws:ec2:eu-central-1:123456789012:volume/vol-1' }),
    ];
    const { backups } = overAws({ ListRecoveryPointsByBackupVault: { RecoveryPoints: points }, ListTags: ourTags });

    const listing = await backups.list({});

    expect(listing).toMatchObject({ complete: true });
    const found = listing.complete ? listing.backups : [];
    expect(found.map(({ status }) => status)).toEqual(['AVAILABLE', 'EXPIRED', 'DELETED', 'PARTIAL']);
    expect(found[0]).toEqual({
      arn: pointArn(1),
      name,
      tableName: 'orders',
      tableId,
      createdAt: new Date('2026-11-20T03:00:05Z'),
      status: 'AVAILABLE',
      type: 'RECOVERY_POINT',
      sizeBytes: 1880,
    });
  });

  test('points of others are listed as nobody we know, and tags are read once', async () => {
    const others = aPoint(2, { RecoveryPointArn: `${tableArn}/backup/01489173575360-b308cd7d` });
    const { aws, backups } = overAws({
      ListRecoveryPointsByBackupVault: { RecoveryPoints: [aPoint(1), others] },
      ListTags: { Tags: { team: 'a' } },
    });

    const listing = await backups.list({});
    await backups.list({});

    const names = listing.complete ? listing.backups.map((backup) => backup.name) : [];
    expect(names).toEqual(['without-name', 'without-name']);
    expect(aws.inputsOf('ListTags')).toHaveLength(1);
  });

  test('[R23] a recovery point that moves along with its table is told apart', async () => {
    const continuous = aPoint(1, {
      RecoveryPointArn: pointArn(1).replace('recovery-point:', 'recovery-point:continuous:'),
      Status: 'AVAILABLE',
    });
    const stopped = aPoint(2, { Status: 'STOPPED' });
    const { backups } = overAws({
      ListRecoveryPointsByBackupVault: { RecoveryPoints: [continuous, stopped, aPoint(3)] },
      ListTags: ourTags,
    });

    const listing = await backups.list({});

    const types = listing.complete ? listing.backups.map(({ type }) => type) : [];
    expect(types).toEqual(['CONTINUOUS', 'CONTINUOUS', 'RECOVERY_POINT']);
  });

  test('[L14] one whose token expires begins anew; one that breaks off again is incomplete', async () => {
    let refusals = 0;
    const pages = (most: number): Answers => ({
      ListRecoveryPointsByBackupVault: ({ NextToken }) => {
        if (NextToken === undefined) return { RecoveryPoints: [aPoint(1)], NextToken: 'more' };
        return refusals++ < most ? new Refusal('InvalidParameterValueException') : { RecoveryPoints: [aPoint(2)] };
      },
      ListTags: ourTags,
    });

    const anew = await overAws(pages(1)).backups.list({});
    refusals = 0;
    const broken = await overAws(pages(2)).backups.list({});

    expect(anew.complete && anew.backups.map(({ arn }) => arn)).toEqual([pointArn(1), pointArn(2)]);
    expect(broken.complete).toBe(false);
  });

  test('[L14] one that repeats its token, or whose tags cannot be read, is incomplete', async () => {
    const repeating = overAws({ ListRecoveryPointsByBackupVault: { RecoveryPoints: [], NextToken: 'same' } });
    const untold = overAws({
      ListRecoveryPointsByBackupVault: { RecoveryPoints: [aPoint(1)] },
      ListTags: new Refusal('AccessDeniedException'),
    });

    expect((await repeating.backups.list({})).complete).toBe(false);
    expect((await untold.backups.list({})).complete).toBe(false);
  });

  test('says what AWS itself keeps points for', async () => {
    const lifecycle = {
      DeleteAt: seconds('2027-11-20T03:00:00Z'),
      MoveToColdStorageAt: seconds('2026-12-20T03:00:00Z'),
    };
    const { backups } = overAws({
      DescribeBackupVault: { Locked: true },
      ListRecoveryPointsByBackupVault: { RecoveryPoints: [aPoint(1, { CalculatedLifecycle: lifecycle }), aPoint(2)] },
      ListTags: ourTags,
    });

    const listing = await backups.list({});

    expect(listing.complete && listing.backups.map(({ keptByAws }) => keptByAws)).toEqual([
      { lockedUntil: new Date('2027-11-20T03:00:00Z'), coldFrom: new Date('2026-12-20T03:00:00Z') },
      { lockedUntil: 'for-good' },
    ]);
  });
});

describe('legal holds', () => {
  const points = { RecoveryPoints: [aPoint(1), aPoint(2)] };
  const answers: Answers = {
    ListRecoveryPointsByBackupVault: points,
    ListTags: ourTags,
    ListLegalHolds: {
      LegalHolds: [
        { LegalHoldId: 'open', Status: 'ACTIVE' },
        { LegalHoldId: 'closed', Status: 'CANCELED' },
      ],
    },
    ListRecoveryPointsByLegalHold: { RecoveryPoints: [{ RecoveryPointArn: pointArn(2) }] },
  };
  const readsLegalHolds = true;

  test('keep what they are on, once they are not cancelled', async () => {
    const { aws, backups } = overAws(answers, { readsLegalHolds });

    const listing = await backups.list({});

    expect(listing.complete && listing.backups.map(({ keptByAws }) => keptByAws)).toEqual([
      undefined,
      { isOnLegalHold: true },
    ]);
    expect(aws.inputsOf('ListRecoveryPointsByLegalHold')).toHaveLength(1);
  });

  test('are asked for only by who deletes', async () => {
    const { aws, backups } = overAws(answers);

    await backups.list({});

    expect(aws.inputsOf('ListLegalHolds')).toEqual([]);
  });

  test.each<[string, Answers]>([
    ['are denied', { ListLegalHolds: new Refusal('AccessDeniedException') }],
    ['whose points are denied', { ListRecoveryPointsByLegalHold: new Refusal('AccessDeniedException') }],
    ['never come to an end', { ListLegalHolds: { LegalHolds: [], NextToken: 'again' } }],
    ['whose points never come to an end', { ListRecoveryPointsByLegalHold: { NextToken: 'again' } }],
  ])('that %s make the listing incomplete', async (_what, more) => {
    const { backups } = overAws({ ...answers, ...more }, { readsLegalHolds });

    expect(await backups.list({})).toMatchObject({ complete: false });
  });
});

describe('deleting a recovery point', () => {
  test('is done when it is gone or going', async () => {
    const gone = overAws({ DeleteRecoveryPoint: {}, DescribeRecoveryPoint: new Refusal('ResourceNotFoundException') });
    const going = overAws({ DeleteRecoveryPoint: {}, DescribeRecoveryPoint: aPoint(1, { Status: 'DELETING' }) });

    expect(await gone.backups.delete(pointArn(1))).toEqual({ kind: 'deleted' });
    expect(await going.backups.delete(pointArn(1))).toEqual({ kind: 'deleted' });
  });

  test.each(['EXPIRED', 'COMPLETED'])(
    '[R21] that AWS accepts and does not make, leaving it %s, has failed',
    async (Status) => {
      const { backups } = overAws({ DeleteRecoveryPoint: {}, DescribeRecoveryPoint: aPoint(1, { Status }) });

      expect(await backups.delete(pointArn(1))).toMatchObject({ kind: 'failed', failure: { kind: 'survived' } });
    },
  );

  test('[R22] that a vault lock or a legal hold refuses leaves it retained', async () => {
    const refusal = new Refusal('InvalidRequestException', 'it has active legal hold(s)');
    const { aws, backups } = overAws({ DeleteRecoveryPoint: refusal });

    const outcome = await backups.delete(pointArn(1));

    expect(outcome).toMatchObject({ kind: 'retained', failure: { kind: 'retained' } });
    expect(aws.inputsOf('DeleteRecoveryPoint')).toHaveLength(1);
  });

  test.each([
    ['InvalidResourceStateException', 'in-use'],
    ['ResourceNotFoundException', 'gone'],
    ['AccessDeniedException', 'failed'],
  ])('%s is %s', async (error, kind) => {
    const { backups } = overAws({ DeleteRecoveryPoint: new Refusal(error) });

    expect(await backups.delete(pointArn(1))).toMatchObject({ kind });
  });
});

test("the time of AWS's last answer is known", async () => {
  const { backups } = overAws({ ListRecoveryPointsByBackupVault: { RecoveryPoints: [] } });

  await backups.list({});

  expect(backups.lastAnsweredAt()).toEqual(new Date('2026-11-20T03:00:00Z'));
});
