import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bundleCacheVariable, cachedBundles } from '../../lib/constructs/bundle-cache.ts';

let folder: string;
let source: string;
let made = 0;
const bundles = (options: object = {}) =>
  cachedBundles([join(folder, 'sources.ts')], options, () => new Map([['backup', `made ${++made} times`]])).get(
    'backup',
  );

beforeEach(() => {
  Reflect.deleteProperty(process.env, bundleCacheVariable);
  folder = mkdtempSync(join(tmpdir(), 'bundle-cache-'));
  source = join(folder, 'sources.ts');
  writeFileSync(source, 'one');
  made = 0;
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('bundles are made each time where no cache is named, as in every deployment', () => {
  expect([bundles(), bundles()]).toEqual(['made 1 times', 'made 2 times']);
});

test('bundles are made once of the same sources and options, and anew when either changes', () => {
  process.env[bundleCacheVariable] = join(folder, 'cache');

  expect([bundles(), bundles()]).toEqual(['made 1 times', 'made 1 times']);
  expect(bundles({ format: 'esm' })).toBe('made 2 times');
  writeFileSync(source, 'two');
  expect([bundles(), bundles()]).toEqual(['made 3 times', 'made 3 times']);
  writeFileSync(source, 'one');
  expect(bundles()).toBe('made 1 times');
});
