import { compileFunction } from 'node:vm';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import type { DurableExecutionHandler, DurableLambdaHandler } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/executionModeDurableContext';
import { expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { durableOf } from './bundle-of.ts';

/**
 * The handler's body, in JavaScript, for both: AWS's own local runner calls it in this process, the sandbox from a bundle. Everything that it
 * returns is the same wherever and whenever it runs.
 */
const body = `
  const tries = { shouldRetry: true, delay: { minutes: 10 } };
  const first = await context.step('first', async () => event.n + 1);
  await context.wait('pause', { hours: 5 });
  const polls = await context.waitForCondition('poll', async (n) => n + 1, {
    initialState: 0,
    waitStrategy: (n) => (n < 4 ? { shouldContinue: true, delay: { minutes: 15 } } : { shouldContinue: false }),
  });
  const flaky = await context.step(
    'flaky',
    async ({ attempt }) => {
      if (attempt < 3) throw new Error('attempt ' + attempt);
      return attempt;
    },
    { retryStrategy: () => tries },
  );
  const inner = await context.runInChildContext('inner', async (child) => {
    const deep = await child.step('deep', async () => ({ list: [1, 2, 3], text: 'ü' }));
    await child.wait('inner pause', { minutes: 1 });
    return deep;
  });
  const both = await context.parallel('both', [
    { name: 'left', func: async (branch) => branch.step('left step', async () => 'l') },
    { name: 'right', func: async (branch) => branch.step('right step', async () => 'r') },
  ]);
  let caught;
  try {
    await context.step('hopeless', async () => { throw new TypeError('never'); }, { retryStrategy: () => ({ shouldRetry: false }) });
  } catch (error) {
    caught = error.message;
  }
  if (event.fails) throw new RangeError('gave up');
  return { first, polls, flaky, inner, both: both.getResults(), caught };`;

interface Story {
  readonly status: unknown;
  readonly result: unknown;
  readonly error: unknown;
  readonly operations: unknown;
  /** The types of the history's events, invocations left out: how often a function is invoked is not part of the story. */
  readonly events: unknown;
}

const typesOf = (events: readonly { readonly EventType?: unknown }[]): unknown[] =>
  events.map(({ EventType }) => EventType).filter((type) => type !== 'InvocationCompleted');

/** The runner replaces the timers of this process and starts a worker thread, so both are taken back at once, whatever happens. */
async function byLocalRunner(event: object): Promise<Story> {
  await LocalDurableTestRunner.setupTestEnvironment({ skipTime: true });
  try {
    return await runLocally(event);
  } finally {
    await LocalDurableTestRunner.teardownTestEnvironment();
  }
}

async function runLocally(event: object): Promise<Story> {
  const run = compileFunction(`return (async () => {${body}})();`, ['event', 'context']) as DurableExecutionHandler;
  const options = { executionMode: executionModeDurableContext, timeoutEarlyInMillis: 0 };
  const handlerFunction = middy(options).handler(run as never) as unknown as DurableLambdaHandler;
  const runner = new LocalDurableTestRunner({ handlerFunction });
  const execution = await runner.run({ payload: event });
  const status = execution.getStatus();
  return {
    status,
    result: status === 'SUCCEEDED' ? execution.getResult() : undefined,
    error: status === 'FAILED' ? execution.getError().errorMessage : undefined,
    operations: execution.getOperations().map((operation) => ({
      name: operation.getName(),
      type: operation.getType(),
      subType: operation.getSubType(),
      status: operation.getStatus(),
      attempt: operation.getType() === 'STEP' ? operation.getStepDetails()?.attempt : undefined,
    })),
    events: typesOf(execution.getHistoryEvents()),
  };
}

async function bySandbox(event: object): Promise<Story> {
  const account = new SandboxAccount({ seed: 7 });
  const durable = { executionTimeoutSeconds: 86_400, retentionDays: 1 };
  account.loadFunction({ name: 'job', code: durableOf(body), durable });
  const execution = account.functions.enqueue('job:$LATEST', JSON.stringify(event));
  await account.runFor(23 * 3_600_000);
  return {
    status: execution?.status,
    result: execution?.result === undefined ? undefined : JSON.parse(execution.result),
    error: execution?.error?.ErrorMessage,
    operations: execution?.operations.slice(1).map((operation) => ({
      name: operation.Name,
      type: operation.Type,
      subType: operation.SubType,
      status: operation.Status,
      attempt: operation.StepDetails?.Attempt,
    })),
    events: typesOf(execution?.history ?? []),
  };
}

test.each([
  ['returns', { n: 1 }, 'SUCCEEDED'],
  ['throws', { n: 1, fails: true }, 'FAILED'],
])(
  'a durable handler that %s has the same story in the sandbox and in the local runner of the SDK',
  async (_, event, status) => {
    const [sandbox, local] = [await bySandbox(event), await byLocalRunner(event)];

    expect(sandbox).toEqual(local);
    expect(sandbox.status).toBe(status);
  },
);
