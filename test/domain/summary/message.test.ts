import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RestoreTest } from '../../../lambda/domain/restore-test.ts';
import type { PlanFacts, ReadPlan, TableFacts, WeekFacts } from '../../../lambda/domain/summary/facts.ts';
import { weeklyMessage } from '../../../lambda/domain/summary/message.ts';

const until = new Date('2026-11-23T07:00:00Z');
const daysAgo = (days: number) => new Date(until.getTime() - days * 86_400_000);

/** A table all is well with; what is undefined is left out. */
function aTable(parts: { readonly [Part in keyof TableFacts]?: TableFacts[Part] | undefined } = {}): TableFacts {
  const whole = {
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
  return Object.fromEntries(Object.entries(whole).filter(([, part]) => part !== undefined)) as unknown as TableFacts;
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

  test('tells of the copies of a plan that copies, and of those given up that a person must look', () => {
    const oldest = { table: 'items', region: 'eu-west-1', slot: new Date('2026-11-23T05:55:00Z') };
    const textWith = (copies: NonNullable<ReadPlan['copies']>) => weeklyMessage(aWeek([aPlan({ copies })])).text;

    const well = textWith({ made: 168, failed: 0, oldest, tablesWithout: 0 });
    const notWell = textWith({ made: 166, failed: 2, oldest, tablesWithout: 1 });
    const none = textWith({ made: 0, failed: 0, tablesWithout: 2 });

    expect(well).toContain('Nothing needs a person.');
    expect(well).toContain(
      'Copies: 168 made, 0 given up; newest 1 h 5 min old where it is oldest (items in eu-west-1)\nDeleted',
    );
    expect(notWell).toContain('- orders: copies given up: 2; the log of follow says why');
    expect(notWell).toContain('(items in eu-west-1); 1 table without a copy in some place');
    expect(none).toContain('Copies: 0 made, 0 given up; 2 tables without a copy in some place\n');
  });

  test("tells of AWS Backup's own restore testing: the newest restore, its validation, and how many there were", () => {
    const lineOf = (restoreTests: NonNullable<ReadPlan['restoreTests']>) =>
      /^Restore testing of AWS Backup: (.*)$/m.exec(weeklyMessage(aWeek([aPlan({ restoreTests })])).text)?.[1];
    const aTest = (days: number, parts: Partial<RestoreTest> = {}): RestoreTest => {
      const startedAt = daysAgo(days);
      return {
        table: 'orders',
        startedAt,
        endedAt: new Date(startedAt.getTime() + 750_000),
        isRestored: true,
        ...parts,
      };
    };
    const running = { table: 'items', startedAt: new Date(until.getTime() - 300_000) };

    const last = lineOf([aTest(9), aTest(2, { validation: 'successful' }), aTest(5, { validation: 'failed' })]);

    expect(last).toBe(
      'orders restored 1 d 23 h ago in 12 min 30 s, validation successful; 3 restores in 30 days, 1 failed',
    );
    expect(lineOf([aTest(2, { validation: 'timed-out' })])).toContain(
      'validation timed out; 1 restore in 30 days, 0 failed',
    );
    expect(lineOf([aTest(2)])).toContain('in 12 min 30 s, not validated; ');
    expect(lineOf([aTest(2, { isRestored: false })])).toBe(
      'restore of orders failed 1 d 23 h ago after 12 min 30 s; 1 restore in 30 days, 1 failed',
    );
    expect(lineOf([aTest(2), running])).toBe('items being restored for 5 min; 2 restores in 30 days, 0 failed');
    expect(lineOf('unreadable')).toBe('could not be read');
    expect(lineOf([])).toBeUndefined();
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

describe('what a plan can be like', () => {
  const linesOf = (parts: Partial<ReadPlan>) => weeklyMessage(aWeek([aPlan(parts)])).text.split('\n');
  const aboutTable = (parts: Parameters<typeof aTable>[0]) =>
    linesOf({ drills: false, tables: [aTable(parts)] }).at(-1);

  test('one that covers no table, deletes nothing and stores nothing says so', () => {
    const nothing = { tables: [], deleted: 0, kept: 0, keptBy: new Map<string, number>(), storageBytes: 0 };

    expect(linesOf(nothing)).toEqual(
      expect.arrayContaining([
        'Recovery point: longest gap not known yet, promised 2 h',
        'Deleted: 0',
        'Kept: 0, 0 B',
        'It covers no table.',
      ]),
    );
  });

  test('one that only reports deletes none, one that never drills has no proof to be old, one that does has none yet', () => {
    expect(linesOf({ mode: 'report-only' })).toContain('Deleted: none, retention only reports');
    expect(linesOf({ drills: false }).join(' ')).not.toContain('Oldest proof');
    expect(linesOf({ tables: [aTable({ lastProvenAt: undefined })] })).toContain('Oldest proof: none yet');
  });

  test('rules that keep the most are in order of their names, whatever order they were found in', () => {
    const keptBy = new Map([
      ['daily', 7],
      ['hourly', 24],
      ['daily-too', 1],
    ]);

    expect(linesOf({ keptBy })).toContain('Kept: 31 (daily 7, daily-too 1, hourly 24), 12.3 GB');
  });

  test('backups that cannot be judged need a person, one thing or several', () => {
    const subjectWith = (parts: Partial<ReadPlan>) => weeklyMessage(aWeek([aPlan(parts)])).subject;

    expect(subjectWith({ unjudgeable: 2 })).toContain(', 1 thing needs a person');
    expect(subjectWith({ unjudgeable: 2, held: 1 })).toContain(', 2 things need a person');
  });

  test('a subject is cut to what SNS takes, and the plan comes first', () => {
    const plan = 'a-plan-of-forty-characters-or-nearly-so';
    const failing = { plan, tables: [aTable({ failed: 3, missing: 3, hasBackup: false })] };

    const { subject } = weeklyMessage(aWeek([aPlan(failing)], { region: 'a-region-of-many-many-many-many-words' }));

    expect(subject.length).toBeLessThanOrEqual(100);
    expect(subject.startsWith(`${plan}: `)).toBe(true);
  });

  test.each([
    ['fine', { restore: undefined, forecast: undefined, lastProvenAt: undefined }, '- orders: fine'],
    ['proven today', { restore: undefined, lastProvenAt: daysAgo(0.2) }, '- orders: proven today'],
    [
      'timed exactly',
      { restore: { atLeastSeconds: 60, atMostSeconds: 60 }, forecast: undefined, lastProvenAt: undefined },
      '- orders: restore 1 min',
    ],
    [
      'timed too seldom for a trend',
      { forecast: { kind: 'too-little-data', drills: 2, days: 9 } as const, lastProvenAt: undefined },
      '- orders: restore 50 min to 50 min 30 s; no trend after 2 drills',
    ],
    [
      'as fast as ever',
      { forecast: { kind: 'not-growing', seconds: 3_020, secondsPerDay: 0 } as const, lastProvenAt: undefined },
      '- orders: restore 50 min to 50 min 30 s; not growing',
    ],
    [
      'faster each day, though over the objective',
      { forecast: { kind: 'over', seconds: 3_900, secondsPerDay: -2 } as const, lastProvenAt: undefined },
      '- orders: restore 50 min to 50 min 30 s; the trend is over the objective, -2.0 s a day',
    ],
    [
      'over the objective when nobody reads this any more',
      {
        forecast: { kind: 'crossing', days: 5_000, daysAtLeast: 4_000, seconds: 3_020, secondsPerDay: 0.1 } as const,
        lastProvenAt: undefined,
      },
      '- orders: restore 50 min to 50 min 30 s; +0.1 s a day, over the objective in more than 10 years',
    ],
  ])('a table can be %s', (_, parts, line) => {
    expect(aboutTable(parts)).toBe(line);
  });

  test('a plan that promises a restore time and measured none is not outside of it', () => {
    const { subject } = weeklyMessage(
      aWeek([aPlan({ tables: [aTable({ restore: undefined, forecast: undefined })] })]),
    );

    expect(subject).toContain('All plans inside their objectives');
  });
});
