import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Plan } from './plan.ts';

/** The first 16 hexadecimal digits of SHA-256 over the plan with its keys sorted: equal for equal plans however they were written. */
export function hashOfPlan(plan: Plan): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex').slice(0, 16);
}
