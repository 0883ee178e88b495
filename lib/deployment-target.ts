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
 * @throws Error when an account is not twelve digits or a Region is not spelled like one
 */
export function deploymentTarget(
  node: Node,
  environment: Readonly<Record<string, string | undefined>>,
): DeploymentTarget {
  const account = accountId(textFrom(node, 'account') ?? environment.CDK_DEFAULT_ACCOUNT);
  const regions = textFrom(node, 'regions')?.split(',').map(regionName);
  const region = textFrom(node, 'region') ?? regions?.[0] ?? environment.CDK_DEFAULT_REGION;
  return {
    env: { ...(account && { account }), ...(region && { region: regionName(region) }) },
    ...(regions && { regions }),
  };
}

/** Context from the command line is text; an account in cdk.json may be a number. */
function textFrom(node: Node, key: string): string | undefined {
  const value: unknown = node.tryGetContext(key);
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(',');
  return JSON.stringify(value);
}

function accountId(account: string | undefined): string | undefined {
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    throw new Error(`account must be 12 digits, got '${account}'`);
  }
  return account;
}

function regionName(text: string): string {
  const region = text.trim();
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new Error(`region must look like eu-west-1, got '${region}'`);
  return region;
}
