import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import { ledgerStatement } from './ledger-access.ts';
import type { RoleScope } from './role-scope.ts';
import { jobFollowingStatements } from './vault-access.ts';

/** The role that follows jobs of AWS Backup looks at them and keeps the ledger. It can start, delete and read nothing else. */
export function followRoleStatements(scope: RoleScope): PolicyStatement[] {
  const { vault, ledger, encryptionKey } = scope;
  return [
    ...(vault ? jobFollowingStatements(vault) : []),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup']),
  ];
}
