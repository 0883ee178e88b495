import { Temporal } from 'temporal-polyfill';
import type { Backup } from '../../lambda/domain/backup.ts';
import type { Plan } from '../../lambda/domain/plan.ts';
import type { Question } from '../../lambda/domain/retention.ts';

/**
 * A second retention planner, for tests only: the definitions of docs/retention.md written down one by one, each asked of each backup,
 * without sorting, counting along or sharing anything with the first one. It says which ARNs rules and floors would delete.
 */
export function referenceExpired({ listing, plan, ...given }: Question): Set<string> {
  const everything = listing.backups.filter(
    (one, nth) => listing.backups.findIndex((other) => other.arn === one.arn) === nth,
  );
  const counted = everything.filter((backup) => counts(backup, listing.backups, given));
  const expired = counted.filter((backup) => {
    const group = counted.filter(({ tableId }) => tableId === backup.tableId);
    return !isFrozen(group, plan, given) && !isSpared(backup, group, given) && !isWanted(backup, group, plan);
  });
  return new Set(expired.map(({ arn }) => arn));
}

type Given = Omit<Question, 'listing' | 'plan'>;

function counts(backup: Backup, all: readonly Backup[], { isOwn, now }: Given): boolean {
  if (![backup.arn, backup.name, backup.tableName, backup.tableId].every((part) => part !== '')) return false;
  const twins = all.filter((other) => other.arn === backup.arn);
  const facts = (twin: Backup): string =>
    JSON.stringify([
      twin.name,
      twin.tableName,
      twin.tableId,
      twin.status,
      twin.type,
      String(twin.createdAt?.valueOf()),
    ]);
  if (new Set(twins.map(facts)).size > 1) return false;
  if (!['USER', 'RECOVERY_POINT'].includes(backup.type) || backup.status !== 'AVAILABLE' || !isOwn(backup))
    return false;
  const at = backup.createdAt?.valueOf();
  return at !== undefined && at >= 1 && at <= now.valueOf();
}

function time(backup: Backup): number {
  return Number(backup.createdAt);
}

/** Later in the total order of (time, ARN). */
function isNewer(one: Backup, other: Backup): boolean {
  return time(one) > time(other) || (time(one) === time(other) && one.arn > other.arn);
}

/** Held, drilled or copied right now, kept by AWS, or proven while no newer one of the group is. */
function isSpared(backup: Backup, group: readonly Backup[], { holds, pinned, copied, proven, now }: Given): boolean {
  const isProven = (one: Backup): boolean => proven?.has(one.arn) === true;
  const isNewestProven = isProven(backup) && !group.some((other) => isProven(other) && isNewer(other, backup));
  const isNamed = [holds, pinned, copied].some((arns) => arns?.has(backup.arn));
  return isNewestProven || isNamed || isKeptByAws(backup, now);
}

/** A lock and a legal hold keep a recovery point for as long as they are said to be there, cold storage for its first 90 days. */
export function isKeptByAws({ keptByAws = {} }: Backup, now: Date): boolean {
  const { lockedUntil, isOnLegalHold = false, coldFrom } = keptByAws;
  const coldUntil = coldFrom && coldFrom.valueOf() + 90 * 86_400_000;
  const isPaidFor = coldFrom !== undefined && coldFrom <= now && now.valueOf() < Number(coldUntil);
  return lockedUntil !== undefined || isOnLegalHold || isPaidFor;
}

function isFrozen(group: readonly Backup[], plan: Plan, { liveTables, now }: Given): boolean {
  if (!group.every(({ tableName, tableId }) => liveTables.get(tableName) === tableId)) return true;
  const recoveryPoint = plan.objectives?.recoveryPoint;
  if (recoveryPoint === undefined) return false;
  const latest = Math.max(...group.map(time));
  return latest < shift(now.valueOf(), recoveryPoint, plan.backup.timeZone);
}

function isWanted(backup: Backup, group: readonly Backup[], plan: Plan): boolean {
  const newer = group.filter((other) => isNewer(other, backup));
  const isOldest = newer.length === group.length - 1;
  if (newer.length === 0) return true;
  if (group.filter((other) => time(other) > time(backup)).length < plan.minimumCopies) return true;
  const { last, hourly, daily, weekly, monthly, yearly, within } = plan.keep;
  if (last !== undefined && newer.length < last) return true;
  const calendarRules = { hour: hourly, day: daily, week: weekly, month: monthly, year: yearly };
  const wantedByCalendar = Object.entries(calendarRules).some(([unit, count]) => {
    const label = (one: Backup): string => bucketLabel(unit, time(one), plan.backup.timeZone);
    const newerBuckets = new Set(newer.map(label));
    return count !== undefined && newerBuckets.size < count && (isOldest || !newerBuckets.has(label(backup)));
  });
  if (wantedByCalendar) return true;
  return within !== undefined && time(backup) >= shift(Math.max(...group.map(time)), within, plan.backup.timeZone);
}

const known = new Map<string, unknown>();

/** Remembers an answer: Temporal takes its time. */
function once<T>(key: string, find: () => T): T {
  if (!known.has(key)) known.set(key, find());
  return known.get(key) as T;
}

function shift(at: number, duration: string, timeZone: string): number {
  return once(`${at} ${duration} ${timeZone}`, () => zoned(at, timeZone).subtract(duration).epochMilliseconds);
}

/** The bucket of an instant as sortable text. */
export function bucketLabel(unit: string, at: number, timeZone: string): string {
  return once(`${unit} ${at} ${timeZone}`, () => latestLabel(unit, at, timeZone));
}

/** Where local time went back: the later of what clocks show at the instant and what they showed just before they were last changed. */
function latestLabel(unit: string, at: number, timeZone: string): string {
  const clocks = once(`clocks at ${at} ${timeZone}`, () => {
    const local = zoned(at, timeZone);
    const changed = local.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
    return changed ? [local, changed.subtract({ milliseconds: 1 })] : [local];
  });
  return clocks.map((clock) => labelOf(unit, clock)).reduce((one, other) => (one > other ? one : other));
}

function labelOf(unit: string, local: Temporal.ZonedDateTime): string {
  const date = local.toPlainDate().toString();
  if (unit === 'hour') return `${date}T${String(local.hour).padStart(2, '0')}`;
  if (unit === 'week') return `${local.yearOfWeek}-W${String(local.weekOfYear).padStart(2, '0')}`;
  return date.slice(0, { day: 10, month: 7, year: 4 }[unit]);
}

function zoned(at: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
}
