import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/**
 * Reading and writing an encrypted table. DynamoDB asks KMS in the caller's name, so the key is usable only through DynamoDB (source:
 * "DynamoDB encryption at rest: usage notes"; `CreateGrant` is for whoever creates the table).
 */
export function encryptedTableStatements(key: IKey | undefined): PolicyStatement[] {
  return throughService(key, 'UseLedgerKey', 'dynamodb', [
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:DescribeKey',
  ]);
}

/** Sending to an encrypted queue (source: "Amazon SQS key management": a producer needs these two). */
export function encryptedQueueStatements(key: IKey | undefined): PolicyStatement[] {
  return throughService(key, 'UseQueueKey', 'sqs', ['kms:GenerateDataKey', 'kms:Decrypt']);
}

/** Publishing to an encrypted topic (source: "Encrypting messages published to SNS": a publisher needs these two). */
export function encryptedTopicStatements(key: IKey | undefined): PolicyStatement[] {
  return throughService(key, 'UseTopicKey', 'sns', ['kms:GenerateDataKey', 'kms:Decrypt']);
}

function throughService(key: IKey | undefined, sid: string, service: string, actions: string[]): PolicyStatement[] {
  if (!key) return [];
  const { region, urlSuffix } = Stack.of(key);
  return [
    new PolicyStatement({
      sid,
      actions,
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } },
    }),
  ];
}
