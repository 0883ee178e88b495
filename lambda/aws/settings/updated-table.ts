import {
  StreamViewType,
  TableClass,
  UpdateTableCommand,
  type DynamoDBClient,
  type UpdateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { SettingError, type DescribedTable, type SettingAdapter } from './setting-adapter.ts';

/** The settings that DescribeTable shows and UpdateTable changes, one at a time: the table is UPDATING after each. */
export function updatedTable(client: DynamoDBClient): {
  readonly stream: SettingAdapter<'stream'>;
  readonly 'deletion-protection': SettingAdapter<'deletion-protection'>;
  readonly 'table-class': SettingAdapter<'table-class'>;
} {
  const update = async (
    { facts }: DescribedTable,
    change: Omit<UpdateTableCommandInput, 'TableName'>,
  ): Promise<void> => {
    await client.send(new UpdateTableCommand({ TableName: facts.name, ...change }));
  };
  return {
    stream: {
      read: ({ description: { StreamSpecification: found } }) =>
        Promise.resolve(found?.StreamEnabled ? { is: { viewType: found.StreamViewType ?? '' } } : 'off'),
      set: (table, { viewType }) =>
        update(table, {
          StreamSpecification: { StreamEnabled: true, StreamViewType: oneOf(StreamViewType, viewType) },
        }),
    },
    'deletion-protection': {
      read: ({ description }) => Promise.resolve(description.DeletionProtectionEnabled ? { is: 'on' } : 'off'),
      set: (table) => update(table, { DeletionProtectionEnabled: true }),
      clear: (table) => update(table, { DeletionProtectionEnabled: false }),
    },
    'table-class': {
      read: ({ description: { TableClassSummary } }) => {
        const { TableClass: found = TableClass.STANDARD } = TableClassSummary ?? {};
        return Promise.resolve(found === TableClass.STANDARD ? 'off' : { is: found });
      },
      set: (table, wanted) => update(table, { TableClass: oneOf(TableClass, wanted) }),
    },
  };
}

/** Throws for a value this version of the SDK does not know. */
export function oneOf<Value extends string>(values: Readonly<Record<string, Value>>, text: string): Value {
  const value = Object.values(values).find((known) => known === text);
  if (value !== undefined) return value;
  const message = `must be one of ${Object.values(values).join(', ')}, got ${text}`;
  throw new SettingError({ kind: 'invalid', message });
}
