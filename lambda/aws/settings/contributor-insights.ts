import {
  ContributorInsightsMode,
  ContributorInsightsStatus,
  DescribeContributorInsightsCommand,
  UpdateContributorInsightsCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { paced } from '../rates.ts';
import { offWhenEmpty, type DescribedTable, type SettingAdapter } from './setting-adapter.ts';
import { oneOf } from './updated-table.ts';

/** Of the table and of each global secondary index. DynamoDB removes the rules with the table. */
export function contributorInsights(client: DynamoDBClient): SettingAdapter<'contributor-insights'> {
  const describe = paced('describeContributorInsights', (input: DescribeContributorInsightsCommand) =>
    client.send(input),
  );
  const read = async ({ facts }: DescribedTable) => {
    const watched = [];
    for (const index of [undefined, ...facts.indexes]) {
      const found = await describe(new DescribeContributorInsightsCommand({ TableName: facts.name, IndexName: index }));
      const status = found.ContributorInsightsStatus;
      const isOn = status === ContributorInsightsStatus.ENABLED || status === ContributorInsightsStatus.ENABLING;
      const mode = found.ContributorInsightsMode ?? ContributorInsightsMode.ACCESSED_AND_THROTTLED_KEYS;
      if (isOn) watched.push({ ...(index !== undefined && { index }), mode });
    }
    return watched;
  };
  return {
    read: async (table) => offWhenEmpty(await read(table)),

    async set(table, wanted) {
      const present = await read(table);
      for (const { index, mode } of wanted) {
        if (present.some((found) => found.index === index && found.mode === mode)) continue;
        await client.send(
          new UpdateContributorInsightsCommand({
            TableName: table.facts.name,
            IndexName: index,
            ContributorInsightsAction: 'ENABLE',
            ContributorInsightsMode: oneOf(ContributorInsightsMode, mode),
          }),
        );
      }
    },
  };
}
