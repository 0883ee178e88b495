import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { discoveryStatements, tableStatements } from './discovery.ts';
import { guardrailStatements } from './guardrails.ts';
import { encryptedQueueStatements, encryptedTableStatements, encryptedTopicStatements } from './key-access.ts';
import { ledgerReadingStatement } from './ledger-access.ts';
import type { RoleScope } from './role-scope.ts';
import { restoreTestReadingStatements, vaultReadingStatements } from './vault-access.ts';

export interface SummaryRoleScope extends Omit<RoleScope, 'sendsEvents'> {
  /** Where the summary goes, and the only place it can go. */
  readonly topic: ITopic;
  /** The key of the topic, where it is the deployment's own. */
  readonly topicKey: IKey | undefined;
}

/** The role that writes the weekly summary reads what there is, and publishes to one topic. It changes nothing. */
export function summaryRoleStatements(scope: SummaryRoleScope): PolicyStatement[] {
  const { tables, vault, ledger, encryptionKey, topic, topicKey } = scope;
  return [
    ...discoveryStatements(tables),
    ...tableStatements('DescribeTables', ['dynamodb:DescribeTable'], tables),
    new PolicyStatement({
      sid: 'CountSubscriptions',
      actions: ['sns:GetTopicAttributes'],
      resources: [topic.topicArn],
    }),
    new PolicyStatement({ sid: 'SendSummary', actions: ['sns:Publish'], resources: [topic.topicArn] }),
    ...vaultReadingStatements(vault),
    ...restoreTestReadingStatements(vault),
    ledgerReadingStatement(ledger),
    ...encryptedTableStatements(encryptionKey),
    ...encryptedQueueStatements(encryptionKey),
    ...encryptedTopicStatements(topicKey),
    ...guardrailStatements(ledger, ['dynamodb:CreateBackup', 'dynamodb:DeleteBackup']),
  ];
}
