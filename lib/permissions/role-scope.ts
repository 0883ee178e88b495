import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { TableArns } from './table-arns.ts';

/** What the permissions of a job's role are about. */
export interface RoleScope {
  readonly tables: TableArns;
  readonly ledger: Table;
  readonly encryptionKey: IKey | undefined;
  /** Whether the deployment sends events. */
  readonly sendsEvents: boolean;
}
