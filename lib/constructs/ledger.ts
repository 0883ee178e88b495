import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ledgerKeys } from '../../lambda/contract/ledger.ts';

export interface LedgerProps {
  /** @default - a key that AWS owns */
  readonly encryptionKey?: IKey | undefined;
}

/** What the deployment remembers: slot claims, leases, deletion intents, run reports. It survives the stack and any single mistake. */
export class Ledger extends Table {
  constructor(scope: Construct, id: string, { encryptionKey }: LedgerProps) {
    super(scope, id, {
      partitionKey: { name: ledgerKeys.partition, type: AttributeType.STRING },
      sortKey: { name: ledgerKeys.sort, type: AttributeType.STRING },
      timeToLiveAttribute: ledgerKeys.expiresAt,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(encryptionKey ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey } : {}),
    });
  }
}
