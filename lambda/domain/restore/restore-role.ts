import { partitionOf } from '../arn.ts';

interface RoleDocuments {
  /** Who takes the role on. */
  readonly trust: object;
  readonly permissions: object;
}

/**
 * The role that AWS Backup has to be handed for restoring a recovery point into one table and no other.
 * Source: the part on DynamoDB of the managed policy AWSBackupServiceRolePolicyForRestores.
 */
export function restoreRole({ table, region }: { readonly table: string; readonly region: string }): RoleDocuments {
  const Version = '2012-10-17';
  return {
    trust: {
      Version,
      Statement: [{ Effect: 'Allow', Principal: { Service: 'backup.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    permissions: {
      Version,
      Statement: [
        {
          Sid: 'RestoreIntoOneTable',
          Effect: 'Allow',
          Action: tableActions.map((action) => `dynamodb:${action}`),
          Resource: `arn:${partitionOf(region)}:dynamodb:${region}:*:table/${table}`,
        },
        {
          Sid: 'UseTheKeysOfTables',
          Effect: 'Allow',
          Action: keyActions.map((action) => `kms:${action}`),
          Resource: '*',
          Condition: { StringLike: { 'kms:ViaService': `dynamodb.${region}.*` } },
        },
      ],
    },
  };
}

const tableActions = [
  'RestoreTableFromAwsBackup',
  'DescribeTable',
  'Scan',
  'Query',
  'UpdateItem',
  'PutItem',
  'GetItem',
  'DeleteItem',
  'BatchWriteItem',
];

const keyActions = [
  'DescribeKey',
  'CreateGrant',
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];
