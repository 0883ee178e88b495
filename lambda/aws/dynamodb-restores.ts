import {
  DeleteTableCommand,
  DescribeBackupCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  GetItemCommand,
  RestoreTableFromBackupCommand,
  RestoreTableToPointInTimeCommand,
  ScanCommand,
  UpdateTableCommand,
  type AttributeValue,
  type DynamoDBClient,
  type GlobalSecondaryIndex,
  type LocalSecondaryIndex,
  type RestoreTableFromBackupCommandInput,
  type SSESpecification,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type {
  CheckOutcome,
  ItemCheck,
  Restores,
  RestoreOutcome,
  RestoreProgress,
  ItemSample,
  RestorableWindow,
  RestoreRequest,
  SampleLimits,
  SampleOutcome,
  SourceLook,
  TableDeletion,
  TableLook,
  ValidationVerdict,
} from '../jobs/drill/ports.ts';
import type { Failure, FailureKind } from '../jobs/ports.ts';
import { failureOf } from './failures.ts';
import type { PointRestores } from './recovery-point-restores.ts';
import { rightsLostOn } from './restore-rights.ts';
import { backedUpTable, restoredTable, shapeOfTable } from './table-shape.ts';

type Overrides = Pick<
  RestoreTableFromBackupCommandInput,
  'BillingModeOverride' | 'GlobalSecondaryIndexOverride' | 'LocalSecondaryIndexOverride' | 'SSESpecificationOverride'
>;
type SourceIndex = Partial<Pick<GlobalSecondaryIndex & LocalSecondaryIndex, 'IndexName' | 'KeySchema' | 'Projection'>>;
interface SourceIndexes {
  readonly global: readonly SourceIndex[];
  readonly local: readonly SourceIndex[];
}

const retriable = new Set<FailureKind>(['throttled', 'backup-busy', 'table-busy']);
const latest = { UseLatestRestorableTime: true } as const;
const mostSegments = 1_000_000;
const segmentsWanted = 20;
/** When the first so many segments hold nothing, the table has far fewer items than its description says. */
const mostEmptySegments = 8;

interface RestoresOptions {
  /** Of the Region of what is restored: that of the restored tables unless told otherwise. */
  readonly source?: DynamoDBClient;
  /** Restores recovery points of AWS Backup, where a plan has any. */
  readonly points?: PointRestores | undefined;
}

/** Restores of DynamoDB's own backups, of points in time and of recovery points, and the tables they create. */
export class DynamoDbRestores implements Restores {
  readonly #source: DynamoDBClient;
  readonly #dynamodb: DynamoDBClient;
  readonly #once: DynamoDBClient;
  readonly #points: PointRestores | undefined;

  /** The clients are of the Region of the restored tables. */
  constructor(
    clients: { readonly dynamodb: DynamoDBClient; readonly dynamodbOnce: DynamoDBClient },
    { source = clients.dynamodb, points }: RestoresOptions = {},
  ) {
    this.#source = source;
    this.#dynamodb = clients.dynamodb;
    this.#once = clients.dynamodbOnce;
    this.#points = points;
  }

  async start(request: RestoreRequest): Promise<RestoreOutcome> {
    const { source, sourceArn, target: TargetTableName } = request;
    if (source.kind === 'recovery-point') return await this.#ofPoints().start({ ...request, source });
    try {
      const overrides = await this.#overridesOf(request);
      if (source.kind === 'backup') {
        const { TableDescription } = await this.#once.send(
          new RestoreTableFromBackupCommand({ BackupArn: sourceArn, TargetTableName, ...overrides }),
        );
        return accepted(TableDescription);
      } else {
        const instant = source.at === undefined ? latest : { RestoreDateTime: new Date(source.at) };
        const { TableDescription } = await this.#once.send(
          new RestoreTableToPointInTimeCommand({
            SourceTableArn: sourceArn,
            TargetTableName,
            ...instant,
            ...overrides,
          }),
        );
        return accepted(TableDescription);
      }
    } catch (error) {
      return outcomeOf(error);
    }
  }

  progress(job: string, target: string): Promise<RestoreProgress> {
    return this.#ofPoints().progress(job, target);
  }

  reportValidation(job: string, verdict: ValidationVerdict): Promise<Failure | undefined> {
    return this.#ofPoints().reportValidation(job, verdict);
  }

  #ofPoints(): PointRestores {
    if (this.#points) return this.#points;
    throw new Error('the plan is of AWS Backup, and this function was deployed without a role that restores');
  }

  async look(tableName: string): Promise<TableLook> {
    try {
      const { Table } = await this.#dynamodb.send(new DescribeTableCommand({ TableName: tableName }));
      const table = Table && restoredTable(Table);
      if (table) return { kind: 'found', table };
      return { kind: 'failed', failure: { kind: 'unknown', message: 'DescribeTable answered without the table' } };
    } catch (error) {
      const failure = failureOf(error);
      return failure.kind === 'missing' ? { kind: 'missing' } : { kind: 'failed', failure };
    }
  }

  rightsLostOn(tableName: string): Promise<readonly string[]> {
    return rightsLostOn(this.#dynamodb, tableName);
  }

  async describeSource(source: RestoreRequest['source']): Promise<SourceLook> {
    if (source.kind === 'recovery-point') {
      return await this.#ofPoints().describe(source, (table) => this.describeSource({ kind: 'point-in-time', table }));
    }
    try {
      if (source.kind === 'backup') {
        const { BackupDescription } = await this.#source.send(new DescribeBackupCommand({ BackupArn: source.arn }));
        return BackupDescription ? { kind: 'found', source: backedUpTable(BackupDescription) } : { kind: 'missing' };
      }
      const { Table } = await this.#source.send(new DescribeTableCommand({ TableName: source.table }));
      if (!Table) return { kind: 'missing' };
      const {
        TableArn: arn = '',
        TableId: tableId = '',
        TableSizeBytes: sizeBytes = 0,
        ItemCount: itemCount = 0,
      } = Table;
      return { kind: 'found', source: { tableId, arn, shape: shapeOfTable(Table), sizeBytes, itemCount } };
    } catch (error) {
      const failure = failureOf(error);
      return failure.kind === 'missing' ? { kind: 'missing' } : { kind: 'failed', failure };
    }
  }

  async restorableWindow(tableName: string): Promise<RestorableWindow> {
    try {
      const answer = await this.#source.send(new DescribeContinuousBackupsCommand({ TableName: tableName }));
      const { EarliestRestorableDateTime: earliest, LatestRestorableDateTime: newest } =
        answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription ?? {};
      return earliest && newest ? { kind: 'window', earliest, latest: newest } : { kind: 'unavailable' };
    } catch (error) {
      const failure = failureOf(error);
      return failure.kind === 'missing' ? { kind: 'missing' } : { kind: 'failed', failure };
    }
  }

  removeProtection(tableName: string): Promise<TableDeletion> {
    return this.#deleting(() =>
      this.#dynamodb.send(new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: false })),
    );
  }

  delete(tableName: string): Promise<TableDeletion> {
    return this.#deleting(() => this.#dynamodb.send(new DeleteTableCommand({ TableName: tableName })));
  }

  /**
   * Reads whole segments of the table, drawn without repetition, each expected to hold a twentieth of what is wanted; when the
   * first eight hold nothing, reads the table from its beginning.
   */
  async sample(tableName: string, limits: SampleLimits, draw: () => number): Promise<SampleOutcome> {
    const perSegment = Math.max(1, limits.items / segmentsWanted);
    const segments = Math.min(mostSegments, Math.max(1, Math.floor(limits.expectedItems / perSegment)));
    try {
      const drawn = await this.#readSegments(tableName, segments, limits, draw);
      const isEnough = drawn.examined > 0 || segments === 1;
      return { kind: 'read', sample: isEnough ? drawn : await this.#readSegments(tableName, 1, limits, draw) };
    } catch (error) {
      return { kind: 'failed', failure: failureOf(error) };
    }
  }

  async #readSegments(
    tableName: string,
    segments: number,
    limits: SampleLimits,
    draw: () => number,
  ): Promise<ItemSample> {
    const seen = new Set<number>();
    let examined = 0;
    let bytes = 0;
    let isCutOff = false;
    const isEnough = (): boolean => examined >= limits.items || bytes >= limits.bytes;
    const isHopeless = (): boolean => examined === 0 && seen.size >= mostEmptySegments;
    while (!isEnough() && !isHopeless() && seen.size < Math.min(segments, 2 * segmentsWanted)) {
      const segment = nextUnseen(Math.floor(draw() * segments), segments, seen);
      seen.add(segment);
      let from: Record<string, AttributeValue> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await this.#dynamodb.send(
          new ScanCommand({
            TableName: tableName,
            TotalSegments: segments,
            Segment: segment,
            Limit: Math.min(limits.items - examined, 1_000),
            ExclusiveStartKey: from,
          }),
        );
        examined += Items.length;
        bytes += JSON.stringify(Items).length;
        from = LastEvaluatedKey;
      } while (from && !isEnough());
      isCutOff ||= from !== undefined;
    }
    return { examined, bytes, isWhole: seen.size === segments && !isCutOff };
  }

  async check(tableName: string, { key, expect }: ItemCheck): Promise<CheckOutcome> {
    try {
      const { Item } = await this.#dynamodb.send(
        new GetItemCommand({ TableName: tableName, Key: attributes(key), ConsistentRead: true }),
      );
      if (!Item) return { kind: 'different', found: 'there is no such item' };
      const wrong = Object.entries(attributes(expect))
        .filter(([name, value]) => canonical(Item[name]) !== canonical(value))
        .map(([name]) => name);
      return wrong.length === 0
        ? { kind: 'as-expected' }
        : { kind: 'different', found: `other values of ${wrong.join(', ')}` };
    } catch (error) {
      return { kind: 'failed', failure: withoutValues(failureOf(error)) };
    }
  }

  async #deleting(send: () => Promise<unknown>): Promise<TableDeletion> {
    try {
      await send();
      return { kind: 'deleting' };
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'missing') return { kind: 'missing' };
      const passes = failure.kind === 'table-busy' || failure.kind === 'throttled' || failure.kind === 'no-answer';
      return { kind: passes ? 'busy' : 'failed', failure };
    }
  }

  /** Members that would be empty are left out: an empty structure is refused, and yet begins the restore. */
  async #overridesOf({ source, billing, indexes, encryptionKey }: RestoreRequest): Promise<Overrides> {
    return {
      ...(billing === 'on-demand' && { BillingModeOverride: 'PAY_PER_REQUEST' }),
      ...(encryptionKey !== undefined && { SSESpecificationOverride: encryptionWith(encryptionKey) }),
      ...(indexes !== 'all' && indexOverrides(indexes, await this.#indexesOf(source))),
    };
  }

  async #indexesOf(source: RestoreRequest['source']): Promise<SourceIndexes> {
    if (source.kind === 'recovery-point') return { global: [], local: [] };
    if (source.kind === 'point-in-time') {
      const { Table } = await this.#source.send(new DescribeTableCommand({ TableName: source.table }));
      return { global: Table?.GlobalSecondaryIndexes ?? [], local: Table?.LocalSecondaryIndexes ?? [] };
    }
    const { BackupDescription } = await this.#source.send(new DescribeBackupCommand({ BackupArn: source.arn }));
    const features = BackupDescription?.SourceTableFeatureDetails;
    return { global: features?.GlobalSecondaryIndexes ?? [], local: features?.LocalSecondaryIndexes ?? [] };
  }
}

