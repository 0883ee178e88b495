import { compileFunction } from 'node:vm';
import { EventEmitter } from 'node:events';
import type { Writable } from 'node:stream';
import { ConnectionLost } from '../aws-error.ts';
import type { FrontResponse } from '../front.ts';
import type { HttpCall } from '../wire.ts';

/** Makes an error of the realm that bundles live in: an SDK asks whether it is an instance of its own Error. */
const errorLikeBundle = compileFunction('return Object.assign(new Error(message), properties)', [
  'message',
  'properties',
]) as (message: string, properties: object) => Error;

/** Carries a request to the account. Rejects when the line breaks; never settles when the sender is dead. */
export type Transport = (call: HttpCall) => Promise<FrontResponse>;

interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The little of a socket that an HTTP client asks for. */
class StubSocket extends EventEmitter {
  readonly connecting = false;
  setKeepAlive(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  destroy(): this {
    return this;
  }
}

const socket = new StubSocket();
socket.setMaxListeners(0);

/** The little of an IncomingMessage that an AWS SDK asks for: status, headers, and a body that is there at once. */
class StubResponse extends EventEmitter {
  readonly statusCode: number;
  readonly statusMessage = '';
  readonly headers: Readonly<Record<string, string>>;
  readonly complete = true;
  readonly #body: Buffer;

  constructor(response: FrontResponse) {
    super();
    this.statusCode = response.status;
    this.headers = response.headers;
    this.#body = Buffer.from(response.body);
  }

  pipe(destination: Writable): Writable {
    destination.end(this.#body);
    return destination;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    yield await Promise.resolve(this.#body);
  }

  destroy(): this {
    return this;
  }
}

class StubRequest extends EventEmitter {
  readonly socket = socket;
  readonly #options: RequestOptions;
  readonly #transport: Transport;
  readonly #chunks: (string | Uint8Array)[] = [];
  #destroyed = false;

  constructor(options: RequestOptions, transport: Transport) {
    super();
    this.#options = options;
    this.#transport = transport;
  }

  write(chunk: string | Uint8Array): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.#chunks.push(chunk);
    const { method = 'GET', path = '/', headers = {} } = this.#options;
    this.#transport({ method, path, headers: lowerCased(headers), body: this.#body() }).then(
      (response) => {
        this.#receive(response);
      },
      (error: unknown) => {
        this.#fail(error);
      },
    );
    return this;
  }

  setTimeout(): this {
    return this;
  }

  destroy(error?: Error): this {
    if (this.#destroyed) return this;
    this.#destroyed = true;
    if (error) this.emit('error', error);
    this.emit('close');
    return this;
  }

  #body(): string {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && typeof only === 'string') return only;
    return Buffer.concat(
      this.#chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
    ).toString();
  }

  #receive(response: FrontResponse): void {
    if (this.#destroyed) return;
    this.emit('response', new StubResponse(response));
    this.emit('close');
  }

  #fail(error: unknown): void {
    if (this.#destroyed) return;
    const code = error instanceof ConnectionLost ? error.code : 'EPROTO';
    const message = error instanceof Error ? error.message : String(error);
    this.emit('error', errorLikeBundle(message, { code }));
    this.emit('close');
  }
}

class StubAgent extends EventEmitter {
  readonly sockets = {};
  readonly requests = {};
  readonly maxSockets = Infinity;
  readonly options = {};
  destroy(): void {
    this.removeAllListeners();
  }
}

export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value;
  return lower;
}

/** What `require('http')` and `require('https')` give to a function: the real interface as far as an AWS SDK uses it, without sockets. */
export function httpStub(transport: Transport): object {
  const request = (options: RequestOptions, onResponse?: (response: StubResponse) => void): StubRequest => {
    const stub = new StubRequest(options, transport);
    if (onResponse) stub.once('response', onResponse);
    return stub;
  };
  const get = (options: RequestOptions, onResponse?: (response: StubResponse) => void): StubRequest =>
    request(options, onResponse).end();
  return { request, get, Agent: StubAgent, globalAgent: new StubAgent() };
}
