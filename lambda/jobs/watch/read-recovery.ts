import pMap from 'p-map';
import { isDrift, type RecoveryPromise } from '../../domain/point-in-time-recovery.ts';
import { secondsBetween } from '../../domain/watch/gauge.ts';
import type { Timing } from '../ports.ts';
import type { RecoveryOf, RecoveryState } from './ports.ts';

/** Point-in-time recovery over the tables of one plan. */
export interface RecoveryCoverage {
  /** The longest time since the latest restorable time of a table; undefined where point-in-time recovery is off on all. */
  readonly gapSeconds: number | undefined;
  /** Undefined where the plan promises nothing. */
  readonly promised: PromisedRecovery | undefined;
}

export interface PromisedRecovery {
  /** Tables that are not as promised. */
  readonly driftingTables: number;
  /** The shortest time since the earliest restorable time of a table: 0 where one cannot be restored to any. Undefined without tables. */
  readonly windowSeconds: number | undefined;
}

const concurrency = 20;

/** Asks once for each table. A table that is gone by now counts for nothing. Throws when one could not be read. */
export async function readRecovery(
  tables: readonly string[],
  promise: RecoveryPromise | undefined,
  { recoveryOf, timing }: { readonly recoveryOf: RecoveryOf; readonly timing: Timing },
): Promise<RecoveryCoverage> {
  const now = timing.now();
  const states = (await pMap(tables, recoveryOf, { concurrency })).filter((state) => state !== 'gone');
  const gaps = states.flatMap((state) =>
    state !== 'off' && state.latestAt ? [secondsBetween(state.latestAt, now)] : [],
  );
  return {
    gapSeconds: gaps.length > 0 ? Math.max(...gaps) : undefined,
    promised: promise && {
      driftingTables: states.filter((state) => isDrift(promise, state)).length,
      windowSeconds: states.length > 0 ? Math.min(...states.map((state) => windowOf(state, now))) : undefined,
    },
  };
}

function windowOf(state: RecoveryState, now: Date): number {
  return state !== 'off' && state.earliestAt ? secondsBetween(state.earliestAt, now) : 0;
}