/** Disabled encryption is encryption with a key that AWS owns; without an id, KMS means the account's key `aws/dynamodb`. */
function encryptionWith(key: NonNullable<RestoreRequest['encryptionKey']>): SSESpecification {
  if (key === 'aws-owned') return { Enabled: false };
  return { Enabled: true, SSEType: 'KMS', ...(key !== 'aws-managed' && { KMSMasterKeyId: key }) };
}

/** An override repeats the definition of each index that is wanted; an empty list drops them all. */
function indexOverrides(wanted: 'none' | readonly string[], { global, local }: SourceIndexes): Overrides {
  const isWanted = ({ IndexName }: { IndexName?: string | undefined }): boolean =>
    wanted !== 'none' && wanted.includes(IndexName ?? '');
  const unknown = wanted === 'none' ? [] : wanted.filter((name) => ![...global, ...local].some(isNamed(name)));
  if (unknown.length > 0) {
    throw Object.assign(new Error(`what is restored has no index named ${unknown.join(', ')}`), {
      name: 'ValidationException',
    });
  }
  return {
    GlobalSecondaryIndexOverride: global.filter(isWanted).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
    LocalSecondaryIndexOverride: local.filter(isWanted).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    })),
  };
}

function nextUnseen(start: number, segments: number, seen: ReadonlySet<number>): number {
  let segment = start % segments;
  while (seen.has(segment)) segment = (segment + 1) % segments;
  return segment;
}

