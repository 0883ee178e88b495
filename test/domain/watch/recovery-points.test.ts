import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { graceSeconds } from '../../../lambda/domain/due-slots.ts';
import { planAgeSeconds, protectionOf, type ProtectionQuestion } from '../../../lambda/domain/watch/recovery-points.ts';
import { ago, aPlan, aRecoveryPoint, aTable, day, hour, now } from './watch-builders.ts';

function aQuestion(parts: Partial<ProtectionQuestion> = {}): ProtectionQuestion {
  return { plan: aPlan(), tables: [aTable()], restorable: [], scheduledSince: ago(100 * day), now, ...parts };
}

function planAge(question: ProtectionQuestion): number {
  return planAgeSeconds(protectionOf(question), question);
}

describe('the age of a recovery point', () => {
  test('is that of the newest restorable backup of the table', () => {
    const restorable = [aRecoveryPoint(ago(5 * hour)), aRecoveryPoint(ago(hour))];

    expect(protectionOf(aQuestion({ restorable }))).toMatchObject([
      { table: 'orders', isProtected: true, recoveryPointAgeSeconds: 3_600 },
    ]);
  });

  test('counts no backup of an earlier incarnation, and none of another table', () => {
    const restorable = [
      aRecoveryPoint(ago(2 * hour), { tableId: 'earlier' }),
      aRecoveryPoint(ago(hour), { tableName: 'users' }),
    ];

    expect(protectionOf(aQuestion({ restorable }))).toMatchObject([{ isProtected: false }]);
  });

  test('is never negative, though a backup may be dated a little later than now', () => {
    expect(planAge(aQuestion({ restorable: [aRecoveryPoint(ago(-60_000))] }))).toBe(0);
  });

  test('is missing for a new table until a slot, its retries and a run could have brought it a backup', () => {
    const plan = aPlan({ backup: { schedule: 'cron(0 * * * ? *)', flexibleWindowMinutes: 10 } });
    const createdAt = new Date('2026-11-20T09:30:00Z');
    const tables = [aTable({ createdAt })];
    const ageAt = (at: string) =>
      protectionOf(aQuestion({ plan, tables, now: new Date(at) }))[0]?.recoveryPointAgeSeconds;

    // The slot of 10:00, ten minutes of window, an hour of retries and fifteen minutes of a run.
    expect(graceSeconds(plan.backup)).toBe(10 * 60 + 3_600 + 15 * 60);
    expect(ageAt('2026-11-20T11:24:59Z')).toBeUndefined();
    expect(ageAt('2026-11-20T11:25:00Z')).toBe(115 * 60);
  });

  test('of a table without any counts from the creation of the schedule where that is later', () => {
    const [protection] = protectionOf(aQuestion({ scheduledSince: ago(10 * hour) }));

    expect(protection?.recoveryPointAgeSeconds).toBe(10 * 3_600);
  });

  test('of a table without any counts from its creation where the schedule is not known, and is missing where neither is', () => {
    const tables = [aTable(), aTable({ name: 'users', createdAt: undefined })];

    expect(protectionOf(aQuestion({ tables, scheduledSince: undefined }))).toEqual([
      { table: 'orders', isProtected: false, recoveryPointAgeSeconds: 365 * 86_400 },
      { table: 'users', isProtected: false },
    ]);
  });

  test('a rate brings a backup within one interval', () => {
    const plan = aPlan({ backup: { schedule: 'rate(4 hours)' } });
    const atAge = (hours: number) =>
      protectionOf(aQuestion({ plan, tables: [aTable({ createdAt: ago(hours * hour) })] }))[0]?.recoveryPointAgeSeconds;

    expect(atAge(5.24)).toBeUndefined();
    expect(atAge(5.25)).toBe(5.25 * 3_600);
  });

  test('a schedule that never comes again brings none, and so none is overdue', () => {
    const plan = aPlan({ backup: { schedule: 'at(2026-01-01T00:00:00)' } });

    expect(protectionOf(aQuestion({ plan }))).toEqual([{ table: 'orders', isProtected: false }]);
  });
});

