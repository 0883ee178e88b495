import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** A statement that allows actions on one resource or several, without a condition. */
export function allow(sid: string, actions: readonly string[], resources: string | readonly string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [resources].flat() });
}
