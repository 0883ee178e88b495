import type { Definition } from '../settings.ts';

/**
 * Whether a resource policy lets everybody in: an Allow for the principal `*` without any condition. DynamoDB itself refuses such policies
 * (source: "Blocking public access with resource-based policies in DynamoDB"), so none should ever be met.
 */
export function letsEverybodyIn(policy: Definition): boolean {
  return [policy.Statement].flat().some((statement) => {
    if (!isObject(statement) || statement.Effect !== 'Allow') return false;
    const { Principal, NotPrincipal, Condition } = statement;
    const isConditional = isObject(Condition) && Object.keys(Condition).length > 0;
    return !isConditional && (NotPrincipal !== undefined || principalsIn(Principal).includes('*'));
  });
}

function principalsIn(principal: unknown): unknown[] {
  return isObject(principal) ? Object.values(principal).flat() : [principal];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