describe('a plan', () => {
  test('is as old as its worst table', () => {
    const tables = [aTable(), aTable({ name: 'users' })];
    const restorable = [aRecoveryPoint(ago(9 * hour), { tableName: 'users' }), aRecoveryPoint(ago(hour))];

    expect(planAge(aQuestion({ tables, restorable }))).toBe(9 * 3_600);
  });

  test('is no older for a new table that nothing could have reached', () => {
    const tables = [aTable(), aTable({ name: 'users', createdAt: ago(60_000) })];

    expect(planAge(aQuestion({ tables, restorable: [aRecoveryPoint(ago(hour))] }))).toBe(3_600);
  });

  test('[D07] that never ran becomes overdue: its age counts from the creation of schedule and oldest table', () => {
    const tables = [aTable(), aTable({ name: 'users', createdAt: ago(5 * hour) })];

    expect(planAge(aQuestion({ tables, scheduledSince: ago(20 * 60_000) }))).toBe(20 * 60);
    expect(planAge(aQuestion({ tables: tables.slice(1), scheduledSince: ago(9 * hour) }))).toBe(5 * 3_600);
    expect(planAge(aQuestion({ tables, scheduledSince: undefined }))).toBe(365 * 86_400);
  });

  test('that covers no table has age 0', () => {
    expect(planAge(aQuestion({ tables: [] }))).toBe(0);
  });

  test('of which nothing is known has age 0', () => {
    expect(planAge(aQuestion({ tables: [aTable({ createdAt: undefined })], scheduledSince: undefined }))).toBe(0);
  });
});

describe('shrinking', () => {
  const shrinkOf = (previous: number | undefined, newest: number | undefined) =>
    protectionOf(
      aQuestion({
        restorable: [
          aRecoveryPoint(ago(2 * hour), { sizeBytes: previous }),
          aRecoveryPoint(ago(hour), { sizeBytes: newest }),
        ],
      }),
    )[0]?.shrink;

  test('is the part by which the newest backup is smaller than the one before', () => {
    expect(shrinkOf(1000, 250)).toBe(0.75);
    expect(shrinkOf(1000, 4000)).toBe(0);
  });

  test('[B15] of a size of 0, or an unknown one, is no statement', () => {
    expect([shrinkOf(0, 10), shrinkOf(10, 0), shrinkOf(undefined, 10), shrinkOf(10, undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('of a single backup is no statement', () => {
    expect(protectionOf(aQuestion({ restorable: [aRecoveryPoint(ago(hour))] }))[0]?.shrink).toBeUndefined();
  });
});

describe('whatever there is', () => {
  const instants = fc.date({ min: ago(400 * day), max: ago(-day), noInvalidDate: true });
  const tables = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), createdAt: instants }), {
    selector: ({ name }) => name,
  });
  const backups = fc.array(fc.record({ createdAt: instants, tableName: fc.constantFrom('a', 'b', 'c', 'd') }));

  test('[M05] ages are finite and not negative, the plan’s is at least every protected table’s, and a newer backup ages nothing', () => {
    fc.assert(
      fc.property(tables, backups, fc.option(instants, { nil: undefined }), (given, taken, scheduledSince) => {
        const restorable = taken
          .map(({ createdAt, tableName }) => aRecoveryPoint(createdAt, { tableName }))
          .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
        const question = aQuestion({ tables: given.map((each) => aTable(each)), restorable, scheduledSince });
        const protection = protectionOf(question);
        const age = planAge(question);
        const more = planAge({
          ...question,
          restorable: [...restorable, ...given.map(({ name }) => aRecoveryPoint(ago(-2 * day), { tableName: name }))],
        });

        expect(Number.isFinite(age) && age >= 0).toBe(true);
        for (const { isProtected, recoveryPointAgeSeconds = 0 } of protection) {
          expect(recoveryPointAgeSeconds).toBeGreaterThanOrEqual(0);
          if (isProtected) expect(age).toBeGreaterThanOrEqual(recoveryPointAgeSeconds);
        }
        expect(more).toBe(0);
      }),
    );
  });
});
