import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import type { ScheduleDefinition } from '../../sandbox/scheduler/schedules.ts';
import { bundleOf } from './bundle-of.ts';

const startAt = new Date('2026-11-20T00:00:00Z');
const hour = 3_600_000;

/** A function that prints the events it gets, and fails when an event says so. */
const printer = bundleOf(`export const handler = async (event) => {
  console.log(JSON.stringify(event));
  if (event.fail) throw new TypeError('told to fail');
};`);

function anAccount(schedule: Partial<ScheduleDefinition> = {}) {
  const account = new SandboxAccount({ seed: 7, startAt });
  account.queues.create('undelivered');
  account.queues.create('failed');
  const targetArn = account.loadFunction({
    name: 'job',
    code: printer,
    onFailureArn: 'arn:aws:sqs:eu-central-1:123456789012:failed',
  });
  account.schedules.put({
    name: 'hourly',
    expression: 'cron(0 * * * ? *)',
    targetArn,
    input:
      '{"slot":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>","attempt":"<aws.scheduler.attempt-number>"}',
    deadLetterArn: 'arn:aws:sqs:eu-central-1:123456789012:undelivered',
    ...schedule,
  });
  return account;
}

function printed(account: SandboxAccount): { at: number; event: Record<string, unknown> }[] {
  return account.logs.of('job').map(({ at, text }) => ({ at, event: JSON.parse(text) as Record<string, unknown> }));
}

function slots(account: SandboxAccount): unknown[] {
  return printed(account).map(({ event }) => event.slot);
}

describe('Scheduler', () => {
  test('starts functions within the minute, and fills in slot, schedule and attempt', async () => {
    const account = anAccount();

    await account.runFor(2.5 * hour);

    expect(printed(account).map(({ event }) => event)).toEqual(
      ['2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z', '2026-11-20T02:00:00Z'].map((slot) => ({
        slot,
        by: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/hourly',
        attempt: '1',
      })),
    );
    for (const { at, event } of printed(account)) {
      expect(at - Date.parse(String(event.slot))).toBeGreaterThanOrEqual(0);
      expect(at - Date.parse(String(event.slot))).toBeLessThan(61_000);
    }
  });

  test('uses a flexible window, and the slot stays the scheduled time', async () => {
    const account = anAccount({ expression: 'cron(0 3 * * ? *)', flexibleWindowMinutes: 120 });

    await account.runFor(10 * 24 * hour);

    const lateness = printed(account).map(({ at, event }) => at - Date.parse(String(event.slot)));
    expect(lateness).toHaveLength(10);
    expect(Math.max(...lateness)).toBeGreaterThan(hour);
    expect(Math.max(...lateness)).toBeLessThan(2 * hour + 1000);
  });

  test('on demand delivers twice, late, or not at all', async () => {
    const account = anAccount();
    account.faults.add({ match: { schedule: 'hourly', nth: 1 }, effect: { kind: 'deliver-twice', gapMs: 90_000 } });
    account.faults.add({ match: { schedule: 'hourly', nth: 2 }, effect: { kind: 'deliver-late', ms: 90 * 60_000 } });
    account.faults.add({ match: { schedule: 'hourly', nth: 4 }, effect: { kind: 'never-fire' } });

    await account.runFor(3.5 * hour);

    expect(slots(account)).toEqual([
      '2026-11-20T00:00:00Z',
      '2026-11-20T00:00:00Z',
      '2026-11-20T02:00:00Z',
      '2026-11-20T01:00:00Z',
    ]);
  });

  test('retries what its target does not take, then gives the event to the dead-letter queue', async () => {
    const account = anAccount({
      retryAttempts: 3,
      targetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:gone',
    });

    await account.runFor(hour / 2);

    const [message] = account.queues.messages('undelivered');
    expect(message?.attributes).toMatchObject({
      ERROR_CODE: { StringValue: 'ResourceNotFoundException' },
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumRetryAttempts' },
      RETRY_ATTEMPTS: { StringValue: '3' },
      SCHEDULED_TIME: { StringValue: '2026-11-20T00:00:00Z' },
    });
    expect(JSON.parse(message?.body ?? '')).toMatchObject({ slot: '2026-11-20T00:00:00Z', attempt: '4' });
    expect(account.metrics.sum('AWS/Scheduler', 'InvocationDroppedCount', { ScheduleGroup: 'default' })).toBe(1);
  });

  test('gives up on an event that has become too old', async () => {
    const account = anAccount({ maxEventAgeMs: 60_000, expression: 'at(2026-11-20T01:00:00)' });
    account.faults.add({ effect: { kind: 'delivery-fails', name: 'ThrottlingException' } });

    await account.runFor(2 * hour);

    expect(account.queues.messages('undelivered')[0]?.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: { StringValue: 'MaximumEventAgeInSeconds' },
    });
  });

  test('fires no longer when disabled or removed', async () => {
    const account = anAccount();
    await account.runFor(hour / 2);
    const [schedule] = account.schedules.all;

    if (schedule) account.schedules.put({ ...schedule, enabled: false });
    await account.runFor(5 * hour);

    expect(slots(account)).toHaveLength(1);
  });
});

describe('an asynchronous invocation that fails', () => {
  test('is tried again after one and two minutes, then goes to the on-failure destination', async () => {
    const account = anAccount({ expression: 'at(2026-11-20T00:00:00)', input: '{"fail":true}' });

    await account.runFor(hour);

    const instants = printed(account).map(({ at }) => at);
    const [first = 0, second = 0, third = 0] = instants;
    expect(instants).toHaveLength(3);
    expect([second - first, third - second]).toEqual([60_000, 120_000]);
    expect(JSON.parse(account.queues.messages('failed')[0]?.body ?? '')).toMatchObject({
      version: '1.0',
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { fail: true },
      responsePayload: { errorType: 'TypeError', errorMessage: 'told to fail' },
    });
  });

  test('is not tried again when it has become too old', async () => {
    const account = anAccount({ expression: 'at(2026-11-20T00:00:00)', input: '{"fail":true}' });
    account.functions.configure('job', { maxEventAgeMs: 90_000 });

    await account.runFor(hour);

    expect(printed(account)).toHaveLength(2);
    expect(JSON.parse(account.queues.messages('failed')[0]?.body ?? '')).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded' },
    });
  });

  test('waits while the reserved concurrency is used up', async () => {
    const account = anAccount({ enabled: false });
    const code = bundleOf(`export const handler = async (event) => {
      console.log(JSON.stringify(event)); await new Promise((resolve) => setTimeout(resolve, 5000)); };`);
    account.loadFunction({ name: 'job', code, reservedConcurrency: 1 });
    account.functions.enqueue('job', '{"n":1}');
    account.functions.enqueue('job', '{"n":2}');

    await account.runFor(hour);

    const [first, second] = printed(account);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(5000);
    await expect(Promise.all([account.invoke('job'), account.invoke('job')])).rejects.toMatchObject({
      name: 'TooManyRequestsException',
    });
  });
});
