import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PlanFacts, ReadPlan, TableFacts, WeekFacts } from '../../../lambda/domain/summary/facts.ts';
import { weeklyMessage } from '../../../lambda/domain/summary/message.ts';

const until = new Date('2026-11-23T07:00:00Z');
const daysAgo = (days: number) => new Date(until.getTime() - days * 86_400_000);

/** A table all is well with. */
function aTable(parts: Partial<TableFacts> = {}): TableFacts {
  return {
    table: 'orders',
    taken: 168,
    failed: 0,
    missing: 0,
    hasBackup: true,
    longestGapSeconds: 3_605,
    restore: { atLeastSeconds: 3_000, atMostSeconds: 3_030 },
    forecast: { kind: 'crossing', days: 412.7, daysAtLeast: 200, seconds: 3_020, secondsPerDay: 1.4 },
    lastProvenAt: daysAgo(1.1),
    ...parts,
  };
}

function aPlan(parts: Partial<ReadPlan> = {}): PlanFacts {
  return {
    kind: 'read',
    plan: 'orders',
    objectives: { recoveryPointSeconds: 7_200, recoveryTimeSeconds: 3_600 },
    rules: ['hourly 24', 'daily 7'],
    mode: 'enforce',
    drills: true,
    tables: [aTable()],
    deleted: 160,
    kept: 31,
    keptBy: new Map([
      ['hourly', 24],
      ['daily', 7],
    ]),
    storageBytes: 12_345_678_901,
    frozen: 0,
    held: 0,
    unjudgeable: 0,
    blocked: null,
    ...parts,
  };
}

function aWeek(plans: readonly PlanFacts[], parts: Partial<WeekFacts> = {}): WeekFacts {
  return {
    owner: 'ab12cd34',
    region: 'eu-central-1',
    from: daysAgo(7),
    until,
    plans,
    unconfirmedSubscriptions: 0,
    ...parts,
  };
}

