import { readFileSync } from 'node:fs';
import { describeFaults } from '../lambda/domain/faults.ts';
import { parsePlanJson } from '../lambda/domain/parse-plan.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { UnusableInputError } from './unusable-input-error.ts';

/** Reads a plan from a file. Throws an UnusableInputError naming every fault. */
export function readPlanFile(path: string): Plan {
  const parsed = parsePlanJson(readText(path));
  if (!parsed.ok) throw new UnusableInputError(`${path}:\n${describeFaults(parsed.faults)}`);
  return parsed.plan;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UnusableInputError(`--plan must name a readable file, got ${path}`, { cause: error });
  }
}
