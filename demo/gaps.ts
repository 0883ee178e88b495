import type { Life } from './life.ts';
import { dueSlots } from './slots.ts';
import type { DemoTable } from './tables.ts';
import { slotOf } from './witness.ts';

/** A time in which a table got no new restorable backup: what could have been lost at its end. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  /** Ids of the incidents that made it so long. */
  readonly during: readonly string[];
}

/**
 * The longest time between one scheduled backup of a table and the next that became restorable; counted to the end of the life, or to
 * the table's deletion.
 */
export function longestGap(life: Life, { name, plan }: DemoTable, endsAt: number): Gap | undefined {
  const instants = life.witness
    .of(name)
    .filter(({ backup, availableAt }) => availableAt !== undefined && slotOf(backup))
    .map(({ backup }) => backup.createdAt);
  let longest: { from: number; until: number } | undefined;
  [...instants, endsAt].reduce((from, until) => {
    if (!longest || until - from > longest.until - longest.from) longest = { from, until };
    return until;
  }, instants[0] ?? endsAt);
  return longest && { ...longest, during: causesOf(longest, plan, life) };
}

/** An incident is a cause when it kept back the backup of a slot that was due in the gap. */
function causesOf({ from, until }: { from: number; until: number }, plan: string, life: Life): string[] {
  const due = dueSlots(life.account, plan, from, until).filter((at) => at > from);
  const causes = life.incidents.filter(
    ({ keepsBackupsBack, fault, match: { schedule = `${plan}-backup` } }) =>
      keepsBackupsBack && fault.hits > 0 && schedule === `${plan}-backup`,
  );
  return causes.filter((cause) => due.some((at) => at >= cause.from && at < cause.until)).map(({ id }) => id);
}
