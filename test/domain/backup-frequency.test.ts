import { describe, expect, test } from '@jest/globals';
import { isOnSchedule, maximumBackupsPerDay } from '../../lambda/domain/backup-frequency.ts';

const daily = { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' };
const hourlyRate = { schedule: 'rate(1 hour)', timeZone: 'UTC' };

describe('the slots a schedule has', () => {
  test('an instant is on a cron schedule when it fires then, to the second', () => {
    expect(isOnSchedule(daily, new Date('2026-11-20T02:00:00Z'))).toBe(true);
    expect(isOnSchedule(daily, new Date('2026-11-20T02:00:01Z'))).toBe(false);
    expect(isOnSchedule(daily, new Date('2026-11-20T03:00:00Z'))).toBe(false);
  });

  test('nobody knows from when a rate counts, so no instant is certainly on it', () => {
    expect(isOnSchedule(hourlyRate, new Date('2026-11-20T02:00:00Z'))).toBe(false);
  });

  test.each([
    [daily, 1 + 3],
    [hourlyRate, 24 + 3],
    [{ schedule: 'cron(0/15 8-9 ? * MON-FRI *)', timeZone: 'UTC' }, 8 + 3],
    [{ schedule: 'at(2026-11-20T03:00:00)', timeZone: 'UTC' }, 1 + 3],
  ])('%j has at most %i slots in a day, three of them to spare', (backup, slots) => {
    expect(maximumBackupsPerDay(backup)).toBe(slots);
  });

  test('a schedule that is none is refused', () => {
    expect(() => maximumBackupsPerDay({ schedule: 'daily', timeZone: 'UTC' })).toThrow(/daily/);
  });
});
