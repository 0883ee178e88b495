import { UpdateContinuousBackupsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { TurnOnRecovery } from '../jobs/settings-port.ts';
import { failureOf } from './failures.ts';

/** > It cannot turn anything off: no caller can ask for that. */
export function turnOnRecovery(client: DynamoDBClient): TurnOnRecovery {
  return async (tableName, days) => {
    const specification = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days };
    try {
      await client.send(
        new UpdateContinuousBackupsCommand({ TableName: tableName, PointInTimeRecoverySpecification: specification }),
      );
      return undefined;
    } catch (error) {
      return failureOf(error);
    }
  };
}
