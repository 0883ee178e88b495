import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface DeploymentKeyProps {
  /** Names of the log groups that are encrypted with the key. */
  readonly logGroupNames: readonly string[];
}

/**
 * The one customer key of a deployment: ledger, queues and logs share it, because every key costs a dollar a month. It outlives its
 * stack, for without it the retained ledger could not be read.
 */
export class DeploymentKey extends Key {
  constructor(scope: Construct, id: string, props: DeploymentKeyProps) {
    super(scope, id, {
      description: 'Ledger, queues and logs of DynamoDB backups',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.allowLogs(props.logGroupNames);
  }

  /**
   * CloudWatch Logs uses the key itself, so it needs a statement of its own, limited to our log groups (source: "Encrypt log data in
   * CloudWatch Logs using AWS KMS"). Everybody else is let in by their IAM policies.
   */
  private allowLogs(logGroupNames: readonly string[]): void {
    const stack = Stack.of(this);
    this.addToResourcePolicy(
      new PolicyStatement({
        sid: 'LogGroups',
        principals: [new ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
        actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
        resources: ['*'],
        conditions: {
          ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': logGroupNames.map((name) => logGroupArn(stack, name)) },
        },
      }),
    );
  }
}

function logGroupArn(stack: Stack, name: string): string {
  return stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: name,
  });
}
