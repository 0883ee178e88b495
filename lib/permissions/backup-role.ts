import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { ledgerStatement } from './ledger-access.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import type { RoleScope } from './role-scope.ts';
import type { TableArns } from './table-arns.ts';
import { jobStartingStatements, vaultReadingStatements } from './vault-access.ts';
import { settingsReadingStatements } from './settings-reading.ts';

/**
 * What a restore does not bring back is read with each backup. The calls stand beside CreateBackup, because a policy has no room for a
 * second list of the tables.
 */
const readTable = ['dynamodb:DescribeTable'];
const readSettings = [
  'dynamodb:ListTagsOfResource',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:GetResourcePolicy',
  'dynamodb:DescribeContributorInsights',
  'dynamodb:DescribeKinesisStreamingDestination',
];

export interface BackupRoleScope extends RoleScope {
  readonly backedUpByDynamoDb: TableArns;
  /** The tables of plans that keep point-in-time recovery on; missing where no plan does. */
  readonly keptRecoverable: TableArns | undefined;
  /** The role that AWS Backup is handed; missing where no plan is of AWS Backup. */
  readonly serviceRoleArn: string | undefined;
}

/**
 * The role that takes backups may look around and create backups of the plans' tables, and turn on point-in-time recovery of those whose
 * plan promises it. It can delete nothing but ledger entries.
 */
export function backupRoleStatements(scope: BackupRoleScope): PolicyStatement[] {
  const { tables, backedUpByDynamoDb, keptRecoverable, vault, serviceRoleArn, ledger, encryptionKey } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('TakeBackups', [...readTable, 'dynamodb:CreateBackup', ...readSettings], backedUpByDynamoDb),
    ...(vault ? tableStatements('ReadTables', [...readTable, ...readSettings], vault.tables) : []),
    ...(keptRecoverable
      ? tableStatements('KeepRecoverable', ['dynamodb:UpdateContinuousBackups'], keptRecoverable)
      : []),
    ...jobStartingStatements(vault, serviceRoleArn),
    ...vaultReadingStatements(vault),
    ...settingsReadingStatements(Stack.of(ledger)),
    ...(backedUpByDynamoDb.backups.length > 0
      ? [
          new PolicyStatement({
            sid: 'WatchBackups',
            actions: ['dynamodb:DescribeBackup'],
            resources: [...backedUpByDynamoDb.backups],
          }),
        ]
      : []),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:DeleteBackup'], {
      ...(keptRecoverable && { recoverable: everyTableOf(keptRecoverable) }),
    }),
  ];
}

/** A guardrail knows no tags: where tables are chosen by tag only what is allowed limits a role to them. */
function everyTableOf({ chosenByName, chosenByTag, any }: TableArns): readonly string[] {
  return chosenByTag.length > 0 ? [any] : chosenByName;
}
