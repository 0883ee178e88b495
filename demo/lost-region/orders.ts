import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  paginateScan,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { table } from './start.ts';

/** An item that was written, and when; epoch milliseconds. */
interface Written {
  readonly id: string;
  readonly at: number;
}

/** The table of the story: with an index and every setting that AWS drops and another Region can have. */
export class Orders {
  readonly written: Written[] = [];
  readonly #account: SandboxAccount;
  readonly #client: DynamoDBClient;

  constructor(account: SandboxAccount) {
    this.#account = account;
    this.#client = account.client(DynamoDBClient);
  }

  async create(): Promise<void> {
    await this.#account.createTable({
      TableName: table,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'customer', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-customer',
          KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      DeletionProtectionEnabled: true,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      Tags: [
        { Key: 'team', Value: 'shop' },
        { Key: 'stage', Value: 'production' },
      ],
    });
    await this.#client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { AttributeName: 'forgetAt', Enabled: true },
      }),
    );
    await this.#client.send(
      new UpdateContinuousBackupsCommand({
        TableName: table,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
      }),
    );
  }

  async write(): Promise<void> {
    const nth = this.written.length;
    const id = `order-${nth}`;
    const Item = { id: { S: id }, customer: { S: `customer-${nth % 7}` }, cents: { N: String(nth * 199) } };
    await this.#client.send(new PutItemCommand({ TableName: table, Item }));
    this.written.push({ id, at: this.#account.clock.now });
  }
}

/** The ids of all items of a Region's table, in order. */
export async function idsIn(account: SandboxAccount): Promise<string[]> {
  const ids: string[] = [];
  for await (const { Items = [] } of paginateScan({ client: account.client(DynamoDBClient) }, { TableName: table }))
    ids.push(...Items.flatMap(({ id }) => id?.S ?? []));
  return ids.sort();
}

/** What AWS itself says of the settings of a Region's table. */
export async function settingsIn(account: SandboxAccount): Promise<object> {
  const client = account.client(DynamoDBClient);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const [ttl, recovery, tags] = await Promise.all([
    client.send(new DescribeTimeToLiveCommand({ TableName: table })),
    client.send(new DescribeContinuousBackupsCommand({ TableName: table })),
    client.send(new ListTagsOfResourceCommand({ ResourceArn: Table?.TableArn })),
  ]);
  return {
    deletionProtection: Table?.DeletionProtectionEnabled,
    stream: Table?.StreamSpecification,
    timeToLive: ttl.TimeToLiveDescription?.AttributeName,
    recoveryDays: recovery.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.RecoveryPeriodInDays,
    tags: Object.fromEntries((tags.Tags ?? []).map(({ Key = '', Value }) => [Key, Value] as const)),
  };
}
