import { AwsError } from '../aws-error.ts';
import type { ApiCall, FrontResponse, Service } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import { durableOperations } from './durable-api.ts';
import { payloadBytes, synchronousPayloadBytes } from './durable-operations.ts';
import type { FunctionTarget, Functions } from './functions.ts';

/** AWS's own rule for the name of an execution. */
const executionName = { pattern: /^[a-zA-Z0-9-_]+$/, min: 1, max: 64 };

/** The answer to an invocation, whose body is the function's own. */
class InvokeAnswer {
  readonly response: FrontResponse;

  constructor(response: FrontResponse) {
    this.response = response;
  }
}

async function invoke(functions: Functions, call: ApiCall): Promise<InvokeAnswer> {
  const input = new Input(call.input);
  const target = functions.target(input.text('FunctionName'), input.optionalText('Qualifier'));
  const payload = input.optionalText('Payload') ?? '';
  const event = payload === '' ? '{}' : payload;
  const type = input.optionalText('InvocationType') ?? 'RequestResponse';
  checkEvent(event, type === 'Event' ? payloadBytes : synchronousPayloadBytes);
  if (target.definition.durable) return invokeDurable(functions, target, event, type, input);
  if (input.optionalText('DurableExecutionName') !== undefined)
    throw new AwsError('InvalidParameterValueException', 'Only a durable function takes a DurableExecutionName.');
  if (type === 'DryRun') return new InvokeAnswer({ status: 204, headers: {}, body: '' });
  if (type === 'Event') {
    functions.enqueue(target.arn, event);
    return new InvokeAnswer({ status: 202, headers: {}, body: '' });
  }
  return outcomeAnswer(await functions.invoke(target.arn, event), target, {});
}

async function invokeDurable(
  functions: Functions,
  target: FunctionTarget,
  event: string,
  type: string,
  input: Input,
): Promise<InvokeAnswer> {
  const name = input.optionalText('DurableExecutionName', executionName);
  if (type === 'DryRun') return new InvokeAnswer({ status: 204, headers: {}, body: '' });
  const execution = functions.executions.start(target, event, { name, isSynchronous: type !== 'Event' });
  const headers = { 'x-amz-durable-execution-arn': execution.arn };
  if (type === 'Event') return new InvokeAnswer({ status: 202, headers, body: '' });
  return outcomeAnswer(await execution.outcome(), target, headers);
}

function outcomeAnswer(
  outcome: Awaited<ReturnType<Functions['invoke']>>,
  { definition }: FunctionTarget,
  more: Readonly<Record<string, string>>,
): InvokeAnswer {
  const headers = { 'x-amz-executed-version': definition.version, ...more };
  if ('payload' in outcome) return new InvokeAnswer({ status: 200, headers, body: outcome.payload });
  const failed = { ...headers, 'x-amz-function-error': 'Unhandled' };
  return new InvokeAnswer({ status: 200, headers: failed, body: JSON.stringify(outcome.error) });
}

function checkEvent(event: string, most: number): void {
  const bytes = Buffer.byteLength(event);
  if (bytes > most) {
    const message = `${bytes} byte payload is too large for the invocation type (limit ${most} bytes)`;
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  try {
    JSON.parse(event);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

/** The Lambda API, as far as functions invoke functions and durable executions are carried on, watched and stopped. */
export function lambdaService(functions: Functions): Service {
  return {
    name: 'lambda',
    contentType: 'application/json',
    operations: { Invoke: (call) => invoke(functions, call), ...durableOperations(functions) },
    answer: (output) =>
      output instanceof InvokeAnswer
        ? output.response
        : { status: 200, headers: {}, body: JSON.stringify(isRecord(output) ? output : {}) },
    errorBody: (error) => ({ Type: 'User', Message: error.message, ...error.fields }),
  };
}
