import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Schedule } from '../../../lambda/domain/schedule/expression.ts';
import { parseSchedule } from '../../../lambda/domain/schedule/expression.ts';
import { fires } from '../../../lambda/domain/schedule/fires.ts';
import { intervalBounds, mostFiresWithin, skippedByClockChange } from '../../../lambda/domain/schedule/interval.ts';
import { randomCron } from './random-cron.ts';

function scheduleOf(expression: string): Schedule {
  const parsed = parseSchedule(expression);
  if (!parsed.ok) throw new Error(`${expression}: ${parsed.error}`);
  return parsed.schedule;
}

const hour = 3600;
const possibleCron = randomCron.filter(({ aws }) => parseSchedule(aws).ok).map(({ aws }) => scheduleOf(aws));

function someFires(schedule: Schedule, timeZone: string, after: Date): number[] {
  const found: number[] = [];
  for (const instant of fires(schedule, { timeZone, after })) {
    if (instant >= new Date('2054-01-01') || found.length === 300) break;
    found.push(instant.getTime() / 1000);
  }
  return found;
}

describe('the gaps between fires', () => {
  test.each([
    ['rate(2 hours)', 'Europe/Berlin', 2 * hour, 2 * hour],
    ['cron(0 3 * * ? *)', 'UTC', 24 * hour, 24 * hour],
    ['cron(0 3 * * ? *)', 'Europe/Berlin', 23 * hour, 25 * hour],
    ['cron(30 2 * * ? *)', 'Europe/Berlin', 24 * hour, 47 * hour],
    ['cron(0 * * * ? *)', 'Europe/Berlin', hour, 2 * hour],
    ['cron(0 8/4 ? * MON-FRI *)', 'UTC', 4 * hour, 60 * hour],
    ['cron(0 3 1 * ? *)', 'UTC', 28 * 24 * hour, 31 * 24 * hour],
    ['cron(0 3 29 FEB ? *)', 'UTC', 1461 * 24 * hour, 1461 * 24 * hour],
    ['cron(30 2 L MAR ? *)', 'Europe/Berlin', 365 * 24 * hour, 731 * 24 * hour],
  ])('of %s in %s are known', (expression, timeZone, shortestSeconds, longestSeconds) => {
    expect(intervalBounds(scheduleOf(expression), timeZone)).toEqual({ shortestSeconds, longestSeconds });
  });

  test.each(['at(2026-11-20T13:00:00)', 'cron(0 3 * * ? 2020)', 'cron(0 3 1 1 ? 2026)'])(
    'of %s do not exist',
    (expression) => {
      expect(intervalBounds(scheduleOf(expression), 'Europe/Berlin')).toBeUndefined();
    },
  );

  test('[D09] hold every gap that is really seen, also around clock changes', () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York');
    const after = fc.date({ min: new Date('2026-01-01'), max: new Date('2050-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(possibleCron, zone, after, (schedule, timeZone, from) => {
        const seen = someFires(schedule, timeZone, from);
        const gaps = seen.slice(1).map((at, i) => at - (seen[i] ?? at));
        fc.pre(gaps.length > 0);

        const bounds = intervalBounds(schedule, timeZone);

        const slack = timeZone === 'UTC' || gaps.every((gap) => gap < 100 * 24 * hour) ? 0 : hour;
        expect(bounds?.longestSeconds).toBeGreaterThanOrEqual(Math.max(...gaps) - slack);
        expect(bounds?.shortestSeconds).toBeLessThanOrEqual(Math.min(...gaps) + slack);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a clock change', () => {
  test.each([
    ['cron(30 2 * * ? *)', 'Europe/Berlin', '2026-03-29T02:30'],
    ['cron(30 2 * * ? *)', 'America/New_York', '2026-03-08T02:30'],
    ['cron(15,45 2 ? * SUN *)', 'Europe/Berlin', '2026-03-29T02:15'],
    ['at(2026-03-29T02:30:00)', 'Europe/Berlin', '2026-03-29T02:30'],
  ])('[D09] skips a fire of %s in %s', (expression, timeZone, first) => {
    const [wall = NaN] = skippedByClockChange(scheduleOf(expression), timeZone);

    expect(new Date(wall).toISOString()).toBe(`${first}:00.000Z`);
  });

  test.each([
    ['cron(30 2 * * ? *)', 'UTC'],
    ['cron(30 2 * * ? *)', 'Asia/Kolkata'],
    ['cron(0 3 * * ? *)', 'Europe/Berlin'],
    ['cron(0/10 * * * ? *)', 'Europe/Berlin'],
    ['cron(0 * * * ? *)', 'Europe/Berlin'],
    ['cron(30 2 1 * ? *)', 'Europe/Berlin'],
    ['cron(30 2 * * ? 2020)', 'Europe/Berlin'],
    ['rate(1 day)', 'Europe/Berlin'],
    ['at(2026-03-29T03:30:00)', 'Europe/Berlin'],
  ])('costs nothing for %s in %s', (expression, timeZone) => {
    expect(skippedByClockChange(scheduleOf(expression), timeZone)).toEqual([]);
  });
});

describe('the most fires in a window', () => {
  test.each([
    ['rate(1 hour)', 24 * hour, 24],
    ['rate(90 minutes)', 2 * hour, 2],
    ['cron(0 * * * ? *)', 24 * hour, 24],
    ['cron(0 3 * * ? *)', 24 * hour, 1],
    ['cron(0,1 3 * * ? *)', 24 * hour, 2],
    ['cron(0,1 3 * * ? *)', 60, 1],
    ['cron(0 3 * * ? 2020)', 24 * hour, 0],
    ['at(2026-11-20T13:00:00)', hour, 1],
  ])('of %s within %d seconds is %d', (expression, seconds, expected) => {
    expect(mostFiresWithin(scheduleOf(expression), seconds)).toBe(expected);
  });
});
