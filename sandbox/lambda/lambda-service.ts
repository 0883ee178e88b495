import { AwsError } from '../aws-error.ts';
import type { ApiCall, FrontResponse, Service } from '../front.ts';
import { Input } from '../input.ts';
import type { Functions } from './functions.ts';

async function invoke(functions: Functions, call: ApiCall): Promise<FrontResponse> {
  const input = new Input(call.input);
  const name = input.text('FunctionName');
  const payload = input.optionalText('Payload') ?? '';
  const event = payload === '' ? '{}' : payload;
  const type = input.optionalText('InvocationType') ?? 'RequestResponse';
  if (!functions.has(name)) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
  if (type === 'Event') {
    functions.enqueue(name, event);
    return { status: 202, headers: {}, body: '' };
  }
  const outcome = await functions.invoke(name, event);
  if ('payload' in outcome)
    return { status: 200, headers: { 'x-amz-executed-version': '$LATEST' }, body: outcome.payload };
  const headers = { 'x-amz-executed-version': '$LATEST', 'x-amz-function-error': 'Unhandled' };
  return { status: 200, headers, body: JSON.stringify(outcome.error) };
}

/** The Lambda API, as far as functions invoke functions: `Invoke`, waiting or not. */
export function lambdaService(functions: Functions): Service {
  return {
    name: 'lambda',
    contentType: 'application/json',
    operations: { Invoke: (call) => invoke(functions, call) },
    answer: (output) => output as FrontResponse,
    errorBody: (error) => ({ Type: 'User', Message: error.message, ...error.fields }),
  };
}
