import * as z from 'zod';
import { durationSeconds } from '../domain/keep-guarantee.ts';
import type { DrillPlan, Plan } from '../domain/plan.ts';
import { readPlan } from './read-plan.ts';

/** What one drill is asked to do. */
export interface DrillOrder {
  readonly plan: Plan;
  readonly drill: DrillPlan;
  readonly timeoutMilliseconds: number;
  readonly table: string;
  readonly slot: Date;
  /** ARN of the vault whose copies are drilled; missing where the plan's own backups are. */
  readonly copiesIn?: string;
}

const orderSchema = z.strictObject({
  plan: z.unknown(),
  table: z.string().min(3),
  slot: z.iso.datetime(),
  copiesIn: z.string().optional(),
});

/** Reads the input of a drill, or throws naming everything that is wrong with it. */
export function parseDrillOrder(event: unknown): DrillOrder {
  const parsed = orderSchema.safeParse(event);
  if (!parsed.success) throw new Error(`the event is not the order of a drill: ${z.prettifyError(parsed.error)}`);
  const plan = readPlan(parsed.data.plan);
  const { drill } = plan;
  if (!drill) throw new Error(`the plan ${plan.name} has no drill`);
  const { table, slot, copiesIn } = parsed.data;
  const timeoutMilliseconds = durationSeconds(drill.timeout) * 1000;
  return { plan, drill, timeoutMilliseconds, table, slot: new Date(slot), ...(copiesIn !== undefined && { copiesIn }) };
}
