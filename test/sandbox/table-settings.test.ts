import {
  CreateBackupCommand,
  DeleteResourcePolicyCommand,
  DescribeContributorInsightsCommand,
  DescribeKinesisStreamingDestinationCommand,
  DescribeTableCommand,
  DisableKinesisStreamingDestinationCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  GetResourcePolicyCommand,
  ListTagsOfResourceCommand,
  PutResourcePolicyCommand,
  RestoreTableFromBackupCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContributorInsightsCommand,
  UpdateTableCommand,
  type PutResourcePolicyCommandInput,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const second = 1000;
const hour = 3_600_000;

const byState = {
  IndexName: 'by-state',
  KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};

async function anAccount() {
  const account = new SandboxAccount({ seed: 11, startAt: new Date('2026-11-20T03:00:00Z') });
  const client = account.client(DynamoDBClient);
  const { arn } = await account.createTable({
    TableName: 'orders',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'state', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [byState],
  });
  const update = async (rest: Partial<UpdateTableCommandInput>) => {
    const answer = await client.send(new UpdateTableCommand({ TableName: 'orders', ...rest }));
    await account.runFor(4 * second);
    return answer.TableDescription;
  };
  const show = async (TableName = 'orders') => (await client.send(new DescribeTableCommand({ TableName }))).Table;
  /** A restored table, ACTIVE or still CREATING. */
  const restored = async (isActive: boolean) => {
    const { BackupDetails: backup } = await client.send(
      new CreateBackupCommand({ TableName: 'orders', BackupName: 'one' }),
    );
    await account.runFor(second);
    const restore = new RestoreTableFromBackupCommand({ TargetTableName: 'drill', BackupArn: backup?.BackupArn });
    const { TableDescription: table } = await client.send(restore);
    if (isActive) await account.runFor(hour);
    return table?.TableArn ?? '';
  };
  return { account, client, arn, update, show, restored };
}

const invalid = { name: 'ValidationException' };
const notFound = { name: 'ResourceNotFoundException' };

describe('a stream', () => {
  test('is turned on and off, and keeps its last name', async () => {
    const { update, show } = await anAccount();
    const on = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const } };

    const before = await show();
    await update(on);
    const streaming = await show();
    await expect(update(on)).rejects.toMatchObject(invalid);
    await update({ StreamSpecification: { StreamEnabled: false } });
    const after = await show();

    expect(before?.StreamSpecification).toBeUndefined();
    expect(streaming).toMatchObject({
      StreamSpecification: on.StreamSpecification,
      LatestStreamArn: expect.stringMatching(/table\/orders\/stream\/2026-11-20T03:00:[\d.]+$/),
    });
    expect(streaming?.LatestStreamArn).toContain(streaming?.LatestStreamLabel ?? 'none');
    expect(after?.StreamSpecification).toBeUndefined();
    expect(after?.LatestStreamArn).toBe(streaming?.LatestStreamArn);
    await expect(update({ StreamSpecification: { StreamEnabled: false } })).rejects.toMatchObject(invalid);
    await expect(update({ StreamSpecification: { StreamEnabled: true } })).rejects.toMatchObject(invalid);
  });

  test('of a table that is created with one has a name from the start', async () => {
    const { account, show } = await anAccount();
    await account.createTable({ TableName: 'events', StreamSpecification: { StreamViewType: 'KEYS_ONLY' } });

    expect(await show('events')).toMatchObject({
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      LatestStreamArn: expect.stringContaining('table/events/stream/'),
    });
  });
});

describe('an update of a table', () => {
  test('changes deletion protection once in 15 s', async () => {
    const { account, update, show } = await anAccount();
    await update({ DeletionProtectionEnabled: true });

    await expect(update({ DeletionProtectionEnabled: false })).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: expect.stringMatching(/2026-11-20T03:00:\d\d/),
    });
    expect((await show())?.DeletionProtectionEnabled).toBe(true);
    await account.runFor(15 * second);
    await update({ DeletionProtectionEnabled: false });
    expect((await show())?.DeletionProtectionEnabled).toBe(false);
  });

  test('changes the table class', async () => {
    const { account, update, show } = await anAccount();
    await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' });

    expect((await show())?.TableClassSummary).toEqual({
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      LastUpdateDateTime: expect.any(Date),
    });
    expect(account.dynamodb.tables.require('orders').status).toBe('ACTIVE');
  });

  test('must ask for something, and for one thing at a time', async () => {
    const { client, update } = await anAccount();
    await expect(update({})).rejects.toMatchObject(invalid);

    await client.send(new UpdateTableCommand({ TableName: 'orders', TableClass: 'STANDARD' }));
    await expect(update({ DeletionProtectionEnabled: true })).rejects.toMatchObject({
      name: 'ResourceInUseException',
    });
  });
});

