import { expect, test } from '@jest/globals';
import { restoreRole } from '../../../lambda/domain/restore/restore-role.ts';

test('the role that restores for AWS Backup can write into one table of one Region, and into no other', () => {
  const { trust, permissions } = restoreRole({ table: 'orders', region: 'cn-north-1' });

  expect(trust).toMatchObject({ Statement: [{ Principal: { Service: 'backup.amazonaws.com' } }] });
  expect(permissions).toMatchObject({
    Statement: [
      {
        Action: expect.arrayContaining(['dynamodb:RestoreTableFromAwsBackup', 'dynamodb:BatchWriteItem']),
        Resource: 'arn:aws-cn:dynamodb:cn-north-1:*:table/orders',
      },
      { Condition: { StringLike: { 'kms:ViaService': 'dynamodb.cn-north-1.*' } } },
    ],
  });
});
