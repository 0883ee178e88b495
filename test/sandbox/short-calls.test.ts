import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleFrom, type Bundle } from '../../sandbox/lambda/bundle.ts';
import { askingForShortCalls } from '../../sandbox/lambda/short-calls.ts';
import { bundleOf } from './bundle-of.ts';

const startAt = new Date('2026-11-20T03:00:00Z');

let compiled: Bundle | undefined;

/** A function that sends commands one after the other and returns what each came to, and what a step of its own saw of them. */
function theCaller(): Bundle {
  return (compiled ??= bundleFrom(
    '/var/task/caller.js',
    bundleOf(`
      import * as dynamodb from '@aws-sdk/client-dynamodb';
      const requestHandler = { requestTimeout: 10_000, throwOnRequestTimeout: true };
      const client = new dynamodb.DynamoDBClient({ requestHandler, cacheMiddleware: true, maxAttempts: 4 });
      let seen = [];
      const step = (next) => async (args) => {
        const output = await next(args);
        seen.push([output.response.statusCode, new Date(output.response.headers.date).toISOString()]);
        return output;
      };
      client.middlewareStack.add(step, { step: 'deserialize', name: 'own' });
      export async function handler(commands) {
        seen = [];
        const outcomes = [];
        for (const [name, input] of commands) {
          try {
            outcomes.push(await client.send(new dynamodb[name + 'Command'](input)));
          } catch ({ name, message, code, $metadata, $fault, Item }) {
            outcomes.push({ name, message, code, $metadata, $fault, Item });
          }
        }
        return { outcomes, seen, random: Math.random(), at: Date.now() };
      }
    `),
  ));
}

type Command = readonly [name: string, input: object];
type PlannedFault = Parameters<SandboxAccount['faults']['add']>[0];

const item = { id: { S: 'a' }, many: { L: [{ N: '1' }, { B: 'AQI=' }, { NULL: true }] } };
const put: Command = ['PutItem', { TableName: 'notes', Item: { id: { S: 'a' }, note: { S: 'x' } } }];
const putOnce: Command = ['PutItem', { ...put[1], ConditionExpression: 'attribute_not_exists(id)' }];
const get: Command = ['GetItem', { TableName: 'notes', Key: { id: { S: 'a' } } }];
const query: Command = [
  'Query',
  { TableName: 'notes', KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'a' } } },
];
const describeTable: Command = ['DescribeTable', { TableName: 'notes' }];

interface Lived {
  readonly returned: unknown;
  readonly at: number;
  readonly calls: unknown;
  /** The user agents of the requests: a short one has none. */
  readonly agents: readonly (string | undefined)[];
}

/** What a warm function makes of commands, and the account of them. */
async function live(sendsShort: boolean, commands: readonly Command[], fault?: PlannedFault): Promise<Lived> {
  const account = new SandboxAccount({ seed: 7, startAt, sendsShort });
  await account.createTable({ TableName: 'notes' });
  await account.dynamodb.items.load('notes', [JSON.stringify(item)]);
  account.loadFunction({ name: 'caller', code: theCaller(), timeoutSeconds: 120 });
  await account.invoke('caller', [describeTable]);
  const agents: (string | undefined)[] = [];
  const http = account.http.bind(account);
  account.http = (call, caller) => {
    agents.push(call.headers['user-agent']);
    return http(call, caller);
  };
  if (fault) account.faults.add(fault);
  const returned = await account.invoke('caller', commands);
  return { returned, at: account.now.getTime(), calls: account.journal.entries(), agents };
}