describe('tags', () => {
  test('of a restored table start empty, and are set and taken off once it is ACTIVE', async () => {
    const { client, arn, restored } = await anAccount();
    await client.send(new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: 'team', Value: 'shop' }] }));
    const ResourceArn = await restored(true);
    const list = async () => (await client.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags;

    const atFirst = await list();
    const Tags = ['a', 'b', 'c'].map((Key) => ({ Key, Value: '1' }));
    await client.send(new TagResourceCommand({ ResourceArn, Tags }));
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['b'] }));

    expect(atFirst).toEqual([]);
    expect(await list()).toEqual([Tags[0], Tags[2]]);
  });
});

describe('a resource policy', () => {
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const other = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny' }] });
  const gone = { name: 'PolicyNotFoundException' };

  async function withPolicies() {
    const story = await anAccount();
    const { client, arn: ResourceArn } = story;
    return {
      ...story,
      put: (rest: Partial<PutResourcePolicyCommandInput> = {}) =>
        client.send(new PutResourcePolicyCommand({ ResourceArn, Policy, ...rest })),
      get: () => client.send(new GetResourcePolicyCommand({ ResourceArn })),
      remove: (ExpectedRevisionId?: string) =>
        client.send(new DeleteResourcePolicyCommand({ ResourceArn, ExpectedRevisionId })),
    };
  }

  test('is put, seen a few seconds later, replaced no sooner than in 15 s, and deleted', async () => {
    const { account, put, get, remove } = await withPolicies();
    await expect(get()).rejects.toMatchObject(gone);

    const { RevisionId: first } = await put();
    await expect(get()).rejects.toMatchObject(gone);
    await account.runFor(3 * second);
    const seen = await get();
    const again = await put();
    await expect(put({ Policy: other })).rejects.toMatchObject({ name: 'ThrottlingException' });
    await account.runFor(15 * second);
    const { RevisionId: second_ } = await put({ Policy: other });
    const stale = await get();
    await account.runFor(20 * second);
    const deleted = await remove();
    await account.runFor(3 * second);

    expect(seen).toMatchObject({ Policy, RevisionId: first });
    expect(again.RevisionId).toBe(first);
    expect(second_).not.toBe(first);
    expect(stale.Policy).toBe(Policy);
    expect(deleted.RevisionId).toBe(second_);
    await expect(get()).rejects.toMatchObject(gone);
    expect((await remove()).RevisionId ?? '').toBe('');
  });

  test('can be guarded by its revision', async () => {
    const { account, put, remove } = await withPolicies();

    await expect(put({ ExpectedRevisionId: '1' })).rejects.toMatchObject(gone);
    await expect(remove('1')).rejects.toMatchObject(gone);
    const { RevisionId: revision } = await put({ ExpectedRevisionId: 'NO_POLICY' });
    await account.runFor(20 * second);
    await expect(put({ ExpectedRevisionId: 'NO_POLICY', Policy: other })).rejects.toMatchObject(gone);
    await expect(put({ ExpectedRevisionId: revision, Policy: other })).resolves.toBeDefined();
  });

  test('is JSON of at most 20 KB', async () => {
    const { put } = await withPolicies();

    await expect(put({ Policy: 'nonsense' })).rejects.toMatchObject(invalid);
    await expect(put({ Policy: Policy.padEnd(20_481) })).rejects.toMatchObject(invalid);
    await expect(put({ Policy: Policy.padEnd(20_480) })).resolves.toBeDefined();
  });
});

