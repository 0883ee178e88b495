import * as z from 'zod';
import type { Plan } from '../domain/plan.ts';
import { readPlan } from './read-plan.ts';

/** What a schedule, a retry of it, or a continuation of a run asks for. */
export interface ScheduleEvent {
  readonly plan: Plan;
  readonly slot: Date;
  /** The event of the next invocation, should this one run out of time; `undefined` once there were ten. */
  readonly continuation: object | undefined;
}

/** Deliveries are retried for 24 h at most, and the ledger remembers a slot for 7 days. */
const oldestMilliseconds = 72 * 3_600_000;
const earliestMilliseconds = 24 * 3_600_000;
const maximumContinuations = 10;

const eventSchema = z.strictObject({
  plan: z.unknown(),
  slot: z.iso.datetime(),
  schedule: z.string().min(1),
  continuation: z.int().min(1).max(maximumContinuations).optional(),
});

/** Reads an event, or throws naming everything that is wrong with it. > An event without its slot is refused: nothing could tell a repeat. */
export function parseScheduleEvent(event: unknown, now: Date): ScheduleEvent {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) throw new Error(`the event is not one of a schedule: ${z.prettifyError(parsed.error)}`);
  const plan = readPlan(parsed.data.plan);
  const continuation = (parsed.data.continuation ?? 0) + 1;
  return {
    plan,
    slot: parseSlot(parsed.data.slot, now),
    continuation: continuation > maximumContinuations ? undefined : { ...parsed.data, continuation },
  };
}

function parseSlot(text: string, now: Date): Date {
  const slot = new Date(text);
  const age = now.getTime() - slot.getTime();
  if (slot.getTime() % 1_000 !== 0) throw new Error(`slot must be in whole seconds, got ${text}`);
  if (age > oldestMilliseconds || age < -earliestMilliseconds) {
    throw new Error(`slot must lie between 72 hours ago and 24 hours ahead of ${now.toISOString()}, got ${text}`);
  }
  return slot;
}
