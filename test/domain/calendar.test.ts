import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { calendarOf, calendarUnits, goBack } from '../../lambda/domain/calendar.ts';
import { bucketLabel } from './retention-reference.ts';

const hour = 3_600_000;
const day = 24 * hour;
const end = Date.UTC(2100, 0);
const peculiar = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia'];
const allZones = Intl.supportedValuesOf('timeZone');
/** `ALL_ZONES=1` checks every zone; without it, the peculiar ones and two more, drawn by a seed. */
const zones =
  process.env.ALL_ZONES === '1'
    ? allZones
    : [
        ...peculiar,
        ...fc.sample(fc.constantFrom(...allZones), { numRuns: 2, seed: Number(process.env.SEED ?? 20261121) }),
      ];

/** Every change of a zone's clocks from 1970 to 2100. */
function transitionsOf(timeZone: string): number[] {
  const found: number[] = [];
  let next = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).getTimeZoneTransition('next');
  while (next && next.epochMilliseconds < end) {
    found.push(next.epochMilliseconds);
    next = next.getTimeZoneTransition('next');
  }
  return found;
}

/** Instants around which calendars break in a zone: its transitions and its leap days. */
function breakingPoints(timeZone: string): number[] {
  const leapYears = Array.from({ length: 32 }, (_, nth) => 1972 + 4 * nth);
  const leapDays = leapYears.map((year) => startOf(`${year}-02-29`, timeZone));
  return [...transitionsOf(timeZone), ...leapDays].sort((one, other) => one - other);
}

/** The first instant of a date, as Temporal says. */
function startOf(date: string, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(timeZone).epochMilliseconds;
}

function nameAt(unit: (typeof calendarUnits)[number], at: number, timeZone: string): string {
  const buckets = calendarOf(timeZone)[unit];
  return buckets.nameOf(buckets.of(at));
}

describe.each(zones)('calendar buckets in %s', (timeZone) => {
  const points = breakingPoints(timeZone);

  test('[S22][D10][D11] are those of the local calendar around every change of clocks and every leap day', () => {
    const around = [-hour, -1, 0, 1, hour / 2, hour - 1, hour, day];

    const wrong = points.flatMap((point) =>
      around.flatMap((by) =>
        calendarUnits.filter((unit) => nameAt(unit, point + by, timeZone) !== bucketLabel(unit, point + by, timeZone)),
      ),
    );

    expect(wrong).toEqual([]);
  });

  test('[S22] never go back, and leave no gap between them', () => {
    const calendar = calendarOf(timeZone);
    const instants = points
      .flatMap((point) => [-day, -2 * hour, -hour, -1, 0, 1, hour, 2 * hour, day].map((by) => point + by))
      .sort((one, other) => one - other);

    for (const unit of calendarUnits) {
      const buckets = instants.map((at) => calendar[unit].of(at));
      expect(buckets.every((bucket, nth) => Number.isInteger(bucket) && bucket >= (buckets[nth - 1] ?? bucket))).toBe(
        true,
      );
    }
  });

  test('[S22] a day begins at the first instant of its date and lasts until the next begins', () => {
    const { of } = calendarOf(timeZone).day;

    for (const point of points) {
      const date = Temporal.Instant.fromEpochMilliseconds(point).toZonedDateTimeISO(timeZone).toPlainDate();
      for (const near of [-1, 0, 1, 2].map((days) => date.add({ days }))) {
        const start = startOf(near.toString(), timeZone);
        const number = Date.parse(near.toString()) / day;
        expect(of(start)).toBeGreaterThanOrEqual(number);
        expect(of(start - 1)).toBeLessThan(number);
      }
    }
  });

  test('[S22] agree with what Intl shows at random instants', () => {
    const shown = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short', hourCycle: 'h23' });
    const steps = new Set(transitionsOf(timeZone).map((at) => Math.floor(at / day)));

    fc.assert(
      fc.property(fc.integer({ min: day, max: end }), (at) => {
        fc.pre(![-1, 0, 1].some((by) => steps.has(Math.floor(at / day) + by)));
        expect(nameAt('day', at, timeZone)).toBe(shown.format(at));
      }),
      { numRuns: 50 },
    );
  });
});

