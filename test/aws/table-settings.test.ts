import { describe, expect, test } from '@jest/globals';
import { tableSettings } from '../../lambda/aws/table-settings.ts';
import { settingNames, type SettingName } from '../../lambda/domain/settings.ts';
import { takenOffBeforeDeletion } from '../../lambda/jobs/rearm.ts';
import { factsOf, fullSettings, settingsWith } from '../domain/settings-builders.ts';
import { Refusal, StubAws, type Answers } from './stub-aws.ts';

const minute = 60_000;
const source = factsOf('orders', { indexes: ['by-customer', 'by-day'] });
const target = factsOf('ddb-drill-1', { indexes: ['by-customer', 'by-day'] });

/** What DescribeTable says of a provisioned, ACTIVE table with two indexes; parts can be replaced. */
function described(name: string, parts: object = {}): { readonly Table: object } {
  return {
    Table: {
      TableName: name,
      TableArn: factsOf(name).arn,
      TableId: factsOf(name).id,
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexName: 'by-day' }, { IndexName: 'by-customer' }],
      ...parts,
    },
  };
}

/** A table that exists and has nothing set; everything that changes it is accepted. */
const bare: Answers = {
  DescribeTable: ({ TableName }) => described(String(TableName)),
  ListTagsOfResource: { Tags: [] },
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    },
  },
  GetResourcePolicy: new Refusal('PolicyNotFoundException'),
  DescribeContributorInsights: { ContributorInsightsStatus: 'DISABLED' },
  DescribeKinesisStreamingDestination: { KinesisDataStreamDestinations: [] },
  DescribeScalableTargets: { ScalableTargets: [] },
  DescribeScalingPolicies: { ScalingPolicies: [] },
  DescribeAlarms: { MetricAlarms: [] },
  ...Object.fromEntries(
    [
      ...['TagResource', 'UpdateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups', 'UpdateContributorInsights'],
      ...['PutResourcePolicy', 'DeleteResourcePolicy', 'EnableKinesisStreamingDestination'],
      ...['DisableKinesisStreamingDestination', 'RegisterScalableTarget', 'DeregisterScalableTarget'],
      ...['PutScalingPolicy', 'PutMetricAlarm', 'DeleteAlarms'],
    ].map((operation) => [operation, {}]),
  ),
};

const scalable = (resource: string, dimension: string, minimum: number, maximum: number) => ({
  ServiceNamespace: 'dynamodb',
  ResourceId: `table/orders${resource}`,
  ScalableDimension: dimension,
  MinCapacity: minimum,
  MaxCapacity: maximum,
});
const policy = (resource: string, dimension: string, name: string, configuration: object) => ({
  ResourceId: `table/orders${resource}`,
  ScalableDimension: dimension,
  PolicyName: name,
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: configuration,
});
const read = 'dynamodb:table:ReadCapacityUnits';
const indexRead = 'dynamodb:index:ReadCapacityUnits';

