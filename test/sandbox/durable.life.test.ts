import {
  CheckpointDurableExecutionCommand,
  GetDurableExecutionCommand,
  GetDurableExecutionHistoryCommand,
  InvokeCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleFrom, type Bundle } from '../../sandbox/lambda/bundle.ts';
import type { DurableExecution } from '../../sandbox/lambda/durable-execution.ts';
import { durableOf, returned } from './bundle-of.ts';
import { callsOf, crash, doubleCrashes, singleCrashes } from './crash-points.ts';

const startAt = new Date('2026-11-20T03:00:00Z');
const hour = 3_600_000;

interface Choices {
  readonly executionTimeoutSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly reservedConcurrency?: number;
  readonly roleArn?: string;
}

const bundles = new Map<string, Bundle>();

/** Compiled once for each body. */
function bundleOfBody(body: string): Bundle {
  let bundle = bundles.get(body);
  if (!bundle) bundles.set(body, (bundle = bundleFrom('/var/task/job.js', durableOf(body))));
  return bundle;
}

/** An account with a durable function `job` of this body, published as version 1 behind the alias `live`, and a table `notes`. */
async function anAccount(body: string, { executionTimeoutSeconds = 86_400, ...choices }: Choices = {}) {
  const account = new SandboxAccount({ seed: 7, startAt });
  await account.createTable({ TableName: 'notes' });
  const durable = { executionTimeoutSeconds, retentionDays: 14 };
  account.loadFunction({ name: 'job', code: bundleOfBody(body), durable, timeoutSeconds: 60, ...choices });
  account.functions.putAlias('job', 'live', account.functions.publish('job'));
  return account;
}

function started(account: SandboxAccount, event: unknown = {}, name = 'one') {
  const execution = account.functions.enqueue('job:live', JSON.stringify(event), name);
  if (!execution) throw new Error('job is not durable');
  return execution;
}

function operationsOf(execution: DurableExecution): unknown[] {
  return execution.operations.slice(1).map(({ Name, Type, Status }) => [Name, Type, Status]);
}

function printed(account: SandboxAccount): string[] {
  return account.logs.of('job').map(({ text }) => text);
}

