import { scheduleGroupName } from '../../contract/schedules.ts';
import type { Plan } from '../../domain/plan.ts';
import type { WatchedSchedule } from '../../domain/watch/watched-table.ts';
import type { CountSubscriptions, Schedules } from './ports.ts';
import { readLedger, type LedgerState, type WatchLedger } from './read-ledger.ts';
import { askingOnce, readCoverage, type Coverage, type TablePorts } from './read-tables.ts';
import { attempt, type ReadFailure, type Reading } from './reading.ts';
import type { WatchedCopies, WatchRun } from './watch.ts';

/** What changes rarely, as it was read last. */
export interface AccountState {
  readonly readAt: Date;
  /** Empty when everything could be read. */
  readonly failures: readonly ReadFailure[];
  /** By plan. */
  readonly coverage: ReadonlyMap<string, Reading<Coverage>>;
  /** Schedules of the deployment by name. */
  readonly schedules: Reading<ReadonlyMap<string, WatchedSchedule>>;
  /** Names of all tables, where some plan drills. */
  readonly tableNames: Reading<readonly string[]>;
  readonly subscriptions: Reading<{ readonly confirmed: number; readonly unconfirmed: number } | undefined>;
  readonly ledger: Reading<LedgerState>;
}

export interface StatePorts extends TablePorts {
  readonly schedules: Schedules;
  readonly countSubscriptions: CountSubscriptions;
  readonly ledger: WatchLedger;
  readonly copies: Pick<WatchedCopies, 'placesOf'>;
}

/** Reads everything but backups and runs. What cannot be read is noted, and does not keep the rest from being read. */
export async function readState(run: WatchRun, ports: StatePorts): Promise<AccountState> {
  const failures: ReadFailure[] = [];
  const tables = askingOnce(ports.tables);
  const coverage = new Map<string, Reading<Coverage>>();
  for (const plan of run.plans) {
    const read = () => readCoverage(plan, run, { ...ports, tables }, failures);
    coverage.set(plan.name, await attempt(`tables of ${plan.name}`, failures, read));
  }
  return {
    coverage,
    schedules: await attempt('schedules', failures, () => readSchedules(run, ports.schedules)),
    tableNames: await attempt('tables', failures, () => readNames(run.plans, tables)),
    subscriptions: await attempt('subscriptions', failures, async () =>
      run.alarmTopicArn === undefined ? undefined : await ports.countSubscriptions(run.alarmTopicArn),
    ),
    ledger: await attempt('ledger', failures, () => readLedger(run.plans, ports.ledger, ports.copies)),
    failures,
    readAt: ports.timing.now(),
  };
}

async function readSchedules(
  { plans, owner }: WatchRun,
  schedules: Schedules,
): Promise<ReadonlyMap<string, WatchedSchedule>> {
  const groups = [scheduleGroupName.backup(owner)];
  if (plans.some(({ drill }) => drill)) groups.push(scheduleGroupName.drill(owner));
  const found: [string, WatchedSchedule][] = [];
  for (const group of groups) found.push(...(await schedules.inGroup(group)));
  return new Map(found);
}

/** Names are needed to find what drills left behind. */
async function readNames(plans: readonly Plan[], tables: TablePorts['tables']): Promise<readonly string[]> {
  if (!plans.some(({ drill }) => drill)) return [];
  const listing = await tables.names();
  if (listing.complete) return listing.names;
  throw listing.error;
}
