import type { Check } from './check.ts';
import { checkPromises } from './checks.ts';
import { drillSummary, type DrillSummary } from './drill-summary.ts';
import { longestGap } from './gaps.ts';
import { keptBackups } from './kept.ts';
import type { FunctionNames } from './incidents.ts';
import type { Life } from './life.ts';
import { outcomeOf, outcomeOfStop } from './outcomes.ts';
import type { DemoTable } from './tables.ts';
import { timelineOf, type Course } from './timeline.ts';
import { slotOf } from './witness.ts';

/** How one table fared. Instants are ISO 8601. */
export interface TableSummary {
  readonly table: string;
  readonly plan: string;
  readonly coveredBy: string;
  readonly tableDeletedAt: string | null;
  readonly items: number;
  /** Backups the plan took, and what became of them; `kept + deleted = taken`. */
  readonly taken: number;
  readonly kept: number;
  readonly deleted: number;
  /** Of the kept ones, how many each reason keeps; one backup may have several reasons. */
  readonly keptByReason: Readonly<Record<string, number>>;
  /** Of the kept ones, those that the next prune run deletes. */
  readonly expiring: number;
  readonly madeByHand: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly longestGap: { readonly seconds: number; readonly from: string; readonly during: readonly string[] } | null;
}

export interface FaultSummary {
  readonly id: string;
  readonly title: string;
  readonly from: string;
  readonly until: string;
  readonly hits: number;
  readonly survived: boolean;
  readonly what: string;
}

/** One incident as the person on call lived it. Durations count from its beginning. */
export interface IncidentSummary {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  /** Null when nothing that was promised was broken. */
  readonly firstAlarm: { readonly alarm: string; readonly at: string; readonly afterSeconds: number } | null;
  /** Alarms that were raised later. */
  readonly joined: readonly string[];
  /** Null when nobody was called, or its plan was in ALARM already. */
  readonly calledAt: string | null;
  readonly calls: number;
  readonly wellAgain: { readonly at: string; readonly afterSeconds: number } | null;
}

/** Everything the demo has to say; the same seed and days give the same summary, byte for byte. */
export interface Summary {
  readonly days: number;
  readonly from: string;
  readonly until: string;
  readonly tables: readonly TableSummary[];
  readonly drills: readonly DrillSummary[];
  readonly faults: readonly FaultSummary[];
  readonly timeline: readonly IncidentSummary[];
  readonly operatorSteps: readonly { at: string; plan: string; expired: number; allowed: number }[];
  readonly checks: readonly Check[];
  /** How often each function was invoked; a drill is many invocations of its function. */
  readonly runs: Readonly<Record<keyof FunctionNames, number>>;
  readonly apiCalls: Readonly<Record<string, number>>;
}

/** Sums up a life that has ended. */
export function summaryOf(life: Life): Summary {
  return {
    days: life.days,
    from: iso(life.startedAt),
    until: iso(life.endsAt),
    tables: life.demoTables.map((table) => tableSummary(life, table)),
    drills: life.demoTables.map((table) => drillSummary(life, table)),
    faults: faultSummaries(life).sort((one, other) => one.from.localeCompare(other.from)),
    timeline: life.story.isWatched ? timelineOf(life).courses.map(incidentSummary) : [],
    operatorSteps: life.operator.steps.map((step) => ({ ...step, at: iso(step.at) })),
    checks: checkPromises(life),
    runs: {
      backup: invocations(life, 'backup'),
      prune: invocations(life, 'prune'),
      drill: invocations(life, 'drill'),
      sweep: invocations(life, 'sweep'),
      watch: invocations(life, 'watch'),
      summary: invocations(life, 'summary'),
    },
    apiCalls: apiCalls(life),
  };
}

function faultSummaries(life: Life): FaultSummary[] {
  const { incidents, stoppedDrill } = life;
  const faults = incidents.flatMap((incident) => {
    const outcome = outcomeOf(incident, life);
    const { id, title, from, until, fault } = incident;
    return outcome ? [{ id, title, from: iso(from), until: iso(until), hits: fault.hits, ...outcome }] : [];
  });
  if (!stoppedDrill) return faults;
  const at = iso(stoppedDrill.at);
  const title = `the drill of ${stoppedDrill.table} stopped by hand`;
  return [
    ...faults,
    { id: 'drill-stopped', title, from: at, until: at, hits: 1, ...outcomeOfStop(stoppedDrill, life) },
  ];
}

function incidentSummary({ trouble, first, joined, calls, wellAt }: Course): IncidentSummary {
  const { id, title, from } = trouble;
  const since = (at: number) => ({ at: iso(at), afterSeconds: Math.round((at - from) / 1000) });
  return {
    id,
    title,
    at: iso(from),
    firstAlarm: first ? { alarm: first.alarm, ...since(first.from) } : null,
    joined,
    calledAt: isoOrNull(calls[0]?.at),
    calls: calls.length,
    wellAgain: wellAt === undefined ? null : since(wellAt),
  };
}

function tableSummary(life: Life, demoTable: DemoTable): TableSummary {
  const { name, plan, coveredBy } = demoTable;
  const table = life.account.dynamodb.tables.get(name);
  const seen = life.witness.of(name);
  const ours = seen.filter(({ backup }) => slotOf(backup));
  const standing = ours.filter(({ deletedAt }) => deletedAt === undefined).map(({ backup }) => backup.createdAt);
  const { byReason, expiring } = keptBackups(life, demoTable);
  const gap = longestGap(life, demoTable, table ? life.endsAt : (life.tableDeletedAt ?? life.endsAt));
  return {
    table: name,
    plan,
    coveredBy,
    tableDeletedAt: table ? null : iso(life.tableDeletedAt ?? life.endsAt),
    items: life.tables.written(name),
    taken: ours.length,
    kept: standing.length,
    deleted: ours.length - standing.length,
    keptByReason: byReason,
    expiring,
    madeByHand: seen.length - ours.length,
    oldest: isoOrNull(standing[0]),
    newest: isoOrNull(standing.at(-1)),
    longestGap: gap
      ? { seconds: Math.round((gap.until - gap.from) / 1000), from: iso(gap.from), during: gap.during }
      : null,
  };
}

function invocations({ account, functions }: Life, job: keyof FunctionNames): number {
  return account.metrics.sum('AWS/Lambda', 'Invocations', { FunctionName: functions[job] });
}

const counted = {
  dynamodb: [
    ...['CreateBackup', 'ListBackups', 'DescribeBackup', 'DeleteBackup', 'DescribeTable', 'ListTables'],
    ...['RestoreTableFromBackup', 'DeleteTable', 'Scan'],
  ],
  ledger: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'],
};

function apiCalls({ account: { journal } }: Life): Record<string, number> {
  const operations = [...counted.dynamodb, ...counted.ledger].map(
    (name) => [name, journal.count('dynamodb', name)] as const,
  );
  return {
    all: journal.count(),
    ...Object.fromEntries(operations),
    GetResources: journal.count('tagging', 'GetResources'),
    CheckpointDurableExecution: journal.count('lambda', 'CheckpointDurableExecution'),
  };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

function isoOrNull(instant: number | undefined): string | null {
  return instant === undefined ? null : iso(instant);
}
