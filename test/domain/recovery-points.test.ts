import { describe, expect, test } from '@jest/globals';
import { graceSeconds } from '../../lambda/domain/due-slots.ts';
import { longestGapSeconds } from '../../lambda/domain/backup-frequency.ts';
import { formatBackupName, isOwnBackup } from '../../lambda/domain/naming.ts';
import { checkPlans } from '../../lambda/domain/plan-checks.ts';
import { planSchema, type Plan, type PlanInput } from '../../lambda/domain/plan.ts';
import { scheduledJobs } from '../../lambda/domain/watch/missing-schedules.ts';
import {
  lifecycleOf,
  longestWantedDays,
  wantedDays,
  type VaultLock,
} from '../../lambda/domain/recovery-point-lifecycle.ts';
import { whatIsSpared } from '../../lambda/domain/retention.ts';
import { aPlan as aRetentionPlan, backupAt, codesOf, judgeThat } from './retention-builders.ts';

function aPlan(awsBackup: PlanInput['backup']['awsBackup'] = {}, parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup', awsBackup },
    keep: { daily: 7, monthly: 12, yearly: 7 },
    minimumCopies: 1,
    ...parts,
  });
}

const ordinary = new Date('2026-11-20T03:00:00Z');
const endOfMonth = new Date('2026-11-30T03:00:00Z');
const endOfYear = new Date('2026-12-31T03:00:00Z');

describe('how long a recovery point is wanted', () => {
  test('goes by the longest rule of which its slot is the last of its bucket', () => {
    const wanted = [ordinary, endOfMonth, endOfYear].map((slot) => wantedDays(aPlan(), slot));

    // Two backups lie up to 25 hours apart, for each may wait an hour for its start.
    expect(wanted).toEqual([8, 12 * 31, 7 * 366]);
    expect(longestWantedDays(aPlan())).toBe(7 * 366);
  });

  test.each<[string, Partial<PlanInput>, number]>([
    ['the newest few are spread out by a slow schedule', { keep: { last: 3 } }, 4],
    ['a floor wants backups, too', { keep: { last: 1 }, minimumCopies: 10 }, 11],
    ['months of within count 31 days', { keep: { within: 'P2M' }, minimumCopies: 1 }, 62],
    ['hours are rounded up to days', { keep: { hourly: 1 } }, 2],
  ])('%s', (_what, parts, days) => {
    expect(wantedDays(aPlan({}, parts), ordinary)).toBe(days);
  });
});

describe('the lifecycle of a recovery point', () => {
  test('without a lock AWS deletes nothing by itself, unless the plan says so', () => {
    expect(lifecycleOf(aPlan(), ordinary, undefined)).toEqual({});
    expect(lifecycleOf(aPlan({ deleteAfterDays: 3_000 }), ordinary, undefined)).toEqual({ deleteAfterDays: 3_000 });
  });

  test('under a lock each point is told how long it stays: as long as it is wanted, and the least the lock demands', () => {
    const under = (slot: Date, lock: object) => lifecycleOf(aPlan(), slot, lock).deleteAfterDays;

    expect([ordinary, endOfMonth, endOfYear].map((slot) => under(slot, {}))).toEqual([8, 372, 2562]);
    expect(under(ordinary, { minimumDays: 30 })).toBe(30);
  });

  test('[R25] only a point that stays for the 90 days that cold storage is billed for goes there', () => {
    const plan = aPlan({ coldAfterDays: 30 });

    expect(lifecycleOf(plan, ordinary, undefined)).toEqual({});
    expect(lifecycleOf(plan, endOfMonth, undefined)).toEqual({ coldAfterDays: 30 });
    expect(lifecycleOf(plan, endOfMonth, {})).toEqual({ coldAfterDays: 30, deleteAfterDays: 372 });
  });
});

describe('what retention makes of recovery points', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const newest = backupAt('2026-11-21T03:00:00Z', { type: 'RECOVERY_POINT' });
  const old = (parts: object) => backupAt('2026-01-01T00:00:00Z', { type: 'RECOVERY_POINT', ...parts });

  test('one of ours expires like a backup of DynamoDB', () => {
    expect(judgeThat([newest, old({})]).deletions).toEqual([old({})]);
  });

  test('[R22] one that the lock of its vault keeps stays, for that reason, and is told of', () => {
    const locked = old({ keptByAws: { lockedUntil: new Date('2027-01-01') } });
    const forGood = old({ keptByAws: { lockedUntil: 'for-good' } });

    const judgement = judgeThat([newest, locked, forGood]);

    expect(judgement.deletions).toEqual([]);
    expect([codesOf(judgement, 1), codesOf(judgement, 2)]).toEqual([['vault-lock'], ['vault-lock']]);
    expect(whatIsSpared(judgement)).toHaveLength(2);
  });

  test('[R22] one that a legal hold keeps stays, for that reason, and is told of', () => {
    const judgement = judgeThat([newest, old({ keptByAws: { isOnLegalHold: true } })]);

    expect(judgement.deletions).toEqual([]);
    expect(codesOf(judgement, 1)).toEqual(['legal-hold']);
    expect(whatIsSpared(judgement)).toHaveLength(1);
  });

  test.each([
    ['has been in cold storage for 89 days', -89, ['cold-storage']],
    ['has been in cold storage for 90 days', -90, ['not-last']],
    ['will go there tomorrow', 1, ['not-last']],
  ])('[R25] one that %s', (_what, days, codes) => {
    const coldFrom = new Date(now.getTime() + days * 24 * 3_600_000);

    expect(codesOf(judgeThat([newest, old({ keptByAws: { coldFrom } })], { now }), 1)).toEqual(codes);
  });

  test.each([
    ['continuous', { type: 'CONTINUOUS' }, 0],
    ['expired-undeleted', { status: 'EXPIRED' }, 1],
    ['incomplete', { status: 'PARTIAL' }, 1],
  ])('[R21][R23] one that is %s stays', (code, parts, unjudgeable) => {
    const judgement = judgeThat([newest, old(parts)], { plan: aRetentionPlan() });

    expect(codesOf(judgement, 1)).toEqual([code]);
    expect(judgement.counts).toMatchObject({ expired: 0, unjudgeable });
  });

  test('is ours by the sealed name it carries, and never when it moves along with its table', () => {
    const scope = { prefix: 'scheduled', owner: 'ab12cd34', plan: 'orders' };
    const name = formatBackupName({ ...scope, slot: ordinary, tableId: 'id-of-orders' });

    expect(isOwnBackup(old({ name }), scope)).toBe(true);
    expect(isOwnBackup(old({ name, tableId: 'another' }), scope)).toBe(false);
    expect(isOwnBackup(old({ name, type: 'CONTINUOUS' }), scope)).toBe(false);
  });
});

