import { isDrift, type RecoveryPromise } from '../domain/point-in-time-recovery.ts';
import type { TableSettings } from '../domain/settings.ts';
import { backOff } from './backoff.ts';
import type { Failure, FailureKind, Log, Timing } from './ports.ts';
import type { TurnOnRecovery } from './settings-port.ts';

export interface RecoveryPorts {
  readonly turnOnRecovery: TurnOnRecovery;
  readonly timing: Timing;
  readonly log: Log;
}

/** How a table's point-in-time recovery was left. */
export interface Kept {
  /** The settings that were read, with what was corrected since. */
  readonly settings: TableSettings;
  /** Whether a correction failed: it has to be tried again soon. */
  readonly isFailed: boolean;
}

const mostTries = 5;
/** What another try may not meet. A table that is new answers `backups-unavailable` for some seconds. */
const passing = new Set<FailureKind>(['backups-unavailable', 'table-busy', 'throttled', 'no-answer']);

/**
 * Compares what was read of a table with what its plan promises, and says in the log what differs.
 * > Point-in-time recovery that is off, or has another window, is corrected unless the plan says not to. It is never turned off.
 * What could not be read is left alone. No try begins after `endsAt`.
 */
export async function keepRecoverable(
  read: TableSettings,
  promise: RecoveryPromise | undefined,
  endsAt: Date,
  ports: RecoveryPorts,
): Promise<Kept> {
  const found = stateIn(read);
  if (!promise || found === undefined || !isDrift(promise, found)) return { settings: read, isFailed: false };
  const { days, correct } = promise;
  const drift = { table: read.table.name, wanted: { days }, found };
  if (!correct) {
    ports.log.warn('point-in-time recovery is not as promised, and the plan says to leave it', drift);
    return { settings: read, isFailed: false };
  }
  const failure = await turnOn(read.table.name, days, endsAt, ports);
  if (failure) {
    ports.log.error('point-in-time recovery is not as promised and could not be corrected', { ...drift, failure });
    return { settings: read, isFailed: true };
  }
  ports.log.warn('point-in-time recovery was not as promised and is now', drift);
  const settings = { ...read.settings, 'point-in-time-recovery': { is: { days } } };
  return { settings: { ...read, settings }, isFailed: false };
}

function stateIn({ settings }: TableSettings): 'off' | { readonly days: number } | undefined {
  const found = settings['point-in-time-recovery'];
  if (found === 'off') return found;
  return 'is' in found ? found.is : undefined;
}

async function turnOn(
  table: string,
  days: number,
  endsAt: Date,
  { turnOnRecovery, timing }: RecoveryPorts,
): Promise<Failure | undefined> {
  for (let tries = 1; ; tries++) {
    const failure = await turnOnRecovery(table, days);
    if (!failure || !passing.has(failure.kind) || tries === mostTries) return failure;
    await backOff(timing, tries, 2_000);
    if (timing.now() >= endsAt) return failure;
  }
}
