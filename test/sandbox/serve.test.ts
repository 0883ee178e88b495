import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import {
  BackupNotFoundException,
  CreateBackupCommand,
  CreateTableCommand,
  DeleteBackupCommand,
  DescribeBackupCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  ListTablesCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServedAccount, serveInVain } from './served-account.ts';

let served: ServedAccount;
let client: DynamoDBClient;

beforeAll(async () => {
  served = await ServedAccount.start('--speed', '200');
  client = new DynamoDBClient({
    region: 'eu-central-1',
    endpoint: served.endpoint,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
  });
}, 60_000);

afterAll(async () => {
  client.destroy();
  await served.stop();
}, 30_000);

async function aTable(TableName: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}

/** An answer as it came over the wire. */
async function post(body: string, headers: Record<string, string> = {}, method = 'POST') {
  const request = { method, headers, ...(method === 'POST' && { body }) };
  const response = await fetch(served.endpoint, request);
  const text = await response.text();
  return { status: response.status, answer: parsed(text) };
}

function parsed(text: string): { __type?: string; TableNames?: string[] } {
  return text.startsWith('{') ? (JSON.parse(text) as { __type?: string }) : {};
}

const listTables = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };

describe('the sandbox over the wire', () => {
  test('a table and its backup live and end as the AWS SDK expects', async () => {
    await aTable('music');
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName: 'music' });
    await client.send(new PutItemCommand({ TableName: 'music', Item: { id: { S: 'a' }, year: { N: '1973' } } }));
    await pause(200);

    const { Item } = await client.send(new GetItemCommand({ TableName: 'music', Key: { id: { S: 'a' } } }));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'music' }));
    const created = await client.send(new CreateBackupCommand({ TableName: 'music', BackupName: 'first' }));
    const BackupArn = created.BackupDetails?.BackupArn;
    await pause(100);
    const described = await client.send(new DescribeBackupCommand({ BackupArn }));
    const listed = await client.send(new ListBackupsCommand({ TableName: 'music' }));
    await client.send(new DeleteBackupCommand({ BackupArn }));

    expect(Item?.year).toEqual({ N: '1973' });
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
    expect(created.BackupDetails?.BackupStatus).toBe('CREATING');
    expect(described.BackupDescription?.BackupDetails?.BackupStatus).toBe('AVAILABLE');
    expect(listed.BackupSummaries?.map((summary) => summary.BackupArn)).toEqual([BackupArn]);
    await expect(client.send(new DescribeBackupCommand({ BackupArn }))).rejects.toThrow(BackupNotFoundException);
  }, 60_000);

  test('lists come in pages that lead to each other', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await aTable(name);

    const first = await client.send(new ListTablesCommand({ Limit: 2, ExclusiveStartTableName: 'page' }));
    const second = await client.send(
      new ListTablesCommand({ Limit: 2, ExclusiveStartTableName: first.LastEvaluatedTableName }),
    );

    expect(first.TableNames).toEqual(['page-a', 'page-b']);
    expect(second.TableNames).toEqual(['page-c']);
    expect(second.LastEvaluatedTableName).toBeUndefined();
  });

  test.each([
    ['a body that is not JSON', '{"Limit":', listTables, 'SerializationException'],
    ['a body of random bytes', '\u0000\u0001\ufffd', listTables, 'SerializationException'],
    ['a JSON value that is no object', '[1]', listTables, 'SerializationException'],
    ['a member of the wrong type', '{"Limit":"ten"}', listTables, 'ValidationException'],
    ['an unknown operation', '{}', { 'x-amz-target': 'DynamoDB_20120810.Explode' }, 'UnknownOperationException'],
    [
      'an inherited name as operation',
      '{}',
      { 'x-amz-target': 'DynamoDB_20120810.toString' },
      'UnknownOperationException',
    ],
    ['an unknown service', '{}', { 'x-amz-target': 'Nothing_1.ListTables' }, 'UnknownOperationException'],
    ['an inherited name as service', '{}', { 'x-amz-target': 'constructor.x' }, 'UnknownOperationException'],
    ['no target', '{}', {}, 'UnknownOperationException'],
  ])('%s is answered as AWS answers it', async (_case, body, headers, type) => {
    const { status, answer } = await post(body, headers);

    expect(status).toBe(400);
    expect(answer.__type?.split('#').at(-1)).toBe(type);
  });

  test('a wrong method and a path with broken escapes are refused', async () => {
    const put = await post('', listTables, 'GET');
    const broken = await fetch(`${served.endpoint}/schedules/%E0%A4%A`);

    expect(put.answer.__type).toContain('UnknownOperationException');
    expect(broken.status).toBeGreaterThanOrEqual(400);
    expect(broken.status).toBeLessThan(500);
  });

  test('a body beyond 16 MB is refused', async () => {
    const { status, answer } = await post(`{"x":"${'a'.repeat(17 * 1024 * 1024)}"}`, listTables);

    expect(status).toBe(413);
    expect(answer.__type).toContain('RequestEntityTooLargeException');
  });

  test('what is no HTTP, what stops half way and what is cut off leaves the others served', async () => {
    const noise = await exchange('\u0016\u0003\u0001 this is no HTTP\r\n\r\n');
    const halfway = connect(served.port, '127.0.0.1');
    halfway.write(
      'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Length: 100\r\n\r\n{"Lim',
    );
    const aborted = connect(served.port, '127.0.0.1');
    aborted.write(
      'POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\nContent-Length: 2\r\n\r\n{}',
      () => {
        aborted.resetAndDestroy();
      },
    );
    await pause(100);

    const { status } = await post('{}', listTables);
    halfway.destroy();

    expect(noise).toMatch(/^HTTP\/1\.1 400 /);
    expect(status).toBe(200);
    expect(served.output).not.toMatch(/Error/);
  });

  test('it listens on the loopback interface only', async () => {
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');

    const reached = await Promise.all(outside.map(({ address }) => isReachable(address)));

    expect(reached).not.toContain(true);
  });
});

describe('the command', () => {
  test('the banner says what to export, at the wall clock by default, and a signal ends it cleanly', async () => {
    const account = await ServedAccount.start();

    const { headers } = await fetch(account.endpoint);
    const status = await account.stop('SIGINT');

    expect(account.output).toContain(`export AWS_ENDPOINT_URL=http://127.0.0.1:${account.port}\n`);
    expect(account.output).toContain('the pace of the wall clock');
    expect(headers.get('x-amz-crc32')).toMatch(/^\d+$/);
    expect(status).toBe(0);
  }, 60_000);

  test('faulty flags are refused with the reason', async () => {
    const outcomes = [
      await serveInVain('--port', 'eighty'),
      await serveInVain('--port', String(served.port)),
      await serveInVain('--app', 'no-such-folder', '--port', '0'),
    ];

    expect(outcomes.map(({ status }) => status)).toEqual([1, 1, 1]);
    expect(outcomes[0]?.output).toContain('whole number from 0 to 65535');
    expect(outcomes[1]?.output).toContain(`cannot listen on 127.0.0.1:${served.port}: it is in use`);
    expect(outcomes[2]?.output).toContain('cannot deploy no-such-folder');
  }, 60_000);
});

/** Sends bytes and returns what comes back until the server closes. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(served.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', reject);
    socket.write(bytes);
  });
}

function isReachable(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: served.port, timeout: 2_000 });
    const end = (reached: boolean) => () => {
      socket.destroy();
      resolve(reached);
    };
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
}
