import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';

/** An ISO 8601 duration such as `P14D` or `PT26H`; its months and years have the length the calendar gives them. */
export const calendarDuration = duration(
  'a positive ISO 8601 duration of at most 100 years such as P14D or P6M',
  () => true,
);
/** The same without months and years: a promise must not change its length with the calendar. */
export const exactDuration = duration(
  'a positive ISO 8601 duration of weeks, days, hours, minutes or seconds such as PT26H',
  ({ years, months }) => years === 0 && months === 0,
);

/** An ISO 8601 duration of more than nothing and at most 100 years, as far as it is allowed. */
export function duration(allowed: string, isAllowed: (given: Temporal.Duration) => boolean) {
  const error = `must be ${allowed}`;
  return z.string({ error }).refine(
    (given) => {
      const parsed = given.length <= 40 ? readDuration(given) : undefined;
      return parsed !== undefined && isAllowed(parsed);
    },
    { error },
  );
}

function readDuration(given: string): Temporal.Duration | undefined {
  try {
    const parsed = Temporal.Duration.from(given);
    const length = parsed.total({ unit: 'years', relativeTo: '2026-01-01' });
    return length > 0 && length <= 100 ? parsed : undefined;
  } catch {
    return undefined;
  }
}
