import { readFileSync } from 'node:fs';
import { describeFaults } from '../lambda/domain/faults.ts';
import { parsePlanJson } from '../lambda/domain/parse-plan.ts';
import type { Plan } from '../lambda/domain/plan.ts';

/** Reads a plan from a file. Throws naming every fault. */
export function readPlanFile(path: string): Plan {
  const parsed = parsePlanJson(readFileSync(path, 'utf8'));
  if (!parsed.ok) throw new Error(`${path}:\n${describeFaults(parsed.faults)}`);
  return parsed.plan;
}
