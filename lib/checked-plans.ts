import { type Plan, planSchema } from '../lambda/domain/plan.ts';
import { checkablePlan, withTokens } from './plan-input.ts';
import type { PlanProps } from './plan-props.ts';

/**
 * Turns what an operator wrote into plans, as they will be deployed.
 *
 * @throws Error naming every fault of every plan at once
 */
export function checkedPlans(plans: Readonly<Record<string, PlanProps>>): Plan[] {
  const faults: string[] = [];
  const checked = Object.entries(plans).flatMap(([name, props]) => {
    const { input, tokens } = checkablePlan(name, props);
    const result = planSchema.safeParse(input);
    if (result.success) return [withTokens(result.data, tokens)];
    faults.push(...result.error.issues.map((issue) => `plans.${name}.${issue.path.join('.')}: ${issue.message}`));
    return [];
  });
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return checked;
}
