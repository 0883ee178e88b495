import { describeFaults } from '../domain/faults.ts';
import { parsePlan } from '../domain/parse-plan.ts';
import type { Plan } from '../domain/plan.ts';

/** Plans by their text: a warm function is asked for the same few again and again, a drill at every replay. */
const knownPlans = new Map<string, Plan>();
const mostKnownPlans = 100;

/** Reads a plan out of an event, or throws naming everything that is wrong with it. */
export function readPlan(json: unknown): Plan {
  const text = JSON.stringify(json);
  const known = knownPlans.get(text);
  if (known) return known;
  const read = parsePlan(json);
  if (!read.ok) throw new Error(`the event carries a faulty plan:\n${describeFaults(read.faults)}`);
  if (knownPlans.size >= mostKnownPlans) knownPlans.clear();
  knownPlans.set(text, read.plan);
  return read.plan;
}
