import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ledgerKeys } from '../../lambda/contract/ledger.ts';

export interface LedgerProps {
  /** `aws-managed` for the account's own key for DynamoDB. @default - a key that AWS owns */
  readonly encryptionKey?: IKey | 'aws-managed' | undefined;
  /** @default - a name that CloudFormation makes */
  readonly tableName?: string;
}

/** What the deployment remembers: slot claims, leases, deletion intents, run reports. It survives the stack and any single mistake. */
export class Ledger extends Table {
  constructor(scope: Construct, id: string, { encryptionKey, tableName }: LedgerProps) {
    super(scope, id, {
      partitionKey: { name: ledgerKeys.partition, type: AttributeType.STRING },
      sortKey: { name: ledgerKeys.sort, type: AttributeType.STRING },
      timeToLiveAttribute: ledgerKeys.expiresAt,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(tableName !== undefined && { tableName }),
      ...encryptionWith(encryptionKey),
    });
  }
}

function encryptionWith(key: LedgerProps['encryptionKey']): Pick<TableProps, 'encryption' | 'encryptionKey'> {
  if (key === undefined) return {};
  if (key === 'aws-managed') return { encryption: TableEncryption.AWS_MANAGED };
  return { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key };
}