describe('the time that AWS Backup takes', () => {
  test('[B28] the start window lengthens the gap between two backups, the completion window what a slot may take', () => {
    const { backup } = aPlan({ startWindowMinutes: 120, completionWindowMinutes: 600 });
    const byDynamoDb = { ...backup, engine: 'dynamodb' as const, awsBackup: undefined };

    expect(longestGapSeconds(backup)).toBe(26 * 3_600);
    expect(longestGapSeconds(byDynamoDb)).toBe(24 * 3_600);
    expect(graceSeconds(backup) - graceSeconds(byDynamoDb)).toBe(600 * 60);
  });
});

describe('a plan of AWS Backup by itself', () => {
  const errorsOf = (plan: Plan, vaultLock?: VaultLock) =>
    checkPlans([plan], vaultLock ? { vaultLock } : {}).errors.map(({ message }) => message);
  const daily: Partial<PlanInput> = { keep: { daily: 7 }, minimumCopies: 1 };

  test.each<[string, Plan, VaultLock | undefined, RegExp | undefined]>([
    ['has nothing wrong with it', aPlan(), undefined, undefined],
    ['fits into the lock of its vault', aPlan(), { minimumDays: 30, maximumDays: 3_000 }, undefined],
    ['keeps longer than the lock', aPlan(), { maximumDays: 30 }, /keep must keep backups for the 1 to 30 days/],
    ['keeps shorter than the lock', aPlan({}, daily), { minimumDays: 30 }, /for the 30 days or more/],
    [
      'says itself what the lock refuses',
      aPlan({ deleteAfterDays: 9 }, daily),
      { minimumDays: 10 },
      /deleteAfterDays must/,
    ],
    ['is deleted too early', aPlan({ deleteAfterDays: 5 }, daily), undefined, /must be at least 8, .* got 5 days/],
    ['has cold storage for nothing', aPlan({ coldAfterDays: 5 }, daily), undefined, /must be left out, for AWS bills/],
    [
      'goes there too late',
      aPlan({ coldAfterDays: 9 }, { keep: { daily: 90 } }),
      undefined,
      /must be at most 4, 90 days/,
    ],
    ['drills', aPlan({}, { drill: { schedule: 'rate(7 days)' } }), undefined, undefined],
    [
      'drills into another Region',
      aPlan({}, { drill: { schedule: 'rate(7 days)', region: 'eu-west-1', encryptionKey: 'aws-managed' } }),
      undefined,
      /drill\.region must be left out with engine aws-backup/,
    ],
    [
      'drills without some indexes',
      aPlan({}, { drill: { schedule: 'rate(7 days)', indexes: ['by-day', 'by-customer'] } }),
      undefined,
      /drill\.indexes must be all with engine aws-backup.* got by-day, by-customer/,
    ],
    [
      'reports to AWS Backup what DynamoDB restored',
      aPlan({}, { drill: { schedule: 'rate(7 days)', backup: 'point-in-time', reportToAwsBackup: true } }),
      undefined,
      /drill\.reportToAwsBackup must be left out unless drills restore recovery points/,
    ],
    [
      'drills to a point in time, which DynamoDB restores',
      aPlan({}, { drill: { schedule: 'rate(7 days)', backup: 'point-in-time', indexes: 'none' } }),
      undefined,
      undefined,
    ],
  ])('that %s', (_what, plan, lock, message) => {
    expect(errorsOf(plan, lock)).toEqual(message ? [expect.stringMatching(message)] : []);
  });

  test('needs a schedule that follows its jobs, and has defaults where it says nothing', () => {
    const backup = { schedule: 'rate(1 day)', engine: 'aws-backup' as const };

    expect(scheduledJobs(aPlan())).toContain('follow');
    expect(graceSeconds(aPlan({}, { backup }).backup)).toBe(3_600 + 900 + 480 * 60);
    expect(wantedDays(aPlan({}, { backup }), ordinary)).toBe(8);
  });

  test('that is taken once keeps its one backup as the last of every bucket', () => {
    const once = aPlan({}, { backup: { schedule: 'at(2026-11-20T03:00:00)', engine: 'aws-backup' } });

    expect(wantedDays(once, ordinary)).toBe(7 * 366);
    expect(wantedDays(aPlan({}, { keep: { last: 1 } }), ordinary)).toBe(2);
  });
});
