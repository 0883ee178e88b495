import { type Stack, Token } from 'aws-cdk-lib';
import { parsePlan } from '../lambda/domain/parse-plan.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import type { DeploymentProps } from './deployment-props.ts';
import { foreignTableFaults } from './foreign-tables.ts';
import { namingFaults } from './naming-faults.ts';
import { ownerOf } from './owner.ts';
import { checkablePlan, withTokens } from './plan-input.ts';
import { regionFaults } from './scheduler-regions.ts';

/** What a stack deploys, with its defaults filled in. */
export interface CheckedDeployment {
  readonly plans: readonly Plan[];
  readonly owner: string;
  readonly backupNamePrefix: string;
}

/**
 * Turns what an operator wrote into what a stack deploys. Warnings become annotations of the stack.
 *
 * @throws Error naming every fault of every plan at once, each with its path, the value received and what is allowed
 */
export function checkedDeployment(stack: Stack, props: DeploymentProps): CheckedDeployment {
  const owner = props.owner ?? ownerOf(stack.stackName);
  const backupNamePrefix = props.backupNamePrefix ?? 'scheduled';
  const faults = [
    ...(Token.isUnresolved(stack.region) ? [] : regionFaults(stack.region)),
    ...(Object.keys(props.plans).length === 0 ? ['plans must hold at least one plan, got none'] : []),
    ...namingFaults({ owner, prefix: backupNamePrefix }),
    ...Object.entries(props.plans).flatMap(([name, plan]) => foreignTableFaults(stack, name, plan)),
  ];
  const plans = Object.entries(props.plans).flatMap(([name, planProps]) => {
    const { input, tokens } = checkablePlan(name, planProps);
    const parsed = parsePlan(input);
    if (parsed.ok) return [withTokens(parsed.plan, tokens)];
    faults.push(...parsed.faults.map(({ path, message }) => `plans.${name}${path === '' ? ': ' : '.'}${message}`));
    return [];
  });
  if (faults.length > 0)
    throw new Error(`${stack.stackName} cannot be deployed:\n${faults.map((f) => `- ${f}`).join('\n')}`);
  return { plans, owner, backupNamePrefix };
}
