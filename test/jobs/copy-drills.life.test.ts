import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { DynamoDbDrillLedger } from '../../lambda/aws/dynamodb-drill-ledger.ts';
import { DynamoDbSettingsLedger } from '../../lambda/aws/dynamodb-settings-ledger.ts';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import { scopeOfCopies } from '../../lambda/domain/copy-drills.ts';
import type { DrillResult } from '../../lambda/jobs/drill/drill-result.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const env = { account: '123456789012', region: 'eu-central-1' };
const away = 'eu-west-1';
const copyVault = `dynamodb-copies-team0001-${env.region}`;
const copyVaultArn = `arn:aws:backup:${away}:${env.account}:backup-vault:${copyVault}`;
const hour = 3_600_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ddb-backups-copy-drills-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const drillSchedule = 'cron(0 5 * * ? *)';

/** An account in which a plan that copies, and drills its copies, lives as it is deployed, in both Regions. */
async function deployed(name: string): Promise<SandboxAccount> {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  const app = new App({
    outdir: join(folder, name),
    context: { ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  new DynamoBackups(app, 'Backups', {
    env,
    owner: 'team0001',
    plans: {
      orders: {
        tables: { named: ['orders'] },
        backup: {
          schedule: 'cron(0 1 * * ? *)',
          engine: 'aws-backup',
          awsBackup: { copies: [{ region: away, keep: { last: 3 }, drill: true }] },
        },
        keep: { last: 3 },
        drill: { schedule: drillSchedule },
      },
    },
  });
  app.synth();
  const startAt = new Date('2026-11-20T00:30:00Z');
  const account = new SandboxAccount({ accountId: env.account, region: env.region, startAt });
  await plantOrders(account);
  await account.deploy(join(folder, name));
  await account.inRegion(away).deploy(join(folder, name));
  return account;
}

/** A table with ten items, a tag and a time to live. */
async function plantOrders(account: SandboxAccount): Promise<void> {
  await account.createTable({ TableName: 'orders', Tags: [{ Key: 'stage', Value: 'prod' }] });
  const client = account.client(DynamoDBClient);
  for (let nth = 0; nth < 10; nth++) {
    await client.send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: `order-${nth}` } } }));
  }
  const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName: 'orders', TimeToLiveSpecification }));
}

function ledgerName(account: SandboxAccount): string {
  const ledger = account.dynamodb.tables.all.find(({ name }) => name.includes('Ledger'));
  if (!ledger) throw new Error('there is no ledger');
  return ledger.name;
}

async function drillsOf(account: SandboxAccount, plan: string): Promise<readonly DrillResult[]> {
  const ledger = new DynamoDbDrillLedger(account.client(DynamoDBClient), ledgerName(account));
  return await account.clock.runUntilSettled(ledger.drillsOf(plan, 'orders'));
}

const refusalsIn = (account: SandboxAccount) =>
  account.journal
    .entries({})
    .filter(({ functionName, outcome }) => functionName !== undefined && outcome.endsWith('AccessDeniedException'))
    .map(({ functionName, operation, outcome }) => `${functionName} ${operation} ${outcome}`);

describe('copies that a plan drills', () => {
  let account: SandboxAccount;
  beforeAll(async () => {
    account = await deployed('drilled');
    await account.runFor(30 * hour);
  });

  test('are restored in their own Region, beside the drills of the plan, and prove what they prove apart', async () => {
    const [ofCopy] = await drillsOf(account, scopeOfCopies('orders', copyVaultArn));
    const [ofPlan] = await drillsOf(account, 'orders');

    expect(refusalsIn(account)).toEqual([]);
    expect(ofCopy).toMatchObject({ outcome: 'passed', region: away, copiesIn: copyVaultArn, cleanUp: 'deleted' });
    expect(ofCopy).toMatchObject({ itemsVerified: 10, source: { arn: expect.stringContaining(`:${away}:`) } });
    expect(ofPlan).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
    expect(ofPlan).not.toHaveProperty('copiesIn');
    const [job] = account.inRegion(away).backup.restoreJobs.all;
    const seconds = (Number(job?.completedAt) - Number(job?.createdAt)) / 1000;
    expect(ofCopy?.times.restore).toEqual({ atLeastSeconds: seconds, atMostSeconds: seconds });
    expect(account.inRegion(away).dynamodb.tables.all.map(({ name }) => name)).toEqual([copyVault]);
  });

  test('are re-armed with settings that are kept where they are', async () => {
    const [ofCopy] = await drillsOf(account, scopeOfCopies('orders', copyVaultArn));
    const ledger = new DynamoDbSettingsLedger(account.inRegion(away).client(DynamoDBClient), copyVault);
    const { id } = account.dynamodb.tables.require('orders');

    const kept = await account.clock.runUntilSettled(
      ledger.settingsOf({ tableName: 'orders', tableId: id, createdAt: account.now }),
    );

    expect(kept?.settings).toMatchObject({ tags: { is: { stage: 'prod' } } });
    expect(ofCopy?.settings).toMatchObject({ tags: 'applied', 'time-to-live': 'applied' });
  });

  test('are known beside the copies to whoever restores them when this Region is lost', async () => {
    const beside = new DynamoDbDrillLedger(account.inRegion(away).client(DynamoDBClient), copyVault);
    const ofCopies = await drillsOf(account, scopeOfCopies('orders', copyVaultArn));

    const known = await account.clock.runUntilSettled(beside.drillsOf('orders', 'orders'));

    expect(ofCopies).toHaveLength(2);
    expect(known).toEqual(ofCopies.map((each) => ({ ...each, plan: 'orders' })));
  });

  test('are not drilled where nobody can list them, which fails the run and keeps no backup at home from being drilled', async () => {
    const schedule = account.schedules.all.find(({ name }) => name === 'orders-drill-start');
    const [, reference = ''] = /function:(.+)$/.exec(schedule?.targetArn ?? '') ?? [];
    const slot = new Date(Math.floor(account.clock.now / hour) * hour).toISOString();
    const { plan } = JSON.parse(schedule?.input ?? '{}') as { readonly plan: object };
    const lost = account.faults.add({
      match: { region: away, operation: 'ListRecoveryPointsByBackupVault' },
      effect: { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' },
    });

    const outcome = await account.invoke(reference, { plan, slot, schedule: 'arn:drills' });
    account.faults.remove(lost);

    const message = 'error' in outcome ? outcome.error.errorMessage : '';
    expect(JSON.parse(message)).toMatchObject({
      started: ['orders'],
      failed: [],
      copies: [{ error: 'the backups could not be listed whole' }],
    });
  });

  test('have times of their own', () => {
    const time = (dimensions: Record<string, string>) =>
      account.metrics.latest(metricsNamespace, 'RestoreTime', { Plan: 'orders', Table: 'orders', ...dimensions });

    expect(time({ Region: away })).toBeGreaterThan(0);
    expect(time({})).toBeGreaterThan(0);
    expect(time({ Region: away })).not.toBe(time({}));
  });
});
