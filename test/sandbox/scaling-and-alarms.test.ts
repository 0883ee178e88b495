import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type PutScalingPolicyCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const reads = {
  ServiceNamespace: 'dynamodb',
  ResourceId: 'table/orders',
  ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
} as const;

const tracking: PutScalingPolicyCommandInput = {
  ...reads,
  PolicyName: 'reads',
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 70,
    PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' },
  },
};

const throttles: PutMetricAlarmCommandInput = {
  AlarmName: 'orders-throttled',
  AlarmDescription: 'Too many reads of orders are throttled',
  Namespace: 'AWS/DynamoDB',
  MetricName: 'ReadThrottleEvents',
  Dimensions: [{ Name: 'TableName', Value: 'orders' }],
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 5,
  Threshold: 10.5,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
  AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:pages'],
};

async function anAccount() {
  const account = new SandboxAccount({ seed: 13 });
  await account.createTable({ TableName: 'orders' });
  return { account, scaling: account.client(ApplicationAutoScalingClient), watch: account.client(CloudWatchClient) };
}

describe('Application Auto Scaling', () => {
  test('keeps targets, which are changed member by member', async () => {
    const { scaling } = await anAccount();
    await scaling.send(new RegisterScalableTargetCommand({ ...reads, MinCapacity: 5, MaxCapacity: 50 }));
    const SuspendedState = { DynamicScalingInSuspended: true };
    await scaling.send(new RegisterScalableTargetCommand({ ...reads, MaxCapacity: 60, SuspendedState }));

    const { ScalableTargets: targets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb', ResourceIds: ['table/orders'] }),
    );

    expect(targets).toEqual([
      {
        ...reads,
        MinCapacity: 5,
        MaxCapacity: 60,
        RoleARN: expect.stringContaining('AWSServiceRoleForApplicationAutoScaling_DynamoDBTable'),
        ScalableTargetARN: expect.stringMatching(/:scalable-target\/[0-9a-f]{36}$/),
        CreationTime: expect.any(Date),
        SuspendedState: {
          DynamicScalingInSuspended: true,
          DynamicScalingOutSuspended: false,
          ScheduledScalingSuspended: false,
        },
      },
    ]);
  });

  test.each([
    ['a table that is not there', { ResourceId: 'table/none' }],
    [
      'an index that is not there',
      { ResourceId: 'table/orders/index/none', ScalableDimension: 'dynamodb:index:ReadCapacityUnits' as const },
    ],
    ['a dimension of something else', { ScalableDimension: 'dynamodb:index:ReadCapacityUnits' as const }],
    ['less at most than at least', { MaxCapacity: 1 }],
    ['no bounds', { MinCapacity: undefined }],
  ])('refuses %s', async (_, rest) => {
    const { scaling } = await anAccount();

    await expect(
      scaling.send(new RegisterScalableTargetCommand({ ...reads, MinCapacity: 5, MaxCapacity: 50, ...rest })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('keeps policies of registered targets, with alarms of their own', async () => {
    const { scaling, watch } = await anAccount();
    await expect(scaling.send(new PutScalingPolicyCommand(tracking))).rejects.toMatchObject({
      name: 'ObjectNotFoundException',
    });
    await scaling.send(new RegisterScalableTargetCommand({ ...reads, MinCapacity: 5, MaxCapacity: 50 }));

    const put = await scaling.send(new PutScalingPolicyCommand(tracking));
    const again = await scaling.send(new PutScalingPolicyCommand(tracking));
    const { ScalingPolicies: policies } = await scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: 'dynamodb', ResourceId: 'table/orders' }),
    );
    const alarms = await watch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'TargetTracking-table/orders-' }));
    await scaling.send(new DeleteScalingPolicyCommand({ ...reads, PolicyName: 'reads' }));
    const left = await watch.send(new DescribeAlarmsCommand({}));

    expect(again.PolicyARN).toBe(put.PolicyARN);
    expect(policies).toEqual([
      { ...tracking, PolicyARN: put.PolicyARN, Alarms: put.Alarms, CreationTime: expect.any(Date) },
    ]);
    expect(alarms.MetricAlarms?.map((alarm) => alarm.AlarmName).sort()).toEqual(
      put.Alarms?.map((alarm) => alarm.AlarmName).sort(),
    );
    expect(put.Alarms).toHaveLength(4);
    expect(left.MetricAlarms).toEqual([]);
  });

  test('drops the policies of a target with it', async () => {
    const { account, scaling } = await anAccount();
    await scaling.send(new RegisterScalableTargetCommand({ ...reads, MinCapacity: 5, MaxCapacity: 50 }));
    await scaling.send(new PutScalingPolicyCommand(tracking));
    await scaling.send(new DeregisterScalableTargetCommand(reads));

    expect([account.autoScaling.targets, account.autoScaling.policies, account.alarms.all]).toEqual([[], [], []]);
    const missing = { name: 'ObjectNotFoundException' };
    await expect(scaling.send(new DeregisterScalableTargetCommand(reads))).rejects.toMatchObject(missing);
    await expect(scaling.send(new DeleteScalingPolicyCommand({ ...reads, PolicyName: 'reads' }))).rejects.toMatchObject(
      missing,
    );
  });

  test('lists fifty targets and ten policies at once', async () => {
    const { account, scaling } = await anAccount();
    for (let n = 0; n < 60; n++) {
      await account.createTable({ TableName: `table-${n}` });
      const subject = { ...reads, ResourceId: `table/table-${n}` };
      await scaling.send(new RegisterScalableTargetCommand({ ...subject, MinCapacity: 1, MaxCapacity: 2 }));
      if (n < 12) await scaling.send(new PutScalingPolicyCommand({ ...tracking, ...subject }));
    }
    const ServiceNamespace = 'dynamodb';

    const first = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace }));
    const NextToken = first.NextToken;
    const second = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace, NextToken }));
    const policies = await scaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace }));

    expect([first.ScalableTargets?.length, second.ScalableTargets?.length]).toEqual([50, 10]);
    expect(second.NextToken).toBeUndefined();
    expect(policies.ScalingPolicies).toHaveLength(10);
    expect(policies.NextToken).toBeDefined();
  });
});

