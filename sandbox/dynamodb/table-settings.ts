import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Contents } from './contents.ts';
import { History } from './history.ts';
import { keyNames } from './items-by-key.ts';
import { restorableWindow, type Table } from './table.ts';
import { tableNameIn, type Tables } from './tables.ts';

const oneHourMs = 3_600_000;
const dayMs = 24 * oneHourMs;
const tagPageSize = 10;

/** What can be set on a table beside its schema: tags, time to live, point-in-time recovery. */
export class TableSettings {
  readonly #clock: VirtualClock;
  readonly #tables: Tables;
  readonly #contents: Contents;
  readonly #tagsPerTable: number;

  constructor(clock: VirtualClock, tables: Tables, contents: Contents, tagsPerTable: number) {
    this.#clock = clock;
    this.#tables = tables;
    this.#contents = contents;
    this.#tagsPerTable = tagsPerTable;
  }

  tag(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.changing(nameFromArn(input));
    const added = input
      .structures('Tags')
      .map((tag) => [tag.text('Key', { min: 1, max: 128 }), tag.text('Value', { max: 256 })] as const);
    const after = new Map([...table.tags, ...added]);
    if (after.size > this.#tagsPerTable)
      throw validationError('One or more parameter values were invalid: Too many tags');
    for (const [key, value] of added) table.tags.set(key, value);
    return {};
  }

  untag(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.changing(nameFromArn(input));
    for (const key of input.texts('TagKeys')) table.tags.delete(key);
    return {};
  }

  listTags(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.reading(nameFromArn(input));
    const start = Number(input.optionalText('NextToken') ?? '0');
    const tags = [...table.tags].map(([Key, Value]) => ({ Key, Value }));
    const end = start + tagPageSize;
    return { Tags: tags.slice(start, end), ...(end < tags.length && { NextToken: String(end) }) };
  }

  updateTimeToLive(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.changing(tableNameIn(input));
    const specification = input.structure('TimeToLiveSpecification');
    const enabled = specification.boolean('Enabled');
    const attribute = specification.text('AttributeName', { min: 1, max: 255 });
    const { changedAt, status } = table.timeToLive;
    if (changedAt !== undefined && this.#clock.now - changedAt < oneHourMs) {
      throw validationError('Time to live has been modified multiple times within a fixed interval');
    }
    if (enabled === (status === 'ENABLED'))
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    this.setTimeToLive(table, enabled ? attribute : undefined);
    return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: attribute } };
  }

  setTimeToLive(table: Table, attribute: string | undefined): void {
    const status = attribute === undefined ? 'DISABLED' : 'ENABLED';
    table.timeToLive = { status, attribute, changedAt: this.#clock.now };
  }

  describeTimeToLive(call: ApiCall): object {
    const { status, attribute } = this.reading(tableNameIn(new Input(call.input))).timeToLive;
    const name = attribute === undefined ? {} : { AttributeName: attribute };
    return { TimeToLiveDescription: { TimeToLiveStatus: status, ...name } };
  }

  updateContinuousBackups(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.#continuouslyBackedUp(input);
    const specification = input.structure('PointInTimeRecoverySpecification');
    const enabled = specification.boolean('PointInTimeRecoveryEnabled');
    const days = specification.optionalNumber('RecoveryPeriodInDays', 1, 35);
    if (!enabled && days !== undefined) {
      throw validationError('RecoveryPeriodInDays cannot be set when PointInTimeRecovery is disabled');
    }
    if (this.#clock.now < table.backupsPossibleAt) {
      const message = `Backups are being enabled for the table: ${table.name}. Please retry later`;
      throw new AwsError('ContinuousBackupsUnavailableException', message);
    }
    this.setPointInTimeRecovery(table, enabled ? (days ?? 35) : undefined);
    return this.#describeContinuousBackups(table);
  }

  /** Turns point-in-time recovery on with a window of so many days, or off. A shorter window forgets at once, a longer one fills with time. */
  setPointInTimeRecovery(table: Table, days: number | undefined): void {
    const { now } = this.#clock;
    const before = table.pointInTimeRecovery;
    if (days === undefined) table.pointInTimeRecovery = undefined;
    else if (before) {
      const { earliest } = restorableWindow(before, now);
      table.pointInTimeRecovery = { ...before, days, since: Math.max(earliest, now - days * dayMs) };
    } else {
      const history = new History(this.#contents.of(table), keyNames(table));
      table.pointInTimeRecovery = { since: now, days, history };
    }
  }

  describeContinuousBackups(call: ApiCall): object {
    return this.#describeContinuousBackups(this.#continuouslyBackedUp(new Input(call.input)));
  }

  #describeContinuousBackups(table: Table): object {
    const recovery = table.pointInTimeRecovery;
    const restorable = recovery && restorableWindow(recovery, this.#clock.now);
    const window = restorable && {
      RecoveryPeriodInDays: recovery.days,
      EarliestRestorableDateTime: restorable.earliest / 1000,
      LatestRestorableDateTime: restorable.latest / 1000,
    };
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recovery ? 'ENABLED' : 'DISABLED', ...window },
      },
    };
  }

  /** A table whose settings are about to change: not while it is CREATING or DELETING. */
  changing(name: string): Table {
    const table = this.reading(name);
    if (table.status === 'DELETING') throw new AwsError('ResourceInUseException', `Table is being deleted: ${name}`);
    return table;
  }

  /** A table whose settings are about to be read. One that is CREATING has none yet. */
  reading(name: string): Table {
    const table = this.#tables.require(name);
    if (table.status === 'CREATING')
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: ${name}`);
    return table;
  }

  #continuouslyBackedUp(input: Input): Table {
    const name = tableNameIn(input);
    const table = this.#tables.get(name);
    if (!table || table.status === 'CREATING') throw new AwsError('TableNotFoundException', `Table not found: ${name}`);
    return table;
  }
}

/** The table that a ResourceArn names. */
export function nameFromArn(input: Input): string {
  const arn = input.text('ResourceArn', { min: 1, max: 1283 });
  const name = /:table\/([^/]+)$/.exec(arn)?.[1];
  if (name === undefined) throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  return name;
}
