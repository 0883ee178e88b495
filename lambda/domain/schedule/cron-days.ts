/** Which days of a month a cron expression means. Days of the week count from 1 (Sunday) to 7 (Saturday). */
export type DayRule =
  | { readonly kind: 'days-of-month'; readonly days: readonly number[] }
  | { readonly kind: 'last-day' }
  | { readonly kind: 'last-working-day' }
  | { readonly kind: 'working-day-nearest'; readonly day: number }
  | { readonly kind: 'days-of-week'; readonly weekdays: readonly number[] }
  | { readonly kind: 'last-weekday'; readonly weekday: number }
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly nth: number };

/** The days of one month a rule means, in order. */
export function daysOfMonth(rule: DayRule, year: number, month: number): number[] {
  const last = monthLength(year, month);
  const all = Array.from({ length: last }, (_, i) => i + 1);
  const weekday = (day: number) => weekdayOf(year, month, day);
  switch (rule.kind) {
    case 'days-of-month':
      return all.filter((day) => rule.days.includes(day));
    case 'last-day':
      return [last];
    case 'last-working-day':
      return [nearestWorkingDay(last, last, weekday)];
    case 'working-day-nearest':
      return rule.day > last ? [] : [nearestWorkingDay(rule.day, last, weekday)];
    case 'days-of-week':
      return all.filter((day) => rule.weekdays.includes(weekday(day)));
    case 'last-weekday':
      return all.slice(-7).filter((day) => weekday(day) === rule.weekday);
    case 'nth-weekday':
      return all.slice(7 * (rule.nth - 1), 7 * rule.nth).filter((day) => weekday(day) === rule.weekday);
  }
}

/** Monday to Friday, the nearest to a day, never leaving its month. */
function nearestWorkingDay(day: number, last: number, weekday: (day: number) => number): number {
  if (weekday(day) === 7) return day === 1 ? 3 : day - 1;
  if (weekday(day) === 1) return day === last ? day - 2 : day + 1;
  return day;
}

function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;
}

function monthLength(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
