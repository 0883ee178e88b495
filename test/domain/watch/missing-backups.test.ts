import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlanInput } from '../../../lambda/domain/plan.ts';
import { guaranteedSlots } from '../../../lambda/domain/watch/look-back.ts';
import { countMissing, dueSlots, newlyDue, type TableSlots } from '../../../lambda/domain/watch/missing-backups.ts';
import { ago, aPlan, day, hour, now } from './watch-builders.ts';

const due = (parts: Partial<PlanInput> = {}, since?: Date, anchor?: Date) =>
  dueSlots(aPlan(parts), { now, since, anchor }).map((slot) => slot.toISOString().slice(5, 16));

const slotsOf = (parts: Partial<TableSlots> = {}): TableSlots => ({
  tableCreatedAt: ago(365 * day),
  taken: [],
  pruned: [],
  ...parts,
});

describe('the slots retention is certain to keep', () => {
  test.each<[Partial<PlanInput>, number]>([
    [{ minimumCopies: 3, keep: { last: 1 } }, 3],
    [{ keep: { last: 12 } }, 12],
    [{ keep: { within: 'P1D' } }, 24],
    [{ keep: { hourly: 24 } }, 24],
    [{ keep: { daily: 7 } }, 1],
    [{ backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' }, keep: { daily: 7 } }, 7],
    [{ backup: { schedule: 'cron(0 3 ? * MON *)' }, keep: { daily: 7, weekly: 9 } }, 9],
    [{ backup: { schedule: 'cron(0 3 1 * ? *)' }, keep: { monthly: 12 } }, 12],
    [{ backup: { schedule: 'cron(*/10 * * * ? *)' }, keep: { hourly: 24 } }, 1],
    [{ keep: { last: 1000 } }, 48],
    [{ backup: { schedule: 'at(2026-01-01T00:00:00)' }, keep: { daily: 5 } }, 1],
  ])('of %j are %d', (parts, expected) => {
    const plan = aPlan(parts);

    expect(guaranteedSlots(plan)).toBe(expected);
    expect(guaranteedSlots(plan)).toBe(expected);
  });
});

describe('the slots that are due', () => {
  test('are the newest ones whose retries and run are over', () => {
    expect(due({ keep: { last: 3 } })).toEqual(['11-20T08:00', '11-20T09:00', '11-20T10:00']);
  });

  test('come later where the schedule has a flexible window', () => {
    const backup = { schedule: 'cron(0 * * * ? *)', flexibleWindowMinutes: 60 };

    expect(due({ backup, keep: { last: 1 } })).toEqual(['11-20T09:00']);
  });

  test('are at most those of the last 7 days, and of 48', () => {
    expect(due({ backup: { schedule: 'cron(0 3 * * ? *)' }, keep: { last: 30 } })).toHaveLength(7);
    expect(due({ keep: { last: 1000 } })).toHaveLength(48);
  });

  test('are none from before the schedule was what it is', () => {
    expect(due({}, ago(4 * hour))).toEqual(['11-20T08:00', '11-20T09:00', '11-20T10:00']);
    expect(due({ backup: { schedule: 'rate(1 hour)' } }, ago(4 * hour))).toHaveLength(3);
  });

  test('of a rate are told by an instant at which it fired', () => {
    const backup = { schedule: 'rate(2 hours)' };

    expect(due({ backup, keep: { last: 2 } }, undefined, new Date('2026-11-01T01:20:00Z'))).toEqual([
      '11-20T07:20',
      '11-20T09:20',
    ]);
    expect(due({ backup })).toEqual([]);
  });

  test('of a schedule that fires once are that one', () => {
    expect(due({ backup: { schedule: 'at(2026-11-19T05:00:00)' } })).toEqual(['11-19T05:00']);
  });

  test('asked for again later, they are those of then', () => {
    const plan = aPlan({ keep: { last: 2 } });
    const slotsAt = (at: Date, since?: Date) => dueSlots(plan, { now: at, since, anchor: undefined });
    const fresh = (at: Date, since?: Date) =>
      dueSlots(aPlan({ keep: { last: 2 } }), { now: at, since, anchor: undefined });

    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.option(fc.integer({ min: 0, max: 100 })))),
        (moments) => {
          for (const [quarters, sinceHours] of moments) {
            const at = new Date(now.getTime() + quarters * 15 * 60_000);
            const since = sinceHours === null ? undefined : ago(sinceHours * hour);
            expect(slotsAt(at, since)).toEqual(fresh(at, since));
          }
        },
      ),
      { numRuns: 5 },
    );
  });
});

