import { AwsError } from './aws-error.ts';
import type { Tables } from './dynamodb/tables.ts';
import type { Table } from './dynamodb/table.ts';
import type { ApiCall, Service } from './front.ts';
import { Input } from './input.ts';

const defaultPageSize = 50;
const largestPageSize = 100;

function matches(table: Table, filters: readonly Input[]): boolean {
  return filters.every((filter) => {
    const value = table.tags.get(filter.text('Key'));
    const values = filter.texts('Values');
    return value !== undefined && (values.length === 0 || values.includes(value));
  });
}

function getResources(tables: Tables, call: ApiCall): object {
  const input = new Input(call.input);
  const types = input.texts('ResourceTypeFilters');
  const concerned = types.length === 0 || types.includes('dynamodb') || types.includes('dynamodb:table');
  const size = input.optionalNumber('ResourcesPerPage', 1, largestPageSize) ?? defaultPageSize;
  const token = input.optionalText('PaginationToken') ?? '';
  if (token !== '' && !token.startsWith('after:'))
    throw new AwsError('PaginationTokenExpiredException', 'The token is not valid.');
  const found = tables.all
    .filter((table) => concerned && table.tags.size > 0 && matches(table, input.structures('TagFilters')))
    .sort((a, b) => (a.arn < b.arn ? -1 : 1))
    .filter((table) => token === '' || table.arn > token.slice('after:'.length));
  const page = found.slice(0, size);
  return {
    PaginationToken: found.length > size ? `after:${page.at(-1)?.arn ?? ''}` : '',
    ResourceTagMappingList: page.map((table) => ({
      ResourceARN: table.arn,
      Tags: [...table.tags].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

/** The Resource Groups Tagging API: GetResources. It knows DynamoDB tables, which are all that can be tagged here. */
export function taggingService(tables: Tables): Service {
  return {
    name: 'tagging',
    contentType: 'application/x-amz-json-1.1',
    operations: { GetResources: (call) => getResources(tables, call) },
    errorBody: (error) => ({ __type: error.name, message: error.message }),
  };
}
