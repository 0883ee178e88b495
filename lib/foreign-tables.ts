import { Arn, type ArnComponents, ArnFormat, type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { PlanProps, TableConstruct } from './plan-props.ts';

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

/** Where a table is: as its ARN says where that is written out, for an imported table claims its importer's place; else as its stack says. */
function placesOf(stack: Stack, table: TableConstruct): Place[] {
  const { account = table.env.account, region = table.env.region, partition } = writtenArn(table) ?? {};
  return [
    { kind: 'account', here: stack.account, there: account },
    { kind: 'region', here: stack.region, there: region },
    ...(partition ? [{ kind: 'partition', here: partitionOf(stack), there: partition }] : []),
  ];
}

function writtenArn({ tableArn }: TableConstruct): Partial<ArnComponents> | undefined {
  return Token.isUnresolved(tableArn) ? undefined : Arn.split(tableArn, ArnFormat.SLASH_RESOURCE_NAME);
}

function partitionOf({ region, partition }: Stack): string {
  return Token.isUnresolved(region) ? partition : (RegionInfo.get(region).partition ?? partition);
}
