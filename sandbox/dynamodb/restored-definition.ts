import { validationError } from '../aws-error.ts';
import { isRecord, type Input } from '../input.ts';
import type { TableDefinition } from './table.ts';

type Index = Readonly<Record<string, unknown>>;

const billingModes = ['PROVISIONED', 'PAY_PER_REQUEST'];
/** In an on-demand maximum, this takes the maximum away. */
const noMaximum = -1;

function invalid(reason: string): Error {
  return validationError(`One or more parameter values were invalid: ${reason}`);
}

/** What identifies an index: two with the same text have the same name, keys and projection. */
function identity(index: Index): string {
  const keys = (Array.isArray(index.KeySchema) ? index.KeySchema : []).filter(isRecord);
  const projection = isRecord(index.Projection) ? index.Projection : {};
  const attributes: unknown[] = Array.isArray(projection.NonKeyAttributes) ? projection.NonKeyAttributes : [];
  return JSON.stringify([
    index.IndexName,
    keys.map((key) => [key.AttributeName, key.KeyType]),
    projection.ProjectionType,
    [...attributes].sort(),
  ]);
}

/** The indexes that come back: all without an override, none for an empty one, otherwise those it names by their exact definition. */
function keptIndexes(source: readonly Index[], override: unknown, member: string): readonly Index[] {
  if (override === undefined || override === null) return source;
  const wanted = (Array.isArray(override) ? override : []).filter(isRecord);
  const known = new Map(source.map((index) => [identity(index), index]));
  return wanted.map((index) => {
    const original = known.get(identity(index));
    if (!original) throw invalid(`${member}: index ${String(index.IndexName)} does not match any index of the source`);
    return { ...original, ...index };
  });
}

/** The capacity members of the restored table. */
function capacity(source: TableDefinition, input: Input): Partial<TableDefinition> & { readonly BillingMode: string } {
  const override = input.optionalText('BillingModeOverride', { oneOf: billingModes });
  const mode = override ?? source.BillingMode;
  const provisioned = input.optionalStructure('ProvisionedThroughputOverride');
  const onDemand = input.optionalStructure('OnDemandThroughputOverride');
  if (mode === 'PAY_PER_REQUEST') {
    if (provisioned) throw invalid('ProvisionedThroughputOverride is only valid with the billing mode PROVISIONED');
    const maximum = onDemand ? onDemandMaximum(onDemand) : source.OnDemandThroughput;
    return { BillingMode: mode, ...(maximum !== undefined && { OnDemandThroughput: maximum }) };
  }
  if (onDemand) throw invalid('OnDemandThroughputOverride is only valid with the billing mode PAY_PER_REQUEST');
  if (override === 'PROVISIONED' && !provisioned)
    throw invalid('ProvisionedThroughputOverride is required with BillingModeOverride PROVISIONED');
  return { BillingMode: mode, ProvisionedThroughput: provisioned ? units(provisioned) : source.ProvisionedThroughput };
}

function units(throughput: Input): object {
  const read = throughput.optionalNumber('ReadCapacityUnits', 1);
  const write = throughput.optionalNumber('WriteCapacityUnits', 1);
  if (read === undefined || write === undefined)
    throw invalid('ProvisionedThroughputOverride needs ReadCapacityUnits and WriteCapacityUnits');
  return { ReadCapacityUnits: read, WriteCapacityUnits: write };
}

function onDemandMaximum(throughput: Input): object | undefined {
  const kept = ['MaxReadRequestUnits', 'MaxWriteRequestUnits']
    .map((name) => [name, throughput.optionalNumber(name, noMaximum)] as const)
    .filter(([, value]) => value !== undefined && value !== noMaximum);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Global indexes have the billing mode of their table. */
function withCapacity(index: Index, mode: string, provisioned: unknown): Index {
  const { ProvisionedThroughput: own, ...rest } = index;
  return mode === 'PAY_PER_REQUEST' ? rest : { ...rest, ProvisionedThroughput: own ?? provisioned };
}

function encryption(source: TableDefinition, input: Input): unknown {
  const override = input.optionalStructure('SSESpecificationOverride');
  if (!override || Object.keys(override.members).length === 0) return source.SSESpecification;
  return override.optionalBoolean('Enabled') === false ? undefined : override.members;
}

function usedAttributes(definition: TableDefinition): TableDefinition['AttributeDefinitions'] {
  const indexes = [...(definition.LocalSecondaryIndexes ?? []), ...(definition.GlobalSecondaryIndexes ?? [])];
  const keys = [definition.KeySchema, ...indexes.map((index) => index.KeySchema)].flat().filter(isRecord);
  const used = new Set(keys.map((key) => key.AttributeName));
  return definition.AttributeDefinitions.filter((each) => isRecord(each) && used.has(each.AttributeName));
}

/**
 * The definition of a restored table: that of its source with the request's overrides. Stream, table class and everything that is not in a
 * definition stay behind. Throws the ValidationException of an override that does not fit.
 */
export function restoredDefinition(source: TableDefinition, input: Input): TableDefinition {
  const { GlobalSecondaryIndexOverride, LocalSecondaryIndexOverride } = input.members;
  const billing = capacity(source, input);
  const local = keptIndexes(
    source.LocalSecondaryIndexes ?? [],
    LocalSecondaryIndexOverride,
    'LocalSecondaryIndexOverride',
  );
  const global = keptIndexes(
    source.GlobalSecondaryIndexes ?? [],
    GlobalSecondaryIndexOverride,
    'GlobalSecondaryIndexOverride',
  ).map((index) => withCapacity(index, billing.BillingMode, billing.ProvisionedThroughput));
  const specification = encryption(source, input);
  const definition: TableDefinition = {
    KeySchema: source.KeySchema,
    AttributeDefinitions: source.AttributeDefinitions,
    ...billing,
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(specification !== undefined && { SSESpecification: specification }),
  };
  return { ...definition, AttributeDefinitions: usedAttributes(definition) };
}
