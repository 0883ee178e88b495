import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import type { SandboxAccount } from './account.ts';
import { ConnectionLost } from './aws-error.ts';
import type { FrontResponse } from './front.ts';
import type { RealTime } from './real-time.ts';

/** DynamoDB takes no request larger than 16 MB. */
const largestBodyBytes = 16 * 1024 * 1024;
/** A client that has not sent its whole request by then is cut off. */
const requestTimeoutMs = 30_000;

/** An HTTP server that answers as the account would; whatever a client sends, it goes on serving the others. Listens to nothing yet. */
export function accountServer(
  account: SandboxAccount,
  time: RealTime,
  { checkDates, onError }: { readonly checkDates: boolean; readonly onError: (error: unknown) => void },
): Server {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      send(response, await answer(request));
    } catch (error) {
      const isOver = error instanceof ConnectionLost || response.destroyed;
      if (!isOver) onError(error);
      if (isOver) request.socket.destroy();
      else send(response, awsError(500, 'InternalServerError', 'the sandbox failed; see its output'));
    }
  };
  const answer = async (request: IncomingMessage): Promise<FrontResponse> => {
    const { method = 'GET', url = '/' } = request;
    const headers = plainHeaders(request, checkDates);
    const body = await readBody(request);
    if (body === undefined)
      return awsError(413, 'RequestEntityTooLargeException', `the body is larger than ${largestBodyBytes} bytes`);
    if (headers['x-amz-target'] !== undefined && method !== 'POST')
      return awsError(400, 'UnknownOperationException', `an operation is called by POST, got ${method}`);
    // What DynamoDB tells a load balancer; a signed request is some other service's.
    if (method === 'GET' && url === '/' && headers.authorization === undefined)
      return { status: 200, headers: {}, body: 'healthy: the sandbox account\n' };
    return time.keepAwakeFor(account.http({ method, path: url, headers, body }));
  };
  const server = createServer(
    { requestTimeout: requestTimeoutMs },
    (request, response) => void serve(request, response),
  );
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  return server;
}

/** Header names come in lower case from Node; of a header sent twice the first counts. */
function plainHeaders({ headers }: IncomingMessage, withDate: boolean): Record<string, string> {
  const plain = Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]);
  return Object.fromEntries(plain.filter(([name]) => withDate || name !== 'x-amz-date')) as Record<string, string>;
}

/** The whole body, or undefined when it is too large; then the rest of it is read and thrown away, so that the answer can be heard. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= largestBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 4 * largestBodyBytes) throw new ConnectionLost('ECONNRESET');
  }
  return bytes > largestBodyBytes ? undefined : Buffer.concat(chunks).toString();
}

function awsError(status: number, name: string, message: string): FrontResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': name };
  return { status, headers, body: JSON.stringify({ __type: `com.amazon.coral.service#${name}`, message }) };
}

/** SDKs compare the checksum that DynamoDB sends with each answer. */
function send(response: ServerResponse, { status, headers, body }: FrontResponse): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length, 'x-amz-crc32': crc32(bytes) });
  response.end(bytes);
}
