import type { ApiCall } from '../front.ts';
import { functionReference } from './function-reference.ts';

/** The ARN of a function of this account up to its name. */
export function functionArnPrefix(account: { readonly region: string; readonly accountId: string }): string {
  return `arn:aws:lambda:${account.region}:${account.accountId}:function:`;
}

/**
 * The action and the resource that Lambda asks IAM about. A call on a durable execution is authorized against the execution's ARN, which names a
 * version and never an alias; a call on a function against the ARN as the caller gave it, so with its version or alias if there was one.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-security.html
 */
export function requiredPermission(call: ApiCall, functionArnPrefix: string): [action: string, resource: string] {
  const { DurableExecutionArn, FunctionName, Qualifier } = call.input;
  const action = `lambda:${call.operation === 'Invoke' ? 'InvokeFunction' : call.operation}`;
  if (typeof DurableExecutionArn === 'string') return [action, DurableExecutionArn];
  const { name, qualifier = Qualifier } = functionReference(String(FunctionName));
  const suffix = typeof qualifier === 'string' ? `:${qualifier}` : '';
  return [action, `${functionArnPrefix}${name}${suffix}`];
}
