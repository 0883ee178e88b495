import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that bundles are kept in from one process to the next; unset, which is how an app is deployed, each makes its own. */
export const bundleCacheVariable = 'DYNAMODB_BACKUPS_BUNDLE_CACHE';

/** Texts by name. */
export type Bundles = ReadonlyMap<string, string>;

/**
 * What was made of these sources before, or what is made of them now. The sources are every file of the folders and files that are named; whatever
 * else changes the bundles is theirs to say in `options`.
 */
export function cachedBundles(sources: readonly string[], options: object, make: () => Bundles): Bundles {
  const folder = process.env[bundleCacheVariable];
  if (!folder) return make();
  const path = join(folder, `${digestOf(sources, options)}.json`);
  const known = readKnown(path);
  if (known) return known;
  const made = make();
  mkdirSync(folder, { recursive: true });
  // Whoever reads it sees a whole file or none.
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify([...made]));
  renameSync(unfinished, path);
  return made;
}

function readKnown(path: string): Bundles | undefined {
  try {
    return new Map(JSON.parse(readFileSync(path, 'utf8')) as [string, string][]);
  } catch {
    return undefined;
  }
}

function digestOf(sources: readonly string[], options: object): string {
  const files = sources.flatMap(filesOf).sort();
  const digests = files.map((file) => `${file} ${hash('sha256', readFileSync(file), 'hex')}`);
  return hash('sha256', `${JSON.stringify(options)}\n${digests.join('\n')}`, 'hex');
}

function filesOf(path: string): string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
  } catch {
    return [path];
  }
}
