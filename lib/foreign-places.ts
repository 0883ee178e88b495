import {
  Arn,
  type ArnComponents,
  ArnFormat,
  type ResourceEnvironment,
  type Stack,
  Token,
  TokenComparison,
} from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/** In which respect a resource lives elsewhere than a stack. */
export interface ForeignPlace {
  readonly kind: 'account' | 'region' | 'partition';
  readonly here: string;
  readonly there: string;
}

/**
 * Tells where a resource lives elsewhere than a stack: as its ARN says where that is written out, for an imported resource claims its
 * importer's place; else as its stack says. What only the deployment knows is not judged. `here` is the Region of the stack, unless the
 * resource is meant for another.
 */
export function foreignPlaces(
  stack: Stack,
  resource: { readonly arn: string; readonly env: ResourceEnvironment },
  here = stack.region,
): ForeignPlace[] {
  const { account = resource.env.account, region = resource.env.region, partition } = writtenArn(resource.arn) ?? {};
  const places: ForeignPlace[] = [
    { kind: 'account', here: stack.account, there: account },
    { kind: 'region', here, there: region },
    ...(partition ? [{ kind: 'partition' as const, here: partitionOf(stack), there: partition }] : []),
  ];
  return places.filter(({ here, there }) => Token.compareStrings(here, there) === TokenComparison.DIFFERENT);
}

function writtenArn(arn: string): Partial<ArnComponents> | undefined {
  return Token.isUnresolved(arn) ? undefined : Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
}

function partitionOf({ region, partition }: Stack): string {
  return Token.isUnresolved(region) ? partition : (RegionInfo.get(region).partition ?? partition);
}
