import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { allow } from './allow.ts';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements, restoringActions } from './guardrails.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import { ledgerStatement } from './ledger-access.ts';
import { pointRestoringStatements, restoredVaults, type PointRestoring } from './point-restoring.ts';
import type { RoleScope } from './role-scope.ts';
import type { TableArns } from './table-arns.ts';
import { vaultsReadingStatements } from './vault-access.ts';

export interface DrillRoleScope extends RoleScope {
  /** Those of the tables whose backups are of DynamoDB. */
  readonly backedUpByDynamoDb: TableArns;
  /** Missing where no plan restores recovery points. */
  readonly restoring: PointRestoring | undefined;
  /** ARNs of all tables that drills of this deployment may create, one in each Region: prefix and owner, then anything. */
  readonly drillTables: readonly string[];
  /** The Regions these tables may be in, the deployment's own included. */
  readonly regions: readonly string[];
  /** Whether a plan drills point-in-time recovery. */
  readonly toPointInTime: boolean;
  /** Functions of operators that plans let validate restored tables. */
  readonly validators: readonly string[];
}

/** The role that starts drills may look around and start them. It restores nothing and deletes nothing. */
export function drillStartRoleStatements(
  { tables, restoring, ledger, encryptionKey }: DrillRoleScope,
  drillAliasArn: string,
): PolicyStatement[] {
  return [
    ...discoveryStatements(tables),
    ...(restoring ? vaultsReadingStatements(restoredVaults(restoring)) : []),
    allow('StartDrills', ['lambda:InvokeFunction'], [drillAliasArn]),
    ledgerStatement(ledger),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup']),
  ];
}

/**
 * The role that drills: it restores the plans' tables into tables of the drill prefix, fills, reads and deletes those, and nothing else.
 * DynamoDB asks for the seven data actions on the target of a restore, for as long as it lasts (source: "Using IAM with DynamoDB backup and
 * restore").
 */
export function drillRoleStatements(scope: DrillRoleScope): PolicyStatement[] {
  const { ledger, encryptionKey, drillTables } = scope;
  return [
    ...backupRestoringStatements(scope),
    ...pointRestoringStatements(Stack.of(ledger), scope.restoring),
    ...(scope.toPointInTime ? pointInTimeStatements(scope) : []),
    allow('FillDrillTables', dataActions, drillTables),
    ...drillTableStatements(drillTables),
    ...(scope.validators.length > 0 ? [allow('AskValidators', ['lambda:InvokeFunction'], scope.validators)] : []),
    ...tableKeyStatements(scope),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...drillGuardrails(scope),
    denyRestoresOutside(scope),
  ];
}

function backupRestoringStatements({
  backedUpByDynamoDb: { backups },
  drillTables,
}: DrillRoleScope): PolicyStatement[] {
  if (backups.length === 0) return [];
  return [
    allow('ListBackups', ['dynamodb:ListBackups'], ['*']),
    allow('ReadBackups', ['dynamodb:DescribeBackup'], backups),
    allow('RestoreBackups', ['dynamodb:RestoreTableFromBackup'], [...backups, ...drillTables]),
  ];
}

/** The role that sweeps: it looks for drill tables and deletes them. It can restore nothing and read no item. */
export function sweepRoleStatements(scope: DrillRoleScope, drillFunctionArn: string): PolicyStatement[] {
  const { ledger, encryptionKey, drillTables } = scope;
  return [
    allow('ListTables', ['dynamodb:ListTables'], ['*']),
    ...drillTableStatements(drillTables),
    allow('WatchDrills', ['lambda:GetDurableExecution'], [`${drillFunctionArn}:*`]),
    ledgerStatement(ledger),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup'], { deletable: drillTables }),
  ];
}

const dataActions = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

function drillTableStatements(drillTables: readonly string[]): PolicyStatement[] {
  return [
    allow('LookAtDrillTables', ['dynamodb:DescribeTable'], drillTables),
    allow('DeleteDrillTables', ['dynamodb:DeleteTable', 'dynamodb:UpdateTable'], drillTables),
  ];
}

function pointInTimeStatements({ tables, drillTables }: DrillRoleScope): PolicyStatement[] {
  const actions = [
    'dynamodb:DescribeTable',
    'dynamodb:DescribeContinuousBackups',
    'dynamodb:RestoreTableToPointInTime',
  ];
  return [
    ...tableStatements('RestoreToPointInTime', actions, tables),
    allow('RestoreToPointInTimeInto', ['dynamodb:RestoreTableToPointInTime'], drillTables),
  ];
}

/**
 * A restore uses the key of its source, and for a table with a customer key DynamoDB asks for a grant in the caller's name. Into another
 * Region it uses keys of both.
 */
export function tableKeyStatements({ ledger, regions }: Pick<DrillRoleScope, 'ledger' | 'regions'>): PolicyStatement[] {
  const { urlSuffix } = Stack.of(ledger);
  const services = regions.map((region) => `dynamodb.${region}.${urlSuffix}`);
  return [
    new PolicyStatement({
      sid: 'UseTableKeys',
      actions: [
        'kms:CreateGrant',
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
      resources: ['*'],
      conditions: { StringEquals: { 'kms:ViaService': services.length === 1 ? services[0] : services } },
    }),
  ];
}

function drillGuardrails({ ledger, drillTables, restoring }: DrillRoleScope): PolicyStatement[] {
  return guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup'], {
    deletable: drillTables,
    touchable: [...drillTables, ...(restoring?.copies?.settingsArns ?? [])],
    mayRestore: true,
    mayRestorePoints: restoring !== undefined,
  });
}

/** > A restore writes nowhere but into the drill prefix, whatever somebody allows the role later. */
function denyRestoresOutside({ tables, backedUpByDynamoDb, drillTables }: DrillRoleScope): PolicyStatement {
  return new PolicyStatement({
    sid: 'NeverRestoreElsewhere',
    effect: Effect.DENY,
    actions: [...restoringActions],
    notResources: [
      ...new Set([
        ...backedUpByDynamoDb.backups,
        ...(tables.chosenByTag.length > 0 ? [tables.any] : tables.chosenByName),
        ...drillTables,
      ]),
    ],
  });
}
