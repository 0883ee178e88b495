import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  EnableKinesisStreamingDestinationCommand,
  PutResourcePolicyCommand,
  RestoreTableFromBackupCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateContributorInsightsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type RestoreTableFromBackupCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tableSettings } from '../../lambda/aws/table-settings.ts';
import { settingNames, settingsFor, type TableSettings } from '../../lambda/domain/settings.ts';
import { rearm, takenOffBeforeDeletion, takeOffSetting, type RearmPorts } from '../../lambda/jobs/rearm.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const hour = 3_600_000;
const target = 'ddb-drill-1';

/** An account in which `orders` had everything there is to set, was backed up, and is gone. */
class LostTable {
  readonly account = new SandboxAccount({ seed: 5, startAt: new Date('2026-11-20T03:00:00Z') });
  readonly clients = {
    dynamodb: this.account.client(DynamoDBClient),
    autoScaling: this.account.client(ApplicationAutoScalingClient),
    cloudWatch: this.account.client(CloudWatchClient),
  };
  readonly ports: RearmPorts;
  #backupArn = '';
  #snapshot: TableSettings | undefined;

  constructor() {
    const timing = {
      now: () => this.account.now,
      sleep: (milliseconds: number) => this.account.runFor(milliseconds),
      random: () => 0.5,
    };
    const log = { warn: () => undefined, error: () => undefined };
    this.ports = { settings: tableSettings(this.clients, timing), timing, log };
  }

  get snapshot(): TableSettings {
    if (!this.#snapshot) throw new Error('the settings were not captured');
    return this.#snapshot;
  }

  async lose(): Promise<void> {
    await this.#createTable();
    await this.#setEverything();
    this.#snapshot = await this.ports.settings.capture('orders');
    const { BackupDetails } = await this.clients.dynamodb.send(
      new CreateBackupCommand({ TableName: 'orders', BackupName: 'last' }),
    );
    this.#backupArn = BackupDetails?.BackupArn ?? '';
    await this.account.runFor(hour);
    await this.clients.dynamodb.send(new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: false }));
    await this.account.runFor(hour);
    await this.clients.dynamodb.send(new DeleteTableCommand({ TableName: 'orders' }));
    await this.account.runFor(hour);
  }

  async restore(overrides: Partial<RestoreTableFromBackupCommandInput> = {}): Promise<void> {
    await this.clients.dynamodb.send(
      new RestoreTableFromBackupCommand({ TargetTableName: target, BackupArn: this.#backupArn, ...overrides }),
    );
    await this.account.runFor(3 * hour);
  }

  async #createTable(): Promise<void> {
    const keySchema = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' as const }];
    const throughput = { ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 } };
    await this.account.createTable({
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

  async #setEverything(): Promise<void> {
    const { dynamodb, cloudWatch } = this.clients;
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
      await this.account.runFor(hour);
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
    await this.#scale('table/orders', 'table');
    await this.#scale('table/orders/index/by-customer', 'index');
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
    await this.account.runFor(hour);
  }

  async #scale(ResourceId: string, kind: 'table' | 'index'): Promise<void> {
    for (const what of ['Read', 'Write'] as const) {
      const where = {
        ServiceNamespace: 'dynamodb',
        ResourceId,
        ScalableDimension: `dynamodb:${kind}:${what}CapacityUnits`,
      } as const;
      await this.clients.autoScaling.send(
        new RegisterScalableTargetCommand({ ...where, MinCapacity: 5, MaxCapacity: 50 }),
      );
      await this.clients.autoScaling.send(
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
}

describe('a table restored from a backup of one that is gone', () => {
  let lost: LostTable;
  beforeAll(async () => {
    lost = new LostTable();
    await lost.lose();
  });

  test('had everything set that can be', () => {
    const { settings } = lost.snapshot;

    expect(settingNames.filter((name) => settings[name] === 'off' || 'unread' in settings[name])).toEqual([]);
  });

  test('[X30] is re-armed identical to its source, setting by setting', async () => {
    await lost.restore();

    const report = await rearm(target, lost.snapshot, settingNames, lost.ports);

    expect(report.settings).toEqual(
      report.settings.map(({ name }) => ({ name, outcome: 'applied', comparison: 'same' })),
    );
    expect(report.isRearmed).toBe(true);
    const actual = await lost.ports.settings.capture(target, settingNames);
    expect(actual.settings).toEqual(settingsFor(lost.snapshot, actual.table).settings);
  });

  test('[X30] stays so when it is done again, after a crash anywhere', async () => {
    const again = await rearm(target, lost.snapshot, settingNames, lost.ports);

    expect(again.isRearmed).toBe(true);
  });

  test('can be deleted after everything is taken off, and leaves no target and no alarm behind', async () => {
    const { dynamodb, autoScaling, cloudWatch } = lost.clients;

    for (const name of takenOffBeforeDeletion) {
      expect(await takeOffSetting(target, lost.snapshot, name, lost.ports)).toBe('applied');
    }
    await lost.account.runFor(hour);
    await dynamodb.send(new DeleteTableCommand({ TableName: target }));
    await lost.account.runFor(hour);

    const { ScalableTargets = [] } = await autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: 'dynamodb' }),
    );
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({}));
    expect(ScalableTargets.filter(({ ResourceId }) => ResourceId?.includes(target))).toEqual([]);
    expect(MetricAlarms.filter(({ AlarmName }) => AlarmName?.includes(target))).toEqual([]);
    expect(MetricAlarms.map(({ AlarmName }) => AlarmName)).toContain('orders-throttled');
    await expect(dynamodb.send(new DescribeTableCommand({ TableName: target }))).rejects.toThrow();
    for (const name of takenOffBeforeDeletion) {
      expect(await takeOffSetting(target, lost.snapshot, name, lost.ports)).toBe('applied');
    }
  });

  test('on demand and with one index gets everything that means something on it', async () => {
    await lost.restore({
      BillingModeOverride: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexOverride: [
        {
          IndexName: 'by-customer',
          KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });

    const report = await rearm(target, lost.snapshot, settingNames, lost.ports);

    expect(report.isRearmed).toBe(true);
    expect(report.settings.filter(({ outcome }) => outcome !== 'applied')).toEqual([
      { name: 'auto-scaling', outcome: 'nothing-to-apply', comparison: 'same' },
    ]);
    const actual = await lost.ports.settings.capture(target, settingNames);
    expect(actual.settings['contributor-insights']).toEqual({ is: [{ mode: 'THROTTLED_KEYS' }] });
  });
});