describe('a durable execution', () => {
  test('goes on after a wait of hours where it was, and runs no step twice', async () => {
    const account = await anAccount(`
      const first = await context.step('first', async () => { console.log('first'); return { n: event.n, at: Date.now() }; });
      await context.wait('pause', { hours: 5 });
      const second = await context.step('second', async () => { console.log('second'); return Date.now(); });
      return { n: first.n, pausedMs: second - first.at };`);

    const execution = started(account, { n: 3 });
    await account.runFor(6 * hour);

    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    const { n, pausedMs } = JSON.parse(execution.result ?? '') as { n: number; pausedMs: number };
    expect(n).toBe(3);
    expect(pausedMs).toBeGreaterThanOrEqual(5 * hour);
    expect(pausedMs).toBeLessThan(5 * hour + 1000);
    expect(printed(account)).toEqual(['first', 'second']);
    expect(operationsOf(execution)).toEqual([
      ['first', 'STEP', 'SUCCEEDED'],
      ['pause', 'WAIT', 'SUCCEEDED'],
      ['second', 'STEP', 'SUCCEEDED'],
    ]);
    expect(account.metrics.sum('AWS/Lambda', 'Invocations', { FunctionName: 'job' })).toBe(2);
  });

  test('tries a failed step again after the pauses that its strategy asks for', async () => {
    const account = await anAccount(`
      return context.step('flaky', async ({ attempt }) => {
        console.log(attempt + ' ' + Date.now());
        if (attempt < 3) throw new Error('not yet');
        return attempt;
      }, { retryStrategy: (error, attempt) => ({ shouldRetry: attempt < 5, delay: { minutes: 10 * attempt } }) });`);

    const execution = started(account);
    await account.runFor(hour);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '3' });
    const instants = printed(account).map((line) => Number(line.split(' ')[1]));
    expect(instants.map((instant) => Math.round((instant - startAt.getTime()) / 60_000))).toEqual([0, 10, 30]);
    expect(execution.history.map((event) => event.EventType)).toEqual([
      'ExecutionStarted',
      ...['StepStarted', 'StepFailed', 'InvocationCompleted'],
      ...['StepStarted', 'StepFailed', 'InvocationCompleted'],
      ...['StepStarted', 'StepSucceeded', 'InvocationCompleted'],
      'ExecutionSucceeded',
    ]);
    expect(execution.operationCount).toBe(1 + 1 + 2);
  });

  test('fails with the error that its handler lets through, after what the handler does about it', async () => {
    const account = await anAccount(`
      try {
        await context.step('work', async () => { throw new RangeError('no'); }, { retryStrategy: () => ({ shouldRetry: false }) });
      } finally {
        await context.step('clean up', async () => { console.log('cleaned'); });
      }`);

    const execution = started(account);
    await account.runFor(hour);

    expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorMessage: 'no' } });
    expect(printed(account)).toEqual(['cleaned']);
    expect(operationsOf(execution)).toEqual([
      ['work', 'STEP', 'FAILED'],
      ['clean up', 'STEP', 'SUCCEEDED'],
    ]);
    expect(account.metrics.sum('AWS/Lambda', 'DurableExecutionFailed', { FunctionName: 'job' })).toBe(1);
  });

  test('polls a condition with its state carried from poll to poll, each poll in an invocation of its own', async () => {
    const account = await anAccount(`
      return context.waitForCondition('until three', async (state) => ({ polls: state.polls + 1 }), {
        initialState: { polls: 0 },
        waitStrategy: ({ polls }) => (polls < 3 ? { shouldContinue: true, delay: { minutes: 15 } } : { shouldContinue: false }),
      });`);

    const execution = started(account);
    await account.runFor(hour);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '{"polls":3}' });
    expect((execution.endedAt ?? 0) - startAt.getTime()).toBeGreaterThanOrEqual(0.5 * hour);
    expect(account.metrics.sum('AWS/Lambda', 'Invocations', { FunctionName: 'job' })).toBe(3);
    expect(execution.operationCount).toBe(1 + 1 + 2);
  });

  test('runs branches side by side and leaves the inside of a finished context out of what it replays', async () => {
    const account = await anAccount(`
      const both = await context.parallel('both', [
        async (branch) => { await branch.wait('short', { minutes: 1 }); return 'a'; },
        async (branch) => { await branch.wait('long', { minutes: 30 }); return 'b'; },
      ]);
      const inner = await context.runInChildContext('inner', async (child) => child.step('deep', async () => 'c'));
      await context.wait('after', { minutes: 5 });
      return [...both.getResults(), inner];`);

    const execution = started(account);
    await account.runFor(hour);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '["a","b","c"]' });
    expect((execution.endedAt ?? 0) - startAt.getTime()).toBeLessThan(36 * 60_000);
    expect(operationsOf(execution)).toContainEqual(['deep', 'STEP', 'SUCCEEDED']);
    expect(execution.state().map(({ Name }) => Name)).toEqual(['one', 'both', 'inner', 'after']);
  });

  test('reads the operations beyond the first hundred by GetDurableExecutionState', async () => {
    const account = await anAccount(`
      for (let n = 0; n < 250; n++) await context.step('step ' + n, async () => n);
      await context.wait({ hours: 1 });
      return context.step('last', async () => 'done');`);

    const execution = started(account);
    await account.runFor(2 * hour);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', result: '"done"' });
    expect(account.journal.entries({ operation: 'GetDurableExecutionState' })).toMatchObject([{ outcome: 'ok' }]);
  });
});