describe('CloudWatch alarms', () => {
  test('are put, found by name, prefix and metric, and replaced whole', async () => {
    const { watch } = await anAccount();
    await watch.send(new PutMetricAlarmCommand({ ...throttles, Tags: [{ Key: 'team', Value: 'shop' }] }));
    await watch.send(new PutMetricAlarmCommand({ ...throttles, AlarmName: 'other', Dimensions: [] }));

    const byName = await watch.send(new DescribeAlarmsCommand({ AlarmNames: ['orders-throttled', 'none'] }));
    const byPrefix = await watch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'oth' }));
    const { Namespace, MetricName, Dimensions } = throttles;
    const ofMetric = await watch.send(new DescribeAlarmsForMetricCommand({ Namespace, MetricName, Dimensions }));
    await watch.send(new PutMetricAlarmCommand({ ...throttles, AlarmDescription: undefined }));
    const replaced = await watch.send(new DescribeAlarmsCommand({ AlarmNames: ['orders-throttled'] }));

    expect(byName.MetricAlarms).toEqual([
      {
        ...throttles,
        ActionsEnabled: true,
        OKActions: [],
        InsufficientDataActions: [],
        AlarmArn: 'arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-throttled',
        AlarmConfigurationUpdatedTimestamp: expect.any(Date),
        StateUpdatedTimestamp: expect.any(Date),
        StateTransitionedTimestamp: expect.any(Date),
        StateReason: 'Unchecked: Initial alarm creation',
        StateValue: 'INSUFFICIENT_DATA',
      },
    ]);
    expect(byPrefix.MetricAlarms?.map((alarm) => alarm.AlarmName)).toEqual(['other']);
    expect(ofMetric.MetricAlarms?.map((alarm) => alarm.AlarmName)).toEqual(['orders-throttled']);
    expect(replaced.MetricAlarms?.[0]?.AlarmDescription).toBeUndefined();
  });

  test('are deleted as far as they exist', async () => {
    const { watch } = await anAccount();
    await watch.send(new PutMetricAlarmCommand(throttles));

    await expect(
      watch.send(new DeleteAlarmsCommand({ AlarmNames: ['none', 'orders-throttled'] })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^ResourceNotFound/), $metadata: { httpStatusCode: 404 } });
    expect((await watch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
  });

  test('are listed page by page', async () => {
    const { watch } = await anAccount();
    for (let n = 0; n < 70; n++) {
      const AlarmName = `alarm-${String(n).padStart(2, '0')}`;
      await watch.send(new PutMetricAlarmCommand({ ...throttles, AlarmName }));
    }

    const first = await watch.send(new DescribeAlarmsCommand({}));
    const rest = await watch.send(new DescribeAlarmsCommand({ NextToken: first.NextToken }));

    expect([first.MetricAlarms?.length, rest.MetricAlarms?.length]).toEqual([50, 20]);
    expect(rest.NextToken).toBeUndefined();
  });
});

