import pMap from 'p-map';
import type { Failure, Tables } from './ports.ts';

export interface LiveTables {
  /** TableId by table name, of the tables that exist and whose data can be read. */
  readonly tableIds: ReadonlyMap<string, string>;
  readonly undescribed: readonly { readonly table: string; readonly failure: Failure }[];
}

/** A table in one of these states may never be readable again: its backups are last copies. */
const lostStates = new Set(['INACCESSIBLE_ENCRYPTION_CREDENTIALS', 'ARCHIVING', 'ARCHIVED', 'DELETING']);

export function isLostState(status: string): boolean {
  return lostStates.has(status);
}

/** > The backups of a table that is gone, unreadable or could not be described are frozen. */
export async function describeLiveTables(names: readonly string[], tables: Tables): Promise<LiveTables> {
  const states = await pMap(names, async (name) => ({ name, state: await tables.describe(name) }), { concurrency: 20 });
  return {
    tableIds: new Map(
      states.flatMap(({ name, state }) =>
        state.kind === 'found' && !isLostState(state.status) ? [[name, state.tableId] as const] : [],
      ),
    ),
    undescribed: states.flatMap(({ name, state }) =>
      state.kind === 'failed' ? [{ table: name, failure: state.failure }] : [],
    ),
  };
}