describe('an operation that invokes another function', () => {
  const body = `
    try {
      return await context.invoke('ask', event.whom, { n: 1 });
    } catch (error) {
      return error.message;
    }`;
  const resultOf = async (whom: string, allowed = '*') => {
    const account = await anAccount(body, { roleArn: 'arn:aws:iam::123456789012:role/job' });
    account.roles.put('job');
    account.roles.attach('job', 'main', {
      Statement: [
        { Effect: 'Allow', Action: ['lambda:CheckpointDurableExecution'], Resource: '*' },
        { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: allowed },
      ],
    });
    account.loadFunction({ name: 'plain', code: 'exports.handler = async ({ n }) => ({ plain: n });' });
    account.loadFunction({ name: 'broken', code: `exports.handler = async () => { throw new Error('no'); };` });
    const durable = { executionTimeoutSeconds: 7200, retentionDays: 1 };
    const child = `await context.wait('pause', { hours: 1 }); return { durable: event.n };`;
    account.loadFunction({ name: 'child', code: bundleOfBody(child), durable });
    const execution = started(account, { whom });
    await account.runFor(3 * hour);
    expect(execution.status).toBe('SUCCEEDED');
    return JSON.parse(execution.result ?? '') as unknown;
  };

  test('waits for the answer of a plain or a durable one', async () => {
    expect(await resultOf('plain')).toEqual({ plain: 1 });
    expect(await resultOf('child:$LATEST')).toEqual({ durable: 1 });
  });

  test('fails with what that one throws, when there is none, and when the role may not invoke it', async () => {
    expect(await resultOf('broken')).toBe('no');
    expect(await resultOf('missing')).toContain('Function not found');
    expect(await resultOf('child')).toContain('using an unqualified ARN');
    expect(await resultOf('plain', 'arn:aws:lambda:eu-central-1:123456789012:function:broken')).toContain(
      'is not authorized to perform: lambda:InvokeFunction',
    );
  });
});

describe('a failed invocation', () => {
  const body = `
    await context.step('put', async () => { await send('PutItem', { TableName: 'notes', Item: { id: { S: 'x' } } }); });
    await context.wait('pause', { hours: 1 });
    const polls = await context.waitForCondition('poll', async (n) => n + 1, {
      initialState: 0,
      waitStrategy: (n) => (n < 2 ? { shouldContinue: true, delay: { minutes: 1 } } : { shouldContinue: false }),
    });
    const read = await context.step('read', async () => (await send('GetItem', { TableName: 'notes', Key: { id: { S: 'x' } } })).Item.id.S);
    return { polls, read };`;
  const result = '{"polls":2,"read":"x"}';

  test('is tried again and goes on from the last checkpoint, wherever its process crashed, once or twice', async () => {
    const calm = await anAccount(body);
    const execution = started(calm);
    await calm.runFor(2 * hour);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result });
    const calls = callsOf(calm, 'one');
    expect(calls).toBeGreaterThan(8);

    for (const points of [...singleCrashes(calls), ...doubleCrashes(calls, 2)]) {
      const account = await anAccount(body);
      const [first] = crash(account, 'one', points);
      const crashed = started(account);
      await account.runFor(2 * hour);
      const { status, result: returnedResult } = crashed;
      expect({ points, status, result: returnedResult }).toEqual({ points, status: 'SUCCEEDED', result });
      expect(first?.hits).toBe(1);
      expect(operationsOf(crashed)).toEqual(operationsOf(execution));
    }
  });

  test('is tried again after errors of the service, and not after an error that says it is our fault', async () => {
    const outcomeOf = async (name: string, status: number) => {
      const account = await anAccount(body);
      account.faults.add({
        match: { operation: 'CheckpointDurableExecution', nth: 2, times: 12 },
        effect: { kind: 'error', when: 'before', name, status },
      });
      const execution = started(account);
      await account.runFor(2 * hour);
      return execution.status;
    };

    expect(await outcomeOf('ServiceException', 500)).toBe('SUCCEEDED');
    expect(await outcomeOf('TooManyRequestsException', 429)).toBe('SUCCEEDED');
    expect(await outcomeOf('InvalidParameterValueException', 400)).toBe('FAILED');
  });

  test('is tried again with growing pauses until the execution times out', async () => {
    const account = await anAccount(
      `console.log(Date.now()); await new Promise((resolve) => setTimeout(resolve, 10 * 60_000));`,
      {
        executionTimeoutSeconds: 1200,
      },
    );

    const execution = started(account);
    await account.runFor(hour);

    expect(execution.status).toBe('TIMED_OUT');
    expect((execution.endedAt ?? 0) - startAt.getTime()).toBe(1_200_000);
    const instants = printed(account).map(Number);
    const gaps = instants.slice(1).map((instant, index) => (instant - (instants[index] ?? 0) - 60_000) / 1000);
    expect(gaps.slice(0, 6)).toEqual([1, 2, 4, 8, 16, 32]);
  });

  test('is not tried again when middy ends it just before its timeout, as middy does unless told otherwise', async () => {
    const account = await anAccount('');
    const code = durableOf(`await new Promise((resolve) => setTimeout(resolve, 600_000));`);
    const durable = { executionTimeoutSeconds: 1200, retentionDays: 1 };
    const hasty = code.replace('timeoutEarlyInMillis: 0', 'timeoutEarlyInMillis: 5');
    account.loadFunction({ name: 'job', code: hasty, durable, timeoutSeconds: 60 });

    const execution = account.functions.enqueue('job:$LATEST', '{}');
    await account.runFor(hour);

    expect(hasty).not.toBe(code);
    expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: 'TimeoutError' } });
    expect((execution?.endedAt ?? 0) - startAt.getTime()).toBeLessThan(61_000);
  });

  test('waits for concurrency as long as it has to', async () => {
    const account = await anAccount(
      `await context.step('slow', async () => new Promise((resolve) => setTimeout(resolve, 30_000)));`,
      { reservedConcurrency: 1 },
    );

    const executions = ['a', 'b', 'c'].map((name) => started(account, {}, name));
    await account.runFor(hour);

    expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect(account.metrics.sum('AWS/Lambda', 'Throttles', { FunctionName: 'job' })).toBeGreaterThan(0);
  });

  test('a checkpoint whose acknowledgement is lost counts once: the SDK sends it again under the same token', async () => {
    const account = await anAccount(body);
    const lost = account.faults.add({
      match: { operation: 'CheckpointDurableExecution', nth: 1, times: 2 },
      effect: { kind: 'connection-lost', when: 'after' },
    });

    const execution = started(account);
    await account.runFor(2 * hour);

    expect(lost.hits).toBe(2);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', result });
    expect(
      execution.history.filter(({ EventType, Name }) => EventType === 'StepStarted' && Name === 'put'),
    ).toHaveLength(1);
    expect(account.metrics.sum('AWS/Lambda', 'Errors', { FunctionName: 'job' })).toBe(0);
  });
});

