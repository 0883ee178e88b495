import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  PutItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import type { SettingName } from '../../../lambda/domain/settings.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { owner, prefix } from '../world.ts';
import { aDrillPlan, drillTablePrefix, DrillWorld } from './drill-world.ts';
import { aDrillingAccount, resultsOf, startDrills, tablesOf } from './drilling-account.ts';

const dayMs = 24 * 3_600_000;

const slot = new Date('2026-11-20T03:00:00Z');
const rearmed: SettingName[] = [
  'tags',
  'time-to-live',
  'stream',
  'point-in-time-recovery',
  'auto-scaling',
  'deletion-protection',
  'table-class',
  'contributor-insights',
];

function index(name: string, key: string): object {
  return {
    IndexName: name,
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
  };
}

/** A table with everything that a restore drops, its backup, and the settings that were recorded with it. The table itself is deleted then. */
async function aLostTable(): Promise<{ account: SandboxAccount; source: unknown }> {
  const account = await aDrillingAccount(false);
  const { client, ports, snapshots } = new DrillWorld(account);
  const send = <Answer>(call: Promise<Answer>): Promise<Answer> => account.clock.runUntilSettled(call);
  await account.createTable({
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: ['id', 'customer', 'city'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    BillingMode: 'PROVISIONED',
    DeletionProtectionEnabled: true,
    ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    GlobalSecondaryIndexes: [index('by-customer', 'customer'), index('by-city', 'city')],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    Tags: [
      { Key: 'team', Value: 'shop' },
      { Key: 'stage', Value: 'live' },
    ],
  });
  await send(
    client.send(
      new UpdateTimeToLiveCommand({
        TableName: 'orders',
        TimeToLiveSpecification: { AttributeName: 'forgetAt', Enabled: true },
      }),
    ),
  );
  const scaling = account.client(ApplicationAutoScalingClient);
  const target = {
    ServiceNamespace: 'dynamodb',
    ResourceId: 'table/orders',
    ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
  } as const;
  const register = new RegisterScalableTargetCommand({ ...target, MinCapacity: 5, MaxCapacity: 50 });
  await account.clock.runUntilSettled(scaling.send(register));
  const policy = new PutScalingPolicyCommand({
    ...target,
    PolicyName: 'reads',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 70,
      PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' },
    },
  });
  await account.clock.runUntilSettled(scaling.send(policy));
  await send(client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: '1' } } })));
  await account.runFor(60_000);

  const { id } = account.dynamodb.tables.require('orders');
  const BackupName = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: id });
  const settings = await account.clock.runUntilSettled(ports.settings.capture('orders'));
  await account.clock.runUntilSettled(snapshots.saveSettings(settings, slot));
  await send(client.send(new CreateBackupCommand({ TableName: 'orders', BackupName })));
  await account.runFor(60_000);
  const source = await describeWhole(account, 'orders');
  await send(client.send(new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: false })));
  await account.runFor(60_000);
  await send(client.send(new DeleteTableCommand({ TableName: 'orders' })));
  await account.runFor(60_000);
  return { account, source };
}

/** Everything AWS tells about a table, in its own words, without what every table has for itself. */
async function describeWhole(account: SandboxAccount, name: string): Promise<unknown> {
  const client = account.client(DynamoDBClient);
  const scaling = account.client(ApplicationAutoScalingClient);
  const ask = <Answer>(answer: Promise<Answer>): Promise<Answer> => account.clock.runUntilSettled(answer);
  const { Table } = await ask(client.send(new DescribeTableCommand({ TableName: name })));
  const arn = Table?.TableArn;
  const ResourceId = `table/${name}`;
  const ServiceNamespace = 'dynamodb';
  const answers = [
    await ask(client.send(new ListTagsOfResourceCommand({ ResourceArn: arn }))),
    await ask(client.send(new DescribeTimeToLiveCommand({ TableName: name }))),
    await ask(scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId] }))),
    await ask(scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace, ResourceId }))),
  ];
  const { KeySchema, AttributeDefinitions, StreamSpecification, ProvisionedThroughput, DeletionProtectionEnabled } =
    Table ?? {};
  const indexes = (Table?.GlobalSecondaryIndexes ?? [])
    .map(({ IndexName, KeySchema: keys, Projection }) => ({ IndexName, keys, Projection }))
    .sort((one, other) => ((one.IndexName ?? '') < (other.IndexName ?? '') ? -1 : 1));
  const { ReadCapacityUnits, WriteCapacityUnits } = ProvisionedThroughput ?? {};
  const own = { KeySchema, StreamSpecification, DeletionProtectionEnabled, ReadCapacityUnits, WriteCapacityUnits };
  const attributes = AttributeDefinitions?.toSorted((one, other) =>
    (one.AttributeName ?? '') < (other.AttributeName ?? '') ? -1 : 1,
  );
  const settings = answers.map((answer) => ({ ...answer, $metadata: undefined }));
  return JSON.parse(
    JSON.stringify({ ...own, attributes, indexes, settings }, (key, value: unknown) =>
      ['CreationTime', 'Alarms', 'PolicyARN', 'RoleARN', 'ScalableTargetARN'].includes(key) ? undefined : value,
    ).replaceAll(name, 'TABLE'),
  );
}

/** Lets time pass second by second until the drill table has its last setting, deletion protection. */
async function untilRearmed(account: SandboxAccount): Promise<string> {
  for (let seconds = 0; seconds < 7_200; seconds++) {
    await account.runFor(1_000);
    const table = account.dynamodb.tables.all.find(({ name }) => name.startsWith(drillTablePrefix));
    if (table?.deletionProtection && table.status === 'ACTIVE') return table.name;
  }
  throw new Error('the drill table was never protected');
}

describe('a drill of a table that is gone', () => {
  test('[X30] gives back every setting that was recorded, and takes off what would outlive the drill', async () => {
    const { account, source } = await aLostTable();
    const plan = aDrillPlan({ billing: 'as-backed-up', rearm: rearmed });

    account.faults.add({ match: { operation: 'Scan', function: 'drill' }, effect: { kind: 'delay', ms: 9_000 } });
    await startDrills(account, plan);
    const restored = await describeWhole(account, await untilRearmed(account));
    await account.runFor(dayMs);

    expect(restored).toEqual(source);
    expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 1 }]);
    expect(tablesOf(account)).toEqual([]);
    const scaling = account.client(ApplicationAutoScalingClient);
    const targets = new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' });
    const { ScalableTargets = [] } = await account.clock.runUntilSettled(scaling.send(targets));
    expect(ScalableTargets.filter(({ ResourceId }) => ResourceId?.includes(drillTablePrefix))).toEqual([]);
  });

  test('[X30] fails when one setting cannot be given back, and still cleans up', async () => {
    const { account } = await aLostTable();
    const match = { operation: 'TagResource' };
    account.faults.add({ match, effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' } });

    await startDrills(account, aDrillPlan({ rearm: ['tags', 'time-to-live'] }));
    await account.runFor(dayMs);

    const [result] = await resultsOf(account);
    expect(result).toMatchObject({
      outcome: 'failed',
      cleanUp: 'deleted',
      failure: { phase: 're-arm', kind: 'settings' },
    });
    expect(result?.failure?.message).toContain('tags');
    expect(result?.settings).toMatchObject({ 'time-to-live': 'applied' });
  });

  test('[X30] of a backup without recorded settings says so', async () => {
    const account = await aDrillingAccount();

    await startDrills(account, aDrillPlan());
    await account.runFor(dayMs);

    expect(await resultsOf(account)).toMatchObject([{ outcome: 'passed', settings: 'not-recorded' }]);
  });
});
