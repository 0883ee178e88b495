import {
  DescribeContinuousBackupsCommand,
  UpdateContinuousBackupsCommand,
  type DynamoDBClient,
  type PointInTimeRecoverySpecification,
} from '@aws-sdk/client-dynamodb';
import { longestRecoveryDays } from '../../domain/point-in-time-recovery.ts';
import { paced } from '../rates.ts';
import type { DescribedTable, SettingAdapter } from './setting-adapter.ts';

export function pointInTimeRecovery(client: DynamoDBClient): SettingAdapter<'point-in-time-recovery'> {
  const describe = paced('describeContinuousBackups', (input: DescribeContinuousBackupsCommand) => client.send(input));
  const update = async ({ facts }: DescribedTable, specification: PointInTimeRecoverySpecification): Promise<void> => {
    await client.send(
      new UpdateContinuousBackupsCommand({ TableName: facts.name, PointInTimeRecoverySpecification: specification }),
    );
  };
  return {
    async read({ facts }) {
      const answer = await describe(new DescribeContinuousBackupsCommand({ TableName: facts.name }));
      const found = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      if (found?.PointInTimeRecoveryStatus !== 'ENABLED') return 'off';
      return { is: { days: found.RecoveryPeriodInDays ?? longestRecoveryDays } };
    },
    set: (table, { days }) => update(table, { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: days }),
    clear: (table) => update(table, { PointInTimeRecoveryEnabled: false }),
  };
}
