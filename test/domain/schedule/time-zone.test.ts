import { describe, expect, test } from '@jest/globals';
import { clockChanges, instantOf, isTimeZone, wallAt } from '../../../lambda/domain/schedule/time-zone.ts';

const wall = (text: string) => Date.parse(`${text}Z`);

describe('a time zone', () => {
  test.each([
    'UTC',
    'Etc/UTC',
    'Europe/Berlin',
    'US/Eastern',
    'Asia/Kolkata',
    'Asia/Calcutta',
    'America/Argentina/Buenos_Aires',
  ])('%s is known by its IANA name', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test('every zone of the runtime is known', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZone(name))).toEqual([]);
  });

  test.each([
    '',
    'europe/berlin',
    'utc',
    '+01:00',
    '-05',
    '\u221205:00',
    'Mars/Phobos',
    'Europe/Berlin ',
    'Z',
    'x'.repeat(1_000_000),
  ])('is refused when it is not: %#', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});

describe('a wall clock', () => {
  test('[D09] does not show the hour that spring skips', () => {
    expect(instantOf(wall('2026-03-29T02:00'), 'Europe/Berlin')).toBeUndefined();
    expect(instantOf(wall('2026-03-29T02:59'), 'Europe/Berlin')).toBeUndefined();
    expect(instantOf(wall('2026-03-29T03:00'), 'Europe/Berlin')).toEqual(new Date('2026-03-29T01:00:00Z'));
  });

  test('[D09] shows the hour that autumn repeats for the first time before the change', () => {
    expect(instantOf(wall('2026-10-25T02:30'), 'Europe/Berlin')).toEqual(new Date('2026-10-25T00:30:00Z'));
    expect(wallAt(new Date('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe(wall('2026-10-25T02:30'));
  });

  test('[D09] knows when it changes, and from what to what', () => {
    expect(clockChanges('Europe/Berlin', new Date('2026-01-01'), new Date('2027-01-01'))).toEqual([
      { at: new Date('2026-03-29T01:00:00Z'), from: wall('2026-03-29T02:00'), to: wall('2026-03-29T03:00') },
      { at: new Date('2026-10-25T01:00:00Z'), from: wall('2026-10-25T03:00'), to: wall('2026-10-25T02:00') },
    ]);
    expect(clockChanges('UTC', new Date('2026-01-01'), new Date('2027-01-01'))).toEqual([]);
  });
});
