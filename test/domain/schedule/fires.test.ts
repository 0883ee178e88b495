import { describe, expect, test } from '@jest/globals';
import { Cron } from 'croner';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Schedule } from '../../../lambda/domain/schedule/expression.ts';
import { parseSchedule } from '../../../lambda/domain/schedule/expression.ts';
import type { FiringContext } from '../../../lambda/domain/schedule/fires.ts';
import { fires, nextFire } from '../../../lambda/domain/schedule/fires.ts';
import { clockChanges } from '../../../lambda/domain/schedule/time-zone.ts';
import type { RandomCron } from './random-cron.ts';
import { randomCron } from './random-cron.ts';

function scheduleOf(expression: string): Schedule {
  const parsed = parseSchedule(expression);
  if (!parsed.ok) throw new Error(`${expression}: ${parsed.error}`);
  return parsed.schedule;
}

function firesOf(expression: string, context: FiringContext, count: number): string[] {
  const found: string[] = [];
  for (const instant of fires(scheduleOf(expression), context)) {
    found.push(instant.toISOString().replace(/:00\.000Z$/, 'Z'));
    if (found.length === count) break;
  }
  return found;
}

/** croner's fires, without those that EventBridge does not make: the second of a repeated time, and a skipped time made up for later. */
function independentFires(cron: RandomCron, timeZone: string, after: Date, until: Date): string[] {
  const job = new Cron(cron.croner, { timezone: timeZone, mode: '7-part', alternativeWeekdays: true });
  const found: string[] = [];
  for (let next = job.nextRun(after); next && next <= until; next = job.nextRun(next)) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(next.getTime()).toZonedDateTimeISO(timeZone);
    const first = zoned.toPlainDateTime().toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    const madeUpFor = !cron.minutes.has(zoned.minute) || !cron.hours.has(zoned.hour);
    if (first.equals(zoned) && !madeUpFor) found.push(next.toISOString());
    if (found.length === 40) break;
  }
  return found;
}

function ourFires(cron: RandomCron, timeZone: string, after: Date, until: Date): string[] {
  const found: string[] = [];
  for (const instant of fires(scheduleOf(cron.aws), { timeZone, after })) {
    if (instant > until || found.length === 40) break;
    found.push(instant.toISOString());
  }
  return found;
}

const possibleCron = randomCron.filter(({ aws }) => parseSchedule(aws).ok);
const daysLater = (date: Date, days: number) => new Date(date.getTime() + days * 86_400_000);

describe('a cron schedule', () => {
  test('fires when an independent scheduler says so', () => {
    const after = fc.date({ min: new Date('2026-01-01'), max: new Date('2034-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(possibleCron, after, (cron, from) => {
        const until = daysLater(from, 400);

        expect(ourFires(cron, 'UTC', from, until)).toEqual(independentFires(cron, 'UTC', from, until));
      }),
      { numRuns: 200 },
    );
  });

  test('[D09] fires around clock changes when an independent scheduler says so, but for what spring skips and autumn repeats', () => {
    const zones = [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Africa/Cairo',
      'Asia/Kolkata',
    ];
    const changes = zones.flatMap((zone) =>
      clockChanges(zone, new Date('2026-01-01'), new Date('2031-01-01')).map(({ at }) => ({ zone, at })),
    );
    const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -3 * 1440, max: 180 }));
    fc.assert(
      fc.property(possibleCron, near, (cron, [{ zone, at }, minutes]) => {
        const after = new Date(at.getTime() + minutes * 60_000);
        const until = daysLater(after, 8);

        expect(ourFires(cron, zone, after, until)).toEqual(independentFires(cron, zone, after, until));
      }),
      { numRuns: 300 },
    );
  });

  test('[D09] skips the one time that the spring change skips', () => {
    const context = { timeZone: 'Europe/Berlin', after: new Date('2026-03-27T12:00:00Z') };

    expect(firesOf('cron(30 2 * * ? *)', context, 3)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-30T00:30Z',
      '2026-03-31T00:30Z',
    ]);
    expect(firesOf('cron(0 3 * * ? *)', context, 3)).toEqual([
      '2026-03-28T02:00Z',
      '2026-03-29T01:00Z',
      '2026-03-30T01:00Z',
    ]);
  });

  test('[D09] fires once, the first time, when autumn repeats its hour', () => {
    const context = { timeZone: 'Europe/Berlin', after: new Date('2026-10-24T12:00:00Z') };

    expect(firesOf('cron(30 2 * * ? *)', context, 2)).toEqual(['2026-10-25T00:30Z', '2026-10-26T01:30Z']);
    const secondTime = { ...context, after: new Date('2026-10-25T01:10:00Z') };
    expect(firesOf('cron(0/30 * * * ? *)', secondTime, 2)).toEqual(['2026-10-25T02:00Z', '2026-10-25T02:30Z']);
  });

  test('[D09] never fires before itself: each answer is later than the instant asked about', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Africa/Casablanca');
    const after = fc.date({ min: new Date('2026-01-01'), max: new Date('2034-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(possibleCron, zone, after, (cron, timeZone, from) => {
        const schedule = scheduleOf(cron.aws);
        const next = nextFire(schedule, { timeZone, after: from });
        fc.pre(next !== undefined);

        expect(next.getTime()).toBeGreaterThan(from.getTime());
        const justBefore = new Date(next.getTime() - 1);
        expect(nextFire(schedule, { timeZone, after: justBefore })).toEqual(next);
      }),
    );
  });

  test('fires no more once its years are over', () => {
    const schedule = scheduleOf('cron(0 3 * * ? 2020)');

    expect(nextFire(schedule, { timeZone: 'UTC', after: new Date('2020-12-31T03:00:00Z') })).toBeUndefined();
  });

  test.each([
    ['cron(0 10 31W * ? *)', ['2027-01-29T10:00Z', '2027-03-31T10:00Z', '2027-05-31T10:00Z']],
    ['cron(0 10 1W * ? *)', ['2027-02-01T10:00Z', '2027-03-01T10:00Z', '2027-04-01T10:00Z']],
    ['cron(0 10 LW 1-3 ? *)', ['2027-01-29T10:00Z', '2027-02-26T10:00Z', '2027-03-31T10:00Z']],
    ['cron(0 10 ? * L *)', ['2027-01-16T10:00Z', '2027-01-23T10:00Z', '2027-01-30T10:00Z']],
    ['cron(0 10 ? * SUN#5 *)', ['2027-01-31T10:00Z', '2027-05-30T10:00Z', '2027-08-29T10:00Z']],
    ['cron(0 10 29 2 ? *)', ['2028-02-29T10:00Z', '2032-02-29T10:00Z', '2036-02-29T10:00Z']],
    ['cron(0 10 1W 5 ? 2027)', ['2027-05-03T10:00Z']],
    ['cron(0 10 30W 5 ? 2027)', ['2027-05-31T10:00Z']],
    ['cron(0 10 31W 10 ? 2027)', ['2027-10-29T10:00Z']],
  ])('%s fires on the days the calendar gives', (expression, expected) => {
    expect(firesOf(expression, { timeZone: 'UTC', after: new Date('2027-01-15T00:00:00Z') }, 3)).toEqual(expected);
  });
});

