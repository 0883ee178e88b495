import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { parseVaultArn } from '../../lambda/domain/vault-arn.ts';
import type { CopyVault } from '../copy-vaults.ts';
import { copyRoleStatements, type CopyAccess } from '../permissions/copy-access.ts';
import { acknowledgeWildcards } from '../permissions/wildcards.ts';

export interface CopyServiceRoleProps {
  readonly access: CopyAccess;
  readonly vaults: readonly CopyVault[];
}

/**
 * The role that AWS Backup takes on to copy recovery points. It outlives its stack: AWS Backup deletes what has expired in the name of the
 * role it was made with. For each vault of another account the stack says, as an output, which access policy that vault needs.
 */
export class CopyServiceRole extends Role {
  constructor(scope: Construct, id: string, { access, vaults }: CopyServiceRoleProps) {
    const stack = Stack.of(scope);
    const statements = copyRoleStatements(stack, access);
    super(scope, id, {
      description: 'Lets AWS Backup copy recovery points of the tables that plans choose',
      assumedBy: new ServicePrincipal('backup.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      inlinePolicies: { Copy: new PolicyDocument({ statements }) },
    });
    this.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledgeWildcards(this, statements);
    new CfnOutput(stack, 'CopyRoleArn', { value: this.roleArn });
    for (const { vaultArn, kind } of vaults) if (kind === 'foreign') this.printPolicyFor(vaultArn);
  }

  private printPolicyFor(vaultArn: string): void {
    const stack = Stack.of(this);
    const { region = '', account = '', vaultName = '' } = parseVaultArn(vaultArn) ?? {};
    new CfnOutput(stack, `CopyVaultPolicy${account}${region}${vaultName}`.replace(/[^a-zA-Z0-9]/g, ''), {
      description: `The access policy that ${vaultArn} needs for copies to get in`,
      value: stack.toJsonString(policyFor(this)),
    });
  }
}

/** > Another account's vault lets in the one role that copies, and lets it do nothing else. */
function policyFor(role: Role): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'CopiesOfDynamoDBBackups',
        principals: [new AccountPrincipal(Stack.of(role).account)],
        actions: ['backup:CopyIntoBackupVault'],
        resources: ['*'],
        conditions: { ArnEquals: { 'aws:PrincipalArn': role.roleArn } },
      }),
    ],
  });
}
