import { BackupClient } from '@aws-sdk/client-backup';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, test } from '@jest/globals';
import { pointRestores } from '../../../lambda/aws/recovery-point-restores.ts';
import type { PlanInput } from '../../../lambda/domain/plan.ts';
import { aDrillPlan, DrillWorld, plantOrders, plantPoint, restoreRoleArn, vaultName } from './drill-world.ts';

const minute = 60_000;
const hour = 60 * minute;
const customerKey = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';

function aPointPlan(drill: Partial<NonNullable<PlanInput['drill']>> = {}) {
  return aDrillPlan(drill, 'aws-backup');
}

/** A table with items and an index, and one recovery point of ours. */
async function withPoint(more: Readonly<Record<string, unknown>> = {}) {
  const world = await DrillWorld.create([]);
  const arn = await plantOrders(world.account, more, 'aws-backup');
  const point = world.account.backup.points.find(arn);
  if (!point) throw new Error('there is no point');
  return { world, arn, point, jobs: world.account.backup.restoreJobs };
}

describe('a drill of AWS Backup', () => {
  test('restores the newest recovery point by a job, and is timed by what AWS Backup says: without an error', async () => {
    const { world, arn, jobs } = await withPoint();

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20, source: { arn } });
    expect(result).toMatchObject({ indexes: 'all', billing: 'as-backed-up' });
    const [job] = jobs.all;
    const seconds = (Number(job?.completedAt) - Number(job?.createdAt)) / 1000;
    expect(seconds).toBeGreaterThan(80);
    expect(result.times.restore).toEqual({ atLeastSeconds: seconds, atMostSeconds: seconds });
    const { atLeastSeconds = NaN, atMostSeconds = NaN } = result.times.total ?? {};
    const [restore] = world.account.dynamodb.restores.all;
    const work = (result.times.rearmSeconds ?? NaN) + (result.times.validateSeconds ?? NaN);
    const ready = (Number(restore?.indexesActiveAt) - Number(job?.createdAt)) / 1000 + work;
    expect(atLeastSeconds).toBeLessThanOrEqual(ready);
    expect(atMostSeconds).toBeGreaterThanOrEqual(ready);
    expect(atMostSeconds - atLeastSeconds).toBeLessThan(15);
    expect(world.account.dynamodb.tables.all.map(({ name }) => name).sort()).toEqual(['ledger', 'orders']);
    expect(await world.account.clock.runUntilSettled(world.ledger.drillIntents())).toEqual([]);
  });

  test('is timed to the millisecond, indexes and all, when its table has none', async () => {
    const world = await DrillWorld.create(['orders']);
    await world.account.runFor(minute);
    plantPoint(world.account);

    const { outcome, times } = await world.drill(world.runOf(aPointPlan()));

    expect(outcome).toBe('passed');
    expect(times.indexes).toEqual({ atLeastSeconds: 0, atMostSeconds: 0 });
    expect(times.total?.atMostSeconds).toBe(times.total?.atLeastSeconds);
  });

  test('waits for indexes that are later than their table, as any drill does', async () => {
    const { world } = await withPoint();
    world.account.faults.add({ effect: { kind: 'late-indexes', ms: 20 * minute } });

    const { times } = await world.drill(world.runOf(aPointPlan()));

    const [restore] = world.account.dynamodb.restores.all;
    const seconds = (Number(restore?.indexesActiveAt) - Number(restore?.activeAt)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(20 * 60);
    expect(times.indexes?.atLeastSeconds).toBeLessThanOrEqual(seconds);
    expect(times.indexes?.atMostSeconds).toBeGreaterThanOrEqual(seconds);
  });

  test.each(['FAILED', 'ABORTED'] as const)('fails when its job ends as %s, in the words of the job', async (state) => {
    const { world, jobs } = await withPoint();
    world.account.faults.add({
      match: { operation: 'StartRestoreJob' },
      effect: { kind: 'failed-job', state, afterMs: 2 * minute, message: 'the moon was full' },
    });

    const result = await world.drill(world.runOf(aPointPlan()));

    const message = `AWS Backup ended the restore job as ${state}: the moon was full`;
    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'job-failed', message } });
    expect(result).toMatchObject({ cleanUp: 'nothing-to-delete', times: {} });
    expect(jobs.all).toHaveLength(1);
  });

  test('gives up when its job is not done in time', async () => {
    const { world } = await withPoint();
    world.account.faults.add({ effect: { kind: 'slow-job', time: { runMs: 30 * hour } } });

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result).toMatchObject({ outcome: 'timed-out', failure: { phase: 'restore', kind: 'timed-out' } });
    expect(result.times.restore?.atLeastSeconds).toBeGreaterThan(23 * 3_600);
    expect(result.times.restore).not.toHaveProperty('atMostSeconds');
    expect(result.cleanUp).toBe('left-behind');
  });

  test.each([1, 6, 20])('asks for one restore only, also when the answer is lost %i times', async (times) => {
    const { world, jobs } = await withPoint();
    world.account.faults.add({
      match: { operation: 'StartRestoreJob', times },
      effect: { kind: 'connection-lost', when: 'after' },
    });

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result.outcome).toBe('passed');
    expect(jobs.all).toHaveLength(1);
  });

  test('fails, and restores nothing twice, when what it takes for its job made another table', async () => {
    const { world, arn, point, jobs } = await withPoint();
    const source = { kind: 'recovery-point', arn, tableId: point.backup.tableId } as const;
    const another = { source, sourceArn: arn, target: 'another', announcedAt: world.account.now.toISOString() };
    const request = { ...another, billing: 'as-backed-up', indexes: 'all' } as const;
    await world.account.clock.runUntilSettled(world.ports.restores.start(request));

    const result = await world.drill(world.runOf(aPointPlan()));

    const message = 'the restore job made the table another';
    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'job-failed', message } });
    expect(jobs.all).toHaveLength(1);
  });

  test('waits for an answer for as long as it waits for the restore, and ends at once without the right to ask', async () => {
    const { world } = await withPoint();
    const match = { operation: 'DescribeRestoreJob' };
    const until = new Date(world.account.clock.now + hour);
    world.account.faults.add({ match: { ...match, until }, effect: { kind: 'connection-lost', when: 'before' } });

    const late = await world.drill(world.runOf(aPointPlan()));
    world.account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' } });
    const denied = await world.drill(world.runOf(aPointPlan()));

    expect(late).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
    expect(late.times.restore?.atMostSeconds).toBe(late.times.restore?.atLeastSeconds);
    expect(late.times.restore?.atMostSeconds).toBeLessThan(3_600);
    expect(denied).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'access-denied' } });
  });

  test('fails by the name of the key when the one of the vault is disabled while it restores', async () => {
    const { world, point } = await withPoint();
    const key = point.vault.encryptionKeyArn;
    world.account.faults.add({ effect: { kind: 'slow-job', time: { runMs: hour } } });
    world.account.clock.after(30 * minute, () => {
      world.account.keys.disable(key);
    });

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result).toMatchObject({ outcome: 'failed', failure: { phase: 'restore', kind: 'job-failed' } });
    expect(result.failure?.message).toMatch(/ended the restore job as FAILED: .*key/);
  });

  test('takes up the job whose answer was lost, though AWS Backup has forgotten its token', async () => {
    const { world, jobs } = await withPoint();
    world.account.faults.add({
      match: { operation: 'StartRestoreJob', times: 6 },
      effect: { kind: 'connection-lost', when: 'after' },
    });
    jobs.tokenLifeMs = 10_000;

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result.outcome).toBe('passed');
    expect(jobs.all).toHaveLength(1);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string | undefined]>([
    ['that AWS owns', {}, undefined],
    ['that AWS manages', { SSESpecification: { Enabled: true, SSEType: 'KMS' } }, 'aws-managed'],
    [
      'of the customer',
      { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: customerKey } },
      customerKey,
    ],
  ])('[X33] encrypts its table with the key of its source, be it one %s', async (_what, more, key) => {
    const { world, jobs } = await withPoint(more);

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result.outcome).toBe('passed');
    const encryption = jobs.all[0]?.metadata.encryption;
    const byAws = { Enabled: key !== undefined, ...(key !== undefined && { SSEType: 'KMS' }) };
    expect(encryption).toEqual(key === customerKey ? { ...byAws, KMSMasterKeyId: key } : byAws);
  });

  test('encrypts its table with the key that AWS manages when its source is gone, and with that of the plan', async () => {
    const { world, jobs } = await withPoint();
    await world.account.clock.runUntilSettled(world.client.send(new DeleteTableCommand({ TableName: 'orders' })));
    await world.account.runFor(minute);

    const without = await world.drill(world.runOf(aPointPlan()));
    await world.account.runFor(minute);
    const named = await world.drill(world.runOf(aPointPlan({ encryptionKey: 'aws-owned' })));

    expect([without, named]).toMatchObject([{ outcome: 'passed' }, { outcome: 'passed' }]);
    expect(jobs.all.map(({ metadata }) => metadata.encryption)).toEqual([
      { Enabled: true, SSEType: 'KMS' },
      { Enabled: false },
    ]);
  });

  test('does not pass when the table comes back under another key than was asked for', async () => {
    const { world } = await withPoint();
    world.account.faults.add({ effect: { kind: 'slow-job', time: { runMs: hour } } });
    world.account.clock.after(30 * minute, () => {
      const restored = world.account.dynamodb.tables.all.find(({ name }) => name.startsWith('ddb-drill-'));
      if (restored) Object.assign(restored.definition, { SSESpecification: { Enabled: true, SSEType: 'KMS' } });
    });

    const result = await world.drill(world.runOf(aPointPlan({ encryptionKey: 'aws-owned' })));

    expect(result.failure).toMatchObject({ phase: 'validate', kind: 'not-as-backed-up' });
    expect(result.failure?.message).toMatch(/the encryption key should be aws-owned, is arn:aws:kms:/);
  });

  test('restores to a point in time as DynamoDB does, and needs no recovery point for that', async () => {
    const world = await DrillWorld.create(['orders']);
    world.account.backup.vaults.add({ BackupVaultName: vaultName });
    world.account.dynamodb.settings.setPointInTimeRecovery(world.account.dynamodb.tables.require('orders'), 35);
    await world.account.runFor(hour);

    const result = await world.drill(world.runOf(aPointPlan({ backup: 'point-in-time' })));

    expect(result).toMatchObject({ outcome: 'passed', billing: 'on-demand' });
    expect(world.account.backup.restoreJobs.all).toEqual([]);
  });
});

