import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CopyAccess } from './copy-access.ts';
import type { TableArns } from './table-arns.ts';
import type { VaultAccess } from './vault-access.ts';

/** What the permissions of a job's role are about. */
export interface RoleScope {
  /** The tables of all plans. */
  readonly tables: TableArns;
  /** Where recovery points are; missing where no plan is of AWS Backup. */
  readonly vault?: VaultAccess | undefined;
  /** Where copies go; missing where no plan copies. */
  readonly copies?: CopyAccess | undefined;
  readonly ledger: Table;
  readonly encryptionKey: IKey | undefined;
  /** Whether the deployment sends events. */
  readonly sendsEvents: boolean;
}
