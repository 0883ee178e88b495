import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { tableStatements } from './discovery.ts';
import type { TableArns } from './table-arns.ts';
import { anyRecoveryPoint } from './vault-access.ts';

/** What AWS Backup does to a table in the name of the role it is handed (source: AWSBackupServiceRolePolicyForBackup, its part on DynamoDB). */
const tableActions = [
  'dynamodb:DescribeTable',
  'dynamodb:CreateBackup',
  'dynamodb:ListTagsOfResource',
  'dynamodb:StartAwsBackupJob',
];

/** The role that AWS Backup takes on may back up the plans' tables and label what it made. It can read no item. */
export function serviceRoleStatements(stack: Stack, tables: TableArns): PolicyStatement[] {
  return [
    ...tableStatements('BackUpTables', tableActions, tables),
    new PolicyStatement({
      sid: 'ExpireOwnBackups',
      actions: ['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'],
      resources: [...tables.backups],
    }),
    new PolicyStatement({
      sid: 'LabelRecoveryPoints',
      actions: ['backup:TagResource'],
      resources: [anyRecoveryPoint(stack)],
    }),
    new PolicyStatement({
      sid: 'UseKeysOfTables',
      actions: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: [stack.formatArn({ service: 'kms', account: '*', resource: 'key', resourceName: '*' })],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${stack.region}.${stack.urlSuffix}` } },
    }),
  ];
}