describe('the slots that are newly due', () => {
  const newlyAt = (at: Date, backup: PlanInput['backup'] = { schedule: 'cron(0 3 * * ? *)' }) => {
    const plan = aPlan({ backup, keep: { last: 48 } });
    return newlyDue(dueSlots(plan, { now: at, since: undefined, anchor: undefined }), plan, at).map((slot) =>
      slot.toISOString().slice(5, 16),
    );
  };

  test.each<[string, string[]]>([
    ['2026-11-20T04:14:59Z', []],
    ['2026-11-20T04:15:00Z', ['11-20T03:00']],
    ['2026-11-20T05:14:59Z', ['11-20T03:00']],
    ['2026-11-20T05:15:00Z', []],
  ])('at %s are %j: those whose time ran out within the last hour', (at, slots) => {
    expect(newlyAt(new Date(at))).toEqual(slots);
  });

  test('come later where the schedule has a flexible window, and are several of a schedule that fires often', () => {
    const backup = { schedule: 'cron(0/20 * * * ? *)', flexibleWindowMinutes: 10 };

    expect(newlyAt(new Date('2026-11-20T05:30:00Z'), backup)).toEqual(['11-20T03:20', '11-20T03:40', '11-20T04:00']);
  });
});

describe('a missing backup', () => {
  const plan = aPlan({ keep: { last: 4 } });
  const slots = dueSlots(plan, { now, since: undefined, anchor: undefined });

  test('is a slot without a backup of its name, also between others that have one', () => {
    expect(countMissing(plan, slots, slotsOf())).toBe(4);
    expect(countMissing(plan, slots, slotsOf({ taken: slots.filter((_, nth) => nth !== 1) }))).toBe(1);
    expect(countMissing(plan, slots, slotsOf({ taken: slots.map((slot) => new Date(slot.getTime() + 60_000)) }))).toBe(
      4,
    );
  });

  test('is none from before the table was there', () => {
    expect(countMissing(plan, slots, slotsOf({ tableCreatedAt: new Date('2026-11-20T08:30:00Z') }))).toBe(2);
    expect(countMissing(plan, slots, slotsOf({ tableCreatedAt: undefined }))).toBe(4);
  });

  test('is none that prune deleted itself: the latest slot before its creation was its own', () => {
    const pruned = [new Date('2026-11-20T08:01:07Z'), new Date('2026-11-20T08:59:30Z')];

    expect(countMissing(plan, slots, slotsOf({ pruned }))).toBe(2);
    expect(countMissing(plan, slots, slotsOf({ pruned: [ago(300 * day)] }))).toBe(4);
  });

  test('of a rate is one without a backup within half an interval: its slots move when it is changed', () => {
    const rate = aPlan({ backup: { schedule: 'rate(1 hour)' }, keep: { last: 4 } });
    const taken = slots.map((slot) => new Date(slot.getTime() + 29 * 60_000));

    expect(countMissing(rate, slots, slotsOf({ taken }))).toBe(0);
    expect(countMissing(rate, slots, slotsOf({ taken: taken.slice(1) }))).toBe(1);
  });

  test('is never counted where every slot has its backup, and always where none has', () => {
    const schedules = fc.constantFrom(
      'cron(0 * * * ? *)',
      'cron(30 3 * * ? *)',
      'rate(1 hour)',
      'cron(0/20 8-17 * * ? *)',
    );
    fc.assert(
      fc.property(schedules, fc.integer({ min: 1, max: 60 }), fc.array(fc.boolean()), (schedule, last, isTaken) => {
        const given = aPlan({ backup: { schedule }, keep: { last } });
        const all = dueSlots(given, { now, since: undefined, anchor: ago(0) });
        const taken = all.filter((_, nth) => isTaken[nth] ?? true);

        expect(countMissing(given, all, slotsOf({ taken: all }))).toBe(0);
        expect(countMissing(given, all, slotsOf())).toBe(all.length);
        if (!schedule.startsWith('rate')) {
          expect(countMissing(given, all, slotsOf({ taken }))).toBe(all.length - taken.length);
        }
      }),
      { numRuns: 15 },
    );
  });
});
