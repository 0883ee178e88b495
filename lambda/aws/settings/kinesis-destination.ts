import {
  ApproximateCreationDateTimePrecision,
  DescribeKinesisStreamingDestinationCommand,
  DestinationStatus,
  DisableKinesisStreamingDestinationCommand,
  EnableKinesisStreamingDestinationCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Timing } from '../../jobs/ports.ts';
import { paced } from '../rates.ts';
import { offWhenEmpty, SettingError, type DescribedTable, type SettingAdapter } from './setting-adapter.ts';
import { oneOf } from './updated-table.ts';

const longestWaitMilliseconds = 60_000;
const pauseMilliseconds = 5_000;

const on = new Set<string | undefined>([
  DestinationStatus.ACTIVE,
  DestinationStatus.ENABLING,
  DestinationStatus.UPDATING,
]);

/** The streams that get the table's changes. On another table they get its changes too: this acts outside the table. */
export function kinesisDestination(client: DynamoDBClient, timing: Timing): SettingAdapter<'kinesis-destination'> {
  const describe = paced('describeKinesisStreamingDestination', (input: DescribeKinesisStreamingDestinationCommand) =>
    client.send(input),
  );
  const destinationsOf = async ({ facts }: DescribedTable) => {
    const answer = await describe(new DescribeKinesisStreamingDestinationCommand({ TableName: facts.name }));
    return (answer.KinesisDataStreamDestinations ?? []).filter(({ DestinationStatus: status }) => on.has(status));
  };
  const read = async (table: DescribedTable) => {
    const destinations = await destinationsOf(table);
    return destinations
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

    /** Only an ACTIVE destination can be disabled. */
    async clear(table) {
      const giveUpAt = timing.now().getTime() + longestWaitMilliseconds;
      for (let destinations = await destinationsOf(table); destinations.length > 0;) {
        const changing = destinations.filter(({ DestinationStatus: status }) => status !== DestinationStatus.ACTIVE);
        for (const { StreamArn } of destinations.filter((destination) => !changing.includes(destination))) {
          await client.send(new DisableKinesisStreamingDestinationCommand({ TableName: table.facts.name, StreamArn }));
        }
        if (changing.length === 0) return;
        if (timing.now().getTime() >= giveUpAt) {
          throw new SettingError({ kind: 'table-busy', message: 'a Kinesis destination is still being enabled' });
        }
        await timing.sleep(pauseMilliseconds);
        destinations = await destinationsOf(table);
      }
    },
  };
}
