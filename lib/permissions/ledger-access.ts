import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reading and writing single entries of the ledger. No scan, no batch: a run always knows which entry it means. */
export function ledgerStatement(ledger: Table): PolicyStatement {
  return new PolicyStatement({
    sid: 'KeepLedger',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
    resources: [ledger.tableArn],
  });
}

/** Reading single entries of the ledger, and writing none. */
export function ledgerReadingStatement(ledger: Table): PolicyStatement {
  return new PolicyStatement({
    sid: 'ReadLedger',
    actions: ['dynamodb:GetItem', 'dynamodb:Query'],
    resources: [ledger.tableArn],
  });
}
