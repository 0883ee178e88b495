import { validationError, type AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall, Operation, Service } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import { randomStream } from '../random.ts';
import type { Keys } from '../kms.ts';
import { Backups } from './backups.ts';
import { Contents } from './contents.ts';
import { ContributorInsights } from './contributor-insights.ts';
import { batchedChanges, writeItem } from './item-writes.ts';
import type { Change } from './items-by-key.ts';
import { Items } from './items.ts';
import { KinesisDestinations } from './kinesis-destinations.ts';
import { publishedRates, Rates } from './rates.ts';
import { ResourcePolicies } from './resource-policies.ts';
import type { RestoreModel } from './restore-time.ts';
import { Restores } from './restores.ts';
import { restorableWindow, type Table } from './table.ts';
import { TableSettings } from './table-settings.ts';
import { tableNameIn, Tables, type TableQuotas } from './tables.ts';

interface DynamoDbParts {
  readonly clock: VirtualClock;
  readonly seed: number | string;
  readonly arnPrefix: string;
  readonly quotas: TableQuotas;
  readonly backupCreationMs: (sizeBytes: number) => number;
  readonly restoreTime: RestoreModel;
  readonly keys: Keys;
  /** DynamoDB of whatever Region of the account an ARN names. */
  readonly regional: (arn: string) => DynamoDb | undefined;
  /** Whether a role may write to a table as a restore does. */
  readonly mayWrite: (roleArn: string, tableArn: string) => boolean;
}

const reads = ['GetItem', 'Query', 'Scan'];
const writes = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** DynamoDB: the control plane of its own, the items by dynalite. */
export class DynamoDb {
  readonly items: Items;
  readonly tables: Tables;
  readonly backups: Backups;
  readonly restores: Restores;
  readonly settings: TableSettings;
  readonly #policies: ResourcePolicies;
  readonly #destinations: KinesisDestinations;
  readonly #insights: ContributorInsights;
  readonly #clock: VirtualClock;
  readonly #contents: Contents;
  readonly #rates = new Rates(publishedRates);

  constructor(parts: DynamoDbParts) {
    const { clock, seed, arnPrefix, quotas } = parts;
    this.#clock = clock;
    this.items = new Items(clock);
    const contents = new Contents(this.items);
    this.#contents = contents;
    this.tables = new Tables({
      clock,
      random: randomStream(seed, 'tables'),
      items: this.items,
      contents,
      quotas,
      arnPrefix,
      onDelete: (table) => {
        if (table.pointInTimeRecovery) this.backups.addSystemBackup(table);
      },
      isBeingBackedUp: (table) => this.backups.isBeingTaken(table),
    });
    const random = randomStream(seed, 'backups');
    const { tables } = this;
    this.backups = new Backups({ clock, random, tables, contents, creationMs: parts.backupCreationMs });
    this.restores = new Restores({
      clock,
      random: randomStream(seed, 'restores'),
      tables,
      backups: this.backups,
      keys: parts.keys,
      arnPrefix,
      sourceOf: parts.regional,
      atOnce: quotas.restores,
      time: parts.restoreTime,
      mayWrite: parts.mayWrite,
    });
    this.settings = new TableSettings(clock, tables, contents, quotas.tagsPerTable);
    const ofTables = { clock, tables: this.settings };
    this.#policies = new ResourcePolicies({ ...ofTables, random: randomStream(seed, 'resource policies') });
    this.#destinations = new KinesisDestinations(ofTables);
    this.#insights = new ContributorInsights(ofTables);
  }

  service(): Service {
    return {
      name: 'dynamodb',
      contentType: 'application/x-amz-json-1.0',
      operations: { ...this.#paced(this.#controlPlane()), ...this.#itemOperations() },
      errorBody,
    };
  }

  #controlPlane(): Record<string, Operation> {
    const { tables, backups, restores, settings } = this;
    return {
      CreateTable: (call) => tables.create(call),
      DescribeTable: (call) => tables.describe(call),
      ListTables: (call) => tables.list(call),
      UpdateTable: (call) => tables.update(call),
      DeleteTable: (call) => tables.delete(call),
      TagResource: (call) => settings.tag(call),
      UntagResource: (call) => settings.untag(call),
      ListTagsOfResource: (call) => settings.listTags(call),
      UpdateTimeToLive: (call) => settings.updateTimeToLive(call),
      DescribeTimeToLive: (call) => settings.describeTimeToLive(call),
      UpdateContinuousBackups: (call) => settings.updateContinuousBackups(call),
      DescribeContinuousBackups: (call) => settings.describeContinuousBackups(call),
      ...this.#furtherSettings(),
      CreateBackup: (call) => backups.create(call),
      DescribeBackup: (call) => backups.describe(call),
      DeleteBackup: (call) => backups.delete(call),
      ListBackups: (call) => backups.list(call),
      RestoreTableFromBackup: (call) => restores.fromBackup(call),
      RestoreTableToPointInTime: (call) => restores.toPointInTime(call),
    };
  }