describe('calendar buckets', () => {
  test('[D11] are those of Temporal at any instant from 1970 to 2400', () => {
    const zone = fc.constantFrom('UTC', 'Asia/Kolkata');

    fc.assert(
      fc.property(zone, fc.integer({ min: day, max: Date.UTC(2400, 0) - 1 }), (timeZone, at) => {
        for (const unit of calendarUnits) expect(nameAt(unit, at, timeZone)).toBe(bucketLabel(unit, at, timeZone));
      }),
      { numRuns: 500 },
    );
  });

  test('[S22] a day of UTC has 24 hours, a day of Berlin 23, 24 or 25', () => {
    const lengths = (timeZone: string): Set<number> => {
      const { of } = calendarOf(timeZone).day;
      const counted = new Map<number, number>();
      for (let at = startOf('2026-01-01', timeZone); at < startOf('2028-01-01', timeZone); at += hour)
        counted.set(of(at), (counted.get(of(at)) ?? 0) + 1);
      return new Set(counted.values());
    };

    expect(lengths('UTC')).toEqual(new Set([24]));
    expect(lengths('Europe/Berlin')).toEqual(new Set([23, 24, 25]));
  });

  test('[D10] a repeated autumn hour is one bucket of two hours, and its two half hours are distinct instants', () => {
    const instants = ['00:30', '01:30', '02:00'].map((time) => Date.parse(`2026-10-25T${time}Z`));

    const buckets = instants.map((at) => nameAt('hour', at, 'Europe/Berlin'));

    expect(buckets).toEqual(['2026-10-25T02', '2026-10-25T02', '2026-10-25T03']);
  });

  test('[D10] where clocks stepped back over midnight, the new day goes on', () => {
    const instants = ['02:29:59', '02:30:00', '02:31:00', '03:31:00'].map((time) => Date.parse(`2010-11-07T${time}Z`));

    const days = instants.map((at) => nameAt('day', at, 'America/St_Johns'));

    expect(days).toEqual(['2010-11-06', '2010-11-07', '2010-11-07', '2010-11-07']);
  });

  test('[D11] the first days of January may belong to week 52 or 53 of the year before', () => {
    const weeks = ['2020-12-31', '2021-01-03', '2021-01-04', '2023-01-01', '2024-12-30'].map((date) =>
      nameAt('week', Date.parse(date), 'UTC'),
    );

    expect(weeks).toEqual(['2020-W53', '2020-W53', '2021-W01', '2022-W52', '2025-W01']);
  });

  test('instants may be asked for in any order', () => {
    const [late, early] = [Date.parse('2026-07-01T22:30:00Z'), Date.parse('1971-07-01T22:30:00Z')];

    expect([late, early, late].map((at) => nameAt('day', at, 'Europe/Berlin'))).toEqual([
      '2026-07-02',
      '1971-07-01',
      '2026-07-02',
    ]);
  });

  test('an unknown zone is refused', () => {
    expect(() => calendarOf('Mars/Olympus')).toThrow(RangeError);
  });
});

describe('going back', () => {
  test('counts calendar months and days of the zone, and exact hours', () => {
    const from = Date.parse('2026-03-31T12:00:00+02:00');

    expect(new Date(goBack(from, 'P1M', 'Europe/Berlin')).toISOString()).toBe('2026-02-28T11:00:00.000Z');
    expect(new Date(goBack(from, 'P3D', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T11:00:00.000Z');
    expect(new Date(goBack(from, 'PT72H', 'Europe/Berlin')).toISOString()).toBe('2026-03-28T10:00:00.000Z');
  });

  test('refuses what is no duration', () => {
    expect(() => goBack(0, 'soon', 'UTC')).toThrow(RangeError);
  });
});
