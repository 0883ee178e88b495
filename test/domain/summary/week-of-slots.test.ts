import { describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import { planSchema, type PlanInput } from '../../../lambda/domain/plan.ts';
import type { Restorable } from '../../../lambda/domain/standing.ts';
import { weekOfSlots } from '../../../lambda/domain/summary/week-of-slots.ts';

const until = new Date('2026-11-23T07:00:00Z');
const from = new Date('2026-11-16T07:00:00Z');
const hour = 3_600_000;

const aPlan = (schedule = 'cron(0 * * * ? *)', backup: Partial<PlanInput['backup']> = {}) =>
  planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule, ...backup },
    keep: { last: 3 },
  });

const hoursBefore = (hours: number) => new Date(until.getTime() - hours * hour);

/** Claims of so many hourly slots up to the end of the week, but for those that `isDone` says otherwise of. */
function hourlyClaims(count: number, isDone: (hoursAgo: number) => boolean | undefined = () => true) {
  return Array.from({ length: count }, (_, nth) => count - 1 - nth).flatMap((hoursAgo) => {
    const done = isDone(hoursAgo);
    return done === undefined ? [] : [{ slot: hoursBefore(hoursAgo), isDone: done }];
  });
}

function backupOf(slot: Date, lateSeconds = 2): Restorable {
  return {
    arn: `arn:aws:dynamodb:eu-central-1:123456789012:table/orders/backup/${slot.getTime()}`,
    name: formatBackupName({ prefix: 'ddbs', owner: 'ab12cd34', plan: 'orders', slot, tableId: 'id' }),
    tableName: 'orders',
    tableId: 'id',
    createdAt: new Date(slot.getTime() + lateSeconds * 1000),
    status: 'AVAILABLE',
    type: 'USER',
    sizeBytes: 1,
  };
}

describe('a week of slots', () => {
  test('in which each was taken has 168 hourly ones, and no gap longer than an hour', () => {
    const week = weekOfSlots(aPlan(), { from, until }, { claims: hourlyClaims(168), backups: [] });

    expect(week).toEqual({ taken: 168, failed: 0, missing: 0, longestGapSeconds: 3_600 });
  });

  test('counts as failed what was taken up and has no backup, as missing what nobody took up', () => {
    const claims = hourlyClaims(168, (hoursAgo) => (hoursAgo === 20 ? false : hoursAgo === 21 ? undefined : true));

    const week = weekOfSlots(aPlan(), { from, until }, { claims, backups: [] });

    expect(week).toEqual({ taken: 166, failed: 1, missing: 1, longestGapSeconds: 3 * 3_600 });
  });

  test('does not count a slot that may still bring a backup', () => {
    const claims = hourlyClaims(168, (hoursAgo) => (hoursAgo === 0 ? undefined : hoursAgo === 1 ? false : true));

    expect(weekOfSlots(aPlan(), { from, until }, { claims, backups: [] })).toMatchObject({ failed: 0, missing: 0 });
  });

  test('of a table that came in the middle of it begins with its first trace', () => {
    const week = weekOfSlots(aPlan(), { from, until }, { claims: hourlyClaims(10), backups: [] });

    expect(week).toMatchObject({ taken: 10, missing: 0 });
  });

  test('takes no slot from a backup whose name tells none', () => {
    const backups = [{ ...backupOf(hoursBefore(5)), name: 'before-migration' }];
    const claims = hourlyClaims(168, (hoursAgo) => (hoursAgo === 5 ? undefined : true));

    expect(weekOfSlots(aPlan(), { from, until }, { claims, backups })).toMatchObject({ taken: 167, missing: 1 });
  });

  test('in which nothing ran, though there were backups before, misses all that was due', () => {
    const backups = [backupOf(new Date('2026-11-16T06:00:00Z'))];

    const week = weekOfSlots(aPlan(), { from, until }, { claims: [], backups });

    expect(week).toEqual({ taken: 0, failed: 0, missing: 166, longestGapSeconds: 169 * 3_600 - 2 });
  });

  test('knows a backup by its name when the ledger does not know its slot', () => {
    const claims = hourlyClaims(168, (hoursAgo) => (hoursAgo === 5 ? undefined : true));

    const week = weekOfSlots(aPlan(), { from, until }, { claims, backups: [backupOf(hoursBefore(5))] });

    expect(week).toMatchObject({ taken: 168, missing: 0, longestGapSeconds: 3_602 });
  });

  test('measures gaps by when backups were created, where that is known', () => {
    const week = weekOfSlots(
      aPlan(),
      { from, until },
      { claims: hourlyClaims(168), backups: [backupOf(hoursBefore(5), 1_800)] },
    );

    expect(week.longestGapSeconds).toBe(5_400);
  });

  test('of a rate counts from any slot of it', () => {
    const slots = Array.from({ length: 14 }, (_, nth) => ({
      slot: new Date(from.getTime() + (5 + nth * 12) * hour),
      isDone: true,
    }));

    const week = weekOfSlots(
      aPlan('rate(12 hours)'),
      { from, until },
      { claims: slots.filter((_, nth) => nth !== 6), backups: [] },
    );

    expect(week).toMatchObject({ taken: 13, failed: 0, missing: 1, longestGapSeconds: 24 * 3_600 });
  });

  test('without any trace of the table tells nothing', () => {
    expect(weekOfSlots(aPlan(), { from, until }, { claims: [], backups: [] })).toEqual({
      taken: 0,
      failed: 0,
      missing: 0,
    });
  });

  test('waits for the end of a flexible window', () => {
    const claims = hourlyClaims(168, (hoursAgo) => (hoursAgo <= 2 ? undefined : true));
    const flexible = aPlan('cron(0 * * * ? *)', { flexibleWindowMinutes: 120 });

    expect(weekOfSlots(flexible, { from, until }, { claims, backups: [] }).missing).toBe(0);
    expect(weekOfSlots(aPlan(), { from, until }, { claims, backups: [] }).missing).toBe(1);
  });
});
