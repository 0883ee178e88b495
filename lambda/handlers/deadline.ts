import type { Context } from 'aws-lambda';

/** Kept for the last calls under way, the report and the hand-over. */
const reserveMilliseconds = 60_000;

/** When a run must stop starting things so that it ends before Lambda ends it. A function with little time keeps half of it. */
export function deadlineOf(context: Pick<Context, 'getRemainingTimeInMillis'>, now: Date): Date {
  const remaining = context.getRemainingTimeInMillis();
  return new Date(now.getTime() + Math.max(remaining - reserveMilliseconds, remaining / 2));
}
