import {
  alarmTopicVariable,
  drillStartEnvironmentNames,
  environmentNames,
  summaryEnvironmentNames,
  vaultVariables,
  watchEnvironmentNames,
} from '../contract/environment.ts';

type Values<Names> = Readonly<Record<keyof Names, string>>;

export type Environment = Values<typeof environmentNames>;

/** Where this function works. Throws when anything is missing, naming all of it: nothing here has a default. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  return read(environmentNames, variables);
}

/** Where recovery points go; undefined where no plan of the deployment is of AWS Backup. */
export function readVaultEnvironment(
  variables: NodeJS.ProcessEnv,
): { readonly vaultName: string; readonly roleArn: string | undefined } | undefined {
  const vaultName = variables[vaultVariables.vaultName];
  return vaultName ? { vaultName, roleArn: variables[vaultVariables.roleArn] } : undefined;
}

/** Who restores recovery points, and out of which vault; undefined where no plan of AWS Backup drills. */
export function readRestoreEnvironment(
  variables: NodeJS.ProcessEnv,
): { readonly vaultName: string; readonly roleArn: string } | undefined {
  const { [vaultVariables.vaultName]: vaultName, [vaultVariables.restoreRoleArn]: roleArn } = variables;
  return vaultName && roleArn ? { vaultName, roleArn } : undefined;
}

/** The same for the function that starts drills. */
export function readDrillStartEnvironment(variables: NodeJS.ProcessEnv): Values<typeof drillStartEnvironmentNames> {
  return read(drillStartEnvironmentNames, variables);
}

/** The same for the function that writes the weekly summary. */
export function readSummaryEnvironment(variables: NodeJS.ProcessEnv): Values<typeof summaryEnvironmentNames> {
  return read(summaryEnvironmentNames, variables);
}

export interface WatchEnvironment extends Environment {
  readonly detail: 'plan' | 'table';
  readonly prices: { readonly storagePerGigabyteMonth: number; readonly restorePerGigabyte: number };
  readonly alarmTopicArn: string | undefined;
}

/** The same for the function that watches. */
export function readWatchEnvironment(variables: NodeJS.ProcessEnv): WatchEnvironment {
  const { detail, storagePrice, restorePrice, ...rest } = read(watchEnvironmentNames, variables);
  if (detail !== 'plan' && detail !== 'table')
    throw new Error(`${watchEnvironmentNames.detail} must be plan or table, got ${detail}`);
  const prices = {
    storagePerGigabyteMonth: priceOf(watchEnvironmentNames.storagePrice, storagePrice),
    restorePerGigabyte: priceOf(watchEnvironmentNames.restorePrice, restorePrice),
  };
  return { ...rest, detail, prices, alarmTopicArn: variables[alarmTopicVariable] };
}

function priceOf(name: string, text: string): number {
  const price = Number(text);
  if (Number.isFinite(price) && price >= 0) return price;
  throw new Error(`${name} must be a number of at least 0, got ${text}`);
}

/** The Region of the function, which Lambda says itself. */
export function readHomeRegion(variables: NodeJS.ProcessEnv): string {
  return read({ homeRegion: 'AWS_REGION' }, variables).homeRegion;
}

function read<Names extends Readonly<Record<string, string>>>(
  names: Names,
  variables: NodeJS.ProcessEnv,
): Values<Names> {
  const missing = Object.values(names).filter((name) => !variables[name]);
  if (missing.length > 0) throw new Error(`environment variables must be set and are not: ${missing.join(', ')}`);
  const values = Object.entries(names).map(([key, name]) => [key, variables[name]]);
  return Object.fromEntries(values) as Values<Names>;
}
