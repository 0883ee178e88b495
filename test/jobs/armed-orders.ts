import {
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type ApplicationAutoScalingClient,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  EnableKinesisStreamingDestinationCommand,
  PutResourcePolicyCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateContributorInsightsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { SandboxAccount } from '../../sandbox/account.ts';

const hour = 3_600_000;

interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly autoScaling: ApplicationAutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
}

/** Gives an account of eu-central-1 the provisioned table `orders` with two indexes and everything set that a table can have; takes four hours. */
export async function createArmedOrders(account: SandboxAccount, clients: Clients): Promise<void> {
  await createTable(account);
  await setEverything(account, clients);
}

async function createTable(account: SandboxAccount): Promise<void> {
  const keySchema = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' as const }];
  const throughput = { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } };
  await account.createTable({
    TableName: 'orders',
    BillingMode: 'PROVISIONED',
    ...throughput,
    KeySchema: keySchema('id'),
    AttributeDefinitions: ['id', 'customer', 'day'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: ['customer', 'day'].map((name) => ({
      IndexName: `by-${name}`,
      KeySchema: keySchema(name),
      Projection: { ProjectionType: 'ALL' },
      ...throughput,
    })),
  });
}

async function setEverything(account: SandboxAccount, clients: Clients): Promise<void> {
  const { dynamodb, cloudWatch } = clients;
  const TableName = 'orders';
  const ResourceArn = `arn:aws:dynamodb:eu-central-1:123456789012:table/orders`;
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expiresAt' };
  const changes = [
    { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const } },
    { TableClass: 'STANDARD_INFREQUENT_ACCESS' as const },
    { DeletionProtectionEnabled: true },
  ];
  for (const change of changes) {
    await dynamodb.send(new UpdateTableCommand({ TableName, ...change }));
    await account.runFor(hour);
  }
  const tags = Array.from({ length: 23 }, (_, i) => ({ Key: `tag-${i}`, Value: `${i}` }));
  await dynamodb.send(new TagResourceCommand({ ResourceArn, Tags: tags }));
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  await dynamodb.send(
    new UpdateContinuousBackupsCommand({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 14 },
    }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:root' },
        Action: 'dynamodb:Query',
        Resource: [ResourceArn, `${ResourceArn}/index/*`],
      },
    ],
  });
  await dynamodb.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
  for (const IndexName of [undefined, 'by-day']) {
    await dynamodb.send(
      new UpdateContributorInsightsCommand({
        TableName,
        IndexName,
        ContributorInsightsAction: 'ENABLE',
        ContributorInsightsMode: 'THROTTLED_KEYS',
      }),
    );
  }
  await dynamodb.send(
    new EnableKinesisStreamingDestinationCommand({
      TableName,
      StreamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/orders',
    }),
  );
  await scale(clients, 'table/orders', 'table');
  await scale(clients, 'table/orders/index/by-customer', 'index');
  await cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName: 'orders-throttled',
      Namespace: 'AWS/DynamoDB',
      MetricName: 'ReadThrottleEvents',
      Dimensions: [{ Name: 'TableName', Value: 'orders' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 5,
      Threshold: 10,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: ['arn:aws:sns:eu-central-1:123456789012:pages'],
    }),
  );
  await account.runFor(hour);
}

async function scale({ autoScaling }: Clients, ResourceId: string, kind: 'table' | 'index'): Promise<void> {
  for (const what of ['Read', 'Write'] as const) {
    const where = {
      ServiceNamespace: 'dynamodb',
      ResourceId,
      ScalableDimension: `dynamodb:${kind}:${what}CapacityUnits`,
    } as const;
    await autoScaling.send(new RegisterScalableTargetCommand({ ...where, MinCapacity: 5, MaxCapacity: 50 }));
    await autoScaling.send(
      new PutScalingPolicyCommand({
        ...where,
        PolicyName: `${what}-${ResourceId}`,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: `DynamoDB${what}CapacityUtilization` },
        },
      }),
    );
  }
}
