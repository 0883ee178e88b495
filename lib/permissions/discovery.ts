import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { TableArns } from './table-arns.ts';

/** Reading what there is. DynamoDB and the tagging API know no smaller resource for these than `*`. */
export function discoveryStatements(tables: TableArns): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'ListTablesAndBackups',
      actions: ['dynamodb:ListTables', 'dynamodb:ListBackups'],
      resources: ['*'],
    }),
    ...(tables.chosenByTag.length > 0
      ? [new PolicyStatement({ sid: 'FindTablesByTag', actions: ['tag:GetResources'], resources: ['*'] })]
      : []),
  ];
}

/**
 * Actions on the tables the plans choose: by ARN where chosen by name or pattern, and by the tags a table carries at the moment of the
 * call where chosen by tag.
 */
export function tableStatements(sid: string, actions: string[], tables: TableArns): PolicyStatement[] {
  return [
    ...(tables.chosenByName.length > 0
      ? [new PolicyStatement({ sid, actions, resources: [...tables.chosenByName] })]
      : []),
    ...tables.chosenByTag.map(
      (condition, index) =>
        new PolicyStatement({
          sid: `${sid}ByTag${index + 1}`,
          actions,
          resources: [tables.any],
          conditions: { StringEquals: condition },
        }),
    ),
  ];
}
