import { describe, expect, test } from '@jest/globals';
import { timingOf } from '../../sandbox/scheduler/timing.ts';

function fires(expression: string, timeZone: string, from: string, count: number): (string | undefined)[] {
  const timing = timingOf(expression, timeZone, Date.parse(from));
  const instants: (string | undefined)[] = [];
  let after: number | undefined = Date.parse(from) - 1;
  while (instants.length < count && after !== undefined) {
    after = timing.next(after);
    instants.push(after === undefined ? undefined : new Date(after).toISOString().replace('.000Z', 'Z'));
  }
  return instants;
}

describe('a schedule fires', () => {
  test('at once and then at its rate, whatever the wall clock does', () => {
    expect(fires('rate(12 hours)', 'Europe/Berlin', '2026-10-24T10:00:00Z', 4)).toEqual([
      '2026-10-24T10:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T10:00:00Z',
      '2026-10-25T22:00:00Z',
    ]);
  });

  test('once at a local time', () => {
    expect(fires('at(2026-11-20T03:00:00)', 'America/New_York', '2026-11-01T00:00:00Z', 2)).toEqual([
      '2026-11-20T08:00:00Z',
      undefined,
    ]);
  });

  test('not at all at a local time that spring skips', () => {
    expect(fires('at(2026-03-29T02:30:00)', 'Europe/Berlin', '2026-01-01T00:00:00Z', 1)).toEqual([undefined]);
    expect(fires('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-30T00:30:00Z',
      '2026-03-31T00:30:00Z',
    ]);
  });

  test('once at a local time that autumn repeats', () => {
    expect(fires('cron(30 2 * * ? *)', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
  });

  test.each([
    ['1 is Sunday', 'cron(0 3 ? * 1 *)', '2026-11-22T03:00:00Z'],
    ['7 is Saturday', 'cron(0 3 ? * 7 *)', '2026-11-21T03:00:00Z'],
    ['weekdays by name', 'cron(0 3 ? * MON-FRI *)', '2026-11-20T03:00:00Z'],
    ['L is the last day of the month', 'cron(0 3 L * ? *)', '2026-11-30T03:00:00Z'],
    ['6L is the last Friday', 'cron(0 3 ? * 6L *)', '2026-11-27T03:00:00Z'],
    ['2#1 is the first Monday', 'cron(0 3 ? * 2#1 *)', '2026-12-07T03:00:00Z'],
    ['15W is the weekday nearest the 15th', 'cron(0 3 15W 8 ? *)', '2027-08-16T03:00:00Z'],
    ['0/15 is every quarter of an hour', 'cron(0/15 * * * ? *)', '2026-11-20T00:00:00Z'],
    ['the year counts', 'cron(0 3 1 1 ? 2028)', '2028-01-01T03:00:00Z'],
    ['29 February waits for a leap year', 'cron(0 3 29 2 ? *)', '2028-02-29T03:00:00Z'],
  ])('by the cron grammar of AWS: %s', (_, expression, expected) => {
    expect(fires(expression, 'UTC', '2026-11-20T00:00:00Z', 1)).toEqual([expected]);
  });

  test.each(['cron(0 3 * * ?)', 'every day', 'rate(0 days)'])('never when it is %s, which is refused', (expression) => {
    expect(() => timingOf(expression, 'UTC', 0)).toThrow();
  });
});
