import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSchedule } from '../../../lambda/domain/schedule/expression.ts';
import { textOf } from '../arbitrary-text.ts';
import { randomCron } from './random-cron.ts';

function errorOf(expression: string): string | undefined {
  const parsed = parseSchedule(expression);
  return parsed.ok ? undefined : parsed.error;
}

/** The documented grammar written once more, as tables of words; knows nothing of dates that never come. */
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);
const padded = (values: string[]) => values.map((value) => [value, value.padStart(2, '0')]);
const named = (names: string) => names.split(' ').map((name, i) => [`${i + 1}`, `0${i + 1}`.slice(-2), name]);
const minutes = padded(count(0, 59));
const hours = padded(count(0, 23));
const days = padded(count(1, 31));
const months = named('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC');
const weekdays = named('SUN MON TUE WED THU FRI SAT');
const years = count(1970, 2199).map((year) => [year]);

function isListOf(text: string, words: string[][], highest: number): boolean {
  const rank = (word = '') => words.findIndex((spellings) => spellings.includes(word.toUpperCase()));
  return text.split(',').every((item) => {
    const match = /^([^-/]+)(?:-([^-/]+))?(?:\/(\d{1,4}))?$/.exec(item);
    if (!match) return false;
    const [, from, to, step] = match;
    if (step !== undefined && (Number(step) < 1 || Number(step) > highest)) return false;
    if (from === '*') return to === undefined && step !== undefined;
    return rank(from) >= 0 && (to === undefined || rank(to) >= rank(from));
  });
}

