import { Temporal } from 'temporal-polyfill';
import type { Plan } from './plan.ts';

/** Lengths by their durations: the same few are asked for again and again. */
const knownLengths = new Map<string, number>();
const mostKnownLengths = 1000;

/** The length of an ISO 8601 duration in seconds; a month counts as February, the shortest there is. */
export function durationSeconds(duration: string): number {
  const known = knownLengths.get(duration);
  if (known !== undefined) return known;
  const seconds = Temporal.Duration.from(duration).total({ unit: 'seconds', relativeTo: '2026-02-01' });
  if (knownLengths.size >= mostKnownLengths) knownLengths.clear();
  knownLengths.set(duration, seconds);
  return seconds;
}

/**
 * How many copies of a table the keep rules alone are sure to keep once the plan has run for long, when two backups lie at most so
 * many seconds apart.
 * > A counting rule keeps its count; `within` keeps as many whole intervals as fit into it; of several rules the best one counts.
 * Counting rules count buckets that hold a backup, so a slow schedule spreads their copies out but does not lose any.
 */
export function guaranteedCopies({ within, ...counts }: Plan['keep'], intervalSeconds: number): number {
  return Math.max(copiesWithin(within, intervalSeconds), ...Object.values(counts).map((count) => count ?? 0));
}

/** How many backups a table certainly has before its first one expires by the rules that know no calendar. */
export function copiesBeforeExpiry({ within, last = 0 }: Plan['keep'], intervalSeconds: number): number {
  return Math.max(copiesWithin(within, intervalSeconds), last);
}

function copiesWithin(within: string | undefined, intervalSeconds: number): number {
  return within === undefined ? 0 : Math.floor(durationSeconds(within) / intervalSeconds);
}
