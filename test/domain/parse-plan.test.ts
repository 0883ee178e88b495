import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeFaults } from '../../lambda/domain/faults.ts';
import { parsePlan, parsePlanJson } from '../../lambda/domain/parse-plan.ts';
import type { PlanInput } from '../../lambda/domain/plan.ts';
import { planSchema } from '../../lambda/domain/plan.ts';

const written = {
  name: 'orders',
  tables: { named: ['orders'] },
  backup: { schedule: 'rate(1 hour)', timeZone: 'UTC', engine: 'dynamodb' },
  keep: { daily: 7, monthly: 12 },
  minimumCopies: 1,
} satisfies PlanInput;

const everything = {
  version: 1,
  name: 'orders',
  tables: { named: ['orders'], matching: ['prod-*'], tagged: { backup: 'orders' }, except: ['prod-tmp-?'] },
  backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin', flexibleWindowMinutes: 15, engine: 'dynamodb' },
  keep: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7, within: 'P14D' },
  minimumCopies: 3,
  prune: {
    schedule: 'rate(6 hours)',
    timeZone: 'UTC',
    mode: 'report-only',
    deletionCap: { perTableCount: 5, perTablePercent: 20, perRun: 100 },
  },
  objectives: { recoveryPoint: 'PT26H', recoveryTime: 'PT1H' },
  pointInTimeRecovery: { days: 14, correct: false },
} satisfies PlanInput;

function linesOf(json: unknown): string[] {
  const parsed = parsePlan(json);
  return parsed.ok ? [] : describeFaults(parsed.faults).split('\n');
}

/** The plan above with one value put elsewhere, by dotted path; `undefined` takes the key away. */
function withValue(path: string, value: unknown): unknown {
  const [first = '', ...rest] = path.split('.');
  const put = (object: object, key: string, keys: string[]): object => {
    const inner: unknown = Reflect.get(object, key);
    const [next, ...further] = keys;
    const changed =
      next === undefined ? value : put(typeof inner === 'object' && inner !== null ? inner : {}, next, further);
    return { ...object, [key]: changed };
  };
  return put(everything, first, rest);
}

describe('a plan', () => {
  test('is read from the JSON a schedule carries, with its defaults filled in', () => {
    const parsed = parsePlanJson(JSON.stringify(written));

    expect(parsed).toEqual({
      ok: true,
      plan: {
        ...written,
        version: 1,
        prune: {
          timeZone: 'UTC',
          mode: 'enforce',
          deletionCap: { perTableCount: 5, perTablePercent: 20, perRun: 100 },
        },
      },
    });
  });

  test('is kept as it is written when it says everything', () => {
    expect(parsePlan(everything)).toEqual({ ok: true, plan: everything });
  });

  test('is refused with every fault at once, each with its path, what was found and what is allowed', () => {
    const lines = linesOf({
      name: 'Orders',
      tables: { named: ['orders', 'o'], matching: 'prod-*' },
      backup: { schedule: 'cron(60 3 * * ? *)', timeZone: 'Berlin', flexibleWindowMinutes: 1441 },
      keep: { last: 0, dayly: 7 },
    });

    expect(lines).toEqual([
      'name must be 1 to 40 lower-case letters, digits and hyphens that begin with a letter, got "Orders"',
      'tables.named.1 must be the name of a table: 3 to 255 letters, digits, _, . and -, got "o"',
      'tables.matching must be an array of at most 1000 texts, each given once, got "prod-*"',
      'backup.schedule: minute must be 0 to 59, with the wildcards , - * /, got "60"',
      'backup.timeZone must be an IANA time zone such as UTC or Europe/Berlin, got "Berlin"',
      'backup.flexibleWindowMinutes must be at most 1440, got 1441',
      'keep.last must be an integer of at least 1, got 0',
      'keep.dayly: unknown key, did you mean daily?',
    ]);
  });

  test('names path, value and allowed of a fault for programs too', () => {
    const parsed = parsePlan(withValue('keep.last', 0));

    expect(parsed).toMatchObject({
      ok: false,
      faults: [{ path: 'keep.last', value: '0', allowed: 'must be an integer of at least 1' }],
    });
  });
});