/** The table `orders` as `fullSettings` has it. */
const full: Answers = {
  ...bare,
  DescribeTable: described('orders', {
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    DeletionProtectionEnabled: true,
    TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
  }),
  ListTagsOfResource: ({ NextToken }) =>
    NextToken === undefined
      ? { Tags: [{ Key: 'stage', Value: 'prod' }], NextToken: 'more' }
      : {
          Tags: [
            { Key: 'cost-centre', Value: 'a b' },
            { Key: 'aws:cloudformation:stack-name', Value: 'shop' },
          ],
        },
  DescribeTimeToLive: { TimeToLiveDescription: { TimeToLiveStatus: 'ENABLING', AttributeName: 'expiresAt' } },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 14 },
    },
  },
  GetResourcePolicy: {
    Policy: JSON.stringify((fullSettings.settings['resource-policy'] as { is: object }).is),
  },
  DescribeContributorInsights: ({ IndexName }) => {
    if (IndexName === 'by-customer') return { ContributorInsightsStatus: 'DISABLED' };
    const mode = IndexName === undefined ? {} : { ContributorInsightsMode: 'THROTTLED_KEYS' };
    return { ContributorInsightsStatus: 'ENABLED', ...mode };
  },
  DescribeKinesisStreamingDestination: {
    KinesisDataStreamDestinations: [
      { StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/old', DestinationStatus: 'DISABLED' },
      { StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s', DestinationStatus: 'ACTIVE' },
    ],
  },
  DescribeScalableTargets: ({ NextToken }) =>
    NextToken === undefined
      ? {
          ScalableTargets: [
            {
              ...scalable('/index/by-day', indexRead, 1, 9),
              SuspendedState: { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false },
            },
          ],
          NextToken: 'more',
        }
      : { ScalableTargets: [scalable('', read, 5, 50)] },
  DescribeScalingPolicies: ({ ResourceId }) => ({
    ScalingPolicies: [
      policy('', read, 'read', { TargetValue: 70 }),
      policy('/index/by-day', indexRead, 'own-metric', {
        TargetValue: 0.5,
        CustomizedMetricSpecification: { Dimensions: [{ Name: 'TableName', Value: 'orders' }] },
      }),
    ].filter((found) => found.ResourceId === ResourceId),
  }),
  DescribeAlarms: ({ NextToken }) =>
    NextToken === undefined
      ? { MetricAlarms: [anAlarm('orders-throttled', 'orders'), anAlarm('others', 'customers')], NextToken: 'more' }
      : { MetricAlarms: [anAlarm('TargetTracking-table/orders-AlarmHigh-1', 'orders'), mathAlarm] },
};

function anAlarm(AlarmName: string, table: string): object {
  return {
    AlarmName,
    AlarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:x',
    StateValue: 'OK',
    ActionsEnabled: true,
    AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:oncall'],
    OKActions: [],
    Namespace: 'AWS/DynamoDB',
    MetricName: 'ReadThrottleEvents',
    Dimensions: [{ Name: 'TableName', Value: table }],
    Threshold: 1,
  };
}

const mathAlarm = {
  AlarmName: 'ratio',
  Threshold: 0.5,
  Metrics: [
    { Id: 'e', Expression: 'm * 2' },
    {
      Id: 'm',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/DynamoDB',
          MetricName: 'ConsumedReadCapacityUnits',
          Dimensions: [{ Name: 'TableName', Value: 'orders' }],
        },
        Period: 60,
        Stat: 'Sum',
      },
    },
  ],
};

function adapterOver(answers: Answers) {
  const aws = new StubAws(answers);
  return { aws, settings: tableSettings(aws.clients, aws.timing) };
}