describe('the summary of a week', () => {
  test('in which all was well says so first, and then shows it', () => {
    const { subject, text } = weeklyMessage(aWeek([aPlan()]));

    expect(subject).toBe('All plans inside their objectives (DynamoDB backups, eu-central-1)');
    expect(text).toBe(
      [
        'All plans inside their objectives',
        'Week to Mon 23 Nov 2026, 07:00 UTC, deployment ab12cd34 in eu-central-1',
        '',
        'Nothing needs a person.',
        '',
        'PLAN orders: inside its objectives',
        'Recovery point: longest gap 1 h, promised 2 h',
        'Recovery time: slowest restore 50 min 30 s, promised 1 h',
        'Backups of 1 table: 168 taken, 0 failed, 0 missing',
        'Deleted: 160, wanted by none of hourly 24, daily 7',
        'Kept: 31 (daily 7, hourly 24), 12.3 GB',
        'Oldest proof: 1 d 2 h ago (orders)',
        '- orders: restore 50 min to 50 min 30 s; +1.4 s a day, over the objective in about 412 days; proven 1 day ago',
      ].join('\n'),
    );
  });

  test('in which much went wrong says the worst first, in the subject and in each plan', () => {
    const slow = aTable({
      table: 'items',
      restore: { atLeastSeconds: 4_700, atMostSeconds: 4_800 },
      forecast: { kind: 'over', seconds: 4_750, secondsPerDay: 12 },
    });
    const gone = aTable({ table: 'carts', taken: 0, failed: 3, missing: 165, hasBackup: false });
    const plans = [
      aPlan({ plan: 'billing', tables: [aTable({ table: 'invoices', failed: 1 })] }),
      aPlan({
        tables: [aTable(), slow, gone],
        blocked: { by: 'deletion-cap', detail: '30 of 40 backups would be deleted, at most 8 may be' },
        held: 1,
        frozen: 4,
      }),
    ];

    const { subject, text } = weeklyMessage(aWeek(plans, { unconfirmedSubscriptions: 2 }));

    expect(subject).toBe('orders: a table has no backup, and 1 more plan (DynamoDB backups, eu-central-1)');
    expect(text).toBe(
      [
        'orders: a table has no backup, and 1 more plan',
        'Week to Mon 23 Nov 2026, 07:00 UTC, deployment ab12cd34 in eu-central-1',
        '',
        'NEEDS A PERSON',
        '- orders: retention deletes nothing (deletion-cap): 30 of 40 backups would be deleted, at most 8 may be',
        '- orders: 4 backups frozen, because a table is gone or overdue',
        '- orders: 1 backup on hold until somebody lifts it',
        '- 2 subscriptions not confirmed: nobody hears alarms there',
        '',
        'PLAN orders: a table has no backup',
        'Recovery point: longest gap 1 h, promised 2 h',
        'Recovery time: slowest restore 1 h 20 min, promised 1 h',
        'Outside: 2 of 3 tables',
        'Backups of 3 tables: 336 taken, 3 failed, 165 missing',
        'Deleted: 160, wanted by none of hourly 24, daily 7',
        'Kept: 31 (daily 7, hourly 24), 12.3 GB',
        'Oldest proof: 1 d 2 h ago (orders)',
        '- carts: has no restorable backup; 3 backups failed; 165 backups missing; restore 50 min to 50 min 30 s; +1.4 s a day, over the objective in about 412 days; proven 1 day ago',
        '- items: took up to 1 h 20 min to restore, promised are 1 h; restore 1 h 18 min to 1 h 20 min; the trend is over the objective, +12.0 s a day; proven 1 day ago',
        '- orders: restore 50 min to 50 min 30 s; +1.4 s a day, over the objective in about 412 days; proven 1 day ago',
        '',
        'PLAN billing: backups failed',
        'Recovery point: longest gap 1 h, promised 2 h',
        'Recovery time: slowest restore 50 min 30 s, promised 1 h',
        'Backups of 1 table: 168 taken, 1 failed, 0 missing',
        'Deleted: 160, wanted by none of hourly 24, daily 7',
        'Kept: 31 (daily 7, hourly 24), 12.3 GB',
        'Oldest proof: 1 d 2 h ago (invoices)',
        '- invoices: 1 backup failed; restore 50 min to 50 min 30 s; +1.4 s a day, over the objective in about 412 days; proven 1 day ago',
      ].join('\n'),
    );
  });

  test.each<[string, Partial<TableFacts>, string]>([
    [
      'restores slower than promised',
      { restore: { atLeastSeconds: 3_590, atMostSeconds: 3_601 } },
      'restore time exceeds its objective',
    ],
    ['had a gap longer than promised', { longestGapSeconds: 7_201 }, 'recovery point exceeds its objective'],
    ['misses backups', { missing: 2 }, 'backups are missing'],
    ['was never proven', { lastProvenAt: undefined as never }, 'a table was never proven'],
    [
      'is about to break its promise',
      { forecast: { kind: 'crossing', days: 12.9, daysAtLeast: 8, seconds: 3_500, secondsPerDay: 7 } },
      'restore time will exceed its objective soon',
    ],
  ])('says of a table that %s', (_, parts, headline) => {
    expect(weeklyMessage(aWeek([aPlan({ tables: [aTable(parts)] })])).subject).toContain(`orders: ${headline}`);
  });

  test('says that what is well needs a person all the same', () => {
    expect(weeklyMessage(aWeek([aPlan({ held: 2 })])).subject).toBe(
      'All plans inside their objectives, 1 thing needs a person (DynamoDB backups, eu-central-1)',
    );
  });

  test('does not speak of objectives where a plan has none', () => {
    const { subject, text } = weeklyMessage(aWeek([aPlan({ objectives: {} })]));

    expect(subject).toContain('Nothing wrong with any plan');
    expect(text).toContain('PLAN orders: well');
    expect(text).not.toContain('promised');
  });

  test('never says that all is well of a plan nobody could read', () => {
    const unreadable: PlanFacts = {
      kind: 'unreadable',
      plan: 'users',
      message: 'the backups could not be listed whole',
    };

    const { subject, text } = weeklyMessage(aWeek([aPlan(), unreadable]));

    expect(subject).toContain('users: could not be read');
    expect(text).toContain('- users could not be read: the backups could not be listed whole');
  });

  test('of 300 tables names the ones that are not fine and counts the others', () => {
    const tables = Array.from({ length: 300 }, (_, nth) =>
      aTable({ table: `table-${String(nth).padStart(3, '0')}`, failed: nth % 100 === 7 ? 1 : 0 }),
    );

    const { text } = weeklyMessage(aWeek([aPlan({ tables })]));

    const listed = text.split('\n').filter((line) => line.startsWith('- '));
    expect(listed.map((line) => line.split(':')[0])).toEqual([
      '- table-007',
      '- table-107',
      '- table-207',
      '- and 297 more fine',
    ]);
  });

  test('of more trouble than anybody reads names the worst and counts the rest', () => {
    const tables = Array.from({ length: 300 }, (_, nth) => aTable({ table: `table-${nth}`, failed: nth < 40 ? 1 : 0 }));

    const { text } = weeklyMessage(aWeek([aPlan({ tables })]));

    expect(text.split('\n').at(-1)).toBe('- and 28 more not fine, 260 more fine');
  });

  test('fits into what SNS carries, whatever there is to tell, and its subject into a line of a mail', () => {
    const name = fc.string({ minLength: 3, maxLength: 255, unit: 'grapheme' });
    const plan = fc.record({ plan: name, table: name, failed: fc.nat(5), detail: fc.string({ maxLength: 2_000 }) });
    fc.assert(
      fc.property(fc.array(plan, { minLength: 1, maxLength: 400 }), (given) => {
        const plans = given.map(({ plan: named, table, failed, detail }) =>
          aPlan({ plan: named, tables: [aTable({ table, failed })], blocked: { by: 'deletion-cap', detail } }),
        );

        const { subject, text } = weeklyMessage(aWeek(plans));

        expect(Buffer.byteLength(text)).toBeLessThan(256_000);
        expect(subject).toMatch(/^[ -~]{1,100}$/);
      }),
      { numRuns: 20 },
    );
  });

  test('is cut at a whole line and says so', () => {
    const plans = Array.from({ length: 2_000 }, (_, nth) => aPlan({ plan: `plan-${nth}` }));

    const lines = weeklyMessage(aWeek(plans)).text.split('\n');

    expect(lines.at(-1)).toBe('… and more than a message can carry');
    expect(lines.length).toBeGreaterThan(1_000);
  });
});
