import { planSchema, type DrillPlan, type Plan, type PlanInput } from '../../../lambda/domain/plan.ts';
import type { Restorable } from '../../../lambda/domain/standing.ts';
import type { WatchedTable } from '../../../lambda/domain/watch/watched-table.ts';
import { backupAt } from '../retention-builders.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const now = new Date('2026-11-20T12:00:00Z');

export function ago(milliseconds: number): Date {
  return new Date(now.getTime() - milliseconds);
}

/** An hourly plan of the table `orders`; parts can be replaced. */
export function aPlan(parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 * * * ? *)' },
    keep: { last: 10 },
    minimumCopies: 1,
    ...parts,
  });
}

export function aDrill(parts: Partial<NonNullable<PlanInput['drill']>> = {}): DrillPlan {
  const { drill } = aPlan({ drill: { schedule: 'cron(0 5 ? * SUN *)', ...parts } });
  if (!drill) throw new Error('a plan that drills has a drill');
  return drill;
}

/** A table a year old. */
export function aTable(parts: Partial<WatchedTable> = {}): WatchedTable {
  const { name = 'orders' } = parts;
  return { name, tableId: `id-of-${name}`, createdAt: ago(365 * day), ...parts };
}

export function aRecoveryPoint(createdAt: Date, parts: Parameters<typeof backupAt>[1] = {}): Restorable {
  return { ...backupAt(createdAt, parts), createdAt };
}
