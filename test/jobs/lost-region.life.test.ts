import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { copyVaultName } from '../../lambda/domain/copy-destination.ts';
import { restoreRole } from '../../lambda/domain/restore/restore-role.ts';
import { compareSettings, settingNames, type TableSettings } from '../../lambda/domain/settings.ts';
import type { RestoreResult } from '../../lambda/jobs/restore/restore-result.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import { SandboxAccount } from '../../sandbox/account.ts';
import { createArmedOrders } from './armed-orders.ts';
import { Restorer } from './restore/restore-world.ts';

const [home, away] = ['eu-central-1', 'eu-west-1'] as const;
const env = { account: '123456789012', region: home };
const owner = 'team0001';
const beside = copyVaultName(owner, home);
const minute = 60_000;
const hour = 60 * minute;
const topic = `arn:aws:sns:${home}:123456789012:pages`;
const stream = `arn:aws:kinesis:${home}:123456789012:stream/orders`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddb-backups-lost-region-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function synthesize(): string {
  const outdir = join(folder, 'app');
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const app = new App({
    outdir,
    context: { ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const backup = {
    schedule: 'cron(0 * * * ? *)',
    engine: 'aws-backup',
    awsBackup: { copies: [{ region: away, keep: { last: 5 } }] },
  } as const;
  new DynamoBackups(app, 'Backups', {
    env,
    owner,
    plans: { orders: { tables: { named: ['orders'] }, backup, keep: { last: 3 } } },
  });
  app.synth();
  return outdir;
}

async function write(client: DynamoDBClient, count: number, total: number): Promise<void> {
  for (let nth = 0; nth < count; nth++) {
    const Item = {
      id: { S: `order-${nth}` },
      customer: { S: `c${nth % 3}` },
      day: { S: `day-${nth % 7}` },
      total: { N: String(total) },
    };
    await client.send(new PutItemCommand({ TableName: 'orders', Item }));
  }
}

/** An account in which a plan of AWS Backup copied a table to another Region for hours, as deployed in both, until its own was lost. */
class LostRegion {
  readonly account = new SandboxAccount({
    accountId: env.account,
    region: home,
    startAt: new Date('2026-11-20T00:05:00Z'),
  });
  readonly there = this.account.inRegion(away);
  /** What the table had right before the loss. */
  settings: TableSettings | undefined;
  #callsBefore = 0;

  async lose(): Promise<void> {
    const { account, there } = this;
    const assembly = synthesize();
    const client = account.client(DynamoDBClient);
    const autoScaling = account.client(ApplicationAutoScalingClient);
    await createArmedOrders(account, { dynamodb: client, autoScaling, cloudWatch: account.client(CloudWatchClient) });
    await write(client, 50, 1);
    await account.deploy(assembly);
    await there.deploy(assembly);
    await account.runFor(3 * hour + 20 * minute);
    await write(client, 60, 2);
    this.settings = await account.clock.runUntilSettled(new Restorer({ account }).ports.settings.capture('orders'));
    account.faults.add({ match: { region: home }, effect: { kind: 'connection-lost', when: 'before' } });
    this.#callsBefore = account.journal.count();
  }

  /** The newest copy, as AWS keeps it. */
  get newestCopy() {
    const { vaults, points } = this.there.backup;
    const copies = points.in(vaults.require(beside)).filter(({ status }) => status === 'COMPLETED');
    return copies.toSorted((one, other) => other.createdAt - one.createdAt)[0];
  }

  /** Somebody with a shell in the other Region, and a role made of what the command line prints for it. */
  get restorer(): Restorer {
    const { trust, permissions } = restoreRole({ table: 'orders', region: away });
    expect(JSON.stringify(trust)).toContain('backup.amazonaws.com');
    const role = this.account.roles.put('restore-by-hand');
    this.account.roles.attach('restore-by-hand', 'restore', permissions);
    return new Restorer({ account: this.there, ledger: beside, vault: beside, role });
  }

  /** What people asked of the lost Region since; what its own functions go on asking it does not count. */
  callsHome() {
    const since = this.account.journal.entries().slice(this.#callsBefore);
    return since.filter(({ region, functionName }) => region === home && functionName === undefined);
  }
}

describe('a Region is lost with everything in it', () => {
  const lost = new LostRegion();
  let result: RestoreResult;

  beforeAll(async () => {
    await lost.lose();
    result = await lost.restorer.restore({ target: 'orders', owner });
  });

  test('the newest copy is restored in the other one under the name of the table, by one job, with every item of it', async () => {
    const copy = lost.newestCopy;
    const client = lost.there.client(DynamoDBClient);
    const { Items = [] } = await lost.account.clock.runUntilSettled(
      client.send(new ScanCommand({ TableName: 'orders' })),
    );

    expect(result).toMatchObject({ region: away, target: 'orders', source: { arn: copy?.arn }, itemsCounted: 50 });
    const copied = ((await copy?.backup.content)?.items ?? []).map(
      (item) => JSON.parse(item) as (typeof Items)[number],
    );
    expect(copied).toHaveLength(50);
    expect(copied.map(({ total }) => total?.N)).toEqual(Array(50).fill('1'));
    const byId = (one: (typeof Items)[number], other: typeof one) =>
      String(one.id?.S).localeCompare(String(other.id?.S));
    expect(Items.toSorted(byId)).toEqual(copied.toSorted(byId));
    expect(lost.there.backup.restoreJobs.all).toHaveLength(1);
  });

  test('all of its settings are given back that are not of the lost Region, and the others are named', async () => {
    const { ports } = lost.restorer;
    const actual = await lost.account.clock.runUntilSettled(ports.settings.capture('orders', settingNames));

    if (!lost.settings) throw new Error('the settings were not captured');
    const compared = compareSettings(lost.settings, actual, settingNames);
    const { alarms, 'kinesis-destination': kinesis, ...others } = compared;
    expect(new Set(Object.values(others))).toEqual(new Set(['same']));
    expect(Object.keys(others)).toHaveLength(settingNames.length - 2);
    expect([alarms, kinesis]).not.toContain('same');
    expect(actual.settings.alarms).toMatchObject({ is: [{ AlarmName: 'orders-orders-throttled', Threshold: 10 }] });
    expect(result.outcome).toBe('incomplete');
    expect(result.problems.map(({ message }) => message).sort()).toEqual([
      `alarms: given back without telling ${topic}`,
      `kinesis-destination: is of another Region: ${stream}`,
    ]);
  });

  test('it is timed by the job’s own dates, and says how old what came back is', () => {
    const [job] = lost.there.backup.restoreJobs.all;
    const seconds = (Number(job?.completedAt) - Number(job?.createdAt)) / 1000;
    const [restore] = lost.there.dynamodb.restores.all;
    const ready = (Number(restore?.indexesActiveAt) - Date.parse(result.requestedAt)) / 1000;

    expect(result.restoreJob).toBe(job?.id);
    expect(result.times.restore).toEqual({ atLeastSeconds: seconds, atMostSeconds: seconds });
    expect(result.times.totalSeconds).toBeGreaterThanOrEqual(ready);
    const age = Date.parse(result.requestedAt) - Number(lost.newestCopy?.createdAt);
    expect(result.recoveryPointSeconds).toBe(age / 1000);
  });

  test('not one call was needed in the lost Region, nor tried', () => {
    expect(lost.callsHome()).toEqual([]);
    expect(lost.account.dynamodb.restores.all).toEqual([]);
  });

  test('without what only the lost Region has, nothing is missing: the restore is whole', async () => {
    const bound: readonly string[] = ['alarms', 'kinesis-destination'];
    const rearm = settingNames.filter((name) => !bound.includes(name));

    const whole = await lost.restorer.restore({ target: 'orders', owner, rearm, isResumed: true });

    expect(whole).toMatchObject({ outcome: 'restored', problems: [], itemsCounted: 50 });
    expect(lost.there.backup.restoreJobs.all).toHaveLength(1);
    expect(lost.callsHome()).toEqual([]);
  });
});
