import { chooseTables, restorableBackups, type Choice, type Candidate } from '../../domain/drill/choose.ts';
import { drillExecutionName, type DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import { isOwnBackup } from '../../domain/naming.ts';
import type { DrillPlan, Plan } from '../../domain/plan.ts';
import { discoverTables } from '../discover-tables.ts';
import type { Backups, Tables, Timing } from '../ports.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillHistory, DrillLedger, Executions, StartOutcome } from './ports.ts';

export interface StartRun extends DrillTableScope {
  readonly plan: Plan;
  readonly drill: DrillPlan;
  readonly slot: Date;
  /** ARN of the vault whose copies are drilled; missing where the plan's own backups are. */
  readonly copiesIn?: string;
  readonly prefix: string;
}

export interface StartPorts {
  readonly tables: Tables;
  readonly backups: Backups;
  readonly ledger: DrillLedger<DrillResult>;
  readonly executions: Executions;
  readonly timing: Timing;
}

export interface StartReport {
  readonly plan: string;
  readonly slot: string;
  readonly tables: number;
  readonly started: readonly string[];
  readonly alreadyStarted: readonly string[];
  readonly failed: readonly { readonly table: string; readonly message: string }[];
  readonly leftOut: readonly { readonly table: string; readonly reason: string }[];
  readonly discoveryErrors: readonly string[];
  /** What is known of each covered table's last drills. */
  readonly history: ReadonlyMap<string, DrillHistory>;
}

/**
 * Starts one drill for each table whose turn it is.
 * > A slot that is delivered again starts what it chose the first time, and those that run already are not started again.
 * Throws when the ledger or the listing of backups does not answer.
 */
export async function startDrills(run: StartRun, ports: StartPorts): Promise<StartReport> {
  const discovery = await discoverTables(run.plan.tables, ports.tables, run);
  const history = await ports.ledger.drillHistory(run.plan.name);
  const candidates = await candidatesOf(discovery.tables, history, run, ports);
  const { chosen, leftOut } = chooseTables(candidates, run.drill);
  const wanted = chosen.map(({ candidate: { table } }) => table);
  const tables = await ports.ledger.chooseForSlot(run.plan.name, run.slot, wanted);
  const outcomes = new Map<string, StartOutcome>();
  for (const table of tables) {
    const name = drillExecutionName({ ...run, plan: run.plan.name, table });
    outcomes.set(table, await ports.executions.start(name, table));
  }
  const withOutcome = (kind: StartOutcome['kind']) => tables.filter((table) => outcomes.get(table)?.kind === kind);
  return {
    plan: run.plan.name,
    slot: run.slot.toISOString(),
    tables: discovery.tables.length,
    started: withOutcome('started'),
    alreadyStarted: withOutcome('already-started'),
    failed: tables.flatMap((table) => {
      const outcome = outcomes.get(table);
      return outcome?.kind === 'failed' ? [{ table, message: outcome.failure.message }] : [];
    }),
    leftOut: [...discovery.leftOut, ...leftOut.map(describeChoice)],
    discoveryErrors: discovery.errors.map(({ message }) => message),
    history: new Map(discovery.tables.map((table) => [table, history.get(table) ?? {}])),
  };
}

function describeChoice({ candidate, reason }: Choice<Candidate>): { table: string; reason: string } {
  return { table: candidate.table, reason: reason.detail };
}

/** A table restored to a point in time needs no backup; its size is that of its newest one, if it has any. */
async function candidatesOf(
  names: readonly string[],
  history: ReadonlyMap<string, DrillHistory>,
  { plan, drill, prefix, owner }: StartRun,
  { backups, timing }: StartPorts,
): Promise<Candidate[]> {
  const listing = await backups.list({});
  if (!listing.complete) throw new Error('the backups could not be listed whole', { cause: listing.error });
  const isOwn = (backup: Parameters<typeof isOwnBackup>[0]) => isOwnBackup(backup, { prefix, owner, plan: plan.name });
  const newest = new Map(
    restorableBackups(listing.backups, { isOwn, now: timing.now() }).map((backup) => [backup.tableName, backup]),
  );
  return names.map((table) => ({
    table,
    sizeBytes: newest.get(table)?.sizeBytes ?? 0,
    lastProvenAt: history.get(table)?.lastProvenAt,
    lastTriedAt: history.get(table)?.lastTriedAt,
    hasBackup: newest.has(table) || drill.backup === 'point-in-time',
  }));
}
