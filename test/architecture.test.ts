import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const root = resolve(import.meta.dirname, '..');

/** What adapters may know of the jobs: the words they are spoken to in. */
const ports = [
  'ports',
  'settings-port',
  'copies-port',
  'drill/ports',
  'drill/drill-result',
  'drill/durable',
  'restore/ports',
  'watch/ports',
  'doctor/ports',
].map((name) => `lambda/jobs/${name}.ts`);

/** Which folders of ours each folder may import, and which packages; longest folder first. `undefined` packages = any. */
const rules: readonly { folder: string; ours: readonly string[]; packages?: readonly RegExp[] }[] = [
  { folder: 'lambda/contract', ours: [], packages: [] },
  {
    folder: 'lambda/domain',
    ours: [],
    packages: [/^zod$/, /^temporal-polyfill(\/|$)/, /^fastest-levenshtein$/, /^node:crypto$/],
  },
  { folder: 'lambda/jobs', ours: ['lambda/domain', 'lambda/contract'], packages: [/^p-map$/] },
  { folder: 'lambda/aws', ours: ['lambda/domain', 'lambda/contract', ...ports] },
  { folder: 'lambda/handlers', ours: ['lambda/domain', 'lambda/contract', 'lambda/jobs', 'lambda/aws'] },
  { folder: 'lib', ours: ['lambda/domain', 'lambda/contract'] },
  { folder: 'bin', ours: ['lib'] },
  { folder: 'cli', ours: ['lambda/domain', 'lambda/jobs', 'lambda/aws'] },
  { folder: 'sandbox', ours: ['lambda/contract'] },
  {
    folder: 'demo',
    ours: [
      'lib',
      'sandbox',
      'cli',
      'lambda/contract',
      'lambda/domain',
      'lambda/aws',
      'lambda/jobs/drill/drill-result.ts',
      'lambda/jobs/restore',
    ],
  },
  { folder: 'e2e', ours: ['lib', 'lambda/contract'] },
  { folder: 'preview', ours: ['lib', 'sandbox', 'lambda/contract', 'lambda/domain'] },
];

function sourceFiles(folder: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync(join(root, folder));
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry);
    if (statSync(join(root, path)).isDirectory()) return sourceFiles(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles.map((f) => f.fileName);
}

function violations(folder: string, ours: readonly string[], packages?: readonly RegExp[]): string[] {
  return sourceFiles(folder).flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      if (!specifier.startsWith('.')) {
        return !packages || packages.some((allowed) => allowed.test(specifier)) ? [] : [`${file} imports ${specifier}`];
      }
      const target = relative(root, resolve(root, dirname(file), specifier));
      const within = [folder, ...ours].some((place) => target === place || target.startsWith(`${place}/`));
      return within ? [] : [`${file} imports ${target}`];
    }),
  );
}

describe('imports go one way', () => {
  test.each(rules)('$folder imports only what it may', ({ folder, ours, packages }) => {
    expect(violations(folder, ours, packages)).toEqual([]);
  });

  test('the rule sees imports at all', () => {
    expect(importsOf('test/architecture.test.ts')).toContain('typescript');
    expect(violations('test', [], []).length).toBeGreaterThan(0);
  });
});
