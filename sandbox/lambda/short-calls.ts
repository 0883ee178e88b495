import { AsyncLocalStorage } from 'node:async_hooks';
import { ConnectionLost } from '../aws-error.ts';
import type { FrontResponse } from '../front.ts';
import { isRecord } from '../input.ts';
import { pathOf, textOf, type SdkRequest } from '../sdk-client.ts';
import { lowerCased, type Transport } from './http-stub.ts';

/** The one method that everything a client of the SDK sends passes. */
const sending = /^( *)send\((command\d*), optionsOrCb, cb\) \{$/gm;

/** The name by which a bundle knows the short way. */
export const shortCallName = '__shortCall';

/**
 * The code of a bundle whose clients ask for the short way of each call first. Code without the SDK stays as it is. Throws when a client sends
 * in more than one place.
 */
export function askingForShortCalls(filename: string, code: string): string {
  const places = code.match(sending)?.length ?? 0;
  if (places > 1) throw new Error(`${filename} has ${places} places where a client sends, and only one can be known`);
  return code.replace(sending, (line, indentation: string, command: string) =>
    [line, `const short = ${shortCallName}?.(this, ${command}, optionsOrCb);`, 'if (short) return short;'].join(
      `\n${indentation}  `,
    ),
  );
}

type Lazy<Value> = Value | (() => Value);

/** `[3, namespace, name, traits, names of members, schemas of members]`; a member's is `[schema, traits]` when it has traits. */
type StructureSchema = readonly [
  3,
  string,
  string,
  unknown,
  readonly string[],
  readonly unknown[],
  ...(readonly unknown[]),
];

/** `[9, namespace, name, traits, input, output]`. */
type OperationSchema = readonly [9, string, string, unknown, Lazy<StructureSchema | 'unit'>, unknown];

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
  readonly schema?: OperationSchema;
}

interface Output {
  readonly $metadata: Record<string, unknown>;
}

interface Sent {
  readonly response: object;
  readonly output: Output;
}

type Handler = (args: { readonly input: Command['input'] }) => Promise<Sent>;

interface MiddlewareStack {
  clone(): MiddlewareStack;
  remove(name: string): boolean;
  resolve(handler: Handler, context: object): Handler;
}

interface Protocol {
  serializeRequest(operation: object, input: object, context: object): Promise<SdkRequest>;
  deserializeResponse(operation: object, context: object, response: object): Promise<Output>;
}

interface RetryStrategy {
  acquireInitialRetryToken(scope: string): Promise<object>;
  recordSuccess(token: object): void;
}

/** A client of the SDK, as far as the short way goes. Source: @smithy/types. */
interface Client {
  readonly middlewareStack: MiddlewareStack;
  readonly config: {
    readonly protocol: Protocol;
    readonly requestHandler: {
      httpHandlerConfigs(): { readonly requestTimeout?: number; readonly throwOnRequestTimeout?: boolean };
    };
    readonly systemClockOffset?: number;
    region(): Promise<string>;
    retryStrategy(): Promise<RetryStrategy>;
  };
  send(command: Command): Promise<Output>;
}

/** Sends a call the short way; undefined when it has to go the whole way. */
export type ShortCall = (client: Client, command: Command, options?: unknown) => Promise<Output> | undefined;

interface Parts {
  readonly transport: Transport;
  /** Epoch milliseconds as this machine's clock shows them. */
  now(): number;
  randomUuid(): string;
  readonly setTimeout: (callback: () => void, delayMs: number) => unknown;
  readonly clearTimeout: (timeout: unknown) => void;
}

/** What the short way of a call came to before it ended: the whole way begins with it. */
interface Begun {
  first: (() => Promise<FrontResponse>) | undefined;
  uuid: string | undefined;
}

/** The short way ends here. Steps that others added to a client see it as a call that failed. */
class WholeWayNeeded extends Error {
  readonly begun: Begun;

  constructor(begun: Begun) {
    super('the call did not go well at once');
    this.begun = begun;
  }
}

const begun = new AsyncLocalStorage<Begun>();

/** A transport on which a call that was begun the short way meets first what it met there. */
export function continuing(transport: Transport): Transport {
  return (call) => {
    const held = begun.getStore();
    const first = held?.first;
    if (!held || !first) return transport(call);
    held.first = undefined;
    return first();
  };
}

/** The UUID that a call drew on its short way, once. */
export function begunUuid(): string | undefined {
  const held = begun.getStore();
  const uuid = held?.uuid;
  if (held) held.uuid = undefined;
  return uuid;
}

/** What the SDK does with a call. A client's stack without these is what somebody added to it. */
const stepsOfSdk = [
  'loggerMiddleware',
  'httpAuthSchemeMiddleware',
  'serializerMiddleware',
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'recursionDetectionMiddleware',
  'retryMiddleware',
  'httpSigningMiddleware',
  'deserializerMiddleware',
];

/**
 * The short way of a process's calls to AWS. What goes well at once is serialized and read by the client's own
 * protocol, and goes to the account with its time and Region, but without endpoint rules, signature, user agent and HTTP client. Whatever else
 * happens, the SDK hears as the first answer of the whole way, and goes on from there: with its errors, its patience and its repetitions.
 */
