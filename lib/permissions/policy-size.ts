import type { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { spelledArn } from './spelled-arn.ts';

/** All inline policies of a role together may have so many characters, white space aside (source: "IAM and AWS STS quotas"). */
const mostCharacters = 10_240;

/** What logging, reporting, continuing, braces and the true lengths of ARNs known only at deployment may add. */
const reserve = 1_500;

/**
 * Refuses permissions that IAM would refuse during the deployment.
 *
 * @throws Error with the size and what to do about it
 */
export function assertPolicyFits(stack: Stack, role: string, statements: readonly PolicyStatement[]): void {
  const size = statements.reduce((sum, statement) => sum + sizeOf(stack, statement), reserve);
  if (size <= mostCharacters) return;
  throw new Error(
    `${stack.stackName} cannot be deployed:\n- the policy of ${role} must have at most ${mostCharacters} characters, got about ${size}: ` +
      'choose tables by pattern or by tag instead of naming each, or spread the plans over several deployments',
  );
}

function sizeOf(stack: Stack, statement: PolicyStatement): number {
  const { Resource = [], ...rest } = stack.resolve(statement.toStatementJson()) as { Resource?: unknown };
  const resources = [Resource].flat().map((arn) => spelledArn(arn).length + '"",'.length);
  return JSON.stringify(rest).length + resources.reduce((sum, length) => sum + length, 0);
}
