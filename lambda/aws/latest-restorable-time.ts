import { DescribeContinuousBackupsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LatestRestorableTime } from '../jobs/watch/ports.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';

/** Asks DynamoDB how far a table's point-in-time recovery reaches, at the rate of DescribeContinuousBackups. */
export function latestRestorableTime(client: DynamoDBClient): LatestRestorableTime {
  const send = paced('describeContinuousBackups', (input: DescribeContinuousBackupsCommand) => client.send(input));
  return async (table) => {
    try {
      const { ContinuousBackupsDescription } = await send(new DescribeContinuousBackupsCommand({ TableName: table }));
      const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      return recovery?.PointInTimeRecoveryStatus === 'ENABLED' ? recovery.LatestRestorableDateTime : undefined;
    } catch (error) {
      if (failureOf(error).kind === 'missing') return undefined;
      throw error;
    }
  };
}
