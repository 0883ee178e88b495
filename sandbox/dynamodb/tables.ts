import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import type { Contents } from './contents.ts';
import type { Items } from './items.ts';
import { changeProtection, checkUpdate, definitionFrom, updated } from './table-definition.ts';
import {
  describeTable,
  nothingDeclared,
  type DeclaredSize,
  type RestoreOrigin,
  type Table,
  type TableDefinition,
} from './table.ts';

/** Account quotas. Source: DynamoDB's LimitExceededException and service quotas. */
export interface TableQuotas {
  readonly tables: number;
  readonly simultaneousOperations: number;
  readonly tagsPerTable: number;
  readonly restores: number;
}

export const publishedQuotas: TableQuotas = {
  tables: 2500,
  simultaneousOperations: 500,
  tagsPerTable: 50,
  restores: 50,
};

interface TablesParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly items: Items;
  readonly contents: Contents;
  readonly quotas: TableQuotas;
  /** `arn:PARTITION:dynamodb:REGION:ACCOUNT`. */
  readonly arnPrefix: string;
  /** Called when a table's deletion begins, while the table is still known. */
  onDelete(table: Table): void;
  /** Whether a backup of the table is being taken right now. */
  isBeingBackedUp(table: Table): boolean;
}

export const tableNameRule = { pattern: /^[a-zA-Z0-9_.-]+$/, min: 3, max: 255 };

const pageSize = 100;
const neverMeasured = -1;
/** Backups are being enabled for up to so long after a table becomes ACTIVE. */
const backupsDelayMs = 6000;
/** DynamoDB refreshes a table's item count and size about this often. */
const refreshMs = 6 * 3_600_000;

/** The table whose name or ARN a member carries. */
export function tableNameIn(input: Input, member = 'TableName'): string {
  const nameOrArn = input.text(member, { min: 1, max: 1024 });
  return /^arn:[^:]+:dynamodb:[^:]*:\d*:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? input.text(member, tableNameRule);
}

/** Tables with their states: CREATING, ACTIVE, UPDATING, DELETING, then gone. */
export class Tables {
  readonly #parts: TablesParts;
  readonly #byName = new Map<string, Table>();

  constructor(parts: TablesParts) {
    this.#parts = parts;
  }