describe('what AWS Backup is told of a validation', () => {
  const reporting = { reportToAwsBackup: true };
  const checks = [{ table: 'orders', key: { id: { S: 'order-1' } }, expect: { total: { N: '99' } } }];

  test('is that it passed, or in which phase it did not, without a word of any item', async () => {
    const { world, jobs } = await withPoint();

    const passed = await world.drill(world.runOf(aPointPlan(reporting)));
    await world.account.runFor(minute);
    const failed = await world.drill(world.runOf(aPointPlan({ ...reporting, validate: { checks } })));

    expect([passed.outcome, failed.outcome]).toEqual(['passed', 'failed']);
    expect(jobs.all.map(({ validation }) => validation)).toEqual([
      { status: 'SUCCESSFUL', message: '20 items read, 0 checks passed' },
      { status: 'FAILED', message: 'validate: not-as-backed-up' },
    ]);
    expect(jobs.all.map(({ id }) => id)).toEqual([passed.restoreJob, failed.restoreJob]);
  });

  test('is nothing unless the plan says so, nor of a restore that did not end', async () => {
    const { world, jobs } = await withPoint();

    await world.drill(world.runOf(aPointPlan()));
    world.account.faults.add({ effect: { kind: 'failed-job', state: 'FAILED', afterMs: 0 } });
    await world.account.runFor(minute);
    const failed = await world.drill(world.runOf(aPointPlan(reporting)));

    expect(failed.outcome).toBe('failed');
    expect(jobs.all.map(({ validation }) => validation)).toEqual([undefined, undefined]);
  });

  test('changes nothing when AWS Backup does not take it', async () => {
    const { world, jobs } = await withPoint();
    world.account.faults.add({
      match: { operation: 'PutRestoreValidationResult' },
      effect: { kind: 'error', when: 'before', name: 'InvalidRequestException' },
    });

    const result = await world.drill(world.runOf(aPointPlan(reporting)));

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
    expect(jobs.all[0]?.validation).toBeUndefined();
  });
});

