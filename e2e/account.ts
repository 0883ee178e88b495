import {
  BatchWriteItemCommand,
  CreateBackupCommand,
  CreateTableCommand,
  DescribeBackupCommand,
  DynamoDBClient,
  ListBackupsCommand,
  ListTablesCommand,
  type BackupDescription,
  type BackupSummary,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Emulator } from './emulator/emulator.ts';
import { region } from './environment.ts';

/** The answer of a function that was waited for. */
export interface Answer {
  /** Whether the function threw. */
  readonly failed: boolean;
  /** What it returned, or its error, as JSON. */
  readonly payload: string;
}

/** The emulated account, as its owner sees it through the AWS SDK. */
export class Account {
  readonly #dynamodb: DynamoDBClient;
  readonly #lambda: LambdaClient;

  constructor(emulator: Emulator) {
    this.#dynamodb = new DynamoDBClient(clientSettings(emulator));
    this.#lambda = new LambdaClient(clientSettings(emulator));
  }

  /** Creates a table with that many items. */
  async createTable(name: string, items: number, tags: Readonly<Record<string, string>> = {}): Promise<void> {
    const command = new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
    await this.#dynamodb.send(command);
    const puts = Array.from({ length: items }, (_, i) => ({ PutRequest: { Item: { id: { S: `${name}-${i}` } } } }));
    await this.#dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
  }

  /** The names of all tables. */
  async tables(): Promise<string[]> {
    const { TableNames } = await this.#dynamodb.send(new ListTablesCommand({}));
    return TableNames ?? [];
  }

  /** Takes a backup by hand and returns its ARN. */
  async createBackup(table: string, name: string): Promise<string> {
    const { BackupDetails } = await this.#dynamodb.send(
      new CreateBackupCommand({ TableName: table, BackupName: name }),
    );
    if (!BackupDetails?.BackupArn) throw new Error(`CreateBackup of ${table} answered without an ARN`);
    return BackupDetails.BackupArn;
  }

  /** Every backup of a table, oldest first. */
  async backups(table: string): Promise<BackupSummary[]> {
    const found: BackupSummary[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#dynamodb.send(
        new ListBackupsCommand({ TableName: table, ...(marker && { ExclusiveStartBackupArn: marker }) }),
      );
      found.push(...(page.BackupSummaries ?? []));
      marker = page.LastEvaluatedBackupArn;
    } while (marker);
    return found.toSorted((a, b) => createdAt(a) - createdAt(b));
  }

  async describeBackup(arn: string): Promise<BackupDescription> {
    const { BackupDescription } = await this.#dynamodb.send(new DescribeBackupCommand({ BackupArn: arn }));
    if (!BackupDescription) throw new Error(`DescribeBackup of ${arn} answered nothing`);
    return BackupDescription;
  }

  /** Calls a function and waits for its answer. */
  async invoke(functionName: string, event: object): Promise<Answer> {
    const { FunctionError, Payload } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
    );
    return { failed: FunctionError !== undefined, payload: Payload?.transformToString() ?? '' };
  }

  /** Hands an event to a function the way Scheduler does: nobody waits for the answer. */
  async send(functionName: string, event: object): Promise<void> {
    await this.#lambda.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) }),
    );
  }
}

/** Settings of any SDK client of the account. */
export function clientSettings({ endpoint }: Emulator) {
  return { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 2 };
}

function createdAt({ BackupCreationDateTime }: BackupSummary): number {
  return BackupCreationDateTime?.getTime() ?? 0;
}
