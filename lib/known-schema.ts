import { Stack } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import * as z from 'zod';
import type { TableConstruct } from './table-construct.ts';

/** What a construct tells about the table it will become. */
export interface KnownSchema {
  /** Key attributes by name, each with its type `S`, `N` or `B`. */
  readonly key: Readonly<Record<string, string | undefined>>;
  readonly indexes: readonly string[];
}

const indexes = z.array(z.object({ indexName: z.string() })).optional();
const declared = z.object({
  keySchema: z.array(z.object({ attributeName: z.string() })),
  attributeDefinitions: z.array(z.object({ attributeName: z.string(), attributeType: z.string() })),
  globalSecondaryIndexes: indexes,
  localSecondaryIndexes: indexes,
});

/**
 * Reads the schema a table will have; undefined for an imported table and where only the deployment knows. Ask when the app is complete:
 * a construct may gain indexes until then.
 */
export function knownSchema(table: TableConstruct): KnownSchema | undefined {
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnTable || resource instanceof CfnGlobalTable)) return undefined;
  const { keySchema, attributeDefinitions, globalSecondaryIndexes, localSecondaryIndexes } = resource;
  const properties = { keySchema, attributeDefinitions, globalSecondaryIndexes, localSecondaryIndexes };
  const { success, data } = declared.safeParse(Stack.of(resource).resolve(properties));
  if (!success) return undefined;
  const types = new Map(data.attributeDefinitions.map((each) => [each.attributeName, each.attributeType]));
  return {
    key: Object.fromEntries(data.keySchema.map(({ attributeName }) => [attributeName, types.get(attributeName)])),
    indexes: [data.globalSecondaryIndexes, data.localSecondaryIndexes].flatMap((all) =>
      (all ?? []).map(({ indexName }) => indexName),
    ),
  };
}
