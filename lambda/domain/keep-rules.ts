import { calendarDuration } from './durations.ts';
import { object, whole } from './plan-parts.ts';

const count = whole(1, 100_000).optional();

/** Which backups stay: of those of a plan, or of its copies in one place. */
export const keepRules = object({
  last: count,
  hourly: count,
  daily: count,
  weekly: count,
  monthly: count,
  yearly: count,
  within: calendarDuration.optional(),
}).refine((rules) => Object.values(rules).some((rule) => rule !== undefined), {
  error: 'must hold at least one of last, hourly, daily, weekly, monthly, yearly and within',
});
