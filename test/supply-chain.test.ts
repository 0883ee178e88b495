import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

interface Package {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly inBundle?: boolean;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const manifest = read('package.json') as Manifest;
const lockfile = read('package-lock.json') as { lockfileVersion: number; packages: Readonly<Record<string, Package>> };
const installed = Object.entries(lockfile.packages).filter(([path]) => path !== '');

describe('[C10] a dependency that was tampered with', () => {
  test('cannot be installed: the lockfile knows the hash of each package, but for those that come inside another', () => {
    const unverified = installed.filter(
      ([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'),
    );

    expect(installed.length).toBeGreaterThan(100);
    expect(unverified.map(([path]) => path)).toEqual([]);
  });

  test('cannot come from a place the lockfile names: it names none', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  test('cannot run at installation: every package that wants to is listed, and one alone is allowed to', () => {
    const wanting = new Set(
      installed
        .filter(([, { hasInstallScript }]) => hasInstallScript)
        .map(([path]) => path.replace(/^.*node_modules\//, '')),
    );
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);

    expect([...wanting].filter((name) => !(name in manifest.allowScripts))).toEqual([]);
    expect(allowed).toEqual([['node', true]]);
  });

  test('cannot slip in by a range: direct dependencies are pinned to one version, the installed one', () => {
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      expect({ name, version: lockfile.packages[`node_modules/${name}`]?.version }).toEqual({ name, version });
    }
  });
});
