import type { ITable } from 'aws-cdk-lib/aws-dynamodb';

/** A table as a construct: a `Table`, a `TableV2`, or one imported by name or ARN. */
export type TableConstruct = Pick<ITable, 'tableName' | 'tableArn' | 'env' | 'node'>;
