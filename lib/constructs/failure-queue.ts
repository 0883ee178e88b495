import { Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface FailureQueueProps {
  /** @default - a key that SQS owns */
  readonly encryptionKey?: IKey | undefined;
  /** Whether a function names it as its dead-letter queue: then everybody can see that it is one. */
  readonly ofFunction?: boolean;
}

/** The last stop of an event nobody could handle: it waits fourteen days, the longest SQS allows, for somebody to look. */
export class FailureQueue extends Queue {
  constructor(scope: Construct, id: string, { encryptionKey, ofFunction = false }: FailureQueueProps) {
    super(scope, id, {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      ...(encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    });
    if (ofFunction) return;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'this queue is itself the last stop of failed events; nothing consumes it, so nothing can fail on it',
    });
  }
}
