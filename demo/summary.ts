import { checkPromises, type Check } from './checks.ts';
import { longestGap } from './gaps.ts';
import { keptBackups } from './kept.ts';
import type { Life } from './life.ts';
import { outcomeOf } from './outcomes.ts';
import { demoTables, type DemoTable } from './tables.ts';
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

/** Everything the demo has to say; the same seed and days give the same summary, byte for byte. */
export interface Summary {
  readonly days: number;
  readonly from: string;
  readonly until: string;
  readonly tables: readonly TableSummary[];
  readonly faults: readonly FaultSummary[];
  readonly operatorSteps: readonly { at: string; plan: string; expired: number; allowed: number }[];
  readonly checks: readonly Check[];
  readonly runs: { readonly backup: number; readonly prune: number };
  readonly apiCalls: Readonly<Record<string, number>>;
}

/** Sums up a life that has ended. */
export function summaryOf(life: Life): Summary {
  return {
    days: life.days,
    from: iso(life.startedAt),
    until: iso(life.endsAt),
    tables: demoTables.map((table) => tableSummary(life, table)),
    faults: life.incidents.flatMap((incident) => {
      const outcome = outcomeOf(incident, life);
      const { id, title, from, until, fault } = incident;
      return outcome ? [{ id, title, from: iso(from), until: iso(until), hits: fault.hits, ...outcome }] : [];
    }),
    operatorSteps: life.operator.steps.map((step) => ({ ...step, at: iso(step.at) })),
    checks: checkPromises(life),
    runs: { backup: invocations(life, 'backup'), prune: invocations(life, 'prune') },
    apiCalls: apiCalls(life),
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

function invocations({ account, functions }: Life, job: 'backup' | 'prune'): number {
  return account.metrics.sum('AWS/Lambda', 'Invocations', { FunctionName: functions[job] });
}

const counted = {
  dynamodb: ['CreateBackup', 'ListBackups', 'DescribeBackup', 'DeleteBackup', 'DescribeTable', 'ListTables'],
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
  };
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

function isoOrNull(instant: number | undefined): string | null {
  return instant === undefined ? null : iso(instant);
}
