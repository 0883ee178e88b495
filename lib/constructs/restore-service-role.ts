import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { restoreRoleStatements } from '../permissions/point-restoring.ts';
import { acknowledgeWildcards } from '../permissions/wildcards.ts';
import { awsBackupOf } from './backup-service-role.ts';

export interface RestoreServiceRoleProps {
  /** ARNs of the tables it restores into. */
  readonly drillTables: readonly string[];
  /** What it takes to restore tables that are encrypted with keys of customers. */
  readonly keyStatements: readonly PolicyStatement[];
}

/** The role that AWS Backup takes on to restore recovery points into drill tables. */
export class RestoreServiceRole extends Role {
  constructor(scope: Construct, id: string, { drillTables, keyStatements }: RestoreServiceRoleProps) {
    const statements = restoreRoleStatements(drillTables, keyStatements);
    super(scope, id, {
      description: 'Lets AWS Backup restore recovery points into drill tables',
      assumedBy: awsBackupOf(Stack.of(scope)),
      inlinePolicies: { Restore: new PolicyDocument({ statements }) },
    });
    acknowledgeWildcards(this, statements);
  }
}
