import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { ledgerStatement } from './ledger-access.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import type { RoleScope } from './role-scope.ts';

/** The role that expires backups may look around and delete backups of the plans' tables. It can create none, so it cannot hide a loss. */
export function pruneRoleStatements(scope: RoleScope): PolicyStatement[] {
  const { tables, ledger, encryptionKey } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('DescribeTables', ['dynamodb:DescribeTable'], tables),
    new PolicyStatement({
      sid: 'ExpireBackups',
      actions: ['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'],
      resources: [...tables.backups],
    }),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup']),
  ];
}