function isDocumented(expression: string): boolean {
  const rate = /^rate\(([1-9]\d{0,8}) +(?:minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) return (rate[1] === '1') === (rate[2] === '');
  const body = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (body === undefined || expression.length > 256) return false;
  const [minute = '', hour = '', dom = '', month = '', dow = '', year = '', ...more] = body.split(/ +/);
  if (more.length > 0 || (dom === '?') === (dow === '?')) return false;
  const isDom = dom === '?' || dom === '*' || dom === 'L' || isListOf(dom, days, 31);
  const isWorkday = dom === 'LW' || (dom.endsWith('W') && isListOf(dom.slice(0, -1), days, 31) && /^\d+W$/.test(dom));
  const isDow = dow === '?' || dow === '*' || dow === 'L' || (!dow.includes('/') && isListOf(dow, weekdays, 7));
  const ofMonth = /^([A-Za-z]{3}|\d+)(?:L|#[1-5])$/.exec(dow)?.[1];
  return (
    (minute === '*' || isListOf(minute, minutes, 59)) &&
    (hour === '*' || isListOf(hour, hours, 23)) &&
    (isDom || isWorkday) &&
    (month === '*' || isListOf(month, months, 12)) &&
    (isDow || (ofMonth !== undefined && isListOf(ofMonth, weekdays, 7))) &&
    (year === '*' || isListOf(year, years, 2199))
  );
}

const edited = fc
  .tuple(
    fc.oneof(
      randomCron.map(({ aws }) => aws),
      fc.constantFrom('rate(1 day)', 'rate(12 hours)', 'rate(90 minutes)'),
    ),
    fc.array(fc.tuple(fc.nat(), fc.nat(1), textOf(' ,-*?/LW#0123456789JANFEBSUNs()', { maxLength: 1 })), {
      minLength: 1,
      maxLength: 2,
    }),
  )
  .map(([expression, edits]) =>
    edits.reduce((text, [at, removed, put]) => {
      const i = at % text.length;
      return text.slice(0, i) + put + text.slice(i + removed);
    }, expression),
  );

describe('a schedule expression', () => {
  test('[C01] is accepted when the grammar can write it and its day comes at all', () => {
    fc.assert(
      fc.property(randomCron, ({ aws, minutes: wantedMinutes, hours: wantedHours }) => {
        const parsed = parseSchedule(aws);

        const times = {
          minutes: [...wantedMinutes].sort((a, b) => a - b),
          hours: [...wantedHours].sort((a, b) => a - b),
        };
        const neverFires = { ok: false, error: expect.stringMatching(/^never fires/) };
        expect(parsed).toMatchObject(parsed.ok ? { schedule: { kind: 'cron', ...times } } : neverFires);
      }),
      { numRuns: 2000 },
    );
  });

  test('[C01] is accepted exactly when the documented grammar has it, one slip of the pen away from a valid one', () => {
    const seen = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(edited, (expression) => {
        const error = errorOf(expression);

        fc.pre(!error?.startsWith('never fires'));
        seen[error === undefined ? 'accepted' : 'refused']++;
        expect([expression, error === undefined]).toEqual([expression, isDocumented(expression)]);
      }),
      { numRuns: 5000 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(300);
  });

  test.each([
    'cron(0 3 * * ? *)',
    'cron(0 3 ? * * *)',
    'cron(0/15 * * * ? *)',
    'cron(*/5 8-17 ? * MON-FRI *)',
    'cron(0,30 0 1,15 jan,Jul ? 2026-2030)',
    'cron(00 05 ? * 6L 2026-2027)',
    'cron(0 18 ? * FRIL *)',
    'cron(0 9 ? * 2#1 *)',
    'cron(0 9 ? * tue#5 *)',
    'cron(0 9 ? * L *)',
    'cron(0 9 L * ? *)',
    'cron(0 9 LW * ? *)',
    'cron(0 9 15W * ? *)',
    'cron(0 9 29 FEB ? *)',
    'cron(0  9  *  *  ?  2199)',
    'cron(0 9 ? FEB 5#5 *)',
    'cron(0 9 31W 1/2 ? *)',
  ])('[C01] %s is accepted', (expression) => {
    expect(errorOf(expression)).toBeUndefined();
  });

  test.each([
    ['cron(0 3 * * ?)', 'six fields'],
    ['cron(0 3 * * ? * *)', 'six fields'],
    ['cron()', 'six fields'],
    ['cron( 0 3 * * ? *)', 'six fields'],
    ['cron(0 3 * * ? * )', 'six fields'],
    ['cron(0 3 * * * *)', 'exactly one of day of month and day of week must be ?, got "*" and "*"'],
    ['cron(0 3 ? * ? *)', 'exactly one of'],
    ['cron(0 3 1 * MON *)', 'exactly one of'],
    ['cron(60 3 * * ? *)', 'minute must be 0 to 59, with the wildcards , - * /, got "60"'],
    ['cron(-1 3 * * ? *)', 'minute must be'],
    ['cron(? 3 * * ? *)', 'minute must be'],
    ['cron(0 24 * * ? *)', 'hour must be 0 to 23'],
    ['cron(0 3 0 * ? *)', 'day of month must be 1 to 31'],
    ['cron(0 3 32 * ? *)', 'day of month must be 1 to 31'],
    ['cron(0 3 * 13 ? *)', 'month must be 1 to 12 or JAN to DEC'],
    ['cron(0 3 * JANUARY ? *)', 'month must be'],
    ['cron(0 3 ? * 0 *)', 'day of week must be 1 to 7 or SUN to SAT, with the wildcards , - *, got "0"'],
    ['cron(0 3 ? * 8 *)', 'day of week must be'],
    ['cron(0 3 ? * MON/2 *)', 'day of week must be'],
    ['cron(0 3 * * ? 1969)', 'year must be 1970 to 2199'],
    ['cron(0 3 * * ? 2200)', 'year must be'],
    ['cron(0 3 * * ? 26)', 'year must be'],
    ['cron(0/0 3 * * ? *)', 'minute step must be an integer from 1 to 59, got "0"'],
    ['cron(0/60 3 * * ? *)', 'minute step must be'],
    ['cron(*/ 3 * * ? *)', 'minute step must be'],
    ['cron(/5 3 * * ? *)', 'minute must be'],
    ['cron(0/5/5 3 * * ? *)', 'minute step must be'],
    ['cron(*,5 3 * * ? *)', 'minute must be'],
    ['cron(5, 3 * * ? *)', 'minute must be'],
    ['cron(1-2-3 3 * * ? *)', 'minute must be'],
    ['cron(0 22-2 * * ? *)', 'hour range must not run backwards, got "22-2": write it as two ranges'],
    ['cron(0 3 ? * FRI-MON *)', 'must not run backwards'],
    ['cron(0 3 32W * ? *)', 'day of month must be'],
    ['cron(0 3 W * ? *)', 'day of month must be'],
    ['cron(0 3 L-3 * ? *)', 'day of month must be'],
    ['cron(0 3 1,15W * ? *)', 'day of month must be'],
    ['cron(0 3 1#1 * ? *)', 'day of month must be'],
    ['cron(0 3 ? * 3#6 *)', 'day of week must be'],
    ['cron(0 3 ? * 3#0 *)', 'day of week must be'],
    ['cron(0 3 ? * 3#1,6#3 *)', 'day of week must be'],
    ['cron(0 3 ? * 8L *)', 'day of week must be'],
    ['cron(0 3 ? * 3W *)', 'day of week must be'],
    ['cron(0 L * * ? *)', 'hour must be'],
    ['cron(0 3 30 FEB ? *)', 'never fires: no month it names has such a day, got "0 3 30 FEB ? *"'],
    ['cron(0 3 31 APR,JUN,SEP,NOV ? *)', 'never fires'],
    ['cron(0 3 31W FEB ? *)', 'never fires'],
    ['cron(0 3 29 FEB ? 2025-2027)', 'never fires'],
    ['cron(0 3 ? FEB 1#5 2026)', 'never fires'],
    [`cron(${'0'.repeat(100)} 3 * * ? *)`, 'minute must be 0 to 59, with the wildcards , - * /, got "0000'],
    ['CRON(0 3 * * ? *)', 'must be rate(value unit), cron(six fields) or at(yyyy-mm-ddThh:mm:ss), got "CRON'],
    ['0 3 * * ? *', 'must be rate'],
    ['cron(0 3 * * ? *)\n', 'must be rate'],
    ['', 'must be rate'],
  ])('[C01] %p is refused: %s', (expression, reason) => {
    expect(errorOf(expression)).toContain(reason);
  });

  test('[C01] is refused without an exception, whatever text it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        expect(errorOf(text)).toEqual(expect.any(String));
        expect(errorOf(`cron(${text})`)).toEqual(expect.any(String));
      }),
    );
  });
});

