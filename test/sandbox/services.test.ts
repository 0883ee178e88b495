import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { paginateListSchedules, SchedulerClient, type ScheduleSummary } from '@aws-sdk/client-scheduler';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleOf, returned } from './bundle-of.ts';

const startAt = new Date('2026-11-20T00:00:00Z');

describe('the Tagging API', () => {
  test('finds tables by tag, page by page', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    for (const [TableName, team] of [
      ['c', 'red'],
      ['a', 'red'],
      ['b', 'blue'],
      ['d', 'red'],
    ] as const) {
      // prettier-ignore
      await account.createTable({ TableName: `table-${team}-${TableName}`, Tags: [{ Key: 'team', Value: team }] });
    }
    await account.createTable({ TableName: 'untagged' });
    const client = account.client(ResourceGroupsTaggingAPIClient);
    const pages: (string | undefined)[][] = [];
    let token: string | undefined;

    do {
      const page = await client.send(
        new GetResourcesCommand({
          ResourceTypeFilters: ['dynamodb:table'],
          TagFilters: [{ Key: 'team', Values: ['red'] }],
          ResourcesPerPage: 2,
          PaginationToken: token,
        }),
      );
      pages.push((page.ResourceTagMappingList ?? []).map(({ ResourceARN }) => ResourceARN?.split('/').at(-1)));
      token = page.PaginationToken;
    } while (token);

    expect(pages).toEqual([['table-red-a', 'table-red-c'], ['table-red-d']]);
  });
});

describe('the Lambda API', () => {
  const anAccount = () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    const code = bundleOf(`
      import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
      const client = new LambdaClient({});
      export const handler = async (event, context) => {
        console.log(event.left);
        if (event.bad) throw new RangeError('bad');
        if (event.left === 0) return 'done';
        const Payload = JSON.stringify({ left: event.left - 1 });
        const { StatusCode } = await client.send(
          new InvokeCommand({ FunctionName: context.functionName, InvocationType: 'Event', Payload }));
        return StatusCode;
      };`);
    account.loadFunction({ name: 'chain', code });
    return account;
  };

  test('lets a function hand its remaining work to itself', async () => {
    const account = anAccount();

    const outcome = await account.invoke('chain', { left: 3 });
    await account.runFor(60_000);

    expect(returned(outcome)).toBe(202);
    expect(account.logs.of('chain').map(({ text }) => text)).toEqual(['3', '2', '1', '0']);
  });

  test('answers what a function returned or threw', async () => {
    const client = anAccount().client(LambdaClient);
    const invoke = async (event: object) => {
      const answer = await client.send(new InvokeCommand({ FunctionName: 'chain', Payload: JSON.stringify(event) }));
      return [answer.FunctionError, JSON.parse(answer.Payload?.transformToString() ?? '') as unknown];
    };

    expect(await invoke({ left: 0 })).toEqual([undefined, 'done']);
    expect(await invoke({ bad: true })).toEqual([
      'Unhandled',
      expect.objectContaining({ errorType: 'RangeError', errorMessage: 'bad' }),
    ]);
    await expect(client.send(new InvokeCommand({ FunctionName: 'gone' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

describe('SQS', () => {
  test('hides a received message until it is deleted or its time is over', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    account.queues.create('mail');
    const call = async (operation: string, input: object) => {
      const body = JSON.stringify({ QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/mail', ...input });
      const answer = await account.clock.runUntilSettled(
        account.front.handle({ service: 'sqs', operation, headers: {}, body }),
      );
      return JSON.parse(answer.body) as { Messages?: { Body: string; ReceiptHandle: string }[] };
    };
    await call('SendMessage', { MessageBody: 'hello' });

    const { Messages: [first] = [] } = await call('ReceiveMessage', {});
    const meanwhile = await call('ReceiveMessage', {});
    await account.runFor(30_000);
    const again = await call('ReceiveMessage', {});
    await call('DeleteMessage', { ReceiptHandle: first?.ReceiptHandle });

    expect([first?.Body, meanwhile.Messages, again.Messages?.[0]?.Body]).toEqual(['hello', [], 'hello']);
    expect(account.queues.messages('mail')).toEqual([]);
  });
});

describe('an unknown call', () => {
  test('is answered as AWS would, not by a crash', async () => {
    const account = new SandboxAccount();

    const answers = await Promise.all([
      account.http({ method: 'GET', path: '/', headers: {}, body: '' }),
      account.http({ method: 'POST', path: '/', headers: { 'x-amz-target': 'Nobody.Knows' }, body: '{}' }),
      account.clock.runUntilSettled(
        account.http({
          method: 'POST',
          path: '/',
          headers: { 'x-amz-target': 'DynamoDB_20120810.Nothing' },
          body: '{}',
        }),
      ),
    ]);

    for (const { status, body } of answers)
      expect([status, body]).toEqual([400, expect.stringContaining('UnknownOperationException')]);
  });
});

describe('the KMS API', () => {
  test('says what a key is, until it is gone', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    const KeyId = 'arn:aws:kms:eu-central-1:123456789012:key/1';
    const client = account.client(KMSClient);
    const states: (string | undefined)[] = [];

    for (const change of ['enable', 'disable', 'scheduleDeletion'] as const) {
      account.keys[change](KeyId);
      states.push((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState);
    }
    account.keys.delete(KeyId);

    expect(states).toEqual(['Enabled', 'Disabled', 'PendingDeletion']);
    expect(account.keys.isUsable(KeyId)).toBe(false);
    await expect(client.send(new DescribeKeyCommand({ KeyId }))).rejects.toThrow('does not exist');
  });
});

describe('the Scheduler API', () => {
  test('lists the schedules of a group page by page, with when each was created and changed', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    account.schedules.createGroup('ours');
    const target = { expression: 'rate(1 day)', targetArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f' };
    for (const name of ['c', 'a', 'b']) account.schedules.put({ name, group: 'ours', enabled: false, ...target });
    account.schedules.put({ name: 'theirs', enabled: false, ...target });
    await account.runFor(3_600_000);
    account.schedules.put({ name: 'b', group: 'ours', enabled: false, ...target });
    const found: ScheduleSummary[] = [];

    const client = account.client(SchedulerClient);
    for await (const page of paginateListSchedules({ client, pageSize: 2 }, { GroupName: 'ours' })) {
      expect(page.Schedules?.length).toBeLessThanOrEqual(2);
      found.push(...(page.Schedules ?? []));
    }

    expect(found.map(({ Name, State }) => `${Name ?? ''} ${State ?? ''}`)).toEqual([
      'a DISABLED',
      'b DISABLED',
      'c DISABLED',
    ]);
    expect(found[1]?.CreationDate).toEqual(startAt);
    expect(found[1]?.LastModificationDate).toEqual(new Date('2026-11-20T01:00:00Z'));
  });
});