describe('starting a durable execution', () => {
  const body = `await context.wait({ minutes: 5 }); return { n: event.n };`;
  const start = (account: SandboxAccount, n: number, more: Partial<InvokeCommand['input']> = {}) =>
    account.client(LambdaClient).send(
      new InvokeCommand({
        FunctionName: 'job:live',
        InvocationType: 'Event',
        DurableExecutionName: 'nightly',
        Payload: JSON.stringify({ n }),
        ...more,
      }),
    );

  test('under a name that is taken finds the execution of the same input, and fails for any other', async () => {
    const account = await anAccount(body);

    const first = await start(account, 1);
    const again = await start(account, 1);
    const other = await start(account, 2).catch((error: unknown) => error);
    await account.runFor(hour);
    const later = await start(account, 1);

    expect(first).toMatchObject({
      StatusCode: 202,
      DurableExecutionArn: expect.stringMatching(/:job:1\/durable-execution\/nightly\//),
    });
    expect([again.DurableExecutionArn, later.DurableExecutionArn]).toEqual([
      first.DurableExecutionArn,
      first.DurableExecutionArn,
    ]);
    expect(other).toMatchObject({
      name: 'DurableExecutionAlreadyStartedException',
      $metadata: { httpStatusCode: 409 },
    });
    expect(account.functions.executions.of('job')).toMatchObject([{ status: 'SUCCEEDED', result: '{"n":1}' }]);
  });

  test('under a name whose execution is forgotten starts anew', async () => {
    const account = await anAccount(body);
    const first = await start(account, 1);

    await account.runFor(15 * 24 * hour);
    const second = await start(account, 2);

    expect(second.DurableExecutionArn).not.toBe(first.DurableExecutionArn);
  });

  test('needs a version, an alias or $LATEST', async () => {
    const account = await anAccount(body);

    await expect(start(account, 1, { FunctionName: 'job' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'You cannot invoke a durable function using an unqualified ARN.',
    });
    await expect(start(account, 1, { FunctionName: 'job:gone' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const latest = await start(account, 1, { FunctionName: 'job', Qualifier: '$LATEST' });
    expect(latest.DurableExecutionArn).toContain(':job:$LATEST/durable-execution/nightly/');
  });

  test('and waiting for its result is for executions of at most 15 minutes', async () => {
    const long = await anAccount(body);
    const short = await anAccount(body, { executionTimeoutSeconds: 900 });

    await expect(start(long, 1, { InvocationType: 'RequestResponse' })).rejects.toMatchObject({
      message: expect.stringContaining('greater than 15 minutes'),
    });
    const answer = await start(short, 1, { InvocationType: 'RequestResponse' });

    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '1' });
    expect(answer.FunctionError).toBeUndefined();
    expect(answer.Payload?.transformToString()).toBe('{"n":1}');
    expect(short.now.getTime() - startAt.getTime()).toBeGreaterThanOrEqual(5 * 60_000);
    expect(returned(await short.invoke('job:1', { n: 2 }))).toEqual({ n: 2 });
  });

  test('refuses an event beyond 1 MB', async () => {
    const account = await anAccount(body);

    await expect(start(account, 1, { Payload: JSON.stringify('x'.repeat(1024 * 1024)) })).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
  });
});

describe('the API of durable executions', () => {
  const body = `
    try {
      await context.step('mark', async () => event.n);
      await context.wait('pause', { hours: 10 });
    } finally {
      console.log('left');
    }`;

  test('tells what an execution did', async () => {
    const account = await anAccount(body);
    const lambda = account.client(LambdaClient);
    const { arn: DurableExecutionArn } = started(account, { n: 1 });
    await account.runFor(hour);

    const running = await lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    const history = await lambda.send(new GetDurableExecutionHistoryCommand({ DurableExecutionArn, MaxItems: 3 }));
    const rest = await lambda.send(
      new GetDurableExecutionHistoryCommand({
        DurableExecutionArn,
        Marker: history.NextMarker,
        IncludeExecutionData: false,
      }),
    );

    expect(running).toMatchObject({
      DurableExecutionName: 'one',
      FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:job:live',
      Version: '1',
      Status: 'RUNNING',
      StartTimestamp: startAt,
      InputPayload: '{"n":1}',
      DurableConfig: { ExecutionTimeout: 86_400, RetentionPeriodInDays: 14 },
    });
    expect(history.Events).toMatchObject([
      { EventId: 1, EventType: 'ExecutionStarted', ExecutionStartedDetails: { Input: { Payload: '{"n":1}' } } },
      { EventId: 2, EventType: 'StepStarted', Name: 'mark' },
      { EventId: 3, EventType: 'StepSucceeded', StepSucceededDetails: { Result: { Payload: '1' } } },
    ]);
    expect(rest).toMatchObject({
      Events: [
        { EventType: 'WaitStarted', WaitStartedDetails: { Duration: 36_000, ScheduledEndTimestamp: expect.any(Date) } },
        { EventType: 'InvocationCompleted' },
      ],
    });
    expect(rest.NextMarker).toBeUndefined();
  });

  test('stops one: no code of it runs any more, not even what would clean up', async () => {
    const account = await anAccount(body);
    const lambda = account.client(LambdaClient);
    const execution = started(account);
    await account.runFor(hour);

    const { StopTimestamp } = await lambda.send(
      new StopDurableExecutionCommand({ DurableExecutionArn: execution.arn, Error: { ErrorMessage: 'enough' } }),
    );
    await account.runFor(24 * hour);

    expect(execution).toMatchObject({ status: 'STOPPED', error: { ErrorMessage: 'enough' } });
    expect(StopTimestamp?.getTime()).toBe(execution.endedAt);
    expect(printed(account)).toEqual([]);
  });

  test('lists those of a function, newest first, by status, name, version and time', async () => {
    const account = await anAccount(body);
    const lambda = account.client(LambdaClient);
    const list = async (input: Partial<ListDurableExecutionsByFunctionCommand['input']>) =>
      (
        await lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'job', ...input }))
      ).DurableExecutions?.map((execution) => execution.DurableExecutionName);
    started(account, {}, 'early');
    await account.runFor(9 * hour);
    started(account, {}, 'late');
    await account.runFor(2 * hour);
    const noon = new Date(startAt.getTime() + 5 * hour);

    expect(await list({})).toEqual(['late', 'early']);
    expect(await list({ Statuses: ['SUCCEEDED', 'FAILED'] })).toEqual(['early']);
    expect(await list({ StartedAfter: noon })).toEqual(['late']);
    expect(await list({ StartedBefore: noon, Qualifier: '1' })).toEqual(['early']);
    expect(await list({ Qualifier: '$LATEST' })).toEqual([]);
    expect(await list({ ReverseOrder: true, MaxItems: 1 })).toEqual(['early']);
  });

  test('refuses a checkpoint with a token that was used, and changes nothing when one update is refused', async () => {
    const account = await anAccount(body);
    const lambda = account.client(LambdaClient);
    const execution = started(account);
    await account.runFor(hour);
    const before = execution.operations;
    const checkpoint = (CheckpointToken: string) =>
      lambda.send(new CheckpointDurableExecutionCommand({ DurableExecutionArn: execution.arn, CheckpointToken }));

    await expect(checkpoint('c3RhbGU=')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Invalid Checkpoint Token',
    });
    expect(execution.operations).toEqual(before);
  });
});

