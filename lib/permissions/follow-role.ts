import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { copyStartingStatements } from './copy-access.ts';
import { eventStatements } from './event-sending.ts';
import { guardrailStatements } from './guardrails.ts';
import { encryptedQueueStatements, encryptedTableStatements } from './key-access.ts';
import { ledgerStatement } from './ledger-access.ts';
import type { RoleScope } from './role-scope.ts';
import { jobFollowingStatements } from './vault-access.ts';

export interface FollowRoleScope extends RoleScope {
  /** The role that AWS Backup is handed for copies; missing where no plan copies. */
  readonly copyRoleArn: string | undefined;
}

/**
 * The role that follows jobs of AWS Backup looks at them and keeps the ledger. Where a plan copies, it starts copies of recovery points. It can
 * start, delete and read nothing else.
 */
export function followRoleStatements(scope: FollowRoleScope): PolicyStatement[] {
  const { vault, copies, copyRoleArn, ledger, encryptionKey } = scope;
  return [
    ...(vault ? jobFollowingStatements(vault) : []),
    ...copyStartingStatements(copies, copyRoleArn),
    ledgerStatement(ledger),
    ...eventStatements(scope),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup'], {
      ...(copies && { touchable: copies.settingsArns }),
    }),
  ];
}
