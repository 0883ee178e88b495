import { Readable } from 'node:stream';
import { ConnectionLost } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import type { FrontResponse } from './front.ts';
import type { HttpCall } from './wire.ts';

/** The little of an SDK's HttpRequest that matters here. */
export interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface SdkRequestHandler {
  handle(request: SdkRequest): Promise<{ response: SdkResponse }>;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Readable;
}

/** The body of an SDK's request as text. Throws TypeError when it is a stream. */
export function textOf(body: unknown): string {
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError(`only text and bytes can be sent to the sandbox, got ${typeof body}`);
}

/** The path of an SDK's request with its query string. */
export function pathOf({ path, query }: SdkRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const single of [value ?? ''].flat()) parameters.append(name, single);
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** An SDK `requestHandler` that leads straight to the account and lets virtual time pass until the answer is there. */
export function sdkRequestHandler(
  clock: VirtualClock,
  send: (call: HttpCall) => Promise<FrontResponse>,
): SdkRequestHandler {
  return {
    handle: async (request) => {
      const { method, headers } = request;
      // The SDK signs with the machine's clock, which is not the account's.
      const lower = Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
          name.toLowerCase() === 'x-amz-date' ? [] : [[name.toLowerCase(), value]],
        ),
      );
      const call = { method, path: pathOf(request), headers: lower, body: textOf(request.body) };
      try {
        const { status, headers: answered, body } = await clock.runUntilSettled(send(call));
        // The account's date would make the SDK believe that this machine's clock is wrong.
        const undated = Object.fromEntries(Object.entries(answered).filter(([name]) => name !== 'date'));
        return { response: { statusCode: status, headers: undated, body: Readable.from([Buffer.from(body)]) } };
      } catch (error) {
        if (error instanceof ConnectionLost)
          throw Object.assign(new Error(error.message), { code: error.code, name: 'TimeoutError' });
        throw error;
      }
    },
  };
}