export function shortCalls(parts: Parts): ShortCall {
  const handlersOf = new WeakMap<Client, WeakMap<object, Handler>>();
  return (client, command, options) => {
    const { schema } = command;
    if (options !== undefined || !schema || begun.getStore() || wantsToken(schema, command.input)) return undefined;
    let handlers = handlersOf.get(client);
    if (!handlers) handlersOf.set(client, (handlers = new WeakMap()));
    let handler = handlers.get(command.constructor);
    if (!handler) {
      handler = handlerFor(client, schema, parts);
      if (!handler) return undefined;
      handlers.set(command.constructor, handler);
    }
    return handler({ input: command.input }).then(
      ({ output }) => output,
      (error: unknown) => {
        if (error instanceof WholeWayNeeded) return begun.run(error.begun, () => client.send(command));
        throw error;
      },
    );
  };
}

/** The bit of a member's traits that makes the SDK think of a token when it is given none. */
const idempotencyToken = 4;
const tokenNames = new WeakMap<OperationSchema, string | null>();

/** Whether the SDK would make up a token: the whole way would make up another one, and the repetition of a call would be a second call. */
function wantsToken(schema: OperationSchema, input: Command['input']): boolean {
  let name = tokenNames.get(schema);
  if (name === undefined) tokenNames.set(schema, (name = tokenNameOf(schema)));
  return name !== null && input[name] === undefined;
}

function tokenNameOf([, , , , lazy]: OperationSchema): string | null {
  const structure = typeof lazy === 'function' ? lazy() : lazy;
  if (structure === 'unit') return null;
  const [, , , , names, members] = structure;
  const isToken = (member: unknown): boolean => {
    const traits: unknown = Array.isArray(member) ? member[1] : undefined;
    return typeof traits === 'number'
      ? (traits & idempotencyToken) !== 0
      : isRecord(traits) && 'idempotencyToken' in traits;
  };
  return names[members.findIndex(isToken)] ?? null;
}

function handlerFor(client: Client, schema: OperationSchema, parts: Parts): Handler | undefined {
  const { config } = client;
  const { protocol } = config;
  // The SDK's handler knows its configuration from its first request on, which goes the whole way.
  const configuration = config.requestHandler.httpHandlerConfigs();
  if (Object.keys(configuration).length === 0) return undefined;
  const patienceMs = configuration.throwOnRequestTimeout ? configuration.requestTimeout : undefined;
  const [, namespace, name, traits, input, output] = schema;
  const operation = { name, namespace, traits, input, output };
  const context = Object.assign(Object.create(config) as object, { endpoint: () => Promise.resolve(noEndpoint) });
  let place: { readonly authorization: string; readonly strategy: RetryStrategy } | undefined;

  const send: Handler = async (args) => {
    place ??= { authorization: authorizationFor(await config.region()), strategy: await config.retryStrategy() };
    const { authorization, strategy } = place;
    const request = await protocol.serializeRequest(operation, args.input, context);
    const token = await strategy.acquireInitialRetryToken('');
    const uuid = parts.randomUuid();
    const headers = {
      ...lowerCased(request.headers),
      authorization,
      'x-amz-date': stampOf(parts.now() + (config.systemClockOffset ?? 0)),
    };
    const { method } = request;
    const sent = parts.transport({ method, path: pathOf(request), headers, body: textOf(request.body) });
    const answer = await within(patienceMs, sent, parts).catch((error: unknown) => {
      throw new WholeWayNeeded({ first: () => Promise.reject(asError(error)), uuid });
    });
    if (answer.status >= 300) throw new WholeWayNeeded({ first: () => Promise.resolve(answer), uuid });
    const response = { statusCode: answer.status, headers: answer.headers, body: Buffer.from(answer.body) };
    const understood = await protocol.deserializeResponse(operation, context, response);
    strategy.recordSuccess(token);
    Object.assign(understood.$metadata, { attempts: 1, totalRetryDelay: 0 });
    return { response, output: understood };
  };

  const ofOthers = client.middlewareStack.clone();
  for (const step of stepsOfSdk) ofOthers.remove(step);
  return ofOthers.resolve(send, {});
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** What a request is serialized for: its path is that of its operation, whatever the host. */
const noEndpoint = { protocol: 'https:', hostname: '', path: '/' };

/** Says for which Region a request is made, as a signature would. */
function authorizationFor(region: string): string {
  return `AWS4-HMAC-SHA256 Credential=unsigned/00000000/${region}/`;
}

let stamped = { second: NaN, stamp: '' };

/** An instant as `X-Amz-Date` spells it. */
function stampOf(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== stamped.second) {
    const stamp = new Date(second * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    stamped = { second, stamp };
  }
  return stamped.stamp;
}

/** Rejects as if the connection were lost when the answer takes too long; without a limit, none does. */
function within(
  ms: number | undefined,
  sent: Promise<FrontResponse>,
  { setTimeout, clearTimeout }: Pick<Parts, 'setTimeout' | 'clearTimeout'>,
): Promise<FrontResponse> {
  if (!ms) return sent;
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(() => {
      reject(new ConnectionLost('ETIMEDOUT'));
    }, ms);
    sent.then(
      (answer) => {
        clearTimeout(timeout);
        resolve(answer);
      },
      (error: unknown) => {
        clearTimeout(timeout);
        reject(asError(error));
      },
    );
  });
}
