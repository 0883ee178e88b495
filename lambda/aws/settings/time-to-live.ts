import {
  DescribeTimeToLiveCommand,
  TimeToLiveStatus,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { failureOf } from '../failures.ts';
import { paced } from '../rates.ts';
import { SettingError, type SettingAdapter } from './setting-adapter.ts';

export function timeToLive(client: DynamoDBClient): SettingAdapter<'time-to-live'> {
  const describe = paced('describeTimeToLive', (input: DescribeTimeToLiveCommand) => client.send(input));
  return {
    async read({ facts }) {
      const { TimeToLiveDescription: found } = await describe(new DescribeTimeToLiveCommand({ TableName: facts.name }));
      const isOn =
        found?.TimeToLiveStatus === TimeToLiveStatus.ENABLED || found?.TimeToLiveStatus === TimeToLiveStatus.ENABLING;
      return isOn ? { is: { attribute: found.AttributeName ?? '' } } : 'off';
    },

    async set({ facts }, { attribute }) {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: attribute };
      try {
        await client.send(new UpdateTimeToLiveCommand({ TableName: facts.name, TimeToLiveSpecification }));
      } catch (error) {
        throw explained(error);
      }
    },
  };
}

/** Source: `UpdateTimeToLive` in the DynamoDB API reference. */
function explained(error: unknown): unknown {
  const failure = failureOf(error);
  if (failure.kind !== 'invalid' || !failure.message.includes('fixed interval')) return error;
  const why = 'DynamoDB allows one change of time to live an hour; try again when the hour is over';
  return new SettingError({ kind: 'invalid', message: `${failure.message}: ${why}` });
}
