import { BackupClient } from '@aws-sdk/client-backup';
import { CreateBackupCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { KMSClient } from '@aws-sdk/client-kms';
import { awsBackups } from '../../../lambda/aws/aws-backups.ts';
import { dynamoDbBackups } from '../../../lambda/aws/dynamodb-backups.ts';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { DynamoDbRestores } from '../../../lambda/aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../../../lambda/aws/dynamodb-settings-ledger.ts';
import { tableSettings } from '../../../lambda/aws/table-settings.ts';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import { pointRestores, type PointRestores } from '../../../lambda/aws/recovery-point-restores.ts';
import { recoveryPointTags } from '../../../lambda/aws/recovery-point-tags.ts';
import type { Engine, Plan, PlanInput } from '../../../lambda/domain/plan.ts';
import { drillTable, type DrillPorts, type DrillRun } from '../../../lambda/jobs/drill/drill.ts';
import type { Backups, Timing } from '../../../lambda/jobs/ports.ts';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import type { RecoveryPoint } from '../../../sandbox/backup/recovery-point.ts';
import { aPlan, aWorld, drillTablePrefix, owner, prefix } from '../world.ts';
import { MemoryDurable } from './memory-durable.ts';

export { drillTablePrefix };

export const vaultName = 'dynamodb-backups-ab12cd34';
export const restoreRoleArn = 'arn:aws:iam::123456789012:role/backup-restore';

export function aDrillPlan(drill: Partial<NonNullable<PlanInput['drill']>> = {}, engine: Engine = 'dynamodb'): Plan {
  return aPlan({
    backup: { schedule: 'rate(1 hour)', engine },
    drill: { schedule: 'cron(0 5 ? * SUN *)', ...drill },
  });
}

/** A recovery point of ours that holds what is in the table now. */
export function plantPoint(account: SandboxAccount, at = account.now, tableName = 'orders'): RecoveryPoint {
  const slot = new Date(Math.floor(at.getTime() / 1000) * 1000);
  const { vaults, points } = account.backup;
  const table = account.dynamodb.tables.require(tableName);
  const vault = vaults.get(vaultName) ?? vaults.add({ BackupVaultName: vaultName });
  const name = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: table.id });
  const tags = { [recoveryPointTags.name]: name, [recoveryPointTags.tableId]: table.id };
  return points.plant(vault, table, slot.getTime(), { tags });
}

/**
 * A table `orders` with 20 items, an index and `more` members, and one restorable backup of ours that holds the items; returns its ARN.
 */
export async function plantOrders(
  account: SandboxAccount,
  more: Readonly<Record<string, unknown>> = {},
  engine: Engine = 'dynamodb',
): Promise<string> {
  const client = account.client(DynamoDBClient);
  await account.createTable({
    ...more,
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'customer', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'by-customer',
        KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (let nth = 0; nth < 20; nth++) {
    const Item = { id: { S: `order-${nth}` }, customer: { S: `c${nth % 3}` }, total: { N: String(nth) } };
    await client.send(new PutItemCommand({ TableName: 'orders', Item }));
  }
  const { id } = account.dynamodb.tables.require('orders');
  const slot = new Date('2026-11-20T03:00:00Z');
  if (engine === 'aws-backup') {
    const { arn } = plantPoint(account, slot);
    await account.runFor(60_000);
    return arn;
  }
  const BackupName = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: id });
  const command = new CreateBackupCommand({ TableName: 'orders', BackupName });
  const { BackupDetails } = await account.clock.runUntilSettled(client.send(command));
  await account.runFor(60_000);
  return BackupDetails?.BackupArn ?? '';
}

/** A sandbox account in which the drill job itself runs, without its Lambda function. */
export class DrillWorld {
  readonly account: SandboxAccount;
  readonly ledger: DynamoDbDrillLedger;
  readonly snapshots: DynamoDbSettingsLedger;
  readonly ports: DrillPorts;
  readonly published: DrillResult[] = [];
  /** What others were told of, once a drill had ended. */
  readonly told: DrillResult[] = [];
  readonly client: DynamoDBClient;

