import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Where a role may do what no other may. */
export interface Freedom {
  /** Whether it may delete recovery points of AWS Backup. */
  readonly mayDeletePoints?: boolean;
  /** Tables it may delete. */
  readonly deletable?: readonly string[];
  /** Tables whose point-in-time recovery it may turn on; IAM cannot tell that from turning it off. */
  readonly recoverable?: readonly string[];
  /** Tables beside the ledger whose items it may read and write. */
  readonly touchable?: readonly string[];
  readonly mayRestore?: boolean;
  /** Whether it may have AWS Backup restore recovery points. */
  readonly mayRestorePoints?: boolean;
}

/**
 * What no role of a deployment may ever do, whatever somebody allows it later: a Deny wins over every Allow.
 * `never` adds what is forbidden to one role only.
 */
export function guardrailStatements(
  ledger: Table,
  never: readonly string[],
  {
    deletable,
    recoverable,
    touchable,
    mayRestore = false,
    mayRestorePoints = false,
    mayDeletePoints = false,
  }: Freedom = {},
): PolicyStatement[] {
  const ofTables = deletable ? [] : tableActions.filter((action) => !(recoverable && action === recoveryAction));
  const forbidden = [
    ...(mayRestore ? [] : restoringActions),
    ...(mayRestorePoints ? [] : ['backup:StartRestoreJob']),
    ...(mayDeletePoints ? [] : ['backup:DeleteRecoveryPoint']),
    ...destructiveActions,
    ...never,
  ];
  return [
    deny('NeverDestroy', [...ofTables, ...forbidden].sort(), { resources: ['*'] }),
    ...(deletable ? [deny('NeverDeleteOtherTables', tableActions, { notResources: [...deletable] })] : []),
    ...(recoverable ? [deny('NeverRecoverOtherTables', [recoveryAction], { notResources: [...recoverable] })] : []),
    deny('NeverTouchItems', itemActions, { notResources: [ledger.tableArn, ...(touchable ?? [])] }),
  ];
}

export const restoringActions = ['dynamodb:RestoreTableFromBackup', 'dynamodb:RestoreTableToPointInTime'] as const;

/** Turns point-in-time recovery on, and off. */
const recoveryAction = 'dynamodb:UpdateContinuousBackups';
/** What takes a table, or its last way back, away. */
const tableActions = ['dynamodb:DeleteTable', recoveryAction];

const destructiveActions = [
  'dynamodb:DeleteTableReplica',
  'dynamodb:RestoreTableFromAwsBackup',
  'backup:CancelLegalHold',
  'backup:DeleteBackupVault',
  'backup:DeleteBackupVaultAccessPolicy',
  'backup:DeleteBackupVaultLockConfiguration',
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