  #furtherSettings(): Record<string, Operation> {
    const [policies, destinations, insights] = [this.#policies, this.#destinations, this.#insights];
    return {
      PutResourcePolicy: (call) => policies.put(call),
      GetResourcePolicy: (call) => policies.get(call),
      DeleteResourcePolicy: (call) => policies.delete(call),
      EnableKinesisStreamingDestination: (call) => destinations.enable(call),
      DisableKinesisStreamingDestination: (call) => destinations.disable(call),
      DescribeKinesisStreamingDestination: (call) => destinations.describe(call),
      UpdateContributorInsights: (call) => insights.update(call),
      DescribeContributorInsights: (call) => insights.describe(call),
    };
  }

  #paced(operations: Record<string, Operation>): Record<string, Operation> {
    const paced = Object.entries(operations).map(([name, operation]): [string, Operation] => [
      name,
      (call) => {
        this.#rates.spend(name, this.#clock.now);
        return operation(call);
      },
    ]);
    return Object.fromEntries(paced);
  }

  #itemOperations(): Record<string, Operation> {
    return Object.fromEntries([
      ...reads.map((name) => [name, (call: ApiCall) => this.#read(call)]),
      ...writes.map((name) => [name, (call: ApiCall) => this.#write(call)]),
      ['BatchGetItem', (call: ApiCall) => this.#onTables(call)],
      ['BatchWriteItem', (call: ApiCall) => this.#onTables(call)],
    ]) as Record<string, Operation>;
  }

  #read(call: ApiCall): Promise<object> {
    const table = this.tables.serving(tableNameIn(new Input(call.input)));
    const index = call.input.IndexName;
    if (typeof index === 'string' && table.buildingIndexes.has(index))
      throw validationError(`Cannot read from backfilling global secondary index: ${index}`);
    return this.items.perform(call.operation, { ...call.input, TableName: table.name });
  }

  async #write(call: ApiCall): Promise<object> {
    const table = this.tables.serving(tableNameIn(new Input(call.input)));
    const input = { ...call.input, TableName: table.name };
    const isFollowed = (): boolean => table.pointInTimeRecovery !== undefined || this.#contents.isFollowing(table);
    const { answer, change } = await writeItem(this.items, call.operation, input, isFollowed);
    this.#note(table, change ? [change] : []);
    return answer;
  }

  async #onTables(call: ApiCall): Promise<object> {
    const requests = isRecord(call.input.RequestItems) ? call.input.RequestItems : {};
    const touched = Object.keys(requests).map((name) => this.tables.serving(name));
    const answer = await this.items.perform(call.operation, call.input);
    if (call.operation === 'BatchWriteItem')
      for (const table of touched) this.#note(table, batchedChanges(requests[table.name]));
    return answer;
  }

  #note(table: Table, changes: readonly Change[]): void {
    table.writes++;
    this.#contents.note(table, changes);
    const { now } = this.#clock;
    const recovery = table.pointInTimeRecovery;
    recovery?.history.record(changes, now, restorableWindow(recovery, now).earliest);
  }
}

const validationPrefix = 'com.amazon.coral.validate#';
const foreignPrefixes: Readonly<Record<string, string>> = {
  ValidationException: validationPrefix,
  ThrottlingException: 'com.amazon.coral.availability#',
  UnknownOperationException: 'com.amazon.coral.service#',
  SerializationException: 'com.amazon.coral.service#',
  AccessDeniedException: 'com.amazon.coral.service#',
  InvalidSignatureException: 'com.amazon.coral.service#',
};

function errorBody(error: AwsError): object {
  const prefix = foreignPrefixes[error.name] ?? 'com.amazonaws.dynamodb.v20120810#';
  return { __type: `${prefix}${error.name}`, message: error.message, ...error.fields };
}
