import { createHash } from 'node:crypto';

/**
 * The owner id of a deployment nobody named: eight characters that stay the same as long as the stack keeps its name.
 * Two deployments of one account and Region have stacks of two names, so they have two owners.
 */
export function ownerOf(stackName: string): string {
  return createHash('sha256').update(stackName).digest('hex').slice(0, 8);
}
