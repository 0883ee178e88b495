import { expect, test } from '@jest/globals';
import { isFollowed } from '../../lambda/domain/followed-engines.ts';

test('a run waits for backups of DynamoDB, and leaves jobs of AWS Backup to be followed', () => {
  expect(isFollowed('dynamodb')).toBe(false);
  expect(isFollowed('aws-backup')).toBe(true);
});
