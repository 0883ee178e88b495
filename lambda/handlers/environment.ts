import { environmentNames } from '../contract/environment.ts';

export type Environment = Readonly<Record<keyof typeof environmentNames, string>>;

/** Where this function works. Throws when anything is missing, naming all of it: nothing here has a default. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const missing = Object.values(environmentNames).filter((name) => !variables[name]);
  if (missing.length > 0) throw new Error(`environment variables must be set and are not: ${missing.join(', ')}`);
  const values = Object.entries(environmentNames).map(([key, name]) => [key, variables[name]]);
  return Object.fromEntries(values) as Environment;
}
