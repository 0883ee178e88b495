import { validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Table } from './table.ts';
import type { TableSettings } from './table-settings.ts';
import { tableNameIn } from './tables.ts';

interface Destination {
  readonly streamArn: string;
  status: 'ENABLING' | 'ACTIVE' | 'DISABLING' | 'DISABLED';
  precision: string | undefined;
}

const changeMs = 3000;
const precisions = ['MILLISECOND', 'MICROSECOND'];

interface KinesisDestinationsParts {
  readonly clock: VirtualClock;
  /** The tables that settings belong to. */
  readonly tables: Pick<TableSettings, 'changing' | 'reading'>;
}

/** Which Kinesis streams a table is said to replicate to: ENABLING, ACTIVE, DISABLING, DISABLED. Nothing is sent, and no stream is looked for. */
export class KinesisDestinations {
  readonly #parts: KinesisDestinationsParts;
  readonly #ofTable = new WeakMap<Table, Map<string, Destination>>();

  constructor(parts: KinesisDestinationsParts) {
    this.#parts = parts;
  }

  enable(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.#parts.tables.changing(tableNameIn(input));
    const streamArn = input.text('StreamArn', { min: 37, max: 1024 });
    const known = this.#destinations(table).get(streamArn);
    if (known && known.status !== 'DISABLED') throw wrongState('DISABLED or ENABLE_FAILED', 'ENABLE');
    const configuration = input.optionalStructure('EnableKinesisStreamingConfiguration');
    const precision = configuration?.optionalText('ApproximateCreationDateTimePrecision', { oneOf: precisions });
    const destination: Destination = { streamArn, status: 'ENABLING', precision };
    this.#destinations(table).set(streamArn, destination);
    this.#become(destination, 'ENABLING', 'ACTIVE');
    return answer(table, destination);
  }

  disable(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.#parts.tables.changing(tableNameIn(input));
    const destination = this.#destinations(table).get(input.text('StreamArn', { min: 37, max: 1024 }));
    if (destination?.status !== 'ACTIVE') throw wrongState('ACTIVE', 'DISABLE');
    this.#become(destination, 'DISABLING', 'DISABLED');
    return answer(table, destination);
  }

  describe(call: ApiCall): object {
    const table = this.#parts.tables.reading(tableNameIn(new Input(call.input)));
    return {
      TableName: table.name,
      KinesisDataStreamDestinations: [...this.#destinations(table).values()].map((each) => ({
        StreamArn: each.streamArn,
        DestinationStatus: each.status,
        ...(each.precision !== undefined && { ApproximateCreationDateTimePrecision: each.precision }),
      })),
    };
  }

  #become(destination: Destination, now: Destination['status'], later: Destination['status']): void {
    destination.status = now;
    this.#parts.clock.after(changeMs, () => {
      destination.status = later;
    });
  }

  #destinations(table: Table): Map<string, Destination> {
    const known = this.#ofTable.get(table) ?? new Map<string, Destination>();
    this.#ofTable.set(table, known);
    return known;
  }
}

function wrongState(wanted: string, operation: string): Error {
  return validationError(
    `Table is not in a valid state to ${operation.toLowerCase()} Kinesis Streaming Destination: ` +
      `KinesisStreamingDestination must be ${wanted} to perform ${operation} operation.`,
  );
}

function answer(table: Table, { streamArn, status, precision }: Destination): object {
  return {
    TableName: table.name,
    StreamArn: streamArn,
    DestinationStatus: status,
    ...(precision !== undefined && {
      EnableKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision },
    }),
  };
}
