import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * What no role of this stack may ever do, whatever somebody allows it later: a Deny wins over every Allow.
 * `never` adds what is forbidden to one role only.
 */
export function guardrailStatements(ledger: Table, never: readonly string[]): PolicyStatement[] {
  return [
    deny('NeverDestroy', [...destructiveActions, ...never], { resources: ['*'] }),
    deny('NeverTouchItems', itemActions, { notResources: [ledger.tableArn] }),
  ];
}

const destructiveActions = [
  'dynamodb:DeleteTable',
  'dynamodb:DeleteTableReplica',
  'dynamodb:RestoreTableFromAwsBackup',
  'dynamodb:RestoreTableFromBackup',
  'dynamodb:RestoreTableToPointInTime',
  'dynamodb:UpdateContinuousBackups',
  'backup:CancelLegalHold',
  'backup:DeleteBackupVault',
  'backup:DeleteBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultLockConfiguration',
  'backup:DeleteRecoveryPoint',
  'kms:DisableKey',
  'kms:ScheduleKeyDeletion',
];

/** Items of tables other than the ledger are nobody's business here: DynamoDB copies them without showing them. */
const itemActions = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLSelect',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

function deny(
  sid: string,
  actions: string[],
  target: { resources: string[] } | { notResources: string[] },
): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, ...target });
}
