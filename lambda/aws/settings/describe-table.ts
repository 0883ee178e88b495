import { createHash } from 'node:crypto';
import {
  BillingMode,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { TableFacts } from '../../domain/settings.ts';
import type { Timing } from '../../jobs/ports.ts';
import { SettingError, type DescribedTable } from './setting-adapter.ts';

const longestWaitMilliseconds = 60_000;
const longestPauseMilliseconds = 10_000;

/** Throws when the table does not exist, cannot be described or has no identity. */
export async function describeTable(
  client: DynamoDBClient,
  tableName: string,
  { mayBeCached }: Pick<DescribedTable, 'mayBeCached'>,
): Promise<DescribedTable> {
  const { Table = {} } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const { TableArn: arn, TableId: id, TableName: name } = Table;
  if (!arn || !id || !name) {
    throw new SettingError({ kind: 'unknown', message: 'DescribeTable answered without name, ARN or TableId' });
  }
  return { facts: { name, arn, id, ...factsIn(Table) }, description: Table, mayBeCached };
}

/** Waits until the table is ACTIVE, at most a minute; a table that is not by then is busy. Settings can be changed only one by one. */
export async function describeActiveTable(
  client: DynamoDBClient,
  tableName: string,
  timing: Timing,
): Promise<DescribedTable> {
  const giveUpAt = timing.now().getTime() + longestWaitMilliseconds;
  for (let pause = 1_000; ; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
    const table = await describeTable(client, tableName, { mayBeCached: false });
    const status = table.description.TableStatus;
    if (status === 'ACTIVE') return table;
    if (timing.now().getTime() + pause > giveUpAt) {
      throw new SettingError({ kind: 'table-busy', message: `the table is ${String(status)}` });
    }
    await timing.sleep(pause);
  }
}

/** A hash over the settings that DescribeTable shows: another one means that somebody changed something. */
export function hashOfVisibleSettings(table: TableDescription): string {
  const { StreamSpecification, DeletionProtectionEnabled, TableClassSummary } = table;
  const visible = {
    ...factsIn(table),
    StreamSpecification,
    DeletionProtectionEnabled,
    class: TableClassSummary?.TableClass,
  };
  return createHash('sha256').update(canonicalJson(visible)).digest('hex').slice(0, 16);
}

function factsIn({
  BillingModeSummary,
  GlobalSecondaryIndexes,
}: TableDescription): Pick<TableFacts, 'billing' | 'indexes'> {
  return {
    billing:
      BillingModeSummary?.BillingMode === BillingMode.PAY_PER_REQUEST
        ? BillingMode.PAY_PER_REQUEST
        : BillingMode.PROVISIONED,
    indexes: (GlobalSecondaryIndexes ?? []).flatMap(({ IndexName }) => IndexName ?? []).sort(),
  };
}