describe('a role', () => {
  async function outcome(statement: object, service: string, operation: string, input: object): Promise<string> {
    const { account } = await anAccount();
    const roleArn = account.roles.put('drill');
    account.roles.attach('drill', 'main', { Statement: [{ Effect: 'Allow', Resource: '*', ...statement }] });
    const { status, headers } = await account.clock.runUntilSettled(
      account.front.handle(
        { service, operation, headers: {}, body: JSON.stringify(input) },
        { functionName: 'drill', roleArn, crash: () => undefined },
      ),
    );
    return status === 200 ? 'ok' : (headers['x-amzn-errortype'] ?? '');
  }

  const denied = 'AccessDeniedException';
  const register = { ...reads, MinCapacity: 1, MaxCapacity: 2 };
  const onlyDynamoDb = { StringEquals: { 'application-autoscaling:service-namespace': 'dynamodb' } };
  const onlyEcs = { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } };
  const drills = 'arn:aws:cloudwatch:*:*:alarm:ddb-drill-*';

  test.each([
    ['may register by namespace', { Condition: onlyDynamoDb }, 'ok'],
    ['may not register for another', { Condition: onlyEcs }, denied],
    ['may register any scalable target', { Resource: 'arn:aws:application-autoscaling:*:*:scalable-target/*' }, 'ok'],
    ['may not register by a table', { Resource: 'arn:aws:dynamodb:*:*:table/orders' }, denied],
  ])('%s', async (_, rest, expected) => {
    const statement = { Action: 'application-autoscaling:RegisterScalableTarget', ...rest };

    expect(await outcome(statement, 'application-autoscaling', 'RegisterScalableTarget', register)).toBe(expected);
  });

  test.each([
    ['may put alarms by name', 'PutMetricAlarm', drills, { ...throttles, AlarmName: 'ddb-drill-1' }, 'ok'],
    ['may not put others', 'PutMetricAlarm', drills, throttles, denied],
    ['may not delete others', 'DeleteAlarms', drills, { AlarmNames: ['ddb-drill-1', 'orders-throttled'] }, denied],
    ['sees all alarms or none', 'DescribeAlarms', drills, {}, denied],
    ['sees all alarms', 'DescribeAlarms', '*', {}, 'ok'],
  ])('%s', async (_, operation, Resource, input, expected) => {
    const statement = { Action: `cloudwatch:${operation}`, Resource };

    expect(await outcome(statement, 'cloudwatch', operation, input)).toBe(expected);
  });

  test.each([
    [
      'PutResourcePolicy',
      { ResourceArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders', Policy: '{"Statement":[]}' },
    ],
    [
      'EnableKinesisStreamingDestination',
      { TableName: 'orders', StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s' },
    ],
    ['UpdateContributorInsights', { TableName: 'orders', ContributorInsightsAction: 'ENABLE' }],
  ])('needs the table for %s', async (operation, input) => {
    const on = (Resource: string) => ({ Action: `dynamodb:${operation}`, Resource });

    expect(await outcome(on('arn:aws:dynamodb:*:*:table/orders'), 'dynamodb', operation, input)).toBe('ok');
    expect(await outcome(on('arn:aws:dynamodb:*:*:table/drill-*'), 'dynamodb', operation, input)).toBe(denied);
  });
});
