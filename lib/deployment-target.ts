import type { Environment } from 'aws-cdk-lib';
import type { Node } from 'constructs';

/** Where an app is deployed to: one environment, or one account and several Regions. */
export interface DeploymentTarget {
  readonly env: Environment;
  readonly regions?: readonly string[];
}

/**
 * Reads the account and the Regions an operator chose: `-c account=…`, `-c region=…` or `-c regions=a,b` first, then what the CDK CLI
 * found in the shell's credentials (`CDK_DEFAULT_ACCOUNT`, `CDK_DEFAULT_REGION`). What nobody chose stays open until deployment.
 *
 * @throws Error when an account is not twelve digits, or both `region` and `regions` are given
 */
export function deploymentTarget(
  node: Node,
  environment: Readonly<Record<string, string | undefined>>,
): DeploymentTarget {
  const chosen = textFrom(node, 'region');
  const regions = textFrom(node, 'regions')
    ?.split(',')
    .map((region) => region.trim());
  if (chosen && regions) throw new Error(`choose region or regions, got both '${chosen}' and '${regions.join(',')}'`);
  const account = accountId(textFrom(node, 'account') ?? environment.CDK_DEFAULT_ACCOUNT);
  const region = regions ? undefined : (chosen ?? environment.CDK_DEFAULT_REGION);
  return { env: { ...(account && { account }), ...(region && { region }) }, ...(regions && { regions }) };
}

/** Context from the command line is text, but cdk.json may hold a number or a list. */
function textFrom(node: Node, key: string): string | undefined {
  const value: unknown = node.tryGetContext(key);
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function accountId(account: string | undefined): string | undefined {
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new Error(`account must be 12 digits, got '${account}'`);
  return account;
}
