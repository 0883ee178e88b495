import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';
import type { CallEffect } from '../faults.ts';
import type { ApiCall } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import type { Keys } from '../kms.ts';
import type { Random } from '../random.ts';
import type { Backups } from './backups.ts';
import { backupInUse, type StoredBackup } from './stored-backup.ts';
import { largestPartitionBytes, type Content } from './contents.ts';
import { keyNames } from './items-by-key.ts';
import type { RestoreModel, RestoreTime } from './restore-time.ts';
import { restoredDefinition } from './restored-definition.ts';
import {
  describeTable,
  keyArnOf,
  restorableWindow,
  type DeclaredSize,
  type PointInTimeRecovery,
  type RestoreOrigin,
  type Table,
  type TableDefinition,
} from './table.ts';
import { tableNameIn, tableNameRule, type Tables } from './tables.ts';

/** One restore as it really went, for whoever wants to compare what a drill measured. Instants are epoch milliseconds. */
export interface RestoreRecord {
  readonly tableName: string;
  readonly tableId: string;
  readonly backupArn: string | undefined;
  readonly startedAt: number;
  /** When the table became ACTIVE. */
  activeAt: number | undefined;
  /** When the table and its last index were ACTIVE. */
  indexesActiveAt: number | undefined;
  /** Why it failed. */
  failure: string | undefined;
}

interface RestoresParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly tables: Tables;
  readonly backups: Backups;
  readonly keys: Keys;
  /** `arn:PARTITION:dynamodb:REGION:ACCOUNT`, of the Region restored into. */
  readonly arnPrefix: string;
  /** Tables and backups of whatever Region of the account an ARN names. */
  readonly sourceOf: (arn: string) => RegionalSource | undefined;
  readonly atOnce: number;
  readonly time: RestoreModel;
  /** Whether a role still has the data actions that a restore needs on its target. */
  readonly mayWrite: (roleArn: string, tableArn: string) => boolean;
}

/** Where what is restored is kept. */
export interface RegionalSource {
  readonly tables: Tables;
  readonly backups: Backups;
}

/** What is restored. */
interface Source {
  readonly definition: TableDefinition;
  readonly content: Content;
  readonly declared: DeclaredSize;
  readonly contentAt: number;
  readonly tableArn: string;
  /** The key that has to be usable for reading it. */
  readonly keyArn: string | undefined;
  readonly isElsewhere: boolean;
  /** Undefined when the source is a point in time. */
  readonly backup: StoredBackup | undefined;
}

/** Who asked for a restore, and how. */
interface RestoreRequest {
  /** The members of RestoreTableFromBackup or RestoreTableToPointInTime. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly effects: readonly CallEffect[];
  readonly roleArn: string | undefined;
  /** Hears when the table is ACTIVE, or why it never will be. */
  readonly ended?: (table: Table, failure: string | undefined) => void;
}

/** A restore of what AWS Backup keeps. */
export interface ManagedRestore extends RestoreRequest {
  readonly backup: StoredBackup;
  readonly target: string;
  readonly keyArn: string | undefined;
}

interface Running extends RestoreRequest {
  readonly table: Table;
  readonly source: Source;
  readonly origin: RestoreOrigin;
  readonly record: RestoreRecord;
  readonly planned: PlannedEvent[];
}

/** A changed policy takes effect within seconds. */
const policyDelayMs = 5000;

/**
 * Restores into new tables. The target is CREATING with a RestoreSummary until its items are there, then ACTIVE without one; its global
 * secondary indexes become ACTIVE with it or later. A restore whose caller loses the data actions on the target is cancelled and its
 * table goes; one whose key is disabled leaves a table that is INACCESSIBLE_ENCRYPTION_CREDENTIALS for good.
 */
export class Restores {
  readonly #parts: RestoresParts;
  readonly #running = new Set<Running>();
  /** Every restore that was ever started, oldest first. */
  readonly all: RestoreRecord[] = [];