describe('reading the settings of a table', () => {
  test('finds everything that is set, over all pages', async () => {
    const { settings } = adapterOver(full);

    const found = await settings.capture('orders');

    const { alarms } = found.settings;
    expect(found.table).toEqual(source);
    expect(found.settings).toEqual({ ...fullSettings.settings, alarms });
    expect(alarms).toMatchObject({ is: [{ AlarmName: 'orders-throttled' }, { AlarmName: 'ratio' }] });
  });

  test('keeps of an alarm what can be given back, and nothing of its state', async () => {
    const { settings } = adapterOver({ ...full, DescribeAlarms: { MetricAlarms: [anAlarm('a', 'orders')] } });

    const { alarms } = (await settings.capture('orders')).settings;

    expect(alarms).toEqual({
      is: [
        {
          AlarmName: 'a',
          ActionsEnabled: true,
          AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:oncall'],
          Namespace: 'AWS/DynamoDB',
          MetricName: 'ReadThrottleEvents',
          Dimensions: [{ Name: 'TableName', Value: 'orders' }],
          Threshold: 1,
        },
      ],
    });
  });

  test('says what is off', async () => {
    const { settings } = adapterOver(bare);

    expect((await settings.capture('orders')).settings).toEqual(settingsWith().settings);
  });

  test('takes a point-in-time recovery without a period for one of 35 days', async () => {
    const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus: 'ENABLED' };
    const ContinuousBackupsDescription = { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription };
    const { settings } = adapterOver({ ...bare, DescribeContinuousBackups: { ContinuousBackupsDescription } });

    const found = await settings.capture('orders', ['point-in-time-recovery']);

    expect(found.settings['point-in-time-recovery']).toEqual({ is: { days: 35 } });
  });

  test('asks only for what is named', async () => {
    const { aws, settings } = adapterOver(full);

    const found = await settings.capture('orders', ['tags', 'stream']);

    expect(aws.calls.map(({ operation }) => operation)).toEqual([
      'DescribeTable',
      'ListTagsOfResource',
      'ListTagsOfResource',
    ]);
    expect(found.settings.alarms).toEqual({ unread: 'was not asked for', mayPass: false });
  });

  test('asks nothing of auto scaling where the table is on demand', async () => {
    const { aws, settings } = adapterOver({
      ...full,
      DescribeTable: described('orders', { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } }),
    });

    const found = await settings.capture('orders');

    expect(found.settings['auto-scaling']).toBe('off');
    expect(aws.inputsOf('DescribeScalableTargets')).toEqual([]);
  });

  const reads: readonly (readonly [SettingName, string])[] = [
    ['tags', 'ListTagsOfResource'],
    ['time-to-live', 'DescribeTimeToLive'],
    ['point-in-time-recovery', 'DescribeContinuousBackups'],
    ['auto-scaling', 'DescribeScalableTargets'],
    ['auto-scaling', 'DescribeScalingPolicies'],
    ['resource-policy', 'GetResourcePolicy'],
    ['contributor-insights', 'DescribeContributorInsights'],
    ['kinesis-destination', 'DescribeKinesisStreamingDestination'],
    ['alarms', 'DescribeAlarms'],
  ];

  test.each(reads)('%s that %s may not read is unread, and the rest is read', async (name, operation) => {
    const { settings } = adapterOver({ ...full, [operation]: new Refusal('AccessDeniedException', 'not yours') });

    const { settings: found } = await settings.capture('orders');

    const unread = settingNames.filter((each) => typeof found[each] === 'object' && 'unread' in found[each]);
    expect(unread).toEqual([name]);
    expect(found[name]).toEqual({ unread: 'access-denied: AccessDeniedException: not yours', mayPass: false });
  });

  test('tells a refusal that passes from one that stays', async () => {
    const { settings } = adapterOver({ ...full, DescribeTimeToLive: new Refusal('ThrottlingException') });

    const { settings: found } = await settings.capture('orders', ['time-to-live']);

    expect(found['time-to-live']).toMatchObject({ mayPass: true });
  });

  test('a policy that is no JSON is unread', async () => {
    const { settings } = adapterOver({ ...full, GetResourcePolicy: { Policy: '{' } });

    expect((await settings.capture('orders')).settings['resource-policy']).toHaveProperty('unread');
  });

  test('a scaling policy of a type nobody knows is unread, not left out', async () => {
    const stepped = { ResourceId: 'table/orders', PolicyName: 'steps', PolicyType: 'StepScaling' };
    const { settings } = adapterOver({
      ...full,
      DescribeScalingPolicies: ({ ResourceId }) => ({
        ScalingPolicies: ResourceId === 'table/orders' ? [{ ...stepped, ScalableDimension: read }] : [],
      }),
    });

    expect((await settings.capture('orders')).settings['auto-scaling']).toEqual({
      unread: 'invalid: the scaling policy steps is of type StepScaling',
      mayPass: false,
    });
  });

  test('a marker that repeats ends in an unread setting, not in a loop', async () => {
    const { settings } = adapterOver({ ...full, ListTagsOfResource: { Tags: [], NextToken: 'again' } });

    expect((await settings.capture('orders')).settings.tags).toHaveProperty('unread');
  });

  test('fails only when the table cannot be described', async () => {
    const { settings } = adapterOver({ ...full, DescribeTable: new Refusal('ResourceNotFoundException') });

    await expect(settings.capture('orders')).rejects.toThrow();
  });

  test('reads the alarms of the account once for many tables, and again when asked for them by name', async () => {
    const { aws, settings } = adapterOver({ ...bare, DescribeAlarms: { MetricAlarms: [anAlarm('a', 'orders')] } });

    for (const table of ['orders', 'customers', 'orders']) await settings.capture(table);
    expect(aws.inputsOf('DescribeAlarms')).toHaveLength(1);

    await settings.capture('orders', ['alarms']);
    expect(aws.inputsOf('DescribeAlarms')).toHaveLength(2);
    aws.pass(5 * minute);
    await settings.capture('orders');
    expect(aws.inputsOf('DescribeAlarms')).toHaveLength(3);
  });

  test('asks for the alarms again after a failure', async () => {
    const { aws, settings } = adapterOver({ ...bare, DescribeAlarms: new Refusal('Throttling') });
    await settings.capture('orders');
    aws.answer({ DescribeAlarms: { MetricAlarms: [anAlarm('a', 'orders')] } });

    expect((await settings.capture('orders')).settings.alarms).toHaveProperty('is');
  });

  test('gives up on alarms when there are too many to read or to keep', async () => {
    const endless = adapterOver({ ...bare, DescribeAlarms: { MetricAlarms: [], NextToken: 'more' } });
    const MetricAlarms = Array.from({ length: 51 }, (_, i) => anAlarm(`a${i}`, 'orders'));
    const crowded = adapterOver({ ...bare, DescribeAlarms: { MetricAlarms } });

    const tooLong = (await endless.settings.capture('orders', ['alarms'])).settings.alarms;
    const tooMany = (await crowded.settings.capture('orders', ['alarms'])).settings.alarms;

    expect(tooLong).toMatchObject({ unread: expect.stringContaining('10000 alarms in the account') });
    expect(tooMany).toMatchObject({ unread: expect.stringContaining('to be kept, got 51 of') });
  });
});

