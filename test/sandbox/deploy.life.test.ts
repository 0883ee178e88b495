import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { callerOf } from './bundle-of.ts';

// The first synthesis of a process loads the whole of the CDK.

const startAt = new Date('2026-11-20T00:00:00Z');
const env = { account: '123456789012', region: 'eu-central-1' };

/** Takes a backup of the table that its event names and notes it in the table of its environment. */
const takerCode = callerOf(`
  await send('CreateBackup', { TableName: event.table, BackupName: 'slot-' + event.slot.replaceAll(':', '') });
  await send('PutItem', { TableName: process.env.NOTES, Item: { id: { S: event.slot } } });`);

interface Choices {
  readonly mayTake?: string;
  readonly scheduled?: boolean;
}

/** Synthesizes a small app of one table, one function, two queues and one schedule; returns its `cdk.out`. */
function synthesized({ mayTake = 'orders', scheduled = true }: Choices = {}): string {
  const source = mkdtempSync(join(tmpdir(), 'taker-'));
  writeFileSync(join(source, 'index.js'), takerCode);
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-out-')), builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Small', { env });
  const notes = new Table(stack, 'Notes', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: 'expiresAt',
  });
  const taker = new LambdaFunction(stack, 'Taker', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(source),
    environment: { NOTES: notes.tableName },
    timeout: Duration.minutes(1),
    retryAttempts: 0,
    onFailure: new SqsDestination(new Queue(stack, 'Failed', { queueName: 'failed' })),
  });
  notes.grantWriteData(taker);
  taker.addToRolePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ['dynamodb:CreateBackup'],
      resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: mayTake })],
    }),
  );
  if (scheduled) {
    new Schedule(stack, 'Nightly', {
      scheduleGroup: new ScheduleGroup(stack, 'Group', { scheduleGroupName: 'small' }),
      schedule: ScheduleExpression.expression('cron(0 3 * * ? *)'),
      target: new LambdaInvoke(taker, {
        input: ScheduleTargetInput.fromObject({ table: 'orders', slot: '<aws.scheduler.scheduled-time>' }),
        deadLetterQueue: new Queue(stack, 'Undelivered', { queueName: 'undelivered' }),
      }),
    });
  }
  return app.synth().directory;
}

describe('a synthesized app', () => {
  test('is deployed as its template says, and lives', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.createTable({ TableName: 'orders' });

    await account.deploy(synthesized());
    await account.runUntil(new Date('2026-11-22T12:00:00Z'));

    expect(account.backups('orders').map((backup) => backup.name)).toEqual([
      'slot-2026-11-20T030000Z',
      'slot-2026-11-21T030000Z',
      'slot-2026-11-22T030000Z',
    ]);
    const notes = account.dynamodb.tables.all.find((table) => table.name !== 'orders');
    expect(notes).toMatchObject({
      status: 'ACTIVE',
      writes: 3,
      timeToLive: { status: 'ENABLED', attribute: 'expiresAt' },
    });
    expect(account.queues.messages('failed')).toEqual([]);
  });

  test('may do what its role says and no more', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.createTable({ TableName: 'orders' });

    await account.deploy(synthesized({ mayTake: 'invoices' }));
    await account.runUntil(new Date('2026-11-20T12:00:00Z'));

    expect(account.backups()).toEqual([]);
    expect(account.journal.entries({ operation: 'CreateBackup' })).toMatchObject([
      { outcome: 'AccessDeniedException' },
    ]);
    expect(account.queues.messages('failed')[0]?.body).toContain(
      'is not authorized to perform: dynamodb:CreateBackup on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/orders',
    );
  });

  test('deployed again keeps its table and its items, and loses the schedule it no longer declares', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.createTable({ TableName: 'orders' });
    await account.deploy(synthesized());
    await account.runUntil(new Date('2026-11-20T12:00:00Z'));
    const before = account.dynamodb.tables.all.map((table) => table.id);

    await account.deploy(synthesized({ scheduled: false }));
    await account.runUntil(new Date('2026-11-25T12:00:00Z'));

    expect(account.dynamodb.tables.all.map((table) => table.id)).toEqual(before);
    expect(account.backups('orders')).toHaveLength(1);
  });

  test('with a resource that the sandbox does not know is refused by its type', async () => {
    const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-out-')), builtinCloudFormationValidation: false });
    new Bucket(new Stack(app, 'Odd', { env }), 'Bucket');

    await expect(new SandboxAccount().deploy(app.synth().directory)).rejects.toThrow(
      'the sandbox cannot deploy AWS::S3::Bucket',
    );
  });

  test('for another Region is refused', async () => {
    await expect(new SandboxAccount({ region: 'us-east-1' }).deploy(synthesized())).rejects.toThrow(
      'no stack for the Region us-east-1',
    );
  });
});