  get all(): Table[] {
    return [...this.#byName.values()];
  }

  get(name: string): Table | undefined {
    return this.#byName.get(name);
  }

  require(name: string, message = `Requested resource not found: Table: ${name} not found`): Table {
    const table = this.#byName.get(name);
    if (!table) throw new AwsError('ResourceNotFoundException', message);
    return table;
  }

  async create(call: ApiCall): Promise<object> {
    const table = await this.add(call.input, false);
    return { TableDescription: describeTable(table) };
  }

  /** Creates a table. One that is `ready` is ACTIVE and open for backups at once, as if it had been there for long. */
  async add(members: Readonly<Record<string, unknown>>, ready: boolean): Promise<Table> {
    const input = new Input(members);
    const name = input.text('TableName', tableNameRule);
    if (this.#byName.has(name)) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
    this.#checkQuotas();
    const table = this.#newTable(name, definitionFrom(input.members), tagsIn(input));
    table.deletionProtection = input.optionalBoolean('DeletionProtectionEnabled') ?? false;
    if (table.definition.StreamSpecification !== undefined) table.latestStream = this.#newStream(table);
    this.#byName.set(name, table);
    try {
      await this.#parts.items.createTable(asDynalite(name, members));
    } catch (error) {
      this.#byName.delete(name);
      throw error;
    }
    this.#becomeActive(table, ready);
    return table;
  }

  /** A table that a restore will fill: CREATING, without items, tags or any setting beyond its definition. */
  addRestoring(name: string, definition: TableDefinition, restore: RestoreOrigin, declared: DeclaredSize): Table {
    this.#checkQuotas();
    const table = this.#newTable(name, definition, new Map());
    table.restore = restore;
    table.declared = declared;
    for (const index of definition.GlobalSecondaryIndexes ?? []) table.buildingIndexes.add(String(index.IndexName));
    this.#byName.set(name, table);
    return table;
  }

  /** Fills a table that is being restored, which is then ACTIVE and remembers its origin no more. */
  async fill(table: Table, items: readonly string[]): Promise<void> {
    await this.#parts.items.createTable(asDynalite(table.name, { ...table.definition, ...withoutCapacity(table) }));
    await this.#parts.items.load(table.name, items);
    table.writes = items.length;
    table.measured = { ...table.measured, at: this.#parts.clock.now, writes: neverMeasured };
    table.restore = undefined;
    this.#activate(table, this.#parts.random() * backupsDelayMs);
  }

  /** Takes away a table whose restore was cancelled. */
  cancel(table: Table): void {
    if (table.restore) table.restore.inProgress = false;
    this.#dispose(table);
  }

  /** Leaves a table whose restore lost its key: nobody can read it, and it can only be deleted. */
  lock(table: Table): void {
    if (table.restore) table.restore.inProgress = false;
    table.status = 'INACCESSIBLE_ENCRYPTION_CREDENTIALS';
  }

  /** A table that is in use cannot be reached without its key, and can be again with it. */
  follow(table: Table, keyIsUsable: boolean): void {
    if (table.restore?.inProgress === false) return;
    if (!keyIsUsable && (table.status === 'ACTIVE' || table.status === 'UPDATING')) {
      table.pending?.cancel();
      table.status = 'INACCESSIBLE_ENCRYPTION_CREDENTIALS';
    } else if (keyIsUsable && table.status === 'INACCESSIBLE_ENCRYPTION_CREDENTIALS') {
      table.status = 'ACTIVE';
    }
  }

  /**
   * Says that a table has more bytes and items than it holds. Its counts show them at once; its backups, and the tables restored from them,
   * have them too, and restoring them takes accordingly long.
   */
  declareSize(name: string, size: Partial<DeclaredSize>): void {
    const table = this.require(name);
    const declared = { ...nothingDeclared, ...size };
    table.measured = {
      ...table.measured,
      sizeBytes: table.measured.sizeBytes + declared.sizeBytes - table.declared.sizeBytes,
      itemCount: table.measured.itemCount + declared.itemCount - table.declared.itemCount,
    };
    table.declared = declared;
  }

  describe(call: ApiCall): object | Promise<object> {
    const table = this.require(tableNameIn(new Input(call.input)));
    return this.#isStale(table)
      ? this.refresh(table).then(() => ({ Table: describeTable(table) }))
      : { Table: describeTable(table) };
  }

  /** Brings item count and size up to date, if six hours have passed since the last time and something was written. */
  async refresh(table: Table): Promise<void> {
    if (!this.#isStale(table)) return;
    const { writes, declared } = table;
    const { items, sizeBytes } = await this.#parts.contents.of(table);
    table.measured = {
      itemCount: items.length + declared.itemCount,
      sizeBytes: sizeBytes + declared.sizeBytes,
      at: this.#parts.clock.now,
      writes,
    };
  }

  list(call: ApiCall): object {
    const input = new Input(call.input);
    const limit = input.optionalNumber('Limit', 1, pageSize) ?? pageSize;
    const from = input.optionalText('ExclusiveStartTableName', tableNameRule);
    const names = [...this.#byName.keys()].sort().filter((name) => from === undefined || name > from);
    const page = names.slice(0, limit);
    return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
  }

  delete(call: ApiCall): object {
    const table = this.require(tableNameIn(new Input(call.input)));
    if (table.status === 'DELETING') return { TableDescription: describeTable(table) };
    this.#checkDeletable(table);
    this.#parts.onDelete(table);
    this.#dispose(table);
    return { TableDescription: describeTable(table) };
  }

  update(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.require(tableNameIn(input));
    if (table.status === 'CREATING' && table.restore) throw notFound(table.name);
    if (table.status !== 'ACTIVE')
      throw inUse(`Attempt to change a resource which is still in use: Table is being updated: ${table.name}`);
    checkUpdate(table, call.input);
    const { now } = this.#parts.clock;
    const protection = input.optionalBoolean('DeletionProtectionEnabled') ?? table.deletionProtection;
    if (protection !== table.deletionProtection) changeProtection(table, protection, now);
    if (call.input.TableClass !== undefined) table.tableClassChangedAt = now;
    table.definition = updated(table.definition, call.input);
    if (call.input.StreamSpecification !== undefined && table.definition.StreamSpecification !== undefined)
      table.latestStream = this.#newStream(table);
    table.status = 'UPDATING';
    const description = describeTable(table);
    table.pending = this.#parts.clock.after(500 + this.#parts.random() * 2000, () => {
      table.status = 'ACTIVE';
    });
    return { TableDescription: description };
  }

  /** The table an item operation works on; throws unless it is there and can serve. */
  serving(name: string): Table {
    const table = this.#byName.get(name);
    if (!table || table.status === 'CREATING' || table.status === 'DELETING') {
      throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    }
    if (table.status === 'INACCESSIBLE_ENCRYPTION_CREDENTIALS') {
      throw new AwsError('AccessDeniedException', `The key that encrypts the table is not accessible: ${name}`);
    }
    return table;
  }

  #newStream(table: Table): NonNullable<Table['latestStream']> {
    const label = new Date(this.#parts.clock.now).toISOString().slice(0, -1);
    return { label, arn: `${table.arn}/stream/${label}` };
  }

  #isStale(table: Table): boolean {
    const { measured, status, writes } = table;
    const changed = measured.writes !== writes;
    return changed && this.#parts.clock.now - measured.at >= refreshMs && ['ACTIVE', 'UPDATING'].includes(status);
  }

  #newTable(name: string, definition: TableDefinition, tags: Map<string, string>): Table {
    const { clock, random, arnPrefix, quotas } = this.#parts;
    if (tags.size > quotas.tagsPerTable)
      throw validationError('One or more parameter values were invalid: Too many tags');
    return {
      name,
      arn: `${arnPrefix}:table/${name}`,
      id: randomUuid(random),
      createdAt: clock.now,
      definition,
      status: 'CREATING',
      deletionProtection: false,
      backupsPossibleAt: Infinity,
      writes: 0,
      measured: { itemCount: 0, sizeBytes: 0, at: clock.now, writes: 0 },
      tags,
      timeToLive: { status: 'DISABLED', attribute: undefined, changedAt: undefined },
      pointInTimeRecovery: undefined,
      latestStream: undefined,
      protectionChangedAt: undefined,
      tableClassChangedAt: undefined,
      pending: undefined,
      restore: undefined,
      buildingIndexes: new Set(),
      declared: nothingDeclared,
    };
  }

  #becomeActive(table: Table, ready: boolean): void {
    const { clock, random } = this.#parts;
    if (ready) this.#activate(table, 0);
    else table.pending = clock.after(2000 + random() * 6000, () => { this.#activate(table, random() * backupsDelayMs); }); // prettier-ignore
  }

  #activate(table: Table, backupsInMs: number): void {
    table.status = 'ACTIVE';
    table.backupsPossibleAt = this.#parts.clock.now + backupsInMs;
  }

  #dispose(table: Table): void {
    table.status = 'DELETING';
    table.pending?.cancel();
    table.pending = this.#parts.clock.after(1000 + this.#parts.random() * 4000, () => void this.#vanish(table));
  }

