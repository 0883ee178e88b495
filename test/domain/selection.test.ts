import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TableSelection } from '../../lambda/domain/selection.ts';
import {
  coveredTables,
  coversName,
  coversTable,
  missingTables,
  selectsByTag,
  selectTables,
} from '../../lambda/domain/selection.ts';
import { textOf } from './arbitrary-text.ts';

const name = textOf('ab-', { minLength: 3, maxLength: 6 });
const glob = textOf('ab-*?', { minLength: 1, maxLength: 6 });
const tags = fc.dictionary(fc.constantFrom('team', 'backup', '__proto__'), fc.constantFrom('orders', 'billing'));
const selection: fc.Arbitrary<TableSelection> = fc.record(
  { named: fc.array(name), matching: fc.array(glob), tagged: tags, except: fc.array(glob) },
  { requiredKeys: [] },
);
const tables = fc.array(fc.record({ name, tags }));

describe('a plan covers', () => {
  test.each<[string, TableSelection]>([
    ['the tables it names', { named: ['orders'] }],
    ['the tables its globs match', { matching: ['x*', 'or*'] }],
    ['the tables that carry its tag', { tagged: { backup: 'orders' } }],
    ['the tables that carry all its tags', { tagged: { backup: 'orders', team: 'shop' } }],
    ['what any of its selectors picks', { named: ['other'], matching: ['x*'], tagged: { backup: 'orders' } }],
  ])('%s', (_, given) => {
    expect(coversTable(given, { name: 'orders', tags: { backup: 'orders', team: 'shop' } })).toBe(true);
  });

  test.each<[string, TableSelection]>([
    ['tables of another name', { named: ['order'], matching: ['ord?r'] }],
    ['tables that lack one of its tags', { tagged: { backup: 'orders', stage: 'prod' } }],
    ['tables with another value of its tag', { tagged: { backup: 'billing' } }],
    ['every table, when it gives no tag at all', { tagged: {} }],
    ['excepted tables, even when named', { named: ['orders'], except: ['orders'] }],
    ['excepted tables, even when tagged', { tagged: { backup: 'orders' }, except: ['ord*'] }],
    ['anything, when it selects nothing', {}],
  ])('never %s', (_, given) => {
    expect(coversTable(given, { name: 'orders', tags: { backup: 'orders', team: 'shop' } })).toBe(false);
  });

  test('no table by tags nobody has read', () => {
    expect(coversTable({ tagged: { backup: 'orders' } }, { name: 'orders' })).toBe(false);
  });

  test('each table once, in the order discovered', () => {
    const discovered = ['beta', 'alpha', 'beta', 'gamma'].map((each) => ({ name: each }));

    expect(coveredTables({ named: ['alpha'], matching: ['b*'] }, discovered)).toEqual(['beta', 'alpha']);
  });

  test('no tag that an object merely inherits', () => {
    expect(coversTable({ tagged: { constructor: 'x' } }, { name: 'orders', tags: {} })).toBe(false);
  });
});

describe('the name of a table', () => {
  test.each<[TableSelection, string]>([
    [{ named: ['orders'], tagged: { backup: 'yes' } }, 'covered'],
    [{ tagged: { backup: 'yes' } }, 'depends-on-tags'],
    [{ tagged: { backup: 'yes' }, except: ['o*'] }, 'not-covered'],
    [{ matching: ['x*'] }, 'not-covered'],
    [{ tagged: {} }, 'not-covered'],
  ])('in %j tells: %s', (given, expected) => {
    expect(coversName(given, 'orders')).toBe(expected);
  });

  test('never tells otherwise than the whole table does', () => {
    fc.assert(
      fc.property(selection, name, tags, (given, tableName, itsTags) => {
        const covered = coversTable(given, { name: tableName, tags: itsTags });

        const possible = covered ? ['covered', 'depends-on-tags'] : ['not-covered', 'depends-on-tags'];
        expect(possible).toContain(coversName(given, tableName));
        expect(coversName(given, tableName) === 'depends-on-tags' && !selectsByTag(given)).toBe(false);
      }),
    );
  });
});

describe('selections', () => {
  test('cover no more tables for one more exception, no fewer for one more name', () => {
    fc.assert(
      fc.property(selection, tables, glob, name, (given, discovered, exception, another) => {
        const covered = coveredTables(given, discovered);
        const fewer = coveredTables({ ...given, except: [...(given.except ?? []), exception] }, discovered);
        const more = coveredTables({ ...given, named: [...(given.named ?? []), another] }, discovered);

        expect(covered).toEqual(expect.arrayContaining(fewer));
        expect(more).toEqual(expect.arrayContaining(covered));
      }),
    );
  });

  test('tell which named tables are missing, each once, exceptions aside', () => {
    const given = { named: ['orders', 'gone', 'gone', 'excepted'], except: ['exc*'] };

    expect(missingTables(given, ['orders', 'other'])).toEqual(['gone']);
    expect(missingTables({ matching: ['*'] }, [])).toEqual([]);
  });
});

describe('what comes and goes by itself', () => {
  const drillTable = 'ddb-drill-ab12cd34-0123456789abcdef';
  const restoreTest = 'awsbackup-restore-test-0a1b2c3d4e5f';
  const candidates = [drillTable, restoreTest, 'awsbackup-restore-tests', 'orders'].map((name) => ({ name }));
  const select = (given: TableSelection) => selectTables(given, candidates, 'ddb-drill-');

  test('is left out of what a pattern picks, with a reason', () => {
    expect(select({ matching: ['*'] })).toEqual({
      tables: ['awsbackup-restore-tests', 'orders'],
      leftOut: [
        { table: drillTable, reason: 'it is a drill table' },
        { table: restoreTest, reason: "AWS Backup's own restore testing made it" },
      ],
    });
  });

  test('is left out of what a tag picks', () => {
    const tagged = { backup: 'orders' };
    const copies = [drillTable, restoreTest].map((name) => ({ name, tags: tagged }));

    expect(selectTables({ tagged }, copies, 'ddb-drill-').tables).toEqual([]);
  });

  test('is covered where a plan names what restore testing made, never a drill table', () => {
    expect(select({ named: [drillTable, restoreTest], matching: ['*'] }).tables).toContain(restoreTest);
    expect(select({ named: [drillTable, restoreTest] }).leftOut).toEqual([
      { table: drillTable, reason: 'it is a drill table' },
    ]);
  });

  test('is not said to be left out where the plan does not pick it', () => {
    expect(select({ matching: ['*'], except: ['ddb-drill-*', 'awsbackup-*'] }).leftOut).toEqual([]);
  });

  test('is all that is left out of what is picked', () => {
    fc.assert(
      fc.property(selection, tables, (given, all) => {
        const { tables: covered, leftOut } = selectTables(given, all, 'ab-ab-ab-');

        expect([...covered, ...leftOut.map(({ table }) => table)].sort()).toEqual(coveredTables(given, all).sort());
      }),
    );
  });
});
