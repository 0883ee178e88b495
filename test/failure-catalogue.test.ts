import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '..');

/** Rows whose capability does not exist yet. This list may only shrink: a row that gains a test must leave it. */
const later: Readonly<Record<string, readonly string[]>> = {};

const rows = [...readFileSync(join(root, 'docs/failure-catalogue.md'), 'utf8').matchAll(/^\| ([A-Z]\d\d) /gm)].map(
  ([, id]) => id ?? '',
);
const bound = new Set(testFiles('test').flatMap(idsInTestTitles));
const deferred = new Set(Object.values(later).flat());

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file));
}

/** Ids in brackets at the start of the title of a test or of a group of tests. */
function idsInTestTitles(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const titles = source.matchAll(
    /\b(?:describe|test|it|law|lawWith)(?:\.each\([\s\S]*?\))?\(\s*[`'"]((?:\[[A-Z0-9-]+\])+)/g,
  );
  return [...titles].flatMap(([, ids]) => [...(ids ?? '').matchAll(/\[([DBLRXMC]\d\d)\]/g)].map(([, id]) => id ?? ''));
}

describe('the failure catalogue', () => {
  test('has its 160 rows', () => {
    expect(new Set(rows).size).toBe(160);
  });

  test('every row has a test, or waits for its capability', () => {
    expect(rows.filter((id) => !bound.has(id) && !deferred.has(id))).toEqual([]);
  });

  test('a row that has a test waits no longer', () => {
    expect([...deferred].filter((id) => bound.has(id))).toEqual([]);
  });

  test('tests name only rows that exist', () => {
    expect([...bound].filter((id) => !rows.includes(id))).toEqual([]);
  });
});
