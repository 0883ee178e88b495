import type { Stack } from 'aws-cdk-lib';
import { foreignPlaces } from './foreign-places.ts';
import type { PlanProps } from './plan-props.ts';

/**
 * Names the tables of a plan that live elsewhere than the stack. A backup is always taken where its table is, so such a plan could
 * never be kept. What only the deployment knows is not judged.
 */
export function foreignTableFaults(stack: Stack, name: string, { tables }: PlanProps): string[] {
  return (tables.named ?? []).flatMap((table, index) =>
    typeof table === 'string'
      ? []
      : foreignPlaces(stack, { arn: table.tableArn, env: table.env }).map(
          ({ kind, here, there }) =>
            `plans.${name}.tables.named[${index}] must be a table of ${kind} ${here}, got ${table.node.path} of ${there}`,
        ),
  );
}
