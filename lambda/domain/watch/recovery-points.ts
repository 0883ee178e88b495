import { graceSeconds } from '../due-slots.ts';
import type { Plan } from '../plan.ts';
import { scheduleOf } from '../schedule/expression.ts';
import { nextFire } from '../schedule/fires.ts';
import type { Restorable } from '../standing.ts';
import { gauge, later, secondsBetween } from './gauge.ts';
import type { WatchedTable } from './watched-table.ts';

/** How well one table is protected. */
export interface TableProtection {
  readonly table: string;
  readonly isProtected: boolean;
  /** Missing while it has no recovery point and no slot could have brought it one. */
  readonly recoveryPointAgeSeconds?: number;
  /** By which part the newest backup is smaller than the one before; missing where sizes say nothing. */
  readonly shrink?: number;
}

export interface ProtectionQuestion {
  readonly plan: Plan;
  /** Those that exist. */
  readonly tables: readonly WatchedTable[];
  /** The plan's own, oldest first. */
  readonly restorable: readonly Restorable[];
  /** When the plan's backup schedule was created, if that is known. */
  readonly scheduledSince: Date | undefined;
  readonly now: Date;
}

/**
 * Tells how well each table is protected.
 * > Only restorable backups of this plan and of the incarnation that exists now protect a table.
 * > A table without any has no age until a slot could have brought it one; from then on its age counts from the later of its own creation
 * > and that of the plan's schedule.
 */
export function protectionOf(question: ProtectionQuestion): TableProtection[] {
  const byIncarnation = new Map<string, Restorable[]>();
  for (const backup of question.restorable) {
    const key = incarnation(backup.tableName, backup.tableId);
    const group = byIncarnation.get(key);
    if (group) group.push(backup);
    else byIncarnation.set(key, [backup]);
  }
  return question.tables.map((table) => {
    const backups = byIncarnation.get(incarnation(table.name, table.tableId)) ?? [];
    const newest = backups.at(-1);
    if (!newest) return { table: table.name, isProtected: false, ...overdueAge(table, question) };
    return {
      table: table.name,
      isProtected: true,
      recoveryPointAgeSeconds: secondsBetween(newest.createdAt, question.now),
      ...shrinkOf(newest, backups.at(-2)),
    };
  });
}

function incarnation(name: string, tableId: string): string {
  return `${name}/${tableId}`;
}

function overdueAge(
  { createdAt }: WatchedTable,
  { plan, scheduledSince, now }: ProtectionQuestion,
): { recoveryPointAgeSeconds?: number } {
  const since = later(createdAt, scheduledSince);
  const reached = since && firstSlotAfter(plan.backup, since);
  const expected = reached && reached.getTime() + graceSeconds(plan.backup) * 1000;
  if (!since || expected === undefined || now.getTime() < expected) return {};
  return { recoveryPointAgeSeconds: secondsBetween(since, now) };
}

/** A rate counts from an instant nobody knows here, so its slot comes within one interval. */
function firstSlotAfter({ schedule, timeZone }: Plan['backup'], since: Date): Date | undefined {
  const parsed = scheduleOf(schedule);
  if (parsed.kind === 'rate') return new Date(since.getTime() + parsed.intervalSeconds * 1000);
  return nextFire(parsed, { timeZone, after: since });
}

/** > A size of 0, or an unknown one, is no statement: DynamoDB measures tables every six hours. */
function shrinkOf(newest: Restorable, previous: Restorable | undefined): { shrink?: number } {
  if (!newest.sizeBytes || !previous?.sizeBytes) return {};
  return { shrink: gauge((previous.sizeBytes - newest.sizeBytes) / previous.sizeBytes) };
}

/**
 * The age of a plan's recovery point: that of its worst table.
 * > Where no table has a recovery point, it counts from the later of the schedule's creation and the oldest table's creation: a plan that
 * > never ran becomes overdue like any other. A plan that covers no table has age 0.
 */
export function planAgeSeconds(protection: readonly TableProtection[], question: ProtectionQuestion): number {
  if (protection.some(({ isProtected }) => isProtected)) {
    return Math.max(0, ...protection.flatMap(({ recoveryPointAgeSeconds }) => recoveryPointAgeSeconds ?? []));
  }
  const created = question.tables.flatMap(({ createdAt }) => createdAt?.getTime() ?? []);
  const oldest = created.length > 0 ? new Date(created.reduce((a, b) => Math.min(a, b))) : undefined;
  const since = question.tables.length > 0 ? later(oldest, question.scheduledSince) : undefined;
  return since ? secondsBetween(since, question.now) : 0;
}