describe('applying a setting to another table', () => {
  const changes: readonly (readonly [SettingName, string, readonly object[]])[] = [
    [
      'tags',
      'TagResource',
      [
        {
          ResourceArn: target.arn,
          Tags: [
            { Key: 'cost-centre', Value: 'a b' },
            { Key: 'stage', Value: 'prod' },
          ],
        },
      ],
    ],
    ['table-class', 'UpdateTable', [{ TableName: target.name, TableClass: 'STANDARD_INFREQUENT_ACCESS' }]],
    [
      'stream',
      'UpdateTable',
      [
        {
          TableName: target.name,
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        },
      ],
    ],
    ['deletion-protection', 'UpdateTable', [{ TableName: target.name, DeletionProtectionEnabled: true }]],
    [
      'time-to-live',
      'UpdateTimeToLive',
      [{ TableName: target.name, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }],
    ],
    [
      'point-in-time-recovery',
      'UpdateContinuousBackups',
      [
        {
          TableName: target.name,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 14 },
        },
      ],
    ],
    [
      'contributor-insights',
      'UpdateContributorInsights',
      [
        {
          TableName: target.name,
          ContributorInsightsAction: 'ENABLE',
          ContributorInsightsMode: 'ACCESSED_AND_THROTTLED_KEYS',
        },
        {
          TableName: target.name,
          IndexName: 'by-day',
          ContributorInsightsAction: 'ENABLE',
          ContributorInsightsMode: 'THROTTLED_KEYS',
        },
      ],
    ],
    [
      'kinesis-destination',
      'EnableKinesisStreamingDestination',
      [
        {
          TableName: target.name,
          StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s',
          EnableKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: 'MILLISECOND' },
        },
      ],
    ],
    [
      'auto-scaling',
      'RegisterScalableTarget',
      [
        {
          ...{ ServiceNamespace: 'dynamodb', ResourceId: 'table/ddb-drill-1', ScalableDimension: read },
          ...{ MinCapacity: 5, MaxCapacity: 50 },
        },
        {
          ...{ ServiceNamespace: 'dynamodb', ResourceId: 'table/ddb-drill-1/index/by-day' },
          ...{ ScalableDimension: indexRead, MinCapacity: 1, MaxCapacity: 9 },
          SuspendedState: { DynamicScalingInSuspended: true },
        },
      ],
    ],
  ];

  test.each(changes)('%s makes the calls of %s that it takes, and no others', async (name, operation, inputs) => {
    const { aws, settings } = adapterOver(bare);

    expect(await settings.apply(target.name, fullSettings, name)).toBe('applied');

    expect(aws.inputsOf(operation)).toEqual(inputs);
    const changed = aws.calls.filter((call) => !/^(?:Describe|List|Get)/.test(call.operation)).length;
    expect(changed).toBe(name === 'auto-scaling' ? inputs.length * 2 : inputs.length);
  });

  test('a scaling policy goes to the target’s own metric', async () => {
    const { aws, settings } = adapterOver(bare);

    await settings.apply(target.name, fullSettings, 'auto-scaling');

    expect(aws.inputsOf('PutScalingPolicy')).toMatchObject([
      { ResourceId: 'table/ddb-drill-1', PolicyName: 'read', PolicyType: 'TargetTrackingScaling' },
      {
        ResourceId: 'table/ddb-drill-1/index/by-day',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 0.5,
          CustomizedMetricSpecification: { Dimensions: [{ Name: 'TableName', Value: 'ddb-drill-1' }] },
        },
      },
    ]);
  });

  test('a policy names the target, and no confirmation that we may shut ourselves out is given', async () => {
    const { aws, settings } = adapterOver(bare);

    await settings.apply(target.name, fullSettings, 'resource-policy');

    const [input] = aws.inputsOf('PutResourcePolicy');
    expect(Object.keys(input ?? {}).sort()).toEqual(['Policy', 'ResourceArn']);
    expect(input?.ResourceArn).toBe(target.arn);
    expect(input?.Policy).toContain(`"${target.arn}/index/*"`);
  });

  test('an alarm gets the target’s metrics and a name that replaces no other alarm', async () => {
    const { aws, settings } = adapterOver(bare);

    await settings.apply(target.name, fullSettings, 'alarms');

    expect(aws.inputsOf('PutMetricAlarm')).toMatchObject([
      {
        AlarmName: 'ddb-drill-1-orders-throttled',
        Dimensions: [{ Name: 'TableName', Value: 'ddb-drill-1' }, { Name: 'Operation' }],
      },
      { AlarmName: 'ddb-drill-1-reads' },
    ]);
  });

  test.each(settingNames)('%s that is there already is not set again', async (name) => {
    const { aws, settings } = adapterOver({
      ...full,
      DescribeTable: ({ TableName }) => ({
        Table: { ...(full.DescribeTable as { Table: object }).Table, ...identityOf(String(TableName)) },
      }),
      GetResourcePolicy: {
        Policy: JSON.stringify((fullSettings.settings['resource-policy'] as { is: object }).is).replaceAll(
          /table\/orders(?![a-z-])/g,
          'table/ddb-drill-1',
        ),
      },
      DescribeScalableTargets: { ScalableTargets: onTarget(targetsOfOrders) },
      DescribeScalingPolicies: ({ ResourceId }) => ({
        ScalingPolicies: onTarget(policiesOfOrders).filter((found) => found.ResourceId === ResourceId),
      }),
      DescribeAlarms: {
        MetricAlarms: [
          {
            AlarmName: 'ddb-drill-1-orders-throttled',
            Namespace: 'AWS/DynamoDB',
            Dimensions: [
              { Name: 'TableName', Value: 'ddb-drill-1' },
              { Name: 'Operation', Value: 'GetItem' },
            ],
            Threshold: 1,
          },
        ],
      },
    });
    const firstAlarm = (fullSettings.settings.alarms as { is: Record<string, string>[] }).is.slice(0, 1);
    const wanted = settingsWith({ ...fullSettings.settings, alarms: { is: firstAlarm } }, source);

    expect(await settings.apply(target.name, wanted, name)).toBe('applied');

    expect(aws.calls.filter(({ operation }) => !/^(?:Describe|List|Get)/.test(operation))).toEqual([]);
  });

  test('what was off is not applied, and what was unknown is said to be', async () => {
    const { aws, settings } = adapterOver(bare);
    const unread = settingsWith({ tags: { unread: 'no', mayPass: false } });

    expect(await settings.apply(target.name, settingsWith(), 'tags')).toBe('nothing-to-apply');
    expect(await settings.apply(target.name, unread, 'tags')).toBe('unknown-setting');
    expect(aws.calls).toEqual([]);
  });

  test('auto scaling of an on-demand target is nothing to apply', async () => {
    const { settings } = adapterOver({
      ...bare,
      DescribeTable: described(target.name, { BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } }),
    });

    expect(await settings.apply(target.name, fullSettings, 'auto-scaling')).toBe('nothing-to-apply');
  });

  test('a table that is changing is waited for', async () => {
    let looks = 0;
    const { aws, settings } = adapterOver({
      ...bare,
      DescribeTable: () => described(target.name, { TableStatus: ++looks < 4 ? 'UPDATING' : 'ACTIVE' }),
    });

    expect(await settings.apply(target.name, fullSettings, 'stream')).toBe('applied');
    expect(aws.slept).toEqual([1_000, 2_000, 4_000]);
  });

  test('but at most a minute: then it is busy, which may pass', async () => {
    const { aws, settings } = adapterOver({
      ...bare,
      DescribeTable: described(target.name, { TableStatus: 'UPDATING' }),
    });

    expect(await settings.apply(target.name, fullSettings, 'stream')).toEqual({
      failed: { kind: 'table-busy', message: 'the table is UPDATING' },
    });
    expect(aws.slept.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(minute);
    expect(aws.inputsOf('UpdateTable')).toEqual([]);
  });

  test('a change whose answer was lost is found in place', async () => {
    let isEnabled = false;
    const warnings: string[] = [];
    const { settings } = adapterOver({
      ...bare,
      DescribeTimeToLive: () => ({
        TimeToLiveDescription: isEnabled
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' }
          : { TimeToLiveStatus: 'DISABLED' },
      }),
      UpdateTimeToLive: () => {
        isEnabled = true;
        return new Refusal('InternalServerError');
      },
    });

    const log = { warn: (text: string) => void warnings.push(text), error: () => undefined };
    expect(await settings.apply(target.name, fullSettings, 'time-to-live', log)).toBe('applied');
    expect(warnings).toEqual(['a setting was refused but is there']);
  });

  test('a second change of time to live within the hour fails and says why', async () => {
    const { settings } = adapterOver({
      ...bare,
      UpdateTimeToLive: new Refusal(
        'ValidationException',
        'Time to live has been modified multiple times within a fixed interval',
      ),
    });

    expect(await settings.apply(target.name, fullSettings, 'time-to-live')).toEqual({
      failed: { kind: 'invalid', message: expect.stringContaining('one change of time to live an hour') },
    });
  });

  test.each([
    ['AccessDeniedException', 'access-denied'],
    ['ResourceInUseException', 'table-busy'],
    ['ConcurrentUpdateException', 'table-busy'],
    ['ContinuousBackupsUnavailableException', 'backups-unavailable'],
    ['SomethingNewException', 'unknown'],
  ])('%s is a failure of kind %s', async (name, kind) => {
    const { settings } = adapterOver({ ...bare, TagResource: new Refusal(name) });

    expect(await settings.apply(target.name, fullSettings, 'tags')).toMatchObject({ failed: { kind } });
  });

  test('a value this version does not know is refused before anything is sent', async () => {
    const { aws, settings } = adapterOver(bare);
    const strange = settingsWith({ 'table-class': { is: 'STANDARD_ARCTIC' } });

    expect(await settings.apply(target.name, strange, 'table-class')).toMatchObject({
      failed: { kind: 'invalid', message: expect.stringContaining('got STANDARD_ARCTIC') },
    });
    expect(aws.inputsOf('UpdateTable')).toEqual([]);
  });

  test('a table is never re-armed from its own snapshot, and never stripped of what it has', async () => {
    const { aws, settings } = adapterOver({ ...full, ...{ TagResource: {} } });

    for (const name of settingNames) {
      expect(await settings.apply('orders', fullSettings, name)).toMatchObject({ failed: { kind: 'invalid' } });
      expect(await settings.takeOff('orders', fullSettings, name)).toMatchObject({ failed: { kind: 'invalid' } });
    }
    expect(new Set(aws.calls.map(({ operation }) => operation))).toEqual(new Set(['DescribeTable']));
  });
});

