import {
  DescribeTableCommand,
  DynamoDBClient,
  PutResourcePolicyCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { settingNames } from '../../../lambda/domain/settings.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aDrillPlan, DrillWorld, drillTablePrefix, plantOrders } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, tablesOf } from './drilling-account.ts';

const minute = 60_000;
const hour = 60 * minute;
const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b';

/** `orders`, encrypted with a key of the account, protected, recoverable, and open to everybody; its settings are recorded with its backup. */
async function withSensitiveOrders(account: SandboxAccount): Promise<DrillWorld> {
  const world = new DrillWorld(account);
  await plantOrders(account, {
    SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    DeletionProtectionEnabled: true,
  });
  const { arn: ResourceArn } = account.dynamodb.tables.require('orders');
  const Statement = { Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: ResourceArn };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  const open = new PutResourcePolicyCommand({ ResourceArn, Policy });
  await account.clock.runUntilSettled(world.client.send(open));
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  const recoverable = new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification });
  await account.clock.runUntilSettled(world.client.send(recoverable));
  await account.runFor(minute);
  const settings = await account.clock.runUntilSettled(world.ports.settings.capture('orders'));
  await account.clock.runUntilSettled(world.snapshots.saveSettings(settings, new Date('2026-11-20T03:00:00Z')));
  return world;
}

interface Life {
  readonly name: string;
  readonly tableId: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** Keys that encrypted it at any time. */
  readonly keys: ReadonlySet<string | undefined>;
}

/** Looks at the drill table every 15 seconds until it is gone, and lets the drill end. */
async function lifeOfDrillTable(account: SandboxAccount): Promise<Life> {
  const client = account.client(DynamoDBClient);
  const keys = new Set<string | undefined>();
  let seen: Omit<Life, 'keys'> | undefined;
  const end = account.clock.now + 3 * hour;
  while (account.clock.now < end) {
    await account.runFor(15_000);
    const table = account.dynamodb.tables.all.find(({ name }) => name.startsWith(drillTablePrefix));
    if (!table && seen) break;
    if (!table) continue;
    const describe = new DescribeTableCommand({ TableName: table.name });
    const { Table } = await account.clock.runUntilSettled(client.send(describe));
    keys.add(Table?.SSEDescription?.KMSMasterKeyArn);
    const createdAt = Table?.CreationDateTime?.getTime() ?? NaN;
    seen = { name: table.name, tableId: table.id, createdAt, lastSeenAt: account.clock.now };
  }
  if (!seen) throw new Error('there was no drill table');
  await account.runFor(hour);
  return { ...seen, keys };
}

test('[X33] a drill of sensitive data keeps to its key, opens it to nobody, is short, leaves no copy, and proves it', async () => {
  const account = await aDrillingAccount(false);
  const { ledger } = await withSensitiveOrders(account);
  await account.runUntil(new Date(slot));

  await startDrills(account, aDrillPlan({ rearm: settingNames.filter((name) => name !== 'kinesis-destination') }));
  const life = await lifeOfDrillTable(account);

  const [result] = await resultsOf(account);
  expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted', itemsVerified: 20, targetName: life.name });
  expect([...life.keys]).toEqual([key]);
  expect(result?.settings).toMatchObject({
    'resource-policy': expect.stringContaining('withheld'),
    'point-in-time-recovery': 'applied',
    'deletion-protection': 'applied',
  });
  expect(account.journal.entries({ operation: 'PutResourcePolicy', functionName: 'drill' })).toEqual([]);

  const readySeconds = result?.times.total?.atMostSeconds ?? NaN;
  expect(life.lastSeenAt - life.createdAt).toBeLessThan(readySeconds * 1000 + 2 * minute);
  expect(tablesOf(account)).toEqual(['orders']);
  expect(account.dynamodb.backups.all.filter(({ tableName }) => tableName === life.name)).toEqual([]);

  const [proof, ...more] = await account.clock.runUntilSettled(ledger.closedDrills('orders'));
  expect(more).toEqual([]);
  expect(proof).toMatchObject({
    targetName: life.name,
    targetTableId: life.tableId,
    table: 'orders',
    sourceArn: result?.source?.arn,
  });
  const goneAt = Date.parse(proof?.goneAt ?? '');
  expect(goneAt).toBeGreaterThanOrEqual(life.lastSeenAt);
  expect(goneAt - life.lastSeenAt).toBeLessThan(minute);
  expect(await account.clock.runUntilSettled(ledger.drillIntents())).toEqual([]);
});
