import { Arn, ArnFormat, type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { PlanProps } from './plan-props.ts';

/**
 * Names the tables of a plan that live elsewhere than the stack. A backup is always taken where its table is, so such a plan could
 * never be kept. What only the deployment knows is not judged.
 */
export function foreignTableFaults(stack: Stack, name: string, { tables }: PlanProps): string[] {
  return (tables.named ?? []).flatMap((table, index) =>
    typeof table === 'string'
      ? []
      : placesOf(stack, table)
          .filter(({ here, there }) => Token.compareStrings(here, there) === TokenComparison.DIFFERENT)
          .map(
            ({ kind, here, there }) =>
              `plans.${name}.tables.named[${index}] must be a table of ${kind} ${here}, got ${table.node.path} of ${there}`,
          ),
  );
}

interface Place {
  readonly kind: string;
  readonly here: string;
  readonly there: string;
}

function placesOf(stack: Stack, table: ITable): Place[] {
  const partition = partitionOf(table);
  return [
    { kind: 'account', here: stack.account, there: table.env.account },
    { kind: 'region', here: stack.region, there: table.env.region },
    ...(partition ? [{ kind: 'partition', here: stackPartition(stack), there: partition }] : []),
  ];
}

function partitionOf(table: ITable): string | undefined {
  if (Token.isUnresolved(table.tableArn)) return undefined;
  return Arn.split(table.tableArn, ArnFormat.SLASH_RESOURCE_NAME).partition;
}

function stackPartition(stack: Stack): string {
  if (Token.isUnresolved(stack.region)) return stack.partition;
  return RegionInfo.get(stack.region).partition ?? stack.partition;
}
