import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Random } from '../random.ts';
import type { Contents } from './contents.ts';
import {
  backupArn,
  backupDetails,
  backupInUse,
  backupSummary,
  captured,
  describeBackup,
  type BackupType,
  type Capture,
  type StoredBackup,
} from './stored-backup.ts';
import type { Table } from './table.ts';
import { tableNameIn, type Tables } from './tables.ts';

/** Something that became of a backup: asked for, restorable, or gone. */
export interface BackupEvent {
  readonly kind: 'created' | 'available' | 'deleted';
  readonly backup: StoredBackup;
}

/** How far listings are behind the truth, in milliseconds. */
export interface ListLag {
  createdMs: number;
  deletedMs: number;
}

interface BackupsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly tables: Tables;
  readonly contents: Contents;
  /** How long a backup of so many bytes stays CREATING. */
  readonly creationMs: (sizeBytes: number) => number;
}

const pageSize = 100;
const systemBackupLifeMs = 35 * 24 * 3_600_000;
const nameRule = { pattern: /^[a-zA-Z0-9_.-]+$/, min: 3, max: 255 };
const arnRule = { min: 37, max: 1024 };
const listedTypes = ['USER', 'SYSTEM', 'AWS_BACKUP', 'ALL'];

const arnPattern = /:table\/([^/]+)\/backup\/(\d{14})-([0-9a-f]{8})$/;

/** Where a backup stands in listings: by table, then by creation time. */
interface Position {
  readonly tableName: string;
  readonly createdAt: number;
  readonly arn: string;
}

function positionOf(arn: string): Position {
  const match = arnPattern.exec(arn);
  if (!match) throw validationError(`Invalid ExclusiveStartBackupArn: ${arn}`);
  const [, tableName = '', createdAt = ''] = match;
  return { tableName, createdAt: Number(createdAt), arn };
}

function isAfter(a: Position, b: Position): boolean {
  if (a.tableName !== b.tableName) return a.tableName > b.tableName;
  return a.createdAt === b.createdAt ? a.arn > b.arn : a.createdAt > b.createdAt;
}

/** On-demand backups: CREATING, AVAILABLE, gone. */
export class Backups {
  readonly #parts: BackupsParts;
  readonly #byArn = new Map<string, StoredBackup>();
  /** Per table, in order of creation. */
  readonly #byTable = new Map<string, StoredBackup[]>();
  readonly #watchers: ((event: BackupEvent) => void)[] = [];
  readonly listLag: ListLag = { createdMs: 0, deletedMs: 0 };

  constructor(parts: BackupsParts) {
    this.#parts = parts;
  }

  /** Every backup that exists, CREATING ones included, by table and creation time. */
  get all(): StoredBackup[] {
    return this.#tableNames().flatMap((name) => this.#of(name).filter((backup) => backup.deletedAt === undefined));
  }

  /** Tells about everything that becomes of any backup from now on. */
  watch(watcher: (event: BackupEvent) => void): void {
    this.#watchers.push(watcher);
  }

  async create(call: ApiCall): Promise<object> {
    const input = new Input(call.input);
    const tableName = tableNameIn(input);
    const name = input.text('BackupName', nameRule);
    const table = this.#backedUp(tableName);
    await this.#parts.tables.refresh(table);
    const backup = this.#add(table, { name, type: 'USER', createdAt: this.#now() });
    this.#complete(backup, call);
    return { BackupDetails: backupDetails(backup) };
  }

  describe(call: ApiCall): object {
    return { BackupDescription: describeBackup(this.require(call.input)) };
  }

  delete(call: ApiCall): object {
    const backup = this.require(call.input);
    if (backup.type === 'SYSTEM') {
      throw validationError('You are not allowed to delete the system backup. It will automatically expire.');
    }
    if (backup.type === 'AWS_BACKUP')
      throw validationError('The backup is managed by AWS Backup and can only be deleted there.');
    if (backup.status === 'CREATING' || backup.restoring > 0) {
      throw backupInUse(backup);
    }
    this.#remove(backup);
    return { BackupDescription: describeBackup(backup) };
  }

  list(call: ApiCall): object {
    const input = new Input(call.input);
    const limit = input.optionalNumber('Limit', 1, pageSize) ?? pageSize;
    const tableName = input.members.TableName === undefined ? undefined : tableNameIn(input);
    const start = input.optionalText('ExclusiveStartBackupArn', arnRule);
    const after = start === undefined ? undefined : positionOf(start);
    const wanted = this.#filter(input);
    const page: StoredBackup[] = [];
    for (const name of tableName === undefined ? this.#tableNames() : [tableName]) {
      if (after && name < after.tableName) continue;
      for (const backup of this.#of(name)) {
        if ((after && !isAfter(backup, after)) || !wanted(backup)) continue;
        if (page.length === limit)
          return { BackupSummaries: page.map(backupSummary), LastEvaluatedBackupArn: page.at(-1)?.arn };
        page.push(backup);
      }
    }
    return { BackupSummaries: page.map(backupSummary) };
  }

  /** The backup whose ARN a request carries. */
  require(members: ApiCall['input']): StoredBackup {
    const arn = new Input(members).text('BackupArn', arnRule);
    const backup = this.#byArn.get(arn);
    if (!backup) throw new AwsError('BackupNotFoundException', `Backup not found: ${arn}`);
    return backup;
  }

  /** The backup with an ARN; of this Region only. */
  find(arn: string): StoredBackup | undefined {
    return this.#byArn.get(arn);
  }

  isBeingTaken(table: Table): boolean {
    return this.#of(table.name).some((backup) => backup.tableId === table.id && backup.status === 'CREATING');
  }