describe('calls that are sent the short way', () => {
  const all = [query, put, get, describeTable];

  test('go without what only a network needs, and read and write the same', async () => {
    const [short, whole] = await Promise.all([live(true, all), live(false, all)]);

    expect(short.agents).toEqual([undefined, undefined, undefined, undefined]);
    expect(whole.agents).toEqual(Array(4).fill(expect.stringContaining('aws-sdk-js')));
    expect({ ...short, agents: [] }).toEqual({ ...whole, agents: [] });
    expect(JSON.stringify(short.returned)).toContain('note');
  });

  test.each<[string, readonly Command[], PlannedFault | undefined]>([
    ['an error of the service', [['DescribeTable', { TableName: 'nowhere' }], get], undefined],
    ['a condition that does not hold', [put, putOnce, get], undefined],
    ['an input that is refused', [['GetItem', { TableName: 'notes', Key: { other: { S: 'a' } } }], get], undefined],
    [
      'throttling that passes',
      [get, put],
      {
        match: { operation: 'GetItem', times: 2 },
        effect: { kind: 'error', when: 'before', name: 'ThrottlingException' },
      },
    ],
    [
      'an error that stays',
      [get, put],
      { match: { operation: 'GetItem' }, effect: { kind: 'error', when: 'before', name: 'InternalServerError' } },
    ],
    [
      'a retry quota that is used up and earned again',
      [...Array<Command>(40).fill(get), ...Array<Command>(20).fill(put), ...Array<Command>(3).fill(get)],
      { match: { operation: 'GetItem' }, effect: { kind: 'error', when: 'before', name: 'InternalServerError' } },
    ],
    [
      'a connection lost on the way there',
      [put, get],
      { match: { operation: 'PutItem', times: 1 }, effect: { kind: 'connection-lost', when: 'before' } },
    ],
    [
      'an answer lost',
      [['DeleteItem', { TableName: 'notes', Key: { id: { S: 'a' } } }], putOnce, get],
      { match: { operation: 'PutItem', times: 1 }, effect: { kind: 'connection-lost', when: 'after' } },
    ],
    [
      'an answer later than anybody waits',
      [get, put],
      { match: { operation: 'GetItem', times: 1 }, effect: { kind: 'delay', ms: 15_000 } },
    ],
    [
      'an answer that takes its time',
      [get, put],
      { match: { operation: 'GetItem', times: 1 }, effect: { kind: 'delay', ms: 9000 } },
    ],
    [
      'a process that dies',
      [get, put],
      { match: { operation: 'PutItem', times: 1 }, effect: { kind: 'crash', when: 'after' } },
    ],
    [
      'a clock ten minutes ahead',
      [get, put, get],
      { match: { function: 'caller' }, effect: { kind: 'skewed-clock', ms: 600_000 } },
    ],
  ])('come to the same as the whole way: %s', async (_what, commands, fault) => {
    const [short, whole] = await Promise.all([live(true, commands, fault), live(false, commands, fault)]);

    expect({ ...short, agents: [] }).toEqual({ ...whole, agents: [] });
    expect(short.agents).toHaveLength(whole.agents.length);
    expect(short.agents[0]).toBeUndefined();
  });

  test('that need a token go the whole way, for their repetition must carry the same', async () => {
    const transaction = { TransactItems: [{ Delete: { TableName: 'notes', Key: { id: { S: 'a' } } } }] };

    const without = await live(true, [['TransactWriteItems', transaction]]);
    const withOne = await live(true, [['TransactWriteItems', { ...transaction, ClientRequestToken: 'mine' }]]);

    expect(without.agents[0]).toContain('aws-sdk-js');
    expect(withOne.agents[0]).toBeUndefined();
  });
});

describe('the code that asks for the short way', () => {
  const sending = '      send(command10, optionsOrCb, cb) {';

  test('is the code as it was where nobody sends', () => {
    expect(askingForShortCalls('index.js', 'export const handler = 1;')).toBe('export const handler = 1;');
  });

  test('asks in the one place where clients send', () => {
    const asking = askingForShortCalls('index.js', `${sending}\n        return 1;\n      }`);

    expect(asking.split('\n')).toEqual([
      sending,
      '        const short = __shortCall?.(this, command10, optionsOrCb);',
      '        if (short) return short;',
      '        return 1;',
      '      }',
    ]);
  });

  test('is refused where clients send in two places', () => {
    expect(() => askingForShortCalls('/var/task/index.js', `${sending}\n${sending}`)).toThrow(
      '/var/task/index.js has 2 places where a client sends, and only one can be known',
    );
  });
});
