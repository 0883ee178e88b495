import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { drillStartEnvironmentNames, vaultVariables } from '../../../lambda/contract/environment.ts';
import type { Engine, Plan } from '../../../lambda/domain/plan.ts';
import type { DrillResult } from '../../../lambda/jobs/drill/drill-result.ts';
import type { AccountOptions } from '../../../sandbox/account-options.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aWorld, bundleOf, owner, prefix } from '../world.ts';
import { drillTablePrefix, plantOrders, restoreRoleArn, vaultName } from './drill-world.ts';

export const slot = '2026-11-20T05:00:00Z';

interface DrillingAccountOptions extends AccountOptions {
  readonly executionDays?: number;
  /** Of the plans. */
  readonly engine?: Engine;
  /** What the drill function's role may do; without it, everything. */
  readonly statements?: readonly object[];
  /** Variables of the functions beside those they always have. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Where the functions of the drill stack work. */
export function drillVariables({ region }: SandboxAccount): Readonly<Record<string, string>> {
  return {
    [drillStartEnvironmentNames.ledgerTableName]: 'ledger',
    [drillStartEnvironmentNames.owner]: owner,
    [drillStartEnvironmentNames.backupNamePrefix]: prefix,
    [drillStartEnvironmentNames.drillTablePrefix]: drillTablePrefix,
    [drillStartEnvironmentNames.drillFunctionArn]: `arn:aws:lambda:${region}:123456789012:function:drill:live`,
  };
}

/** The functions of the drill stack as they are deployed, and, unless told otherwise, the table `orders` with a backup. */
export async function aDrillingAccount(
  withOrders = true,
  { executionDays = 3, engine = 'dynamodb', statements, variables = {}, ...options }: DrillingAccountOptions = {},
): Promise<SandboxAccount> {
  const { account } = await aWorld([], options);
  const env = {
    ...drillVariables(account),
    ...(engine === 'aws-backup' && vaultEnvironment),
    ...variables,
  };
  const durable = { executionTimeoutSeconds: executionDays * 86_400, retentionDays: 30 };
  const role = statements && { roleArn: account.roles.put('drill') };
  if (statements) account.roles.attach('drill', 'job', { Statement: statements });
  account.loadFunction({ name: 'drill', code: bundleOf('drill'), env, durable, timeoutSeconds: 900, ...role });
  account.functions.putAlias('drill', 'live', account.functions.publish('drill'));
  for (const name of ['drill-start', 'sweep'] as const) {
    account.loadFunction({ name, code: bundleOf(name), env, timeoutSeconds: 900 });
  }
  if (withOrders) await plantOrders(account, {}, engine);
  return account;
}

const vaultEnvironment = {
  [vaultVariables.vaultName]: vaultName,
  [vaultVariables.restoreRoleArn]: restoreRoleArn,
};

export async function resultsOf(account: SandboxAccount, table = 'orders'): Promise<readonly DrillResult[]> {
  const ledger = new DynamoDbDrillLedger(account.client(DynamoDBClient), 'ledger');
  return account.clock.runUntilSettled(ledger.drillsOf('orders', table));
}

export interface Swept {
  readonly deleted: readonly string[];
  readonly inUse: readonly string[];
  readonly leftovers: readonly { readonly table: string; readonly message: string; readonly plan?: string }[];
  readonly unswept: readonly { readonly region: string; readonly message: string }[];
}

export async function sweep(account: SandboxAccount, plan: Plan): Promise<Swept> {
  return payloadOf(await account.invoke('sweep', { plans: [plan] })) as Swept;
}

export interface Started {
  readonly started: readonly string[];
  readonly alreadyStarted: readonly string[];
  readonly leftOut: readonly { readonly table: string; readonly reason: string }[];
}

export async function startDrills(account: SandboxAccount, plan: Plan, at = slot): Promise<Started> {
  const event = { plan, slot: at, schedule: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/drills/orders' };
  return payloadOf(await account.invoke('drill-start', event)) as Started;
}

/** All tables but the ledger. */
export function tablesOf(account: SandboxAccount): string[] {
  return account.dynamodb.tables.all.map(({ name }) => name).filter((name) => name !== 'ledger');
}

function payloadOf(outcome: { payload: string } | { error: { errorMessage: string } }): unknown {
  if ('error' in outcome) throw new Error(outcome.error.errorMessage);
  return JSON.parse(outcome.payload);
}
