import { isDrillTableName, type DrillTableScope } from '../drill/drill-table-name.ts';
import { durationSeconds } from '../keep-guarantee.ts';
import type { Plan } from '../plan.ts';
import { secondsBetween } from './gauge.ts';

/** What a drill may take to clean up after its plan's timeout. */
const cleanUpSeconds = 3_600;

/** A drill that announced a table. */
export interface AnnouncedDrill {
  readonly targetName: string;
  readonly plan: string;
  /** Region of the table; missing when it is our own. */
  readonly region?: string;
  /** ISO 8601. */
  readonly recordedAt: string;
}

export interface LeftoverQuestion extends DrillTableScope {
  readonly announced: readonly AnnouncedDrill[];
  /** All plans of the deployment. */
  readonly plans: readonly Plan[];
  readonly now: Date;
}

/** A drill table that no drill needs any more; `plan` is undefined when nobody announced it. */
export interface LeftoverTable {
  readonly table: string;
  readonly plan: string | undefined;
}

/**
 * Tells which drill tables are left over, from the names of the tables that exist here.
 * > A drill table is left over when no drill announced it, or when its drill should have ended an hour ago.
 * > One in another Region, where nobody looks, is there as long as its announcement is open.
 */
export function leftoverTables(names: readonly string[], question: LeftoverQuestion): LeftoverTable[] {
  const isHere = new Set(names);
  const announced = new Map(question.announced.map((drill) => [drill.targetName, drill]));
  const away = question.announced.flatMap(({ targetName, region }) =>
    region === undefined || isHere.has(targetName) ? [] : [targetName],
  );
  const longest = longestDrillSeconds(question.plans);
  return [...names.filter((name) => isDrillTableName(name, question)), ...away].flatMap((table) => {
    const drill = announced.get(table);
    const isRunning = drill && secondsBetween(new Date(drill.recordedAt), question.now) <= longest;
    return isRunning ? [] : [{ table, plan: drill?.plan }];
  });
}

function longestDrillSeconds(plans: readonly Plan[]): number {
  const seconds = plans.map(({ drill }) => (drill ? durationSeconds(drill.timeout) : 0));
  return Math.max(0, ...seconds) + cleanUpSeconds;
}