function isNamed(name: string): (index: { IndexName?: string | undefined }) => boolean {
  return ({ IndexName }) => IndexName === name;
}

function accepted(table: TableDescription | undefined): RestoreOutcome {
  return { kind: 'accepted', ...(table?.TableId !== undefined && { tableId: table.TableId }) };
}

function outcomeOf(error: unknown): RestoreOutcome {
  const failure = failureOf(error);
  const name = error instanceof Error ? error.name : '';
  if (name === 'TableAlreadyExistsException' || name === 'TableInUseException') return { kind: 'exists' };
  if (failure.kind === 'no-answer') return { kind: 'unknown', failure };
  if (name === 'LimitExceededException') return { kind: 'no-room', failure };
  return { kind: 'refused', failure, retriable: retriable.has(failure.kind) };
}

/** > A complaint about what was asked may quote it, and here a key of an item was asked for. */
function withoutValues({ kind, message }: Failure): Failure {
  return { kind, message: kind === 'invalid' ? message.replace(/:.*/s, '') : message };
}

function attributes(map: object): Record<string, AttributeValue> {
  return map as Record<string, AttributeValue>;
}

/** Sets have no order, and numbers may be written in several ways. */
function canonical(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  if (value.N !== undefined) return `N${decimal(value.N)}`;
  if (value.SS) return JSON.stringify({ SS: value.SS.toSorted() });
  if (value.NS) return JSON.stringify({ NS: value.NS.map(decimal).sort() });
  if (value.B !== undefined) return `B${bytesText(value.B)}`;
  if (value.M)
    return JSON.stringify(
      Object.entries(value.M)
        .map(([key, part]) => [key, canonical(part)])
        .sort(),
    );
  if (value.L) return JSON.stringify(value.L.map(canonical));
  return JSON.stringify(value);
}

/** A number of up to 38 digits, each of which counts, in the one way of writing it: digits without zeros around them, and a power of ten. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${exponent}`;
}

function bytesText(bytes: unknown): string {
  return typeof bytes === 'string' ? bytes : Buffer.from(bytes as Uint8Array).toString('base64');
}