describe('a Kinesis destination', () => {
  const StreamArn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/orders';

  test('is ENABLING, ACTIVE, DISABLING, DISABLED, and enabled again', async () => {
    const { account, client } = await anAccount();
    const request = { TableName: 'orders', StreamArn };
    const EnableKinesisStreamingConfiguration = { ApproximateCreationDateTimePrecision: 'MICROSECOND' as const };
    const enable = () =>
      client.send(new EnableKinesisStreamingDestinationCommand({ ...request, EnableKinesisStreamingConfiguration }));
    const disable = () => client.send(new DisableKinesisStreamingDestinationCommand(request));
    const status = async () => {
      const answer = await client.send(new DescribeKinesisStreamingDestinationCommand({ TableName: 'orders' }));
      return answer.KinesisDataStreamDestinations?.map((each) => each.DestinationStatus);
    };
    const seen = [await status()];

    await expect(disable()).rejects.toMatchObject(invalid);
    const enabled = await enable();
    seen.push(await status());
    await expect(enable()).rejects.toMatchObject(invalid);
    await account.runFor(5 * second);
    seen.push(await status());
    await disable();
    seen.push(await status());
    await account.runFor(5 * second);
    seen.push(await status());
    await expect(enable()).resolves.toBeDefined();

    expect(enabled).toMatchObject({ ...request, DestinationStatus: 'ENABLING', EnableKinesisStreamingConfiguration });
    expect(seen).toEqual([[], ['ENABLING'], ['ACTIVE'], ['DISABLING'], ['DISABLED']]);
  });
});

describe('Contributor Insights', () => {
  test('are on or off for a table and for each index', async () => {
    const { account, client } = await anAccount();
    const show = async (IndexName?: string) => {
      const answer = await client.send(new DescribeContributorInsightsCommand({ TableName: 'orders', IndexName }));
      return [answer.ContributorInsightsStatus, answer.ContributorInsightsMode];
    };
    const update = (rest: object) =>
      client.send(
        new UpdateContributorInsightsCommand({ TableName: 'orders', ContributorInsightsAction: 'ENABLE', ...rest }),
      );
    const before = [await show(), await show('by-state')];

    const enabling = await update({ ContributorInsightsMode: 'THROTTLED_KEYS' });
    await update({ IndexName: 'by-state' });
    await account.runFor(5 * second);
    const on = [await show(), await show('by-state')];
    await update({ ContributorInsightsAction: 'DISABLE' });
    await account.runFor(5 * second);

    expect(before).toEqual([
      ['DISABLED', undefined],
      ['DISABLED', undefined],
    ]);
    expect(enabling.ContributorInsightsStatus).toBe('ENABLING');
    expect(on).toEqual([
      ['ENABLED', 'THROTTLED_KEYS'],
      ['ENABLED', 'ACCESSED_AND_THROTTLED_KEYS'],
    ]);
    expect(await show()).toEqual(['DISABLED', 'THROTTLED_KEYS']);
    await expect(update({ IndexName: 'by-none' })).rejects.toMatchObject(notFound);
  });
});

describe('a table that is being restored', () => {
  test('has no settings yet, and none of its source later', async () => {
    const { account, client, arn, restored, update } = await anAccount();
    const StreamArn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/orders';
    const Policy = JSON.stringify({ Statement: [] });
    await client.send(new EnableKinesisStreamingDestinationCommand({ TableName: 'orders', StreamArn }));
    await client.send(
      new UpdateContributorInsightsCommand({ TableName: 'orders', ContributorInsightsAction: 'ENABLE' }),
    );
    await client.send(new PutResourcePolicyCommand({ ResourceArn: arn, Policy }));
    await update({ StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } });
    await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' });
    const ResourceArn = await restored(false);
    const TableName = 'drill';
    const reads = () => [
      client.send(new GetResourcePolicyCommand({ ResourceArn })),
      client.send(new DescribeKinesisStreamingDestinationCommand({ TableName })),
      client.send(new DescribeContributorInsightsCommand({ TableName })),
    ];
    const changes = [
      client.send(new PutResourcePolicyCommand({ ResourceArn, Policy })),
      client.send(new EnableKinesisStreamingDestinationCommand({ TableName, StreamArn })),
      client.send(new UpdateContributorInsightsCommand({ TableName, ContributorInsightsAction: 'ENABLE' })),
    ];

    for (const call of [...reads(), ...changes]) await expect(call).rejects.toMatchObject(notFound);
    await account.runFor(hour);
    const [policy, kinesis, insights] = reads();

    await expect(policy).rejects.toMatchObject({ name: 'PolicyNotFoundException' });
    await expect(kinesis).resolves.toMatchObject({ KinesisDataStreamDestinations: [] });
    await expect(insights).resolves.toMatchObject({ ContributorInsightsStatus: 'DISABLED' });
    const table = (await client.send(new DescribeTableCommand({ TableName }))).Table;
    expect(table?.LatestStreamArn).toBeUndefined();
    expect(table?.TableClassSummary).toBeUndefined();
  });
});