  constructor(account: SandboxAccount) {
    this.account = account;
    this.client = account.client(DynamoDBClient);
    const clients = { dynamodb: this.client, dynamodbOnce: account.client(DynamoDBClient, { maxAttempts: 1 }) };
    this.ledger = new DynamoDbDrillLedger(this.client, 'ledger');
    this.snapshots = new DynamoDbSettingsLedger(this.client, 'ledger');
    const timing: Timing = {
      now: () => account.now,
      sleep: (milliseconds) => account.clock.sleep(milliseconds),
      random: () => 0.5,
    };
    this.ports = {
      backups: dynamoDbBackups(clients),
      restores: new DynamoDbRestores(clients, { points: this.#points() }),
      ledger: this.ledger,
      timing,
      log: { warn: () => undefined, error: () => undefined },
      askValidator: () => Promise.reject(new Error('no plan here names a function')),
      settings: tableSettings(
        {
          dynamodb: this.client,
          autoScaling: account.client(ApplicationAutoScalingClient),
          cloudWatch: account.client(CloudWatchClient),
        },
        timing,
      ),
      snapshots: this.snapshots,
      publish: (result) => this.published.push(result),
      tell: (result) => {
        this.told.push(result);
        return Promise.resolve();
      },
    };
  }

  static async create(tables?: Parameters<typeof aWorld>[0]): Promise<DrillWorld> {
    const { account } = await aWorld(tables);
    return new DrillWorld(account);
  }

  /** Gives a table a restorable backup of ours, holding what is in it now. */
  plant(tableName = 'orders', hoursAgo = 1, engine: Engine = 'dynamodb'): string {
    const table = this.account.dynamodb.tables.require(tableName);
    const slot = new Date(Math.floor(this.account.clock.now / 3_600_000) * 3_600_000 - hoursAgo * 3_600_000);
    if (engine === 'aws-backup') return plantPoint(this.account, slot, tableName).arn;
    const name = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: table.id });
    return this.account.dynamodb.backups.plant(table, name, slot.getTime() + 1_000).arn;
  }

  runOf(plan: Plan, table = 'orders'): DrillRun {
    const { drill } = plan;
    if (!drill) throw new Error('the plan has no drill');
    const timeoutMilliseconds = 24 * 3_600_000;
    const run = { plan, drill, timeoutMilliseconds, table, slot: this.account.now, owner, prefix, drillTablePrefix };
    return drill.region === undefined ? run : { ...run, homeRegion: this.account.region };
  }

  async drill(run: DrillRun, durable = new MemoryDurable(this.account)): Promise<DrillResult> {
    const { region } = run.drill;
    const ports = {
      ...this.ports,
      backups: this.backupsOf(run.plan.backup.engine),
      ...(region !== undefined && this.#portsIn(region)),
    };
    return this.account.clock.runUntilSettled(durable.live(() => drillTable(run, durable, ports)));
  }

  #points(): PointRestores {
    const clients = { backup: this.account.client(BackupClient), kms: this.account.client(KMSClient) };
    return pointRestores(clients, { vaultName, region: this.account.region, roleArn: restoreRoleArn });
  }

  backupsOf(engine: Engine): Backups {
    if (engine === 'dynamodb') return this.ports.backups;
    return awsBackups(this.account.client(BackupClient), { vaultName, roleArn: undefined }, this.ports.timing);
  }

  #portsIn(region: string): Pick<DrillPorts, 'restores' | 'settings'> {
    const there = this.account.inRegion(region);
    const dynamodb = there.client(DynamoDBClient);
    const clients = {
      dynamodb,
      autoScaling: there.client(ApplicationAutoScalingClient),
      cloudWatch: there.client(CloudWatchClient),
    };
    return {
      restores: new DynamoDbRestores({ dynamodb, dynamodbOnce: dynamodb }, { source: this.client }),
      settings: tableSettings(clients, this.ports.timing),
    };
  }
}
