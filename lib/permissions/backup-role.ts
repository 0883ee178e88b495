import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { ledgerStatement } from './ledger-access.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import type { RoleScope } from './role-scope.ts';
import { settingsReadingStatements } from './settings-reading.ts';

/**
 * What a restore does not bring back is read with each backup. The calls stand beside CreateBackup, because a policy has no room for a
 * second list of the tables.
 */
const readSettings = [
  'dynamodb:ListTagsOfResource',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:GetResourcePolicy',
  'dynamodb:DescribeContributorInsights',
  'dynamodb:DescribeKinesisStreamingDestination',
];

/** The role that takes backups may look around and create backups of the plans' tables. It can delete nothing but ledger entries. */
export function backupRoleStatements(scope: RoleScope): PolicyStatement[] {
  const { tables, ledger, encryptionKey } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('TakeBackups', ['dynamodb:DescribeTable', 'dynamodb:CreateBackup', ...readSettings], tables),
    ...settingsReadingStatements(Stack.of(ledger)),
    new PolicyStatement({
      sid: 'WatchBackups',
      actions: ['dynamodb:DescribeBackup'],
      resources: [...tables.backups],
    }),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:DeleteBackup']),
  ];
}
