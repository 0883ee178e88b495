import { describe, expect, test } from '@jest/globals';
import type { Backup } from '../../lambda/domain/backup.ts';
import { clockDisagreement } from '../../lambda/domain/clock-check.ts';

const now = new Date('2026-11-20T03:00:00Z');

function minutesFromNow(minutes: number): Date {
  return new Date(now.getTime() + minutes * 60_000);
}

function backupAt(createdAt: Date | undefined): Backup {
  const names = { arn: 'arn', name: 'name', tableName: 'orders', tableId: 'id' };
  return { ...names, createdAt, status: 'AVAILABLE', type: 'USER', sizeBytes: 0 };
}

describe('our clock', () => {
  test.each([-5, 0, 5])('is trusted %i minutes from AWS’s', (minutes) => {
    expect(clockDisagreement(now, minutesFromNow(minutes), [])).toBeUndefined();
  });

  test.each([-6, 6, 100_000])('is not trusted %i minutes from AWS’s', (minutes) => {
    expect(clockDisagreement(now, minutesFromNow(minutes), [])).toContain('2026-11-20T03:00:00.000Z');
  });

  test('is not trusted more than 5 minutes behind the newest backup', () => {
    const backups = [backupAt(minutesFromNow(-60)), backupAt(minutesFromNow(6)), backupAt(undefined)];

    expect(clockDisagreement(now, undefined, backups)).toContain('2026-11-20T03:06:00.000Z');
  });

  test('is trusted when backups are older, barely newer or undated, and AWS has not said its time', () => {
    const backups = [backupAt(minutesFromNow(5)), backupAt(undefined), backupAt(new Date(NaN))];

    expect(clockDisagreement(now, undefined, backups)).toBeUndefined();
  });
});
