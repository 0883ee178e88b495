import {
  ApproximateCreationDateTimePrecision,
  DescribeKinesisStreamingDestinationCommand,
  DestinationStatus,
  DisableKinesisStreamingDestinationCommand,
  EnableKinesisStreamingDestinationCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { paced } from '../rates.ts';
import { offWhenEmpty, type DescribedTable, type SettingAdapter } from './setting-adapter.ts';
import { oneOf } from './updated-table.ts';

const on = new Set<string | undefined>([
  DestinationStatus.ACTIVE,
  DestinationStatus.ENABLING,
  DestinationStatus.UPDATING,
]);

/** The streams that get the table's changes. On another table they get its changes too: this acts outside the table. */
export function kinesisDestination(client: DynamoDBClient): SettingAdapter<'kinesis-destination'> {
  const describe = paced('describeKinesisStreamingDestination', (input: DescribeKinesisStreamingDestinationCommand) =>
    client.send(input),
  );
  const read = async ({ facts }: DescribedTable) => {
    const answer = await describe(new DescribeKinesisStreamingDestinationCommand({ TableName: facts.name }));
    return (answer.KinesisDataStreamDestinations ?? [])
      .filter(({ DestinationStatus: status }) => on.has(status))
      .map(({ StreamArn = '', ApproximateCreationDateTimePrecision: precision }) => ({
        streamArn: StreamArn,
        precision: precision ?? ApproximateCreationDateTimePrecision.MILLISECOND,
      }))
      .sort((a, b) => (a.streamArn < b.streamArn ? -1 : 1));
  };
  return {
    read: async (table) => offWhenEmpty(await read(table)),

    async set(table, wanted) {
      const present = await read(table);
      for (const { streamArn, precision } of wanted) {
        if (present.some((found) => found.streamArn === streamArn)) continue;
        await client.send(
          new EnableKinesisStreamingDestinationCommand({
            TableName: table.facts.name,
            StreamArn: streamArn,
            EnableKinesisStreamingConfiguration: {
              ApproximateCreationDateTimePrecision: oneOf(ApproximateCreationDateTimePrecision, precision),
            },
          }),
        );
      }
    },

    async clear(table) {
      for (const { streamArn } of await read(table)) {
        await client.send(
          new DisableKinesisStreamingDestinationCommand({ TableName: table.facts.name, StreamArn: streamArn }),
        );
      }
    },
  };
}