  async #vanish(table: Table): Promise<void> {
    await this.#parts.items.deleteTable(table.name);
    this.#byName.delete(table.name);
  }

  #checkDeletable(table: Table): void {
    if (table.deletionProtection) {
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    if (table.status === 'CREATING')
      throw inUse(`Attempt to change a resource which is still in use: Table is being created: ${table.name}`);
    if (table.status === 'UPDATING')
      throw inUse(`Attempt to change a resource which is still in use: Table is being updated: ${table.name}`);
    if (this.#parts.isBeingBackedUp(table)) {
      throw inUse(`Attempt to change a resource which is still in use: Table is being backed up: ${table.name}`);
    }
  }

  #checkQuotas(): void {
    const { tables, simultaneousOperations } = this.#parts.quotas;
    if (this.#byName.size >= tables) {
      throw new AwsError(
        'LimitExceededException',
        `Subscriber limit exceeded: Table count limit of ${tables} exceeded`,
      );
    }
    const busy = this.all.filter((table) => ['CREATING', 'DELETING', 'UPDATING'].includes(table.status)).length;
    if (busy >= simultaneousOperations) {
      const message = `Subscriber limit exceeded: There is a limit of ${simultaneousOperations} simultaneous control plane operations`;
      throw new AwsError('LimitExceededException', message);
    }
  }
}

function notFound(name: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

function inUse(message: string): AwsError {
  return new AwsError('ResourceInUseException', message);
}

function tagsIn(input: Input): Map<string, string> {
  return new Map(input.structures('Tags').map((tag) => [tag.text('Key'), tag.text('Value')]));
}

/** dynalite keeps no count of capacity, but insists that both spellings of it agree. */
function withoutCapacity({ definition }: Table): object {
  const indexes = definition.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
  return { BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: undefined, GlobalSecondaryIndexes: indexes };
}

/** The members of CreateTable that dynalite knows; it validates them as DynamoDB does. */
function asDynalite(name: string, members: Readonly<Record<string, unknown>>): { TableName: string } {
  const known = [
    'AttributeDefinitions',
    'KeySchema',
    'BillingMode',
    'ProvisionedThroughput',
    'LocalSecondaryIndexes',
    'GlobalSecondaryIndexes',
  ];
  return {
    TableName: name,
    ...Object.fromEntries(known.filter((key) => members[key] !== undefined).map((key) => [key, members[key]])),
  };
}
