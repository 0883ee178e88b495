import { type Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { drillPrefixFault } from '../lambda/domain/drill/drill-table-name.ts';
import { describeValue } from '../lambda/domain/faults.ts';
import { foreignPlaces } from './foreign-places.ts';
import { type KnownSchema, knownSchema } from './known-schema.ts';
import type { DrillCheckProps } from './drill-props.ts';
import type { PlanProps } from './plan-props.ts';
import type { TableConstruct } from './table-construct.ts';
import { unknownRegionFault } from './scheduler-regions.ts';
import { writtenName } from './stand-ins.ts';

/** Says why drill tables must not be named by a prefix, be it only that the tables of the stack itself would look like them. */
export function drillNamingFaults(stack: Stack, drillTablePrefix: string): string[] {
  const fault = drillPrefixFault(drillTablePrefix);
  if (fault !== undefined) return [fault];
  if (!`${stack.stackName}-`.startsWith(drillTablePrefix)) return [];
  return [
    `drillTablePrefix must not begin the names of the stack's own tables, got ${describeValue(drillTablePrefix)} in stack ${stack.stackName}`,
  ];
}

/**
 * Names a Region that no drill of the stack can restore into.
 * > Another Region is one of the same partition, and not the deployment's own.
 */
export function drillRegionFaults(stack: Stack, name: string, { drill }: PlanProps): string[] {
  const region = drill?.region;
  const fault = region === undefined ? undefined : whyNotInto(region, stack.region);
  return fault === undefined ? [] : [`plans.${name}.drill.region ${fault}`];
}

function whyNotInto(region: string, home: string): string | undefined {
  if (Token.isUnresolved(region)) return `must be known at synth, got a token: ${describeValue(region)}`;
  if (Token.isUnresolved(home)) {
    const allowed = 'must be left out unless the Region of the deployment itself is known at synth';
    return `${allowed}: choose it with env or -c region, got '${region}'`;
  }
  const unknown = unknownRegionFault(region);
  if (unknown !== undefined) return unknown;
  if (region === home) return `must be another Region than the ${home} of the deployment, got '${region}'`;
  const [here, there] = [home, region].map((each) => RegionInfo.get(each).partition);
  return here === there ? undefined : `must be a Region of partition ${here}, got '${region}' of ${there}`;
}

/** Names the key and the function of a plan's drills that live in another Region, where no drill can use them. */
export function foreignDrillFaults(stack: Stack, name: string, { drill }: PlanProps): string[] {
  const key = typeof drill?.encryptionKey === 'object' ? drill.encryptionKey : undefined;
  const asked = drill?.validate?.function;
  // The ARN of a key that is written out is compared with the Region drilled into by the plan's own checks.
  const isJudged = key && drill?.region !== undefined && !Token.isUnresolved(key.keyArn);
  const resources = [
    ...(key && !isJudged
      ? [{ path: 'encryptionKey', what: 'key', arn: key.keyArn, env: key.env, here: drill?.region }]
      : []),
    ...(asked
      ? [{ path: 'validate.function', what: 'function', arn: asked.functionArn, env: asked.env, here: undefined }]
      : []),
  ];
  return resources.flatMap(({ path, what, here: place, ...resource }) =>
    foreignPlaces(stack, resource, place)
      .filter(({ kind }) => kind !== 'account')
      .map(
        ({ kind, here, there }) =>
          `plans.${name}.drill.${path} must be a ${what} of ${kind} ${here}, got one of ${there}`,
      ),
  );
}

/** Names what a plan's drills say about tables that the constructs of these tables deny. Ask when the app is complete. */
export function drillSchemaFaults(name: string, plan: PlanProps): string[] {
  const checks = plan.drill?.validate?.checks ?? [];
  return [
    ...unknownIndexes(plan).map((fault) => `plans.${name}.drill.indexes${fault}`),
    ...checks.flatMap((check, index) => {
      const fault = keyFault(check, plan);
      return fault === undefined ? [] : [`plans.${name}.drill.validate.checks.${index}.key ${fault}`];
    }),
  ];
}

/** > Every index named is one of some table of the plan. Where a table is not known, it may have any index. */
function unknownIndexes({ tables, drill }: PlanProps): string[] {
  const indexes = drill?.indexes;
  const schemas = (tables.named ?? []).map((table) => (typeof table === 'string' ? undefined : knownSchema(table)));
  const areAllKnown = schemas.every((schema) => schema !== undefined) && !tables.matching?.length && !tables.tagged;
  if (typeof indexes !== 'object' || !areAllKnown) return [];
  const known = [...new Set(schemas.flatMap((schema) => schema.indexes))];
  const allowed = known.length === 0 ? 'none of which has any' : `which have ${known.join(', ')}`;
  return indexes.flatMap((index, nth) =>
    known.includes(index)
      ? []
      : [`.${nth} must be an index of one of the plan's tables, ${allowed}, got ${describeValue(index)}`],
  );
}

/** > The key of a check has the attributes of the table's key, with their types. */
function keyFault({ table, key }: DrillCheckProps, { tables }: PlanProps): string | undefined {
  const construct = typeof table === 'string' ? constructNamed(table, tables.named ?? []) : table;
  const schema = construct && knownSchema(construct);
  if (!construct || !schema) return undefined;
  const [wanted, found] = [describeKey(schema.key), describeKey(typesOf(key))];
  return wanted === found ? undefined : `must be the key of ${construct.node.path}, ${wanted}, got ${found}`;
}

function constructNamed(name: string, named: readonly (string | TableConstruct)[]): TableConstruct | undefined {
  return named.filter((table) => typeof table !== 'string').find((table) => writtenName(table) === name);
}

function typesOf(key: DrillCheckProps['key']): KnownSchema['key'] {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, Object.keys(value)[0]]));
}

function describeKey(key: KnownSchema['key']): string {
  const parts = Object.entries(key).map(([name, type]) => `${name} (${String(type)})`);
  return parts.sort().join(' and ');
}
