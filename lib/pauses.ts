import { describeValue } from '../lambda/domain/faults.ts';
import type { PlanProps } from './plan-props.ts';

/** What becomes of a plan's `pausedUntil`: nothing, a pause, one that is over, or a fault. */
export interface Pausing {
  /** Until when the plan's alarms call nobody. */
  readonly until?: Date;
  readonly warning?: string;
  readonly fault?: string;
}

const dayMs = 24 * 3_600_000;
/** Longer is a typo, or a plan that should be deleted. */
const longestPauseMs = 366 * dayMs;

/**
 * Reads until when a plan is paused.
 * > A pause ends within a year of now. One that ended within the last year is over, which is worth a warning; anything else is a mistake.
 */
export function pausing(plan: string, pausedUntil: PlanProps['pausedUntil'], now: Date): Pausing {
  if (pausedUntil === undefined) return {};
  const until = typeof pausedUntil === 'string' ? readInstant(pausedUntil) : pausedUntil;
  const fromNow = until === undefined ? NaN : until.getTime() - now.getTime();
  const path = `plans.${plan}.pausedUntil`;
  if (until === undefined || !(Math.abs(fromNow) <= longestPauseMs)) {
    const found = typeof pausedUntil === 'string' ? describeValue(pausedUntil) : describeDate(pausedUntil);
    return { fault: `${path} must be an instant within a year of now, such as ${example(now)}, got ${found}` };
  }
  if (fromNow > 0) return { until };
  return { warning: `${path}: ended at ${until.toISOString()}, so the alarms of the plan call again: take it out` };
}

/** An instant says its offset from UTC; without one it would be another in each time zone that synthesizes the app. */
function readInstant(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function example(now: Date): string {
  return `${new Date(now.getTime() + 7 * dayMs).toISOString().slice(0, 10)}T00:00:00Z`;
}

function describeDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'a Date that is none' : date.toISOString();
}