describe('a number', () => {
  const bad = [
    0,
    -1,
    -0,
    NaN,
    Infinity,
    -Infinity,
    Number('1e309'),
    30.5,
    1e308,
    2 ** 53,
    1_000_001,
    '30',
    '',
    null,
    true,
    [],
    {},
    [7],
  ];
  const paths = [
    'keep.last',
    'keep.hourly',
    'keep.daily',
    'keep.weekly',
    'keep.monthly',
    'keep.yearly',
    'minimumCopies',
  ];

  test.each([...paths, 'prune.deletionCap.perTableCount', 'prune.deletionCap.perRun'])(
    '[R02] %s must be a whole number of at least 1: nothing else is taken for one, nothing is put in its place',
    (path) => {
      for (const value of bad) {
        const lines = linesOf(withValue(path, value));

        expect(lines.length).toBeGreaterThan(0);
        const expected = new RegExp(`^${path} must be (an integer of at least 1|at most 10{5,6}), got `);
        for (const line of lines) expect(line).toMatch(expected);
      }
      expect(linesOf(withValue(path, 1))).toEqual([]);
      expect(linesOf(withValue(path, 100_000))).toEqual([]);
    },
  );

  test.each(paths)('[R02] %s of any JSON value is either a whole number in range or refused', (path) => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.double(), fc.integer()), (value) => {
        const whole =
          typeof value === 'number' &&
          Number.isInteger(value) &&
          value >= 1 &&
          value <= (path === 'minimumCopies' ? 1_000_000 : 100_000);

        expect(linesOf(withValue(path, value)).length === 0).toBe(whole);
      }),
      { numRuns: 100 },
    );
  });

  test.each([-1, 101, NaN, Infinity, '20', null])('[R02] a percentage of %p is refused', (value) => {
    expect(linesOf(withValue('prune.deletionCap.perTablePercent', value))).toEqual([
      expect.stringMatching(/^prune.deletionCap.perTablePercent must be a number from 0 to 100, got /),
    ]);
  });
});

describe('a duration', () => {
  test.each(['P14D', 'PT26H', 'P1W', 'P6M', 'P1Y2M3DT4H5M6S', 'P100Y', 'PT0.5S'])(
    '[R02] within %s is accepted',
    (value) => {
      expect(linesOf(withValue('keep.within', value))).toEqual([]);
    },
  );

  test.each([
    'P0D',
    '-P1D',
    'P',
    'PT',
    '14D',
    'P1D-T1H',
    'P-1DT1H',
    'P101Y',
    'P999999999999D',
    '',
    14,
    null,
    `P${'1'.repeat(50)}D`,
    'x'.repeat(1e6),
  ])('[R02] within is refused when it is no positive length of time: %#', (value) => {
    expect(linesOf(withValue('keep.within', value))).toEqual([
      expect.stringMatching(/^keep.within must be a positive ISO 8601/),
    ]);
  });

  test.each(['P1M', 'P1Y', 'P1Y1D', 'PT0S', '-PT1H', 'one hour', 3600])('an objective of %p is refused', (value) => {
    expect(linesOf(withValue('objectives.recoveryPoint', value))).toEqual([
      expect.stringMatching(/^objectives.recoveryPoint must be a positive ISO 8601 duration of weeks, days, hours/),
    ]);
  });

  test.each(['P1W', 'P1DT2H', 'PT26H', 'PT90M', 'PT30S'])('an objective of %p is accepted', (value) => {
    expect(linesOf(withValue('objectives.recoveryTime', value))).toEqual([]);
  });
});

describe('point-in-time recovery', () => {
  test('reaches back 35 days and is put right, unless the plan says otherwise', () => {
    const parsed = parsePlan(withValue('pointInTimeRecovery', {}));

    expect(parsed).toMatchObject({ ok: true, plan: { pointInTimeRecovery: { days: 35, correct: true } } });
  });

  test.each([
    ['days', 0, 'must be an integer of at least 1, got 0'],
    ['days', 36, 'must be at most 35, got 36'],
    ['days', 7.5, 'must be an integer of at least 1, got 7.5'],
    ['days', '7', 'must be an integer of at least 1, got "7"'],
    ['correct', 'no', 'must be true or false, got "no"'],
    ['correct', null, 'must be true or false, got null'],
  ])('with %s of %p is refused', (key, value, text) => {
    expect(linesOf(withValue(`pointInTimeRecovery.${key}`, value))).toEqual([`pointInTimeRecovery.${key} ${text}`]);
  });

  test.each([true, 35, null, 'on', []])('of %p is refused', (value) => {
    expect(linesOf(withValue('pointInTimeRecovery', value))).toEqual([
      expect.stringMatching(/^pointInTimeRecovery must be an object, got /),
    ]);
  });
});

