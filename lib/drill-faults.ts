import type { Stack } from 'aws-cdk-lib';
import { drillPrefixFault } from '../lambda/domain/drill/drill-table-name.ts';
import { describeValue } from '../lambda/domain/faults.ts';
import { foreignPlaces } from './foreign-places.ts';
import { type KnownSchema, knownSchema } from './known-schema.ts';
import type { DrillCheckProps, PlanProps, TableConstruct } from './plan-props.ts';
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

/** Names the key and the function of a plan's drills that live in another Region, where no drill can use them. */
export function foreignDrillFaults(stack: Stack, name: string, { drill }: PlanProps): string[] {
  const key = drill?.encryptionKey;
  const asked = drill?.validate?.function;
  const resources = [
    ...(key ? [{ path: 'encryptionKey', what: 'key', arn: key.keyArn, env: key.env }] : []),
    ...(asked ? [{ path: 'validate.function', what: 'function', arn: asked.functionArn, env: asked.env }] : []),
  ];
  return resources.flatMap(({ path, what, ...resource }) =>
    foreignPlaces(stack, resource)
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
