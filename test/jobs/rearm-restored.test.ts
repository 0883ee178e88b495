import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateBackupCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  RestoreTableFromBackupCommand,
  UpdateTableCommand,
  type RestoreTableFromBackupCommandInput,
} from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tableSettings } from '../../lambda/aws/table-settings.ts';
import { settingNames, settingsFor, type TableSettings } from '../../lambda/domain/settings.ts';
import { rearm, takenOffBeforeDeletion, takeOffSetting, type RearmPorts } from '../../lambda/jobs/rearm.ts';
import { SandboxAccount } from '../../sandbox/account.ts';
import { createArmedOrders } from './armed-orders.ts';

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
    await createArmedOrders(this.account, this.clients);
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