describe('keys', () => {
  const keys = ['name', 'tables', 'backup', 'backup.schedule', 'keep'];

  test.each(keys)('[R03] %s must not be missing', (path) => {
    expect(linesOf(withValue(path, undefined))).toEqual([
      expect.stringMatching(new RegExp(`^${path} must be .*, got nothing$`)),
    ]);
  });

  test.each([
    [
      'retentionDay',
      'unknown key, allowed are version, name, tables, backup, keep, minimumCopies, prune, objectives, pointInTimeRecovery, drill',
    ],
    ['minimumCopys', 'unknown key, did you mean minimumCopies?'],
    ['keep.dayly', 'unknown key, did you mean daily?'],
    ['keep.Daily', 'unknown key, did you mean daily?'],
    ['keep.retentionDay', 'unknown key, allowed are last, hourly, daily, weekly, monthly, yearly, within'],
    ['tables.name', 'unknown key, did you mean named?'],
    ['backup.timezone', 'unknown key, did you mean timeZone?'],
    ['prune.deletionCap.perTable', 'unknown key, did you mean perTableCount?'],
    ['prune.dryRun', 'unknown key, allowed are schedule, timeZone, mode, deletionCap'],
    ['objectives.rpo', 'unknown key, allowed are recoveryPoint, recoveryTime'],
    ['objectives.recoveryPiont', 'unknown key, did you mean recoveryPoint?'],
  ])('[R03] an unknown key %s is refused: %s', (path, text) => {
    expect(linesOf(withValue(path, 7))).toEqual([`${path}: ${text}`]);
  });

  test('[R03] any other key of any part is refused by its name', () => {
    const parts = {
      '': everything,
      'tables.': everything.tables,
      'backup.': everything.backup,
      'keep.': everything.keep,
      'prune.': everything.prune,
      'prune.deletionCap.': everything.prune.deletionCap,
      'objectives.': everything.objectives,
      'pointInTimeRecovery.': everything.pointInTimeRecovery,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.entries(parts)),
        fc.stringMatching(/^[a-zA-Z]{1,12}$/),
        ([part, given], key) => {
          fc.pre(!Object.hasOwn(given, key));

          expect(linesOf(withValue(`${part}${key}`, {}))).toEqual([
            expect.stringMatching(`^${part}${key}: unknown key, `),
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('[R32] keep rules that match nothing are no rules: at least one is asked for', () => {
    expect(linesOf(withValue('keep', {}))).toEqual([
      'keep must hold at least one of last, hourly, daily, weekly, monthly, yearly and within, got an object',
    ]);
    expect(linesOf(withValue('keep', { daily: undefined }))).toHaveLength(1);
    expect(linesOf(withValue('keep', { dayly: 7 }))).toContain('keep.dayly: unknown key, did you mean daily?');
  });

  test.each([{}, { except: ['x*'] }, { named: [], matching: [] }, { named: undefined }])(
    'a plan that chooses no table is refused: %j',
    (tables) => {
      expect(linesOf(withValue('tables', tables))).toEqual([
        'tables must choose tables by at least one of named, matching and tagged, got an object',
      ]);
    },
  );

  test.each([{ tagged: { backup: '' } }, { matching: ['*'] }, { named: ['abc'], matching: [] }])(
    '%j is enough to choose tables',
    (tables) => {
      expect(linesOf(withValue('tables', tables))).toEqual([]);
    },
  );

  test.each([
    {},
    { '': 'x' },
    { ['k'.repeat(129)]: 'x' },
    { backup: 'v'.repeat(257) },
    { backup: 1 },
    [],
    'backup',
    Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`key-${i}`, 'x'])),
  ])('tags no table can carry are refused: %#', (tagged) => {
    expect(linesOf(withValue('tables.tagged', tagged))).toEqual([
      expect.stringMatching(
        /^tables.tagged.* must be 1 to 50 tags, keys of 1 to 128 characters and values of at most 256, got /,
      ),
    ]);
  });

  test('[C05] a table named twice is refused', () => {
    expect(linesOf(withValue('tables.named', ['orders', 'orders']))).toEqual([
      'tables.named must be an array of at most 1000 texts, each given once, got an array of 2',
    ]);
  });
});

describe('the version', () => {
  test.each([0, 2, '1', null, 1.5])('[C08] %p is refused: this code reads no other than 1', (version) => {
    expect(linesOf(withValue('version', version))).toEqual([
      `version must be 1, the only version this code reads, got ${typeof version === 'string' ? `"${version}"` : version}`,
    ]);
  });

  test('[C08] a plan of a later version is refused even when its other keys are unknown here', () => {
    expect(linesOf({ ...everything, version: 2, vaults: [] })[0]).toContain('version must be 1');
  });
});

describe('what no operator would write', () => {
  const shortLines = (json: unknown) => {
    const text = linesOf(json).join('\n');
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThan(20_000);
    return text;
  };

  test('[S19] anything JSON can hold is either a plan or refused in few words, never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(parsePlan(json).ok).toBe(false);
        shortLines(json);
      }),
    );
  });

  test('[S19] any value in any place is either taken or refused in few words, never an exception', () => {
    const places = [
      'name',
      'version',
      'tables',
      'tables.named',
      'tables.tagged',
      'backup',
      'backup.schedule',
      'backup.timeZone',
    ];
    const more = ['keep', 'keep.within', 'prune', 'prune.mode', 'prune.schedule', 'prune.deletionCap', 'objectives'];
    const raw = fc.oneof(
      fc.anything(),
      fc.constantFrom<unknown>(NaN, -0, Infinity, 2 ** 53, 1e308, '', null, undefined, Symbol('x'), 1n, () => 1),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places, ...more), raw, (place, value) => {
        const json = withValue(place, value);
        const parsed = parsePlan(json);

        if (parsed.ok) expect(planSchema.parse(parsed.plan)).toEqual(parsed.plan);
        else shortLines(json);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    '{"__proto__": {"minimumCopies": 1}}',
    '{"tables": {"tagged": {"__proto__": "x"}}}',
    '{"keep": {"__proto__": {"last": 9}}}',
  ])('[C06] %s is refused, for it would vanish or reach where it must not', (text) => {
    const parsed = parsePlanJson(text);

    expect(parsed).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('__proto__ must not be a key') }],
    });
    expect(Object.prototype).not.toHaveProperty('minimumCopies');
  });

  test.each(['constructor', 'prototype', 'toString', 'hasOwnProperty'])(
    '[C06] the key %s is as unknown as any other',
    (key) => {
      expect(linesOf(withValue(key, {}))).toEqual([expect.stringContaining(`${key}: unknown key`)]);
      expect(linesOf(withValue(`keep.${key}`, 1))).toEqual([expect.stringContaining(`keep.${key}: unknown key`)]);
    },
  );

  test('[C06] huge texts are refused in few words', () => {
    const huge = 'x'.repeat(10_000_000);

    expect(shortLines(withValue('name', huge))).toContain('… (10000000 characters)');
    expect(shortLines(withValue('backup.timeZone', huge))).toContain('backup.timeZone must be');
    expect(shortLines(withValue('backup.schedule', huge))).toContain(
      'backup.schedule must have at most 256 characters',
    );
    expect(shortLines(withValue(huge, 1))).toContain('unknown key');
    expect(shortLines(withValue('tables.tagged', { [huge]: huge }))).toContain('tables.tagged');
  });

  test('[C06] very many or very deep values are refused in few words', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const ring: Record<string, unknown> = {};
    ring.ring = ring;

    expect(shortLines(withValue('keep', JSON.parse(deep)))).toContain('must not be nested more than 80 deep');
    expect(shortLines(ring)).toContain('must not be nested more than 80 deep');
    expect(shortLines(withValue('tables.named', Array(1_000_000).fill('x')))).toBe(
      'plan must hold at most 10000 values, got an object',
    );
    expect(shortLines(Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`key-${i}`, i])))).toMatch(
      /\nand \d+ more$/,
    );
  });
});

describe('the text of a plan', () => {
  test('[C06] may begin with a byte order mark', () => {
    expect(parsePlanJson(`\uFEFF${JSON.stringify(written)}`).ok).toBe(true);
  });

  test.each([
    '',
    'null',
    '[]',
    '7',
    '"orders"',
    '{',
    '{"name": orders}',
    '\uFEFF',
    "{'name': 'orders'}",
    'name: &a [*a, *a]',
  ])('[C06] %p is refused with what is wrong', (text) => {
    const parsed = parsePlanJson(text);

    expect(parsed).toMatchObject({
      ok: false,
      faults: [{ path: '', message: expect.stringMatching(/^plan must be (JSON|an object)/) }],
    });
  });

  test('[C06] must not be endless', () => {
    const parsed = parsePlanJson(' '.repeat(10_000_000));

    expect(parsed).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringContaining('plan must be JSON of at most 1000000 characters, got "') }],
    });
  });
});
