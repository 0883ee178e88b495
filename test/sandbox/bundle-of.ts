import { resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

/** Bundles the source of a function as the CDK does: one CommonJS file, AWS SDK included. */
export function bundleOf(source: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

let callerBundle: string | undefined;

/**
 * A function whose handler has this body, in JavaScript; `send(name, input)` calls DynamoDB, `dynamodb` is the SDK's module.
 * The SDK is bundled only once: the body is put into the finished bundle.
 */
export function callerOf(body: string): string {
  callerBundle ??= bundleOf(`
    import * as dynamodb from '@aws-sdk/client-dynamodb';
    const client = new dynamodb.DynamoDBClient({});
    const send = (name, input = {}) => client.send(new dynamodb[name + 'Command'](input));
    export async function handler(event, context) { BODY_GOES_HERE(send, event, context); }
  `);
  return callerBundle.replace(/BODY_GOES_HERE\(.*\);/, () => body);
}

/** What an invocation returned; throws if it failed. */
export function returned(
  outcome: { payload: string } | { error: { errorType: string; errorMessage: string } },
): unknown {
  if ('error' in outcome) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`);
  return JSON.parse(outcome.payload);
}

let durableBundle: string | undefined;

/**
 * A durable function under middy whose handler has this body, in JavaScript; `context` is its DurableContext, `send` and `dynamodb` are as in
 * `callerOf`, and `sdk` is the module of the durable SDK.
 */
export function durableOf(body: string): string {
  durableBundle ??= bundleOf(`
    import middy from '@middy/core';
    import { executionModeDurableContext } from '@middy/core/executionModeDurableContext';
    import * as sdk from '@aws/durable-execution-sdk-js';
    import * as dynamodb from '@aws-sdk/client-dynamodb';
    const client = new dynamodb.DynamoDBClient({});
    const send = (name, input = {}) => client.send(new dynamodb[name + 'Command'](input));
    // By default middy throws 5 ms before the function's timeout, which would fail the execution for good instead of having it tried again.
    const options = { executionMode: executionModeDurableContext, timeoutEarlyInMillis: 0 };
    export const handler = middy(options).handler(async (event, context) => {
      BODY_GOES_HERE(send, sdk, event, context);
    });
  `);
  return durableBundle.replace(/BODY_GOES_HERE\(.*\);/, () => body);
}
