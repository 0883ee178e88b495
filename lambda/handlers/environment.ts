import { drillStartEnvironmentNames, environmentNames } from '../contract/environment.ts';

type Values<Names> = Readonly<Record<keyof Names, string>>;

export type Environment = Values<typeof environmentNames>;

/** Where this function works. Throws when anything is missing, naming all of it: nothing here has a default. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  return read(environmentNames, variables);
}

/** The same for the function that starts drills. */
export function readDrillStartEnvironment(variables: NodeJS.ProcessEnv): Values<typeof drillStartEnvironmentNames> {
  return read(drillStartEnvironmentNames, variables);
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