  /** The last backup of a deleted table that had point-in-time recovery; AWS keeps it for 35 days. */
  addSystemBackup(table: Table): StoredBackup {
    const createdAt = this.#now();
    const expiresAt = createdAt + systemBackupLifeMs;
    const name = `${table.name}$DeletedTableBackup`;
    const backup = this.#add(table, { name, type: 'SYSTEM', createdAt, expiresAt });
    this.#becomeAvailable(backup);
    this.#parts.clock.at(expiresAt, () => { this.#remove(backup); }); // prettier-ignore
    return backup;
  }

  /** Puts a finished backup into the account that was made before the story began, or by somebody else. */
  plant(table: Table, name: string, createdAt: number, type: BackupType = 'USER'): StoredBackup {
    const backup = this.#add(table, { name, type, createdAt });
    this.#becomeAvailable(backup);
    return backup;
  }

  /** A backup that AWS Backup takes of a table: CREATING, until `finish` or `remove` says what became of it. */
  beginManaged(table: Table, name: string, createdAt: number): StoredBackup {
    return this.#add(table, { name, type: 'AWS_BACKUP', createdAt });
  }

  /** Everything that a table is and holds now, under an ARN that DynamoDB does not know: AWS Backup keeps it. */
  capture(table: Table, arn: string, name: string, createdAt: number): StoredBackup {
    return captured(table, arn, this.#parts.contents, { name, type: 'AWS_BACKUP', createdAt });
  }

  finish(backup: StoredBackup): void {
    this.#becomeAvailable(backup);
  }

  remove(backup: StoredBackup): void {
    this.#remove(backup);
  }

  /** The whole millisecond it is: an ARN carries no fractions. */
  #now(): number {
    return Math.floor(this.#parts.clock.now);
  }

  #backedUp(tableName: string): Table {
    const { tables, clock } = this.#parts;
    const table = tables.get(tableName);
    if (!table || table.status === 'CREATING' || table.status === 'DELETING') {
      throw new AwsError('TableNotFoundException', `Table not found: ${tableName}`);
    }
    if (table.status !== 'ACTIVE')
      throw new AwsError('TableInUseException', `Table is being used: ${tableName} is ${table.status}`);
    if (clock.now < table.backupsPossibleAt) {
      const message = `Backups are being enabled for the table: ${tableName}. Please retry later`;
      throw new AwsError('ContinuousBackupsUnavailableException', message);
    }
    return table;
  }

  #add(table: Table, capture: Capture): StoredBackup {
    const { random, contents } = this.#parts;
    const backup = captured(table, backupArn(table, capture, random), contents, capture);
    this.#byArn.set(backup.arn, backup);
    const ofTable = this.#of(table.name);
    ofTable.push(backup);
    const [newest, previous] = [ofTable.at(-1), ofTable.at(-2)];
    if (newest && previous && isAfter(previous, newest)) ofTable.sort((a, b) => (isAfter(a, b) ? 1 : -1));
    this.#byTable.set(table.name, ofTable);
    this.#tell('created', backup);
    return backup;
  }

  #becomeAvailable(backup: StoredBackup): void {
    backup.status = 'AVAILABLE';
    this.#tell('available', backup);
  }

  #tell(kind: BackupEvent['kind'], backup: StoredBackup): void {
    for (const watcher of this.#watchers) watcher({ kind, backup });
  }

  #complete(backup: StoredBackup, call: ApiCall): void {
    const { clock, creationMs } = this.#parts;
    let takesMs = creationMs(backup.sizeBytes);
    for (const effect of call.effects) {
      if (effect.kind === 'slow-backup') takesMs = effect.ms;
      if (effect.kind === 'failed-backup') {
        clock.after(effect.afterMs, () => { this.#remove(backup); }); // prettier-ignore
        return;
      }
    }
    clock.after(takesMs, () => {
      if (backup.status === 'CREATING') this.#becomeAvailable(backup);
    });
  }

  #remove(backup: StoredBackup): void {
    if (backup.deletedAt !== undefined) return;
    backup.status = 'DELETED';
    backup.deletedAt = this.#parts.clock.now;
    this.#byArn.delete(backup.arn);
    this.#tell('deleted', backup);
    if (this.listLag.deletedMs === 0) this.#forget(backup);
    else this.#parts.clock.after(this.listLag.deletedMs, () => { this.#forget(backup); }); // prettier-ignore
  }

  #forget(backup: StoredBackup): void {
    const remaining = this.#of(backup.tableName);
    const index = remaining.indexOf(backup);
    if (index >= 0) remaining.splice(index, 1);
    if (remaining.length === 0) this.#byTable.delete(backup.tableName);
  }

  #filter(input: Input): (backup: StoredBackup) => boolean {
    const type = input.optionalText('BackupType', { oneOf: listedTypes }) ?? 'USER';
    const lower = (input.optionalNumber('TimeRangeLowerBound') ?? -Infinity) * 1000;
    const upper = (input.optionalNumber('TimeRangeUpperBound') ?? Infinity) * 1000;
    if (lower > upper) throw validationError('TimeRangeLowerBound must not be later than TimeRangeUpperBound');
    const visibleUntil = this.#parts.clock.now - this.listLag.createdMs;
    return (backup) =>
      (type === 'ALL' ? backup.type !== 'AWS_BACKUP' : backup.type === type) &&
      backup.createdAt >= Math.round(lower) &&
      backup.createdAt < Math.round(upper) &&
      (this.listLag.createdMs === 0 || backup.createdAt <= visibleUntil);
  }

  #of(tableName: string): StoredBackup[] {
    return this.#byTable.get(tableName) ?? [];
  }

  #tableNames(): string[] {
    return [...this.#byTable.keys()].sort();
  }
}
