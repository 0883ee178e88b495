import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { copyDeletingStatements, copyReadingStatements } from './copy-access.ts';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { ledgerStatement } from './ledger-access.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import type { RoleScope } from './role-scope.ts';
import type { TableArns } from './table-arns.ts';
import { pointDeletingStatements, vaultReadingStatements } from './vault-access.ts';

export interface PruneRoleScope extends RoleScope {
  readonly backedUpByDynamoDb: TableArns;
}

/** The role that expires backups may look around and delete backups of the plans' tables. It can create none, so it cannot hide a loss. */
export function pruneRoleStatements(scope: PruneRoleScope): PolicyStatement[] {
  const { tables, backedUpByDynamoDb, vault, copies, ledger, encryptionKey } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('DescribeTables', ['dynamodb:DescribeTable'], tables),
    ...(backedUpByDynamoDb.backups.length > 0
      ? [
          new PolicyStatement({
            sid: 'ExpireBackups',
            actions: ['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'],
            resources: [...backedUpByDynamoDb.backups],
          }),
        ]
      : []),
    ...vaultReadingStatements(vault),
    ...pointDeletingStatements(vault),
    ...copyReadingStatements(copies),
    ...copyDeletingStatements(copies),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['backup:StartBackupJob', 'dynamodb:CreateBackup'], {
      mayDeletePoints: vault !== undefined,
    }),
  ];
}
