import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import type { Items } from './items.ts';
import { describeTable, type Table, type TableDefinition } from './table.ts';

/** Account quotas. Source: DynamoDB's LimitExceededException and service quotas. */
export interface TableQuotas {
  readonly tables: number;
  readonly simultaneousOperations: number;
  readonly tagsPerTable: number;
}

export const publishedQuotas: TableQuotas = { tables: 2500, simultaneousOperations: 500, tagsPerTable: 50 };

interface TablesParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly items: Items;
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
    const table = this.#newTable(name, input);
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

  describe(call: ApiCall): object | Promise<object> {
    const table = this.require(tableNameIn(new Input(call.input)));
    return this.#isStale(table)
      ? this.refresh(table).then(() => ({ Table: describeTable(table) }))
      : { Table: describeTable(table) };
  }

  /** Brings item count and size up to date, if six hours have passed since the last time and something was written. */
  async refresh(table: Table): Promise<void> {
    if (!this.#isStale(table)) return;
    const measured = await this.#parts.items.measure(table.name);
    table.measured = { ...measured, at: this.#parts.clock.now, writes: table.writes };
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
    table.status = 'DELETING';
    table.pending = this.#parts.clock.after(1000 + this.#parts.random() * 4000, () => void this.#vanish(table));
    return { TableDescription: describeTable(table) };
  }

  update(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.require(tableNameIn(input));
    if (table.status !== 'ACTIVE')
      throw inUse(`Attempt to change a resource which is still in use: Table is being updated: ${table.name}`);
    const protection = input.optionalBoolean('DeletionProtectionEnabled');
    if (protection !== undefined) table.deletionProtection = protection;
    table.definition = { ...table.definition, ...changes(call.input) };
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
    return table;
  }

  #isStale(table: Table): boolean {
    const { measured, status, writes } = table;
    const changed = measured.writes !== writes;
    return (
      changed && this.#parts.clock.now - measured.at >= refreshMs && status !== 'DELETING' && status !== 'CREATING'
    );
  }

  #newTable(name: string, input: Input): Table {
    const { clock, random, arnPrefix, quotas } = this.#parts;
    const tags = new Map(input.structures('Tags').map((tag) => [tag.text('Key'), tag.text('Value')]));
    if (tags.size > quotas.tagsPerTable)
      throw validationError('One or more parameter values were invalid: Too many tags');
    return {
      name,
      arn: `${arnPrefix}:table/${name}`,
      id: randomUuid(random),
      createdAt: clock.now,
      definition: definitionFrom(input.members),
      status: 'CREATING',
      deletionProtection: input.optionalBoolean('DeletionProtectionEnabled') ?? false,
      backupsPossibleAt: Infinity,
      writes: 0,
      measured: { itemCount: 0, sizeBytes: 0, at: clock.now, writes: 0 },
      tags,
      timeToLive: { status: 'DISABLED', attribute: undefined, changedAt: undefined },
      pointInTimeRecovery: undefined,
      pending: undefined,
    };
  }

  #becomeActive(table: Table, ready: boolean): void {
    const { clock, random } = this.#parts;
    const activate = (backupsIn: number): void => {
      table.status = 'ACTIVE';
      table.backupsPossibleAt = clock.now + backupsIn;
    };
    if (ready) activate(0);
    // Backups are being enabled for up to six seconds after a table becomes ACTIVE.
    else table.pending = clock.after(2000 + random() * 6000, () => { activate(random() * 6000); }); // prettier-ignore
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

function inUse(message: string): AwsError {
  return new AwsError('ResourceInUseException', message);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function definitionFrom(members: Readonly<Record<string, unknown>>): TableDefinition {
  return {
    KeySchema: records(members.KeySchema),
    AttributeDefinitions: records(members.AttributeDefinitions),
    BillingMode: 'PROVISIONED',
    ...changes(members),
    ...indexes(members),
  };
}

function indexes(members: Readonly<Record<string, unknown>>): Partial<TableDefinition> {
  const local = records(members.LocalSecondaryIndexes);
  const global = records(members.GlobalSecondaryIndexes);
  return {
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  };
}

const changeable = [
  'BillingMode',
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'StreamSpecification',
  'SSESpecification',
  'TableClass',
];

function changes(members: Readonly<Record<string, unknown>>): Partial<TableDefinition> {
  return Object.fromEntries(
    changeable.filter((name) => members[name] !== undefined).map((name) => [name, members[name]]),
  );
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
