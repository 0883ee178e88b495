import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IPrincipal, PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { serviceRoleStatements } from '../permissions/service-role.ts';
import type { TableArns } from '../permissions/table-arns.ts';
import { acknowledgeWildcards } from '../permissions/wildcards.ts';

export interface BackupServiceRoleProps {
  /** The tables that AWS Backup backs up. */
  readonly tables: TableArns;
}

/**
 * The role that AWS Backup takes on to make recovery points. It outlives its stack: AWS Backup deletes what has expired in the name of the
 * role it was made with, and could not without it (source: `DeleteRecoveryPoint`).
 */
export class BackupServiceRole extends Role {
  constructor(scope: Construct, id: string, { tables }: BackupServiceRoleProps) {
    const stack = Stack.of(scope);
    const statements = serviceRoleStatements(stack, tables);
    super(scope, id, {
      description: 'Lets AWS Backup take recovery points of the tables that plans choose',
      assumedBy: awsBackupOf(stack),
      inlinePolicies: { Backup: new PolicyDocument({ statements }) },
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledgeWildcards(this, statements);
  }
}

/** AWS Backup, and only for jobs of the stack's own account. */
export function awsBackupOf({ account }: Stack): IPrincipal {
  return new ServicePrincipal('backup.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': account } },
  });
}
