import type { PlannedIncident } from './incidents.ts';
import type { Life } from './life.ts';
import { slotOf } from './witness.ts';

/** A time in which a table got no new restorable backup: what could have been lost at its end. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  /** Ids of the incidents that happened in it. */
  readonly during: readonly string[];
}

/** The longest time between one scheduled backup and the next that became restorable; counted to the end, or to the table's deletion. */
export function longestGap(life: Life, tableName: string, endsAt: number): Gap | undefined {
  const instants = life.witness
    .of(tableName)
    .filter(({ backup, availableAt }) => availableAt !== undefined && slotOf(backup))
    .map(({ backup }) => backup.createdAt);
  let longest: { from: number; until: number } | undefined;
  [...instants, endsAt].reduce((from, until) => {
    if (!longest || until - from > longest.until - longest.from) longest = { from, until };
    return until;
  }, instants[0] ?? endsAt);
  return longest && { ...longest, during: incidentsIn(life.incidents, longest) };
}

/** Incidents that keep backups from being taken; those of prune lengthen no gap. */
function incidentsIn(incidents: readonly PlannedIncident[], gap: { from: number; until: number }): string[] {
  const struck = incidents.filter(({ fault, hinders }) => hinders === 'backup' && fault.hits > 0);
  return struck.filter(({ from, until }) => from < gap.until && until > gap.from).map(({ id }) => id);
}