const targetsOfOrders = [scalable('', read, 5, 50), scalable('/index/by-day', indexRead, 1, 9)];
const policiesOfOrders = [
  policy('', read, 'read', { TargetValue: 70 }),
  policy('/index/by-day', indexRead, 'own-metric', {
    TargetValue: 0.5,
    CustomizedMetricSpecification: { Dimensions: [{ Name: 'TableName', Value: 'ddb-drill-1' }] },
  }),
];

function identityOf(name: string): object {
  return { TableName: name, TableArn: factsOf(name).arn, TableId: factsOf(name).id };
}

function onTarget<Found extends { ResourceId: string }>(found: readonly Found[]): Found[] {
  return found.map((each) => ({
    ...each,
    ResourceId: each.ResourceId.replace('table/orders', 'table/ddb-drill-1'),
    ...(each.ResourceId.endsWith('by-day') &&
      'MinCapacity' in each && { SuspendedState: { DynamicScalingInSuspended: true } }),
  }));
}

describe('taking settings off before a table is deleted', () => {
  test('each is undone by its own call, and the alarms of others stay', async () => {
    const { aws, settings } = adapterOver({
      ...full,
      DescribeTable: ({ TableName }) => ({
        Table: { ...(full.DescribeTable as { Table: object }).Table, ...identityOf(String(TableName)) },
      }),
      DescribeScalableTargets: { ScalableTargets: onTarget(targetsOfOrders) },
      DescribeAlarms: ({ AlarmNames }) => ({
        MetricAlarms:
          AlarmNames === undefined
            ? [anAlarm('ddb-drill-1-reads', 'ddb-drill-1'), anAlarm('somebody-elses', 'ddb-drill-1')]
            : [{ AlarmName: 'ddb-drill-1-reads' }],
      }),
    });

    for (const name of takenOffBeforeDeletion)
      expect(await settings.takeOff(target.name, fullSettings, name)).toBe('applied');

    const changes = aws.calls.filter(({ operation }) => !/^(?:Describe|List|Get)/.test(operation));
    expect(changes).toEqual([
      { operation: 'DeleteAlarms', input: { AlarmNames: ['ddb-drill-1-reads'] } },
      ...['table/ddb-drill-1', 'table/ddb-drill-1/index/by-day'].map((ResourceId, i) => ({
        operation: 'DeregisterScalableTarget',
        input: { ServiceNamespace: 'dynamodb', ResourceId, ScalableDimension: [read, indexRead][i] },
      })),
      {
        operation: 'DisableKinesisStreamingDestination',
        input: { TableName: target.name, StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s' },
      },
      {
        operation: 'UpdateContinuousBackups',
        input: {
          TableName: target.name,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        },
      },
      { operation: 'DeleteResourcePolicy', input: { ResourceArn: target.arn } },
      { operation: 'UpdateTable', input: { TableName: target.name, DeletionProtectionEnabled: false } },
    ]);
  });

  test('what disappears with the table needs no call', async () => {
    const { settings } = adapterOver(bare);

    for (const name of settingNames.filter((each) => !takenOffBeforeDeletion.includes(each)))
      expect(await settings.takeOff(target.name, fullSettings, name)).toBe('nothing-to-apply');
  });

  test('what was never applied is not taken off', async () => {
    const { aws, settings } = adapterOver(full);

    for (const name of takenOffBeforeDeletion)
      expect(await settings.takeOff(target.name, settingsWith(), name)).toBe('nothing-to-apply');
    expect(aws.calls).toEqual([]);
  });

  test('of a table that is gone, what lived on outside it goes too', async () => {
    const gone = new Refusal('ResourceNotFoundException');
    const { aws, settings } = adapterOver({
      ...bare,
      DescribeTable: gone,
      DescribeContinuousBackups: new Refusal('TableNotFoundException'),
      DescribeKinesisStreamingDestination: gone,
      GetResourcePolicy: gone,
      DescribeScalableTargets: { ScalableTargets: onTarget(targetsOfOrders) },
      DeregisterScalableTarget: new Refusal('ObjectNotFoundException'),
      DescribeAlarms: { MetricAlarms: [anAlarm('ddb-drill-1-reads', 'ddb-drill-1')] },
    });

    for (const name of takenOffBeforeDeletion)
      expect(await settings.takeOff(target.name, fullSettings, name)).toBe('applied');

    expect(aws.inputsOf('DeregisterScalableTarget')).toHaveLength(2);
    expect(aws.inputsOf('DeleteAlarms')).toEqual([{ AlarmNames: ['ddb-drill-1-reads'] }]);
    expect(aws.inputsOf('UpdateTable')).toEqual([]);
  });

  test('a destination that is still being enabled is waited for, at most a minute', async () => {
    const StreamArn = 'arn:aws:kinesis:eu-central-1:123456789012:stream/s';
    const destination = (DestinationStatus: string) => ({
      KinesisDataStreamDestinations: [{ StreamArn, DestinationStatus }],
    });
    let looks = 0;
    const slow = adapterOver({
      ...bare,
      DescribeKinesisStreamingDestination: () => destination(++looks < 4 ? 'ENABLING' : 'ACTIVE'),
    });
    const stuck = adapterOver({ ...bare, DescribeKinesisStreamingDestination: destination('ENABLING') });

    expect(await slow.settings.takeOff(target.name, fullSettings, 'kinesis-destination')).toBe('applied');
    expect(slow.aws.inputsOf('DisableKinesisStreamingDestination')).toHaveLength(1);
    expect(await stuck.settings.takeOff(target.name, fullSettings, 'kinesis-destination')).toMatchObject({
      failed: { kind: 'table-busy' },
    });
    expect(stuck.aws.inputsOf('DisableKinesisStreamingDestination')).toEqual([]);
  });

  test('a refusal is a failure', async () => {
    const { settings } = adapterOver({
      ...bare,
      DescribeTable: described(target.name, { DeletionProtectionEnabled: true }),
      UpdateTable: new Refusal('AccessDeniedException'),
    });

    expect(await settings.takeOff(target.name, fullSettings, 'deletion-protection')).toMatchObject({
      failed: { kind: 'access-denied' },
    });
  });
});
