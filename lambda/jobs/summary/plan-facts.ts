import pMap from 'p-map';
import type { Backup } from '../../domain/backup.ts';
import { restorableBackups } from '../../domain/drill/choose.ts';
import { restoreForecast, type MeasuredDrill } from '../../domain/drill/forecast.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import type { CompleteListing } from '../../domain/listing.ts';
import { isOwnBackup } from '../../domain/naming.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RestoreTest } from '../../domain/restore-test.ts';
import { judge, type Judgement } from '../../domain/retention.ts';
import type { Restorable } from '../../domain/standing.ts';
import type { PlanFacts, TableFacts } from '../../domain/summary/facts.ts';
import { weekOfSlots, type Week } from '../../domain/summary/week-of-slots.ts';
import { copiedOf } from '../copied.ts';
import { discoverTables } from '../discover-tables.ts';
import { isMeasure, type DrillResult } from '../drill/drill-result.ts';
import { describeLiveTables } from '../live-tables.ts';
import { copyFacts } from './copy-facts.ts';
import type { SummaryPorts } from './ports.ts';
import type { SummaryRun } from './summary.ts';

export interface PlanRun extends SummaryRun {
  readonly week: Week;
  readonly listing: CompleteListing;
  readonly restoreTests: readonly RestoreTest[] | 'unreadable';
  /** Later than the week: a backup may have been taken since. */
  readonly now: Date;
}

const concurrentTables = 20;

/** Reads what there is to say of one plan. Throws when anything of it could not be read: half a truth would look like good news. */
export async function readPlanFacts(plan: Plan, run: PlanRun, ports: SummaryPorts): Promise<PlanFacts> {
  const { ledger } = ports;
  const discovery = await discoverTables(plan.tables, ports.tables, run);
  if (!discovery.complete) throw new Error('not all tables could be found', { cause: discovery.errors[0] });
  const live = await describeLiveTables(discovery.tables, ports.tables);
  const isOwn = (backup: Backup) => isOwnBackup(backup, { ...run, plan: plan.name });
  const restorable = restorableBackups(run.listing.backups, { isOwn, now: run.now });
  const backupsOf = Map.groupBy(restorable, ({ tableName }) => tableName);
  const history = await ledger.drills.drillHistory(plan.name);
  const judgement = judge({
    listing: run.listing,
    plan,
    isOwn,
    liveTables: live.tableIds,
    holds: await ledger.holds(),
    pinned: await ledger.pinned(),
    copied: await copiedOf(plan, ledger),
    proven: await ledger.proven(plan.name),
    previousCounts: await ledger.previousCounts(plan.name),
    now: run.now,
  });
  const tables = await pMap(
    discovery.tables,
    (table) =>
      tableFacts(plan, run.week, ports, {
        table,
        tableId: live.tableIds.get(table),
        backups: backupsOf.get(table) ?? [],
        lastProvenAt: history.get(table)?.lastProvenAt,
      }),
    { concurrency: concurrentTables },
  );
  return {
    kind: 'read',
    ...promisesOf(plan),
    tables,
    ...(await copyFacts(plan, discovery.tables, run.week.from, ports.copies)),
    ...restoreTestFacts(plan, discovery.tables, run.restoreTests),
    deleted: (await ledger.deletedSince(plan.name, run.week.from)).length,
    ...retentionFacts(judgement, isOwn),
  };
}

/** > Of a plan whose backups DynamoDB takes there is nothing to say: restore testing knows no backup of DynamoDB's own. */
function restoreTestFacts({ backup }: Plan, tables: readonly string[], tests: PlanRun['restoreTests']) {
  if (backup.engine !== 'aws-backup') return {};
  return { restoreTests: tests === 'unreadable' ? tests : tests.filter(({ table }) => tables.includes(table)) };
}

function promisesOf({ name, objectives, keep, prune, drill }: Plan) {
  const { recoveryPoint, recoveryTime } = objectives ?? {};
  return {
    plan: name,
    objectives: {
      ...(recoveryPoint && { recoveryPointSeconds: durationSeconds(recoveryPoint) }),
      ...(recoveryTime && { recoveryTimeSeconds: durationSeconds(recoveryTime) }),
    },
    rules: Object.entries(keep).map(([rule, value]) => `${rule} ${value}`),
    mode: prune.mode,
    drills: drill !== undefined,
  };
}

/** > Only backups of the plan count; one that is kept may be wanted by several rules. */
function retentionFacts({ verdicts, counts, blocked }: Judgement, isOwn: (backup: Backup) => boolean) {
  const own = verdicts.filter(({ backup }) => isOwn(backup));
  const kept = own.filter(({ verdict }) => verdict === 'keep');
  const codes = kept.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  return {
    kept: kept.length,
    keptBy: new Map([...Map.groupBy(codes, (code) => code)].map(([code, each]) => [code, each.length])),
    storageBytes: own.reduce((sum, { backup }) => sum + (backup.sizeBytes ?? 0), 0),
    frozen: counts.frozen,
    held: counts.held,
    unjudgeable: counts.unjudgeable,
    blocked,
  };
}

interface TableQuestion {
  readonly table: string;
  /** Of the incarnation that exists now, as far as that is known. */
  readonly tableId: string | undefined;
  readonly backups: readonly Restorable[];
  readonly lastProvenAt: Date | undefined;
}

async function tableFacts(
  plan: Plan,
  week: Week,
  { ledger }: SummaryPorts,
  { table, tableId, backups, lastProvenAt }: TableQuestion,
): Promise<TableFacts> {
  const claims = await ledger.claimsSince(plan.name, table, week.from);
  const drills = plan.drill ? await ledger.drills.drillsOf(plan.name, table) : [];
  return {
    table,
    hasBackup: backups.some((backup) => tableId === undefined || backup.tableId === tableId),
    ...weekOfSlots(plan, week, { claims, backups }),
    ...restoreFacts(drills, plan, week),
    ...(lastProvenAt && { lastProvenAt }),
  };
}

function restoreFacts(
  drills: readonly DrillResult[],
  plan: Plan,
  { until }: Week,
): Pick<TableFacts, 'restore' | 'forecast'> {
  const measuring = drills.filter(isMeasure);
  const last = measuring.findLast(({ times }) => times.total?.atMostSeconds !== undefined);
  const objective = plan.objectives?.recoveryTime;
  const question = objective && { objectiveSeconds: durationSeconds(objective), now: until };
  return {
    ...(last?.times.total && { restore: last.times.total }),
    ...(question && measuring.length > 0 && { forecast: restoreForecast(measuring.flatMap(measuredBy), question) }),
  };
}

function measuredBy({ finishedAt, times, source }: DrillResult): MeasuredDrill[] {
  const seconds = times.total?.atMostSeconds;
  return seconds === undefined ? [] : [{ at: new Date(finishedAt), seconds, sizeBytes: source?.sizeBytes ?? 0 }];
}
