import { drillMetrics, watchMetrics } from '../../contract/metrics.ts';
import type { Values } from './plan-gauges.ts';
import type { AccountState } from './read-state.ts';
import type { FreshFacts, WatchReport, WatchRun } from './watch.ts';

/** > What looks wrong by what is remembered is looked at anew before anybody is told; so is a table whose backups are of another incarnation. */
export function looksWrong(report: WatchReport, state: AccountState, { listings }: FreshFacts, run: WatchRun): boolean {
  if (report.plans.some(({ values }) => isBad(values))) return true;
  const known = new Map(
    run.plans.flatMap(({ name }) => {
      const coverage = state.coverage.get(name);
      return coverage?.ok ? coverage.value.tables.map((table) => [table.name, table.tableId] as const) : [];
    }),
  );
  const backups = [...listings.values()].flatMap((listing) => (listing.ok ? listing.value.backups : []));
  return backups.some(
    ({ tableName, tableId, createdAt }) =>
      createdAt && createdAt > state.readAt && (known.get(tableName) ?? tableId) !== tableId,
  );
}

function isBad(values: Values): boolean {
  const above = (name: string, most: number): boolean => (values[name] ?? 0) > most;
  const counted = [
    watchMetrics.missingBackups,
    watchMetrics.unprotectedTables,
    watchMetrics.missingSchedules,
    watchMetrics.keysAtRisk,
    watchMetrics.pointInTimeRecoveryDrift,
  ];
  const parts = [
    watchMetrics.recoveryPointAgeToObjective,
    watchMetrics.drillAgeToExpected,
    drillMetrics.restoreTimeToObjective,
  ];
  return counted.some((name) => above(name, 0)) || parts.some((name) => above(name, 1));
}
