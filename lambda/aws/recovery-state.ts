import {
  DescribeContinuousBackupsCommand,
  type DynamoDBClient,
  type PointInTimeRecoveryDescription,
} from '@aws-sdk/client-dynamodb';
import { longestRecoveryDays } from '../domain/point-in-time-recovery.ts';
import type { RecoveryOf, RecoveryState } from '../jobs/watch/ports.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';

/** Asks DynamoDB how far a table's point-in-time recovery reaches, at the rate of DescribeContinuousBackups. */
export function recoveryState(client: DynamoDBClient): RecoveryOf {
  const send = paced('describeContinuousBackups', (input: DescribeContinuousBackupsCommand) => client.send(input));
  return async (table) => {
    try {
      const { ContinuousBackupsDescription } = await send(new DescribeContinuousBackupsCommand({ TableName: table }));
      return stateIn(ContinuousBackupsDescription?.PointInTimeRecoveryDescription);
    } catch (error) {
      if (failureOf(error).kind === 'missing') return 'gone';
      throw error;
    }
  };
}

/** > `ContinuousBackupsStatus` is ENABLED on every table; only that of point-in-time recovery tells. */
function stateIn(recovery: PointInTimeRecoveryDescription | undefined): RecoveryState {
  if (recovery?.PointInTimeRecoveryStatus !== 'ENABLED') return 'off';
  return {
    days: recovery.RecoveryPeriodInDays ?? longestRecoveryDays,
    earliestAt: recovery.EarliestRestorableDateTime,
    latestAt: recovery.LatestRestorableDateTime,
  };
}
