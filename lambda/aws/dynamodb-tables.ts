import { DescribeTableCommand, paginateListTables, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { NameListing, Tables, TableState } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';
import { hashOfVisibleSettings } from './settings/describe-table.ts';

export class DynamoDbTables implements Tables {
  readonly #dynamodb: DynamoDBClient;
  readonly #tagging: ResourceGroupsTaggingAPIClient;

  constructor(clients: { readonly dynamodb: DynamoDBClient; readonly tagging: ResourceGroupsTaggingAPIClient }) {
    this.#dynamodb = clients.dynamodb;
    this.#tagging = clients.tagging;
  }

  names(): Promise<NameListing> {
    const pages = paginateListTables({ client: this.#dynamodb, stopOnSameToken: false }, { Limit: 100 });
    return collectNames(
      pages,
      (page) => page.TableNames ?? [],
      (page) => page.LastEvaluatedTableName,
    );
  }

  tagged(tags: Readonly<Record<string, string>>): Promise<NameListing> {
    const pages = paginateGetResources(
      { client: this.#tagging, stopOnSameToken: false },
      {
        ResourceTypeFilters: ['dynamodb:table'],
        ResourcesPerPage: 100,
        TagFilters: Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] })),
      },
    );
    return collectNames(
      pages,
      (page) => (page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN }) => tableNameIn(ResourceARN)),
      (page) => page.PaginationToken,
    );
  }

  async describe(tableName: string): Promise<TableState> {
    try {
      const { Table } = await this.#dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
      if (!Table?.TableId || !Table.TableArn || !Table.TableStatus) {
        return {
          kind: 'failed',
          failure: { kind: 'unknown', message: 'DescribeTable answered without TableId, TableArn or TableStatus' },
        };
      }
      return {
        kind: 'found',
        name: tableName,
        arn: Table.TableArn,
        tableId: Table.TableId,
        createdAt: Table.CreationDateTime,
        status: Table.TableStatus,
        keyArn: Table.SSEDescription?.KMSMasterKeyArn,
        visibleSettings: hashOfVisibleSettings(Table),
      };
    } catch (error) {
      const failure = failureOf(error);
      return failure.kind === 'missing' ? { kind: 'missing' } : { kind: 'failed', failure };
    }
  }
}

/** Reads every page; a page that fails, or a marker that comes twice, makes the listing incomplete. */
async function collectNames<Page>(
  pages: AsyncIterable<Page>,
  namesIn: (page: Page) => readonly string[],
  markerIn: (page: Page) => string | undefined,
): Promise<NameListing> {
  const names = new Set<string>();
  const markers = new Set<string>();
  try {
    for await (const page of pages) {
      for (const name of namesIn(page)) names.add(name);
      const marker = markerIn(page);
      if (marker && markers.has(marker)) throw new Error(`the listing of tables repeats its marker ${marker}`);
      if (marker) markers.add(marker);
    }
    return { complete: true, names: [...names] };
  } catch (error) {
    return { complete: false, known: [...names], error: new Error('could not list every table', { cause: error }) };
  }
}

function tableNameIn(arn: string | undefined): readonly string[] {
  const name = arn?.split(':table/')[1];
  return name && !name.includes('/') ? [name] : [];
}
