import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleOf, durableOf } from './bundle-of.ts';

// The first synthesis of a process loads the whole of the CDK.

const startAt = new Date('2026-11-20T00:00:00Z');
const env = { account: '123456789012', region: 'eu-central-1' };
const hour = 3_600_000;
const work = mkdtempSync(join(tmpdir(), 'durable-deploy-'));

afterAll(() => {
  rmSync(work, { recursive: true });
});

const workerCode = durableOf(`
  const edition = EDITION;
  await context.step('begin', async () => edition);
  await context.wait('pause', { hours: 30 });
  return { edition, slot: event.slot, version: context.lambdaContext.functionVersion, arn: context.lambdaContext.invokedFunctionArn };`);

/** Starts an execution of the worker under the name of its slot, and notes what became of that. */
const starterCode = bundleOf(`
  import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
  const lambda = new LambdaClient({});
  export async function handler({ slot }) {
    const answer = await lambda.send(new InvokeCommand({
      FunctionName: process.env.WORKER, InvocationType: 'Event', DurableExecutionName: slot.replaceAll(/[^0-9T]/g, ''),
      Payload: JSON.stringify({ slot }),
    }));
    console.log(answer.StatusCode + ' ' + answer.DurableExecutionArn);
  }`);

interface Choices {
  readonly edition?: number;
  /** What the starter is allowed to invoke. */
  readonly mayInvoke?: 'alias' | 'unqualified';
  /** What the second schedule starts; without it there is none. */
  readonly scheduled?: 'alias' | 'unqualified';
}

/** An app of a durable worker behind the alias `live`, and a plain starter that a schedule invokes every night at 3. */
function synthesized({ edition = 1, mayInvoke = 'alias', scheduled }: Choices): string {
  const source = mkdtempSync(join(work, 'source-'));
  writeFileSync(join(source, 'worker.js'), workerCode.replace('EDITION', String(edition)));
  writeFileSync(join(source, 'starter.js'), starterCode);
  const app = new App({ outdir: mkdtempSync(join(work, 'cdk-out-')), builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Durable', { env });
  const common = { runtime: Runtime.NODEJS_24_X, code: Code.fromAsset(source), timeout: Duration.minutes(1) };
  const worker = new LambdaFunction(stack, 'Worker', {
    ...common,
    functionName: 'worker',
    handler: 'worker.handler',
    durableConfig: { executionTimeout: Duration.days(3), retentionPeriod: Duration.days(30) },
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
  });
  const live = worker.addAlias('live');
  live.configureAsyncInvoke({ retryAttempts: 1 });
  const liveFunction = LambdaFunction.fromFunctionAttributes(stack, 'LiveWorker', {
    functionArn: live.functionArn,
    sameEnvironment: true,
  });
  const starter = new LambdaFunction(stack, 'Starter', {
    ...common,
    functionName: 'starter',
    handler: 'starter.handler',
    environment: { WORKER: live.functionArn },
    retryAttempts: 0,
    onFailure: new SqsDestination(new Queue(stack, 'Failed', { queueName: 'failed' })),
  });
  const invoked = mayInvoke === 'alias' ? live.functionArn : worker.functionArn;
  starter.addToRolePolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [invoked] }));
  const slot = ScheduleTargetInput.fromObject({ slot: '<aws.scheduler.scheduled-time>' });
  const nightly = (id: string, target: IFunction): Schedule =>
    new Schedule(stack, id, {
      schedule: ScheduleExpression.expression('cron(0 3 * * ? *)'),
      target: new LambdaInvoke(target, {
        input: slot,
        retryAttempts: 1,
        deadLetterQueue: new Queue(stack, `${id}Undelivered`, { queueName: `${id}-undelivered` }),
      }),
    });
  nightly('Starting', starter);
  if (scheduled) nightly('Direct', scheduled === 'alias' ? liveFunction : worker);
  return app.synth().directory;
}

describe('a durable function from a template', () => {
  test('is started through its alias, under a name that keeps a repeat from starting another', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized({}));
    account.faults.add({ match: { function: 'starter', nth: 1 }, effect: { kind: 'deliver-twice', gapMs: hour } });

    await account.runUntil(new Date('2026-11-22T08:00:00Z'));

    const executions = account.functions.executions.of('worker');
    expect(executions.map(({ name, status }) => [name, status])).toEqual([
      ['20261120T030000', 'SUCCEEDED'],
      ['20261121T030000', 'RUNNING'],
      ['20261122T030000', 'RUNNING'],
    ]);
    expect(executions[0]?.start.config).toEqual({ executionTimeoutSeconds: 259_200, retentionDays: 30 });
    expect(JSON.parse(executions[0]?.result ?? '')).toEqual({
      edition: 1,
      slot: '2026-11-20T03:00:00Z',
      version: '1',
      arn: 'arn:aws:lambda:eu-central-1:123456789012:function:worker:live',
    });
    expect(new Set(account.logs.of('starter').map(({ text }) => text)).size).toBe(3);
    expect(account.metrics.sum('AWS/Lambda', 'Invocations', { FunctionName: 'starter' })).toBe(4);
  });

  test('goes on with the version that an execution began on, while new ones run the next', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized({ edition: 1 }));
    await account.runUntil(new Date('2026-11-20T12:00:00Z'));
    await account.deploy(synthesized({ edition: 2 }));
    await account.deploy(synthesized({ edition: 2 }));

    await account.runUntil(new Date('2026-11-22T12:00:00Z'));

    const results = account.functions.executions
      .of('worker')
      .map(({ result }) => JSON.parse(result ?? 'null') as unknown);
    expect(results).toMatchObject([{ edition: 1, version: '1' }, { edition: 2, version: '2' }, null]);
  });

  test('takes an event right from a schedule, when its target is the alias', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized({ scheduled: 'alias' }));

    await account.runUntil(new Date('2026-11-20T12:00:00Z'));

    expect(account.functions.executions.of('worker')).toHaveLength(2);
  });

  test('and refuses it when the target is the function alone: the event ends in the dead-letter queue', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized({ scheduled: 'unqualified' }));

    await account.runUntil(new Date('2026-11-20T12:00:00Z'));

    expect(account.functions.executions.of('worker')).toHaveLength(1);
    expect(account.queues.messages('Direct-undelivered')).toMatchObject([
      { attributes: { ERROR_CODE: { StringValue: 'InvalidParameterValueException' } } },
    ]);
  });

  test('may be invoked by who is allowed the alias, not by who is allowed the function alone', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized({ mayInvoke: 'unqualified' }));

    await account.runUntil(new Date('2026-11-20T12:00:00Z'));

    expect(account.functions.executions.all).toEqual([]);
    expect(account.queues.messages('failed')).toHaveLength(1);
    expect(account.journal.entries({ operation: 'Invoke' })).toMatchObject([{ outcome: 'AccessDeniedException' }]);
  });
});