describe('the role of a durable function', () => {
  const body = `return context.step('only', async () => 1);`;
  const outcomeWith = async (Action: readonly string[], Resource: string) => {
    const account = await anAccount(body, { roleArn: 'arn:aws:iam::123456789012:role/job' });
    account.roles.put('job');
    account.roles.attach('job', 'durable', { Statement: { Effect: 'Allow', Action, Resource } });
    const execution = started(account);
    await account.runFor(hour);
    return execution;
  };
  const actions = ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'];
  const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:job';

  test('must allow its checkpoints on the executions of a version', async () => {
    expect(await outcomeWith(actions, `${functionArn}:*`)).toMatchObject({ status: 'SUCCEEDED', result: '1' });
    expect(await outcomeWith(actions, `${functionArn}:1/durable-execution/*`)).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('does not by naming the function alone or an alias: the execution fails', async () => {
    for (const resource of [functionArn, `${functionArn}:live*`]) {
      expect(await outcomeWith(actions, resource)).toMatchObject({
        status: 'FAILED',
        error: {
          ErrorMessage: expect.stringContaining('is not authorized to perform: lambda:CheckpointDurableExecution'),
        },
      });
    }
  });
});

describe('the limits of a durable execution', () => {
  test('are 3,000 operations, of which every retry is one', async () => {
    const account = await anAccount(`
      const steps = [];
      for (let n = 0; n < event.n; n++) steps.push(context.step(async () => n));
      return (await Promise.all(steps)).length;`);

    const [most, tooMany] = [started(account, { n: 2999 }, 'most'), started(account, { n: 3000 }, 'too many')];
    await account.runFor(hour);

    expect(most).toMatchObject({ status: 'SUCCEEDED', result: '2999', operationCount: 3000 });
    expect(tooMany).toMatchObject({
      status: 'FAILED',
      error: { ErrorMessage: expect.stringContaining('3000 operations') },
    });
  });

  test('are 1 MB for what a step returns', async () => {
    const account = await anAccount(`return (await context.step(async () => 'x'.repeat(event.n))).length;`);

    const [fits, tooLarge] = [started(account, { n: 1_000_000 }, 'fits'), started(account, { n: 1_100_000 }, 'large')];
    await account.runFor(hour);

    expect(fits).toMatchObject({ status: 'SUCCEEDED', result: '1000000' });
    expect(tooLarge).toMatchObject({
      status: 'FAILED',
      error: { ErrorMessage: expect.stringContaining('payload size') },
    });
  });

  test('a function that is durable by configuration only fails at its first answer', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    const durable = { executionTimeoutSeconds: 900, retentionDays: 1 };
    account.loadFunction({ name: 'plain', code: 'exports.handler = async () => 1;', durable });

    expect(await account.invoke('plain:$LATEST')).toMatchObject({
      error: { errorMessage: 'Invalid Status in invocation output.' },
    });
  });
});

test('the same seed gives the same durable story, event by event', async () => {
  const story = async () => {
    const account = await anAccount(`
      const ids = await context.step(async () => [crypto.randomUUID(), Math.random()]);
      await context.wait({ minutes: 3 });
      return ids;`);
    const execution = started(account);
    await account.runFor(hour);
    return { history: execution.history, journal: account.journal.entries(), arn: execution.arn };
  };

  expect(await story()).toEqual(await story());
});