describe('a rate', () => {
  test('fires no more once dates have ended', () => {
    const next = nextFire(scheduleOf('rate(1 day)'), { timeZone: 'UTC', after: new Date(8.64e15) });

    expect(next).toBeUndefined();
  });

  test('counts real time from its start, whatever the clocks do', () => {
    const startedAt = new Date('2026-03-28T01:30:00Z');
    const context = { timeZone: 'Europe/Berlin', after: startedAt, startedAt };

    expect(firesOf('rate(1 day)', context, 2)).toEqual(['2026-03-29T01:30Z', '2026-03-30T01:30Z']);
  });

  test('first fires at its start', () => {
    const startedAt = new Date('2026-03-28T01:30:00Z');

    const first = nextFire(scheduleOf('rate(3 hours)'), { timeZone: 'UTC', after: new Date('2026-01-01'), startedAt });

    expect(first).toEqual(startedAt);
  });

  test('fires at whole multiples since its start, the next one after any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(2_000_000_000), fc.nat(2_000_000_000), (minutes, a, b) => {
        const [start, after] = [Math.min(a, b) * 1000, Math.max(a, b) * 1000];
        const interval = minutes * 60_000;
        const schedule: Schedule = { kind: 'rate', intervalSeconds: minutes * 60 };

        const next = nextFire(schedule, { timeZone: 'UTC', after: new Date(after), startedAt: new Date(start) });

        const ms = next?.getTime() ?? NaN;
        expect((ms - start) % interval).toBe(0);
        expect(ms > after && ms - interval <= after).toBe(true);
      }),
    );
  });

  test('counts from the epoch when it has no start', () => {
    const next = nextFire(scheduleOf('rate(1 hour)'), { timeZone: 'UTC', after: new Date('2026-11-20T10:00:00Z') });

    expect(next).toEqual(new Date('2026-11-20T11:00:00Z'));
  });
});

describe('a one-time schedule', () => {
  test('fires once, at its time in its zone', () => {
    const context = { timeZone: 'America/New_York', after: new Date('2026-11-20T00:00:00Z') };

    expect(firesOf('at(2026-11-20T13:00:00)', context, 5)).toEqual(['2026-11-20T18:00Z']);
    expect(firesOf('at(2026-11-19T13:00:00)', context, 5)).toEqual([]);
  });

  test('[D09] does not fire at a time its zone skips', () => {
    const context = { timeZone: 'Europe/Berlin', after: new Date('2026-01-01') };

    expect(firesOf('at(2026-03-29T02:30:00)', context, 5)).toEqual([]);
  });
});
