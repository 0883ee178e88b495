import * as real from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleOf, callerOf, returned } from './bundle-of.ts';

const startAt = new Date('2026-11-20T03:00:00Z');

function anAccount(): SandboxAccount {
  return new SandboxAccount({ seed: 7, startAt });
}

describe('a function in the sandbox', () => {
  test('lives on the virtual clock: dates, timers and the remaining time agree', async () => {
    const account = anAccount();
    const code = bundleOf(`export async function handler(event, context) {
      const before = { date: new Date().toISOString(), left: context.getRemainingTimeInMillis() };
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return [before, { date: new Date(Date.now()).toISOString(), left: context.getRemainingTimeInMillis() }];
    }`);
    account.loadFunction({ name: 'sleeper', code, timeoutSeconds: 900 });

    const outcome = await account.invoke('sleeper');

    expect(returned(outcome)).toEqual([
      { date: '2026-11-20T03:00:00.000Z', left: 900_000 },
      { date: '2026-11-20T03:01:00.000Z', left: 840_000 },
    ]);
  });

  test('calls the account through the bundled SDK, and the call takes virtual time', async () => {
    const account = anAccount();
    await account.createTable({ TableName: 'orders' });
    const code = callerOf(`return (await send('DescribeTable', { TableName: 'orders' })).Table.TableStatus`);
    account.loadFunction({ name: 'reader', code });

    const outcome = await account.invoke('reader');

    expect(returned(outcome)).toBe('ACTIVE');
    expect(account.now.getTime()).toBeGreaterThan(startAt.getTime());
    expect(account.journal.entries()).toMatchObject([
      { service: 'dynamodb', operation: 'DescribeTable', outcome: 'ok', functionName: 'reader' },
    ]);
  });

  test('sees AWS errors by name, with the SDK retrying what it retries on AWS', async () => {
    const account = anAccount();
    const code = callerOf(`
      try { await send('DescribeTable', { TableName: 'nowhere' }); } catch (error) { return [error.name, error.$metadata.attempts]; }`);
    account.loadFunction({ name: 'reader', code });
    account.faults.add({
      match: { operation: 'DescribeTable', times: 2 },
      effect: { kind: 'error', when: 'before', name: 'InternalServerError' },
    });

    const outcome = await account.invoke('reader');

    expect(returned(outcome)).toEqual(['ResourceNotFoundException', 3]);
  });

  test('keeps its module between invocations, and loses it when the process has long been idle', async () => {
    const account = anAccount();
    account.loadFunction({ name: 'counter', code: bundleOf('let n = 0; export const handler = async () => ++n;') });

    const counts = [await account.invoke('counter'), await account.invoke('counter')].map(returned);
    await account.runFor(48 * 3_600_000);

    expect(counts).toEqual([1, 2]);
    expect(returned(await account.invoke('counter'))).toBe(1);
    expect(account.functions.coldStarts('counter')).toBe(2);
  });

  test('has an environment of its own and leaks nothing into ours', async () => {
    const account = anAccount();
    const code = bundleOf(`export const handler = async () => {
      process.env.LEAK = 'x'; globalThis.leak = 'x';
      return [process.env.OWNER, process.env.AWS_LAMBDA_FUNCTION_NAME, process.env.HOME, typeof globalThis.Buffer];
    }`);
    account.loadFunction({ name: 'first', code, env: { OWNER: 'abcd' } });

    const outcome = await account.invoke('first');

    expect(returned(outcome)).toEqual(['abcd', 'first', null, 'function']);
    expect(process.env.LEAK).toBeUndefined();
    expect(Reflect.has(globalThis, 'leak')).toBe(false);
  });

  test('reaches nothing but its account', async () => {
    const account = anAccount();
    const code = bundleOf(
      `import net from 'node:net'; export const handler = async () => net.connect(80, '127.0.0.1');`,
    );
    account.loadFunction({ name: 'escaper', code });

    const outcome = await account.invoke('escaper');

    expect(outcome).toMatchObject({ error: { errorMessage: expect.stringContaining('may not use net') } });
  });

  test('is ended by its timeout, and what it would have done later never reaches the account', async () => {
    const account = anAccount();
    await account.createTable({ TableName: 'orders' });
    const code = callerOf(`
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      await send('DescribeTable', { TableName: 'orders' });`);
    account.loadFunction({ name: 'slow', code, timeoutSeconds: 3 });

    const outcome = await account.invoke('slow');
    await account.runFor(60_000);

    expect(outcome).toMatchObject({
      error: { errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('3.00 seconds') },
    });
    expect(account.journal.entries()).toEqual([]);
  });

  test('hashes exactly as Node does', async () => {
    const account = anAccount();
    const source = `import { createHash, createHmac } from 'node:crypto'; export const handler = async () => [
      createHash('sha256').update('a').update(Buffer.from('b')).digest('hex'),
      createHmac('sha256', 'k'.repeat(100)).update('ü').digest('base64'),
      createHmac('sha256', 'k'.repeat(100)).update('again').digest('base64'),
      createHmac('sha256', 'another').update('again').digest('base64'),
      createHmac('sha256', Buffer.from('another')).update('again').digest('base64'),
      createHash('md5').update('a').digest('hex'),
    ];`;
    account.loadFunction({ name: 'hasher', code: bundleOf(source) });

    const outcome = await account.invoke('hasher');

    expect(returned(outcome)).toEqual([
      real.createHash('sha256').update('ab').digest('hex'),
      real.createHmac('sha256', 'k'.repeat(100)).update('ü').digest('base64'),
      real.createHmac('sha256', 'k'.repeat(100)).update('again').digest('base64'),
      real.createHmac('sha256', 'another').update('again').digest('base64'),
      real.createHmac('sha256', 'another').update('again').digest('base64'),
      real.createHash('md5').update('a').digest('hex'),
    ]);
  });

  test('publishes metrics by printing the embedded metric format', async () => {
    const account = anAccount();
    const document = {
      _aws: {
        Timestamp: 0,
        CloudWatchMetrics: [{ Namespace: 'App', Dimensions: [['Plan']], Metrics: [{ Name: 'Taken', Unit: 'Count' }] }],
      },
      Plan: 'orders',
      Taken: [3, 4],
    };
    const code = bundleOf(
      `export const handler = async () => { console.log('plain'); console.log(${JSON.stringify(JSON.stringify(document))}); };`,
    );
    account.loadFunction({ name: 'publisher', code });

    await account.invoke('publisher');

    expect(account.metrics.sum('App', 'Taken', { Plan: 'orders' })).toBe(7);
    expect(account.metrics.latest('AWS/Lambda', 'Invocations', { FunctionName: 'publisher' })).toBe(1);
    expect(account.logs.of('publisher')[0]).toEqual({ at: startAt.getTime(), text: 'plain' });
  });

  test('runs invocations side by side, each in a process of its own', async () => {
    const account = anAccount();
    const code = bundleOf(`let n = 0; export const handler = async () => {
      n++; await new Promise((resolve) => setTimeout(resolve, 1000)); return n; };`);
    account.loadFunction({ name: 'worker', code });

    const outcomes = await Promise.all([account.invoke('worker'), account.invoke('worker')]);

    expect(outcomes.map(returned)).toEqual([1, 1]);
    expect(account.now.getTime() - startAt.getTime()).toBe(1000);
  });

  test('a crash by fault leaves the effect of the call before it, and nothing after', async () => {
    const account = anAccount();
    await account.createTable({ TableName: 'orders' });
    const code = callerOf(`
      await send('CreateBackup', { TableName: 'orders', BackupName: 'one' });
      await send('CreateBackup', { TableName: 'orders', BackupName: 'two' });`);
    account.loadFunction({ name: 'taker', code });
    account.faults.add({
      match: { function: 'taker', operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'crash', when: 'after' },
    });

    const outcome = await account.invoke('taker');
    await account.runFor(3_600_000);

    expect(outcome).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
    expect(account.backups('orders').map((backup) => backup.name)).toEqual(['one']);
    expect(account.journal.entries({ operation: 'CreateBackup' })).toMatchObject([
      { outcome: 'ok', unacknowledged: true },
    ]);
  });

  test('a lost acknowledgement makes the SDK repeat a CreateBackup, so that two backups exist', async () => {
    const account = anAccount();
    await account.createTable({ TableName: 'orders' });
    account.loadFunction({
      name: 'taker',
      code: callerOf(`await send('CreateBackup', { TableName: 'orders', BackupName: 'one' });`),
    });
    account.faults.add({
      match: { operation: 'CreateBackup', nth: 1 },
      effect: { kind: 'connection-lost', when: 'after' },
    });

    const outcome = await account.invoke('taker');

    expect(returned(outcome)).toBeNull();
    expect(account.backups('orders').map((backup) => backup.name)).toEqual(['one', 'one']);
  });

  test('a skewed clock is refused by the account, and the SDK corrects it by the answer', async () => {
    const account = anAccount();
    await account.createTable({ TableName: 'orders' });
    const code = callerOf(`await send('DescribeTable', { TableName: 'orders' }); return new Date().toISOString();`);
    account.loadFunction({ name: 'reader', code });
    account.faults.add({ match: { function: 'reader' }, effect: { kind: 'skewed-clock', ms: 3 * 3_600_000 } });

    const outcome = await account.invoke('reader');

    expect(returned(outcome)).toMatch(/^2026-11-20T06:00/);
    expect(account.journal.entries().map((entry) => entry.outcome)).toEqual(['InvalidSignatureException', 'ok']);
  });
});

describe('the same seed', () => {
  const story = async (seed: number) => {
    const account = new SandboxAccount({ seed, startAt });
    await account.createTable({ TableName: 'orders' });
    const code = callerOf(`
      for (let n = 0; n < 20; n++) {
        await send('PutItem', { TableName: 'orders', Item: { id: { S: String(Math.floor(Math.random() * 1e9)) } } });
        await send('CreateBackup', { TableName: 'orders', BackupName: 'b' + n });
      }
      return crypto.randomUUID();`);
    account.loadFunction({ name: 'taker', code });
    const outcome = await account.invoke('taker');
    return { outcome, journal: account.journal.entries(), backups: account.backups().map((backup) => backup.arn) };
  };

  test('gives the same story, call by call', async () => {
    expect(await story(7)).toEqual(await story(7));
  });

  test('and another seed another story', async () => {
    expect((await story(8)).journal).not.toEqual((await story(7)).journal);
  });
});