describe('out of cold storage', () => {
  test('the newest recovery point is restored as well, and its time is of another series', async () => {
    const { world, point } = await withPoint();
    point.storageClass = 'COLD';

    const result = await world.drill(world.runOf(aPointPlan()));

    expect(result).toMatchObject({ outcome: 'passed', source: { arn: point.arn, storage: 'cold' } });
    expect(result.times.restore?.atLeastSeconds).toBeGreaterThan(4 * 3_600);
    const history = await world.account.clock.runUntilSettled(world.ledger.drillHistory('orders'));
    expect(history.get('orders')).toMatchObject({ lastProvenAt: expect.any(Date), provenBackup: { arn: point.arn } });
    expect(history.get('orders')).not.toHaveProperty('lastRestoreSeconds');
  });

  test('a warm recovery point is not looked for instead: what would be restored in earnest is rehearsed', async () => {
    const { world, point } = await withPoint();
    await world.account.runFor(hour);
    const warm = plantPoint(world.account);
    point.storageClass = 'COLD';

    const newest = await world.drill(world.runOf(aPointPlan()));
    const oldest = await world.drill(world.runOf(aPointPlan({ backup: 'oldest' })));

    expect(newest.source).toMatchObject({ arn: warm.arn });
    expect(newest.source).not.toHaveProperty('storage');
    expect(oldest.source).toMatchObject({ arn: point.arn, storage: 'cold' });
  });
});

