import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { DynamoBackupsProps } from '../lib/deployment-props.ts';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import type { AccountOptions } from '../sandbox/account-options.ts';
import { SandboxAccount } from '../sandbox/account.ts';

/** Where the apps live that tests deploy. */
export const env = { account: '123456789012', region: 'eu-central-1' };

type AppProps = Omit<DynamoBackupsProps, 'env'>;
type TableInput = Parameters<SandboxAccount['createTable']>[0];

/** The account before the app comes. */
export interface AccountBefore extends AccountOptions {
  /** @default - the table `orders` */
  readonly tables?: readonly TableInput[];
  /** Other Regions that stacks of the app go to. */
  readonly alsoIn?: readonly string[];
}

export interface DeployedApp {
  readonly account: SandboxAccount;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Synthesizes an app as it is deployed, with the settings of cdk.json, functions and all; returns its `cdk.out`. */
export function assemblyOf(props: AppProps, id = 'Backups'): string {
  const { context } = JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')) as { context: object };
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const app = new App({
    outdir,
    context: { ...context },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  new DynamoBackups(app, id, { ...props, env });
  app.synth();
  return outdir;
}

/** An account with the app of a `cdk.out`, at 2026-11-20T00:30:00Z unless told otherwise, with outputs of its stacks at home. */
export async function deployedFrom(
  assembly: string,
  { tables = [{ TableName: 'orders' }], alsoIn = [], ...options }: AccountBefore = {},
): Promise<DeployedApp> {
  const startAt = new Date('2026-11-20T00:30:00Z');
  const account = new SandboxAccount({ accountId: env.account, region: env.region, startAt, ...options });
  for (const table of tables) await account.createTable(table);
  const outputs = await account.deploy(assembly);
  for (const region of alsoIn) await account.inRegion(region).deploy(assembly);
  return { account, outputs: Object.assign({}, ...Object.values(outputs)) as Record<string, string> };
}

/** The same for an app that nothing else is deployed from. */
export async function deployedApp(props: AppProps, before: AccountBefore = {}): Promise<DeployedApp> {
  const assembly = assemblyOf(props);
  try {
    return await deployedFrom(assembly, before);
  } finally {
    rmSync(assembly, { recursive: true });
  }
}
