import { backupRoutes } from './backup/backup-routes.ts';
import type { FrontRequest } from './front.ts';
import { readQuery } from './query-protocol.ts';

/** An HTTP request as an AWS SDK sends it. Header names are lower case. */
export interface HttpCall {
  readonly method: string;
  /** Path and query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The Region a request is meant for: that of its signature, for a host may be this machine; undefined for an unsigned one.
 * Source: "Elements of an AWS API request signature".
 */
export function regionOf({ headers }: HttpCall): string | undefined {
  return /Credential=[^/,]+\/\d{8}\/([a-z0-9-]+)\//.exec(headers.authorization ?? '')?.[1];
}

/** The account that a request is meant for: that of whoever signed it, told by an access key of twelve digits; undefined for any other key. */
export function accountOf({ headers }: HttpCall): string | undefined {
  return /Credential=(\d{12})\//.exec(headers.authorization ?? '')?.[1];
}

const targets: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  ResourceGroupsTaggingAPI_20170126: 'tagging',
  AmazonSQS: 'sqs',
  TrentService: 'kms',
  AnyScaleFrontendService: 'application-autoscaling',
  GraniteServiceVersion20100801: 'cloudwatch',
  AWSEvents: 'events',
};

/** Services of the Query protocol, by the version that each request names. */
const queryServices: Readonly<Record<string, string>> = { '2010-03-31': 'sns' };

/** How one operation of a REST service is called. The named groups of its path are members of the request. */
export interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly service: string;
  readonly operation: string;
  /** The members that the parameters of the query string are, where their names differ. */
  readonly members?: (query: Readonly<Record<string, unknown>>) => Record<string, unknown>;
}

const routes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/invocations$/,
    service: 'lambda',
    operation: 'Invoke',
  },
  durable('POST', 'checkpoint', 'CheckpointDurableExecution'),
  durable('GET', 'state', 'GetDurableExecutionState'),
  durable('GET', 'history', 'GetDurableExecutionHistory'),
  durable('POST', 'stop', 'StopDurableExecution'),
  durable('GET', undefined, 'GetDurableExecution'),
  {
    method: 'GET',
    path: /^\/2025-12-01\/functions\/(?<FunctionName>[^/]+)\/durable-executions$/,
    service: 'lambda',
    operation: 'ListDurableExecutionsByFunction',
  },
  { method: 'GET', path: /^\/schedules\/(?<Name>[^/]+)$/, service: 'scheduler', operation: 'GetSchedule' },
  { method: 'GET', path: /^\/schedules$/, service: 'scheduler', operation: 'ListSchedules' },
  ...backupRoutes,
];

function durable(method: string, part: string | undefined, operation: string): Route {
  const tail = part === undefined ? '' : `/${part}`;
  const path = new RegExp(`^/2025-12-01/durable-executions/(?<DurableExecutionArn>[^/]+)${tail}$`);
  return { method, path, service: 'lambda', operation };
}

/** Which operation of which service an HTTP request means; undefined when it is none that this account knows. */
export function routeHttp(call: HttpCall): FrontRequest | undefined {
  const target = call.headers['x-amz-target'];
  const { headers, body } = call;
  if (target !== undefined) {
    const [prefix = '', operation = ''] = target.split('.');
    const service = Object.hasOwn(targets, prefix) ? targets[prefix] : undefined;
    return service === undefined ? undefined : { service, operation, headers, body };
  }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return routeQuery(call);
  const [path = '', query = ''] = call.path.split('?');
  for (const route of routes) {
    const match = route.method === call.method ? route.path.exec(path) : null;
    const named = match && decoded(match.groups);
    if (!named) continue;
    const parameters = {
      ...(route.members?.(queried(query)) ?? queried(query)),
      ...named,
      ...invocation(headers),
    };
    // The payload of an invocation is the function's business, so it travels unparsed.
    const isPayload = route.operation === 'Invoke';
    return {
      service: route.service,
      operation: route.operation,
      headers,
      body: isPayload ? '' : body,
      parameters: isPayload ? { ...parameters, Payload: body } : parameters,
    };
  }
  return undefined;
}

function routeQuery({ headers, body }: HttpCall): FrontRequest | undefined {
  const { Action: operation, Version: version, ...parameters } = readQuery(body);
  if (typeof operation !== 'string' || typeof version !== 'string' || !Object.hasOwn(queryServices, version))
    return undefined;
  const service = queryServices[version];
  return service === undefined ? undefined : { service, operation, headers, body: '', parameters };
}

/** The parameters of a query string; one that is given more than once becomes an array. */
function queried(query: string): Record<string, unknown> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => {
      const values = parameters.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

/** The named parts of a path; undefined when their escapes spell nothing. */
function decoded(groups: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    return undefined;
  }
}

function invocation(headers: HttpCall['headers']): Record<string, string> {
  const type = headers['x-amz-invocation-type'];
  const name = headers['x-amz-durable-execution-name'];
  return {
    ...(type !== undefined && { InvocationType: type }),
    ...(name !== undefined && { DurableExecutionName: name }),
  };
}