describe('[X32] a recovery point of another account or Region', () => {
  test.each([
    ['arn:aws:backup:eu-central-1:999999999999:recovery-point:1', 'in account 123456789012'],
    ['arn:aws:backup:eu-west-1:123456789012:recovery-point:1', 'in eu-central-1'],
  ])('%s is not restored, and the drill says what to do', async (arn, where) => {
    const { world, jobs } = await withPoint();
    const { account } = world;
    const clients = { backup: account.client(BackupClient), kms: account.client(KMSClient) };
    const restores = pointRestores(clients, { vaultName, region: account.region, roleArn: restoreRoleArn });

    const outcome = await account.clock.runUntilSettled(
      restores.start({
        source: { kind: 'recovery-point', arn, tableId: '1' },
        sourceArn: arn,
        target: 'ddb-drill-x',
        announcedAt: account.now.toISOString(),
        billing: 'as-backed-up',
        indexes: 'all',
      }),
    );

    expect(outcome).toMatchObject({ kind: 'refused', retriable: false, failure: { kind: 'invalid' } });
    expect(JSON.stringify(outcome)).toContain(`cannot be restored ${where}`);
    expect(JSON.stringify(outcome)).toContain('have AWS Backup copy it into a vault there');
    expect(jobs.all).toEqual([]);
    expect(account.journal.count('backup', 'StartRestoreJob')).toBe(0);
  });
});
