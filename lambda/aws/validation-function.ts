import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { AskValidator } from '../jobs/drill/ports.ts';
import { failureOf } from './failures.ts';

const verdictSchema = z.object({ passed: z.boolean(), message: z.string().max(1_000).default('') });

/**
 * Asks an operator's function whether a restored table is as it should be. It is invoked once, with `{ table, sourceTable, plan, source }`, and
 * answers `{ passed, message? }`; anything else, an error of its own or no answer in time is a failure.
 */
export const askValidationFunction: AskValidator = async (functionArn, question, timeoutMilliseconds) => {
  const client = new LambdaClient({
    maxAttempts: 1,
    requestHandler: { requestTimeout: timeoutMilliseconds, throwOnRequestTimeout: true },
  });
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(question) }),
    );
    const text = Payload?.transformToString() ?? '';
    if (FunctionError) return failed(`the function failed: ${text.slice(0, 500)}`);
    const verdict = verdictSchema.safeParse(JSON.parse(text));
    return verdict.success
      ? { kind: 'answered', ...verdict.data }
      : failed(`the function must answer {"passed": true or false, "message"?: text}, got ${text.slice(0, 200)}`);
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  } finally {
    client.destroy();
  }
};

function failed(message: string) {
  return { kind: 'failed', failure: { kind: 'invalid', message } } as const;
}
