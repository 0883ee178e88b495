import pMap from 'p-map';
import { drilledScopes } from '../../domain/copy-drills.ts';
import type { MeasuredDrill } from '../../domain/drill/forecast.ts';
import type { Plan } from '../../domain/plan.ts';
import { isMeasure, type DrillResult } from '../drill/drill-result.ts';
import type { DrillHistory, DrillIntent, DrillLedger } from '../drill/ports.ts';
import type { RetentionLedger } from '../ports.ts';
import type { RunLedger } from './ports.ts';
import type { WatchedCopies } from './watch.ts';

export interface WatchLedger extends RunLedger, Pick<RetentionLedger, 'holds'> {
  readonly drills: Pick<DrillLedger<DrillResult>, 'drillHistory' | 'drillIntents'> & {
    /** All results of one table that are kept, oldest first. */
    drillsOf(plan: string, table: string): Promise<readonly DrillResult[]>;
  };
}

/** What the ledger knows, apart from runs. */
export interface LedgerState {
  readonly holds: ReadonlySet<string>;
  readonly intents: readonly DrillIntent[];
  /** By plan, or by plan and vault of the copies drilled there (`scopeOfCopies`), then by table. */
  readonly histories: ReadonlyMap<string, ReadonlyMap<string, DrillHistory>>;
}

export async function readLedger(
  plans: readonly Plan[],
  ledger: WatchLedger,
  { placesOf }: Pick<WatchedCopies, 'placesOf'>,
): Promise<LedgerState> {
  const drilling = plans.filter(({ drill }) => drill);
  const scopes = drilling.flatMap((plan) => [plan.name, ...drilledScopes(plan, placesOf(plan))]);
  return {
    holds: await ledger.holds(),
    intents: drilling.length > 0 ? await ledger.drills.drillIntents() : [],
    histories: new Map(await pMap(scopes, async (scope) => [scope, await ledger.drills.drillHistory(scope)] as const)),
  };
}

/** The measured restores of a table, and when it was last tried as they were read. */
export interface RememberedDrills {
  readonly triedAt: number;
  readonly drills: readonly MeasuredDrill[];
}

/** One table of a plan that drills. */
interface Drilled {
  readonly plan: Plan;
  readonly table: string;
  readonly lastTriedAt: Date;
}

/**
 * The restores of a table that were timed with all indexes, into the Region that the plan drills in, and not out of cold storage: those are
 * other series. > They are read again only when a drill of the table ended since: a year of
 * them is much to read for one number.
 */
export async function measuredDrills(
  { plan: { name: plan, drill }, table, lastTriedAt }: Drilled,
  ledger: Pick<WatchLedger, 'drills'>,
  known: Map<string, RememberedDrills>,
): Promise<readonly MeasuredDrill[]> {
  const key = `${plan}/${table}/${drill?.region ?? ''}`;
  const remembered = known.get(key);
  if (remembered?.triedAt === lastTriedAt.getTime()) return remembered.drills;
  const results = await ledger.drills.drillsOf(plan, table);
  const drills = results.filter(({ region }) => region === drill?.region).flatMap(measured);
  known.set(key, { triedAt: lastTriedAt.getTime(), drills });
  return drills;
}

function measured(result: DrillResult): MeasuredDrill[] {
  const { times, source, startedAt } = result;
  const seconds = times.total?.atMostSeconds;
  if (!isMeasure(result) || seconds === undefined || !source) return [];
  return [{ at: new Date(startedAt), seconds, sizeBytes: source.sizeBytes }];
}