  constructor(parts: RestoresParts) {
    this.#parts = parts;
    parts.keys.watch(() => { this.#followKeys(); }); // prettier-ignore
  }

  async fromBackup(call: ApiCall): Promise<object> {
    const input = new Input(call.input);
    const target = input.text('TargetTableName', tableNameRule);
    const arn = input.text('BackupArn', { min: 37, max: 1024 });
    const backup = this.#parts.sourceOf(arn)?.backups.find(arn) ?? this.#parts.backups.require(call.input);
    this.#checkAcrossRegions(arn, input);
    const { definition, declared, createdAt: contentAt, tableArn } = backup;
    const content = await backup.content;
    this.#checkTarget(target);
    if (backup.status !== 'AVAILABLE' || backup.restoring > 0) throw backupInUse(backup);
    const source = { ...this.#keptBy(tableArn, definition), content, declared, contentAt, backup };
    return this.#answer(target, this.#start(requestOf(call), target, source));
  }

  /** Restores what AWS Backup keeps in this Region, wherever its table was. Throws as RestoreTableFromBackup does. */
  async fromAwsBackup({ backup, target, keyArn, ...request }: ManagedRestore): Promise<Table> {
    const { definition, declared, createdAt: contentAt, tableArn } = backup;
    const content = await backup.content;
    this.#checkTarget(target);
    if (backup.restoring > 0) throw backupInUse(backup);
    const source = { definition, content, declared, contentAt, tableArn, keyArn, isElsewhere: false, backup };
    return this.#start(request, target, source).table;
  }

  async toPointInTime(call: ApiCall): Promise<object> {
    const input = new Input(call.input);
    const target = input.text('TargetTableName', tableNameRule);
    const source = this.#recoverable(input);
    const { recovery, table } = source;
    const contentAt = this.#instant(input, restorableWindow(recovery, this.#parts.clock.now));
    const { definition, declared, arn: tableArn } = table;
    const content = await recovery.history.contentAt(contentAt);
    this.#checkTarget(target);
    const kept = { ...this.#keptBy(tableArn, definition), content, declared, contentAt, backup: undefined };
    return this.#answer(target, this.#start(requestOf(call), target, kept));
  }

  /** What DynamoDB keeps of a table is in the table's Region, under the table's key. */
  #keptBy(
    tableArn: string,
    definition: TableDefinition,
  ): Pick<Source, 'definition' | 'tableArn' | 'keyArn' | 'isElsewhere'> {
    const keyArn = keyArnOf({ arn: tableArn, definition });
    return { definition, tableArn, keyArn, isElsewhere: this.#isElsewhere(tableArn) };
  }

  /** The table that a request names as its source, which needs point-in-time recovery. */
  #recoverable(input: Input): { table: Table; recovery: PointInTimeRecovery } {
    const { SourceTableArn, SourceTableName } = input.members;
    if ((SourceTableArn === undefined) === (SourceTableName === undefined))
      throw validationError('Exactly one of SourceTableArn and SourceTableName must be given');
    const name = tableNameIn(input, SourceTableArn === undefined ? 'SourceTableName' : 'SourceTableArn');
    const arn = typeof SourceTableArn === 'string' ? SourceTableArn : this.#parts.arnPrefix;
    this.#checkAcrossRegions(arn, input);
    const table = this.#parts.sourceOf(arn)?.tables.get(name);
    if (!table || table.status === 'CREATING' || table.status === 'DELETING')
      throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
    const recovery = table.pointInTimeRecovery;
    if (!recovery) {
      const message = `Point in time recovery is not enabled for table '${name}'`;
      throw new AwsError('PointInTimeRecoveryUnavailableException', message);
    }
    return { table, recovery };
  }

  #instant(input: Input, window: { earliest: number; latest: number }): number {
    const seconds = input.optionalNumber('RestoreDateTime');
    const takesLatest = input.optionalBoolean('UseLatestRestorableTime') ?? false;
    if ((seconds === undefined) !== takesLatest)
      throw validationError('Exactly one of RestoreDateTime and UseLatestRestorableTime must be given');
    if (seconds === undefined) return window.latest;
    const instant = Math.round(seconds * 1000);
    if (instant >= window.earliest && instant <= window.latest) return instant;
    const [earliest, latest] = [window.earliest, window.latest].map((at) => new Date(at).toISOString());
    throw new AwsError(
      'InvalidRestoreTimeException',
      `RestoreDateTime must be between EarliestRestorableDateTime ${earliest} and LatestRestorableDateTime ${latest}`,
    );
  }

  /** Looks soon whether the callers of running restores may still do what a restore does. */
  policiesChanged(): void {
    if (this.#running.size > 0) this.#parts.clock.after(policyDelayMs, () => { this.#followPolicies(); }); // prettier-ignore
  }

  #start(request: RestoreRequest, target: string, source: Source): Running {
    const definition = restoredDefinition(source.definition, new Input(request.members));
    this.#checkRoom();
    const origin = {
      backupArn: source.backup?.arn,
      tableArn: source.tableArn,
      contentAt: source.contentAt,
      inProgress: true,
    };
    this.#checkKeys(source, definition);
    const table = this.#parts.tables.addRestoring(target, definition, origin, source.declared);
    const running: Running = {
      ...request,
      table,
      source,
      origin,
      planned: [],
      record: {
        tableName: target,
        tableId: table.id,
        backupArn: source.backup?.arn,
        startedAt: this.#parts.clock.now,
        activeAt: undefined,
        indexesActiveAt: undefined,
        failure: undefined,
      },
    };
    if (source.backup) source.backup.restoring++;
    this.#running.add(running);
    this.all.push(running.record);
    this.#plan(running);
    return running;
  }

  /** Measured: an empty structure is answered as an error, and yet the restore has begun. */
  #answer(target: string, { table, members }: Running): object {
    if (hasEmptyStructure(members)) throw isBeingRestored(target);
    return { TableDescription: describeTable(table) };
  }

  #plan(running: Running): void {
    const { clock } = this.#parts;
    const { tableMs, indexMs } = this.#timeOf(running);
    running.planned.push(
      clock.after(tableMs, () => { void clock.standStillDuring(this.#finish(running, tableMs, indexMs)); }), // prettier-ignore
    );
    for (const effect of running.effects) {
      if (effect.kind !== 'failed-restore') continue;
      running.planned.push(
        clock.after(effect.afterMs, () => { this.#cancel(running, 'it was to fail'); }), // prettier-ignore
      );
    }
  }

  #timeOf({ table, source, effects }: Running): RestoreTime {
    const { content, declared } = source;
    const [hashKey = ''] = keyNames(table);
    const globalIndexes = [...table.buildingIndexes];
    const usual = this.#parts.time(
      {
        sizeBytes: content.sizeBytes + declared.sizeBytes,
        itemCount: content.items.length + declared.itemCount,
        largestPartitionBytes: Math.max(largestPartitionBytes(content, hashKey), declared.largestPartitionBytes),
        localIndexes: table.definition.LocalSecondaryIndexes?.length ?? 0,
        globalIndexes,
        toPointInTime: source.backup === undefined,
        acrossRegions: source.isElsewhere,
      },
      this.#parts.random,
    );
    let { tableMs, indexMs } = usual;
    for (const effect of effects) {
      if (effect.kind === 'slow-restore') {
        tableMs = effect.ms;
        indexMs = {};
      }
    }
    for (const effect of effects) {
      if (effect.kind === 'late-indexes')
        indexMs = Object.fromEntries(globalIndexes.map((name) => [name, tableMs + effect.ms]));
    }
    return { tableMs, indexMs };
  }

  async #finish(running: Running, tableMs: number, indexMs: RestoreTime['indexMs']): Promise<void> {
    const { clock, tables } = this.#parts;
    const { table, record, source } = running;
    await tables.fill(table, source.content.items);
    this.#end(running);
    this.#linger(running);
    record.activeAt = clock.now;
    for (const name of [...table.buildingIndexes]) {
      const laterMs = (indexMs[name] ?? tableMs) - tableMs;
      const activate = (): void => {
        table.buildingIndexes.delete(name);
        if (table.buildingIndexes.size === 0) record.indexesActiveAt = clock.now;
      };
      if (laterMs > 0) clock.after(laterMs, activate);
      else activate();
    }
    if (table.buildingIndexes.size === 0) record.indexesActiveAt = clock.now;
    running.ended?.(table, undefined);
  }

  #linger({ table, origin, effects }: Running): void {
    for (const effect of effects) {
      if (effect.kind !== 'lingering-restore-summary') continue;
      table.restore = origin;
      this.#parts.clock.after(effect.ms, () => {
        table.restore = undefined;
      });
    }
  }

  /** Frees the backup and the place among those that run at once. */
  #end(running: Running): void {
    for (const event of running.planned) event.cancel();
    this.#running.delete(running);
    if (running.source.backup) running.source.backup.restoring--;
  }

  #cancel(running: Running, failure: string): void {
    this.#end(running);
    running.record.failure = failure;
    this.#parts.tables.cancel(running.table);
    running.ended?.(running.table, failure);
  }

  #followPolicies(): void {
    for (const running of [...this.#running]) {
      const { roleArn, table } = running;
      if (roleArn !== undefined && !this.#parts.mayWrite(roleArn, table.arn))
        this.#cancel(running, `its caller may no longer write to ${table.name}`);
    }
  }

  #followKeys(): void {
    const { keys, tables } = this.#parts;
    for (const running of [...this.#running]) {
      const needed = [keyArnOf(running.table), running.source.keyArn];
      const lost = needed.find((key) => key !== undefined && !keys.isUsable(key));
      if (lost === undefined) continue;
      this.#end(running);
      running.record.failure = `the key ${lost} is not usable`;
      tables.lock(running.table);
      running.ended?.(running.table, running.record.failure);
    }
    for (const table of tables.all) {
      const key = keyArnOf(table);
      if (key !== undefined) tables.follow(table, keys.isUsable(key));
    }
  }

  #isElsewhere(arn: string): boolean {
    return arn.split(':')[3] !== this.#parts.arnPrefix.split(':')[3];
  }

  /** > From another Region, a restore has to say which key encrypts its table, and a key is of the Region it is used in. */
  #checkAcrossRegions(sourceArn: string, input: Input): void {
    const encryption = input.optionalStructure('SSESpecificationOverride');
    if (this.#isElsewhere(sourceArn) && !encryption)
      throw validationError('SSESpecificationOverride must be provided for cross-region restores');
    const key = encryption?.optionalText('KMSMasterKeyId');
    if (key?.startsWith('arn:') && this.#isElsewhere(key))
      throw validationError(`KMS key access denied: the key ${key} is not in the Region of the table`);
  }

  #checkTarget(target: string): void {
    const existing = this.#parts.tables.get(target);
    if (existing?.restore && existing.status === 'CREATING') throw isBeingRestored(target);
    if (existing) throw new AwsError('TableAlreadyExistsException', `Table already exists: ${target}`);
  }

  #checkRoom(): void {
    const { atOnce } = this.#parts;
    if (this.#running.size < atOnce) return;
    const message = `Subscriber limit exceeded: Only ${atOnce} restore operations can be in progress at once`;
    throw new AwsError('LimitExceededException', message);
  }

  /** How AWS answers is not documented; that the restore does not succeed is. */
  #checkKeys({ keyArn }: Source, definition: TableDefinition): void {
    for (const key of [keyArn, keyArnOf({ arn: `${this.#parts.arnPrefix}:table/`, definition })]) {
      if (key !== undefined && !this.#parts.keys.isUsable(key)) {
        throw validationError(`KMS key access denied: the key ${key} is disabled`);
      }
    }
  }
}

function requestOf({ input, effects, caller }: ApiCall): RestoreRequest {
  return { members: input, effects, roleArn: caller.roleArn };
}

function isBeingRestored(target: string): AwsError {
  return new AwsError('TableInUseException', `Table is already being restored from backup: ${target}`);
}

/** An empty structure where AWS expects a member. */
function hasEmptyStructure(members: Readonly<Record<string, unknown>>): boolean {
  return ['OnDemandThroughputOverride', 'SSESpecificationOverride'].some((name) => {
    const value = members[name];
    return isRecord(value) && Object.keys(value).length === 0;
  });
}
