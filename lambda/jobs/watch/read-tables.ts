import pMap from 'p-map';
import type { Plan } from '../../domain/plan.ts';
import type { WatchedTable } from '../../domain/watch/watched-table.ts';
import type { DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import { discoverTables } from '../discover-tables.ts';
import { isLostState } from '../live-tables.ts';
import type { Tables, TableState, Timing } from '../ports.ts';
import type { RecoveryOf, StateOfKey } from './ports.ts';
import { readRecovery, type RecoveryCoverage } from './read-recovery.ts';
import { attempt, type ReadFailure, type Reading } from './reading.ts';

/** The tables of one plan as they are. */
export interface Coverage {
  /** Those that exist and could be described. */
  readonly tables: readonly WatchedTable[];
  /** Those that nobody could describe: nobody can say that they are protected. */
  readonly undescribed: readonly string[];
  /** TableId by name of the tables whose data can be read. */
  readonly liveTables: ReadonlyMap<string, string>;
  readonly keysAtRisk: Reading<number>;
  readonly recovery: Reading<RecoveryCoverage>;
}

export interface TablePorts {
  readonly tables: Tables;
  readonly stateOfKey: StateOfKey;
  readonly recoveryOf: RecoveryOf;
  readonly timing: Timing;
}

const concurrency = 20;

/** Finds the tables of a plan and looks at each. Throws when they could not be found whole: what is not seen must not look healthy. */
export async function readCoverage(
  plan: Plan,
  scope: DrillTableScope,
  ports: TablePorts,
  failures: ReadFailure[],
): Promise<Coverage> {
  const discovery = await discoverTables(plan.tables, ports.tables, scope);
  if (!discovery.complete) throw new Error('the tables could not be found whole', { cause: discovery.errors[0] });
  const states = await pMap(discovery.tables, async (name) => [name, await ports.tables.describe(name)] as const, {
    concurrency,
  });
  const undescribed = states.flatMap(([name, state]) => (state.kind === 'failed' ? [name] : []));
  for (const [name, state] of states) {
    if (state.kind === 'failed') failures.push({ what: `table ${name}`, message: state.failure.message });
  }
  const found = states.flatMap(([, state]) => (state.kind === 'found' ? [state] : []));
  return {
    tables: found.map(({ name, tableId, createdAt }) => ({ name, tableId, createdAt })),
    undescribed,
    liveTables: new Map(found.filter(({ status }) => !isLostState(status)).map(({ name, tableId }) => [name, tableId])),
    keysAtRisk: await attempt(`keys of ${plan.name}`, failures, () => countKeysAtRisk(found, ports)),
    recovery: await attempt(`point-in-time recovery of ${plan.name}`, failures, () =>
      readRecovery(namesOfStaying(found), plan.pointInTimeRecovery, ports),
    ),
  };
}

type FoundTable = Extract<TableState, { kind: 'found' }>;

/** > A table is at risk when its key is, or when DynamoDB already cannot read it. */
async function countKeysAtRisk(tables: readonly FoundTable[], { stateOfKey }: TablePorts): Promise<number> {
  const keys = [...new Set(tables.flatMap(({ keyArn }) => keyArn ?? []))];
  const states = new Map(await pMap(keys, async (key) => [key, await stateOfKey(key)] as const, { concurrency }));
  return tables.filter(
    ({ keyArn, status }) => status !== 'DELETING' && (isLostState(status) || states.get(keyArn ?? '') === 'at-risk'),
  ).length;
}

/** > A table that is being made or deleted promises nothing yet, or no more. */
function namesOfStaying(tables: readonly FoundTable[]): readonly string[] {
  return tables.filter(({ status }) => status !== 'CREATING' && status !== 'DELETING').map(({ name }) => name);
}

/** Asks each question once, however many plans ask it. */
export function askingOnce(tables: Tables): Tables {
  let names: ReturnType<Tables['names']> | undefined;
  const tagged = new Map<string, ReturnType<Tables['tagged']>>();
  const states = new Map<string, ReturnType<Tables['describe']>>();
  return {
    names: () => (names ??= tables.names()),
    tagged: (tags) => once(tagged, JSON.stringify(tags), () => tables.tagged(tags)),
    describe: (name) => once(states, name, () => tables.describe(name)),
  };
}

function once<Value>(known: Map<string, Value>, key: string, ask: () => Value): Value {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}