describe('a mistake in our own code', () => {
  test('is not taken for a bad expression', () => {
    expect(() => parseSchedule(undefined as never)).toThrow(TypeError);
  });
});

describe('a rate', () => {
  test('[C02] is accepted for every positive whole number with the grammatical number of its unit', () => {
    const unit = fc.constantFrom(['minute', 60] as const, ['hour', 3600] as const, ['day', 86_400] as const);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36_500 }), unit, (value, [name, seconds]) => {
        const [right, wrong] = value === 1 ? [name, `${name}s`] : [`${name}s`, name];

        expect(parseSchedule(`rate(${value} ${right})`)).toEqual({
          ok: true,
          schedule: { kind: 'rate', intervalSeconds: value * seconds },
        });
        expect(errorOf(`rate(${value} ${wrong})`)).toMatch(/^rate must be/);
      }),
    );
  });

  test.each([
    'rate(0 days)',
    'rate(0 day)',
    'rate(1 days)',
    'rate(2 day)',
    'rate(-1 hours)',
    'rate(1.5 hours)',
    'rate(05 hours)',
    'rate(1e3 hours)',
    'rate(5 seconds)',
    'rate(1 week)',
    'rate(5 Hours)',
    'rate(5hours)',
    'rate(5 hours )',
    'rate( 5 hours)',
    'rate(5 hourss)',
    'rate(1 toString)',
    'rate(five hours)',
    'rate()',
  ])('[C02] %s is refused', (expression) => {
    expect(errorOf(expression)).toMatch(/^rate must be 1 minute, 1 hour, 1 day or a larger/);
  });

  test('[C02] longer than a hundred years is refused', () => {
    expect(errorOf('rate(36500 days)')).toBeUndefined();
    expect(errorOf('rate(36501 days)')).toBe('rate must be at most 36500 days, got "36501 days"');
    expect(errorOf('rate(999999999 days)')).toContain('at most 36500 days');
  });
});

describe('a one-time schedule', () => {
  test('is read as a wall-clock time', () => {
    expect(parseSchedule('at(2026-11-20T13:00:05)')).toEqual({
      ok: true,
      schedule: { kind: 'at', wall: Date.UTC(2026, 10, 20, 13, 0, 5) },
    });
  });

  test.each([
    'at(2026-02-29T13:00:00)',
    'at(2026-11-20T24:00:00)',
    'at(2026-11-20T13:00)',
    'at(2026-11-20T13:00:00Z)',
    'at(2026-11-20 13:00:00)',
    'at(2026-13-20T13:00:00)',
    'at(1969-12-31T23:59:59)',
    'at(2200-01-01T00:00:00)',
    'at()',
  ])('[C01] %s is refused', (expression) => {
    expect(errorOf(expression)).toMatch(/^at must be a real date and time of 1970 to 2199/);
  });
});

describe('the length of an expression', () => {
  test('[C02] is at most 256 characters', () => {
    const padding = (length: number) => `cron(0${' '.repeat(length - 'cron(0 3 * * ? *)'.length + 1)}3 * * ? *)`;

    expect(padding(256)).toHaveLength(256);
    expect(errorOf(padding(256))).toBeUndefined();
    expect(errorOf(padding(257))).toBe('must have at most 256 characters, got 257');
    expect(errorOf('x'.repeat(10_000_000))).toBe('must have at most 256 characters, got 10000000');
  });
});
