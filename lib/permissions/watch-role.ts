import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { allow } from './allow.ts';
import { copyReadingStatements } from './copy-access.ts';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import { ledgerReadingStatement } from './ledger-access.ts';
import type { RoleScope } from './role-scope.ts';
import { vaultReadingStatements } from './vault-access.ts';

export interface WatchRoleScope extends RoleScope {
  /** Where alarms go. */
  readonly topic: ITopic | undefined;
}

/** The role that watches reads, and is denied every write whatever somebody allows it later. */
export function watchRoleStatements(scope: WatchRoleScope): PolicyStatement[] {
  const { tables, vault, copies, ledger, encryptionKey, topic } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('LookAtTables', ['dynamodb:DescribeTable', 'dynamodb:DescribeContinuousBackups'], tables),
    allow('ListSchedules', ['scheduler:ListSchedules'], ['*']),
    allow('LookAtTableKeys', ['kms:DescribeKey'], [anyKey(Stack.of(ledger))]),
    ...(topic ? [allow('CountSubscriptions', ['sns:GetTopicAttributes'], [topic.topicArn])] : []),
    ...vaultReadingStatements(vault),
    ...copyReadingStatements(copies),
    ledgerReadingStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, writes),
  ];
}

/** A table may be encrypted with a key of another account. */
export function anyKey(stack: Stack): string {
  return stack.formatArn({ service: 'kms', account: '*', resource: 'key', resourceName: '*' });
}

const writes = [
  ...['CreateBackup', 'DeleteBackup', 'CreateTable', 'UpdateTable', 'UpdateTimeToLive', 'TagResource', 'UntagResource'],
  ...['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem'],
  ...['DeleteResourcePolicy', 'PutResourcePolicy'],
]
  .map((operation) => `dynamodb:${operation}`)
  .concat(['CreateSchedule', 'DeleteSchedule', 'UpdateSchedule'].map((operation) => `scheduler:${operation}`))
  .concat([
    'backup:StartBackupJob',
    'backup:StartCopyJob',
    'kms:PutKeyPolicy',
    'sns:Publish',
    'sns:SetTopicAttributes',
    'sns:Subscribe',
    'sns:Unsubscribe',
  ]);
