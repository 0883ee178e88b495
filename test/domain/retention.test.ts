import { describe, expect, test } from '@jest/globals';
import type { Backup } from '../../lambda/domain/backup.ts';
import { completeListing as listingOf, incompleteListing, type CompleteListing } from '../../lambda/domain/listing.ts';
import type { Plan } from '../../lambda/domain/plan.ts';
import { whatIsSpared } from '../../lambda/domain/retention.ts';
import { aPlan, backupAt, codesOf, expiredTimes, judgeThat } from './retention-builders.ts';

/** One backup a day at 03:00 UTC, newest first. */
function days(count: number, parts: Partial<Backup> = {}): Backup[] {
  return Array.from({ length: count }, (_, back) => backupAt(new Date(Date.UTC(2026, 10, 21 - back, 3)), parts));
}

const old = backupAt('2020-01-01T00:00:00Z');
const [newest = old] = days(1);

describe('rules', () => {
  test('the newest of each of the last n days stays, and every verdict says why', () => {
    const backups = [...days(3), backupAt('2026-11-20T02:00:00Z'), backupAt('2026-11-18T02:00:00Z')];

    const judgement = judgeThat(backups, { plan: aPlan({ keep: { daily: 3 } }) });

    expect(expiredTimes(judgement)).toEqual(['2026-11-20T02', '2026-11-18T02']);
    expect(judgement.verdicts.map(({ reasons }) => reasons.map(({ detail }) => detail))).toEqual([
      [
        'daily: newest of 2026-11-21 (1 of 3)',
        'the newest restorable backup always stays',
        'among the newest 1 restorable (minimumCopies)',
      ],
      ['daily: newest of 2026-11-20 (2 of 3)'],
      ['daily: newest of 2026-11-19 (3 of 3)'],
      ['daily: a newer backup of 2026-11-20 stays'],
      ['daily: 3 newer buckets use it up'],
    ]);
    expect(judgement.deletions).toEqual([backups[4], backups[3]]);
    expect(judgement.blocked).toBeNull();
    expect(judgement.counts).toEqual({ kept: 3, expired: 2, frozen: 0, held: 0, unjudgeable: 0 });
  });

  test('while a count is left when the oldest backup is reached, the oldest stays too', () => {
    const backups = [backupAt('2026-11-20T03:00:00Z'), backupAt('2026-11-20T02:00:00Z')];

    const judgement = judgeThat(backups, { plan: aPlan({ keep: { daily: 7 } }) });

    expect(judgement.verdicts[1]?.reasons).toEqual([
      { code: 'daily', detail: 'daily: the oldest stays while a count is left (2 of 7)' },
    ]);
  });

  test('a backup stays when any rule wants it, and each that does is named', () => {
    const judgement = judgeThat(days(40), { plan: aPlan({ keep: { last: 2, weekly: 2, monthly: 2, within: 'P3D' } }) });

    expect(codesOf(judgement, 0)).toEqual(['last', 'weekly', 'monthly', 'within', 'newest', 'minimum-copies']);
    expect(codesOf(judgement, 3)).toEqual(['within']);
    expect(codesOf(judgement, 4)).toEqual(['not-last', 'not-weekly', 'not-monthly', 'not-within']);
    expect(judgement.verdicts[6]?.reasons[0]?.detail).toBe('weekly: newest of 2026-W46 (2 of 2)');
    expect(judgement.verdicts[21]?.reasons[0]?.detail).toBe('monthly: newest of 2026-10 (2 of 2)');
    expect(judgement.counts.kept).toBe(6);
  });

  test('[R31] at exactly the length of within a backup stays, one millisecond older it goes', () => {
    const newestAt = Date.UTC(2026, 10, 21, 3);
    const backups = [0, 1, 2].map((late) => backupAt(new Date(newestAt - 30 * 86_400_000 + 1 - late)));

    const judgement = judgeThat([newest, ...backups], { plan: aPlan({ keep: { within: 'P30D' } }) });

    expect(judgement.verdicts.map(({ verdict }) => verdict)).toEqual(['keep', 'keep', 'keep', 'delete']);
  });

  test('within counts calendar days of the plan: across a change of clocks a day has 25 hours', () => {
    const inBerlin = ['2026-10-25T12:00:00+01:00', '2026-10-24T12:00:00+02:00', '2026-10-24T11:59:59+02:00'];

    const judgement = judgeThat(
      inBerlin.map((text) => backupAt(text)),
      { plan: aPlan({ keep: { within: 'P1D' }, timeZone: 'Europe/Berlin' }) },
    );

    expect(expiredTimes(judgement)).toEqual(['2026-10-24T09']);
  });

  test('[R28] a month keeps its newest backup, however many days it has', () => {
    const ends = ['2024-02-29T23:59:59.999Z', '2024-03-01T00:00:00Z', '2024-03-31T23:00:00Z', '2024-02-01T00:00:00Z'];

    const judgement = judgeThat(
      ends.map((text) => backupAt(text)),
      { plan: aPlan({ keep: { monthly: 2 } }) },
    );

    expect(expiredTimes(judgement)).toEqual(['2024-03-01T00', '2024-02-01T00']);
  });
});

test('the worked example of docs/retention.md is true', () => {
  const times = ['11-20T03', '11-19T03', '11-19T02', '11-01T03', '10-31T03', '10-01T03'];

  const judgement = judgeThat(
    times.map((time) => backupAt(`2026-${time}:00:00Z`)),
    { plan: aPlan({ keep: { daily: 2, monthly: 12 } }), now: new Date('2026-11-20T12:00:00Z') },
  );

  expect(
    judgement.verdicts.map(({ reasons }) =>
      reasons
        .slice(0, 2)
        .map(({ detail }) => detail)
        .join('; '),
    ),
  ).toEqual([
    'daily: newest of 2026-11-20 (1 of 2); monthly: newest of 2026-11 (1 of 12)',
    'daily: newest of 2026-11-19 (2 of 2)',
    'daily: 2 newer buckets use it up; monthly: a newer backup of 2026-11 stays',
    'daily: 2 newer buckets use it up; monthly: a newer backup of 2026-11 stays',
    'monthly: newest of 2026-10 (2 of 12)',
    'monthly: the oldest stays while a count is left (3 of 12)',
  ]);
});

describe('floors', () => {
  test('[R04] the newest restorable backup stays, whatever its age', () => {
    const judgement = judgeThat([old]);

    expect(codesOf(judgement)).toEqual(['last', 'newest', 'minimum-copies']);
  });

  test('[R26] at the edge of minimumCopies both of a tie stay', () => {
    const tie = ['-a', '-b'].map((end) => backupAt('2026-11-19T03:00:00Z', { arn: `arn:tie${end}` }));

    const judgement = judgeThat([newest, ...tie, old], { plan: aPlan({ minimumCopies: 2 }) });

    expect(judgement.verdicts.map(({ verdict }) => verdict)).toEqual(['keep', 'keep', 'keep', 'delete']);
  });

  test('[R09][B13] a backup that is not AVAILABLE neither counts nor goes', () => {
    const statuses = { CREATING: 'creating', DELETED: 'deleted', ACTIVE: 'unknown-status' };

    for (const [status, code] of Object.entries(statuses)) {
      const judgement = judgeThat([backupAt('2026-11-21T03:00:00Z', { status }), old]);

      expect(codesOf(judgement, 0)).toEqual([code]);
      expect(codesOf(judgement, 1)).toContain('newest');
      expect(judgement.counts.unjudgeable).toBe(status === 'ACTIVE' ? 1 : 0);
    }
  });

  test('[D14][D15] backups from the future, without a date or with an impossible one stay, do not count and are unjudgeable', () => {
    const dates = {
      '2026-11-21T12:00:00.001Z': 'future-dated',
      '1970-01-01T00:00:00Z': 'undated',
      '1969-12-31T00:00:00Z': 'undated',
      never: 'undated',
    };

    for (const [date, code] of Object.entries(dates)) {
      const judgement = judgeThat([backupAt(date), newest, old]);

      expect(codesOf(judgement, 0)).toEqual([code]);
      expect(codesOf(judgement, 1)).toContain('newest');
      expect(judgement.counts).toMatchObject({ expired: 1, unjudgeable: 1 });
    }
    expect(codesOf(judgeThat([backupAt(undefined)]))).toEqual(['undated']);
  });

  test('[R11][R13][R24] backups by hand, of another deployment, of DynamoDB itself and of AWS Backup are not ours to judge', () => {
    const strangers = [
      backupAt('2026-11-21T11:00:00Z', { name: 'before-the-migration' }),
      backupAt('2026-11-21T11:00:00Z', { name: 'theirs.1' }),
      backupAt('2026-11-21T11:00:00Z', { name: 'orders$DeletedTableBackup', type: 'SYSTEM' }),
      backupAt('2026-11-21T11:00:00Z', { type: 'AWS_BACKUP' }),
      backupAt('2026-11-21T11:00:00Z', { type: 'user' }),
    ];

    const judgement = judgeThat([...strangers, newest, old]);

    const codes = strangers.map((_, nth) => codesOf(judgement, nth)).flat();
    expect(codes).toEqual(['foreign', 'foreign', 'system', 'aws-backup', 'unknown-type']);
    expect(codesOf(judgement, 5)).toContain('newest');
    expect(judgement.deletions).toEqual([old]);
    expect(judgement.ownBackups).toEqual(new Map([['id-of-orders', 2]]));
  });

  test('[L12] an item without ARN, name, table or table id, or that is no item at all, stays and is unjudgeable', () => {
    const broken = [
      ...(['arn', 'name', 'tableName', 'tableId'] as const).flatMap((key) => [
        { ...old, arn: `arn:${key}`, [key]: '' },
        { ...old, arn: `arn:${key}-2`, [key]: undefined },
      ]),
      null,
      undefined,
      7,
      'backup',
    ] as Backup[];

    const judgement = judgeThat([newest], {}).verdicts.length;
    const withBroken = judgeThat([newest], { listing: listingOf([newest, ...broken]) });

    expect(judgement).toBe(1);
    expect(withBroken.verdicts).toHaveLength(1 + broken.length);
    expect(withBroken.counts).toEqual({ kept: 13, expired: 0, frozen: 0, held: 0, unjudgeable: 12 });
  });

  test('a held backup stays until the hold is lifted', () => {
    const backups = [newest, old];

    expect(codesOf(judgeThat(backups, { holds: new Set([old.arn]) }), 1)).toEqual(['hold']);
    expect(expiredTimes(judgeThat(backups))).toEqual(['2020-01-01T00']);
  });
});

describe('what drills tell retention', () => {
  const older = backupAt('2019-01-01T00:00:00Z');

  test('[X12] a backup that a drill restores stays until the drill has ended', () => {
    expect(codesOf(judgeThat([newest, old], { pinned: new Set([old.arn]) }), 1)).toEqual(['drill']);
    expect(expiredTimes(judgeThat([newest, old], { pinned: new Set() }))).toEqual(['2020-01-01T00']);
  });

  test('a recovery point of which a copy is wanted or under way stays until the copy is there or was given up', () => {
    expect(codesOf(judgeThat([newest, old], { copied: new Set([old.arn]) }), 1)).toEqual(['copy']);
    expect(whatIsSpared(judgeThat([newest, old], { copied: new Set([old.arn]) }))).toHaveLength(1);
    expect(expiredTimes(judgeThat([newest, old], { copied: new Set() }))).toEqual(['2020-01-01T00']);
  });

  test('[R10] the newest backup that passed a drill stays until a newer one passes', () => {
    const backups = [newest, old, older];

    expect(codesOf(judgeThat(backups, { proven: new Set([older.arn]) }), 2)).toEqual(['proven']);
    expect(expiredTimes(judgeThat(backups, { proven: new Set([older.arn, old.arn]) }))).toEqual(['2019-01-01T00']);
    expect(codesOf(judgeThat(backups, { proven: new Set([older.arn, old.arn]) }), 1)).toEqual(['proven']);
  });

  test('[R10] each incarnation of a table has its own proven backup', () => {
    const other = backupAt('2018-01-01T00:00:00Z', { tableName: 'users' });
    const backups = [newest, old, backupAt('2026-11-20T00:00:00Z', { tableName: 'users' }), other];

    const judgement = judgeThat(backups, { proven: new Set([old.arn, other.arn]) });

    expect([codesOf(judgement, 1), codesOf(judgement, 3)]).toEqual([['proven'], ['proven']]);
  });

  test('[R10] a proven backup that does not count protects nothing', () => {
    const unfinished = backupAt('2020-06-01T00:00:00Z', { status: 'DELETED' });

    const judgement = judgeThat([newest, unfinished, old], { proven: new Set([unfinished.arn, old.arn]) });

    expect(codesOf(judgement, 2)).toEqual(['proven']);
  });

  test('spared is what stays for no reason but a hold, a drill or a proof', () => {
    const [held = old, restored = old, expired = old] = [2018, 2017, 2016].map((year) =>
      backupAt(`${year}-01-01T00:00:00Z`),
    );
    const pinned = new Set([newest.arn, restored.arn]);

    const judgement = judgeThat([newest, old, held, restored, expired], {
      holds: new Set([held.arn]),
      pinned,
      proven: new Set([old.arn]),
    });

    expect(whatIsSpared(judgement).map(({ backup }) => backup)).toEqual([old, held, restored]);
    expect(judgement.deletions).toEqual([expired]);
  });
});

describe('frozen groups', () => {
  test('[R05] backups of a table that is gone stay', () => {
    const judgement = judgeThat([newest, old], { liveTables: new Map() });

    expect(codesOf(judgement, 1)).toEqual(['table-gone']);
    expect(judgement.counts.frozen).toBe(2);
  });

  test('[R06] backups of a table that was created again stay, and those of the new one are judged apart', () => {
    const before = days(3, { tableId: 'first' });
    const after = days(3, { tableId: 'second' });

    const judgement = judgeThat([...before, ...after], { liveTables: new Map([['orders', 'second']]) });

    expect(codesOf(judgement, 2)).toEqual(['table-recreated']);
    expect(judgement.deletions).toEqual([after[2], after[1]]);
  });

  test('[R07] backups of a table the plan does not cover any more stay', () => {
    const judgement = judgeThat([newest, old], { liveTables: new Map(), uncoveredTables: new Set(['orders']) });

    expect(codesOf(judgement, 1)).toEqual(['table-not-covered']);
  });

  test('[R08] while the newest restorable backup is older than the recovery point, all stay', () => {
    const plan = aPlan({ objectives: { recoveryPoint: 'PT26H' } });
    const at = (text: string) => judgeThat([newest, old], { plan, now: new Date(text) });

    expect(codesOf(at('2026-11-22T05:00:00.000Z'), 1)).toEqual(['not-last']);
    expect(codesOf(at('2026-11-22T05:00:00.001Z'), 1)).toEqual(['recovery-point-overdue']);
  });

  test('every incarnation the caller takes as live is judged', () => {
    const backups = [
      ...days(2, { tableId: 'first' }),
      ...days(2, { tableId: 'second' }),
      ...days(2, { tableId: 'third' }),
    ];

    const judgement = judgeThat(backups, { liveTables: new Map([['orders', new Set(['first', 'second'])]]) });

    expect(judgement.deletions).toEqual(
      [backups[1], backups[3]].sort((one, other) => ((one?.arn ?? '') < (other?.arn ?? '') ? -1 : 1)),
    );
    expect(codesOf(judgement, 5)).toEqual(['table-recreated']);
  });
});

describe('guards that stop the whole run', () => {
  const cap = { perTableCount: 2, perTablePercent: 20, perRun: 5 };

  test('[R01] over the cap of a table nothing goes, until the operator allows as many', () => {
    const plan = aPlan({ prune: { deletionCap: cap } });

    const judgement = judgeThat(days(4), { plan });

    expect(judgement.counts.expired).toBe(3);
    expect(judgement.deletions).toEqual([]);
    expect(judgement.blocked).toEqual({
      by: 'deletion-cap',
      detail: '3 of 4 backups of table orders would be deleted, at most 2 may be',
    });
    expect(judgeThat(days(4), { plan, deletionOverride: 2 }).blocked?.by).toBe('deletion-cap');
    expect(judgeThat(days(4), { plan, deletionOverride: 3 }).deletions).toHaveLength(3);
    expect(judgeThat(days(4), { plan, deletionOverride: NaN }).blocked?.by).toBe('deletion-cap');
  });

  test('[R01] a table may lose a share of its backups, however many that are', () => {
    const plan = (perTablePercent: number): Plan =>
      aPlan({ keep: { last: 16 }, prune: { deletionCap: { ...cap, perTablePercent } } });

    expect(judgeThat(days(20), { plan: plan(20) }).deletions).toHaveLength(4);
    expect(judgeThat(days(20), { plan: plan(19.9) }).deletions).toEqual([]);
  });

  test('[R01] over the cap of the run nothing goes, of whichever table', () => {
    const tables = ['a', 'b', 'c'].flatMap((name) => days(3, { tableName: `table-${name}` }));

    const judgement = judgeThat(tables, { plan: aPlan({ prune: { deletionCap: cap } }) });

    expect(judgement.deletions).toEqual([]);
    expect(judgement.blocked?.detail).toBe('6 backups would be deleted, at most 5 may be in one run');
  });

  test('[R01] of many tables over their cap the message names three', () => {
    const tables = ['a', 'b', 'c', 'd', 'e'].flatMap((name) => days(3, { tableName: `table-${name}` }));

    const judgement = judgeThat(tables, {
      plan: aPlan({ prune: { deletionCap: { perTableCount: 1, perTablePercent: 0, perRun: 100 } } }),
    });

    expect(judgement.blocked?.detail).toMatch(
      /table-a.*table-b.*table-c would be deleted, at most 1 may be; and 2 more tables$/,
    );
  });

  test('[L10] a table of which fewer than half of the backups are still listed stops the run', () => {
    const backups = days(2);
    const after = (left: number) => judgeThat(backups, { previousCounts: new Map([['id-of-orders', left]]) });

    expect(after(4).blocked).toBeNull();
    expect(after(5).deletions).toEqual([]);
    expect(after(5).blocked).toEqual({
      by: 'listing-shrunk',
      detail: 'listed are only 2 of 5 backups of table id id-of-orders',
    });
    expect(judgeThat(backups, { previousCounts: new Map([['another', 1]]) }).blocked?.by).toBe('listing-shrunk');
    expect(judgeThat(backups, { previousCounts: new Map([['another', 0]]) }).blocked).toBeNull();
  });

  test('[R32] a plan that keeps nothing is refused, and nothing goes', () => {
    const plan = { ...aPlan(), keep: {} };

    const judgement = judgeThat([newest, old], { plan });

    expect(judgement.blocked?.by).toBe('plan-invalid');
    expect(judgement.verdicts.map(({ verdict }) => verdict)).toEqual(['keep', 'keep']);
    expect(codesOf(judgement, 1)).toEqual(['plan-invalid']);
    expect(judgement.deletions).toEqual([]);
  });

  test('[R02][S19] whatever stands in the place of a number, a plan or a clock, nothing throws and nothing goes', () => {
    const nonsense = [0, -1, NaN, Infinity, -0, 1e308, 2 ** 53, 30.5, '30', null, '', [], {}, true];
    const plans = nonsense.flatMap((value) => [
      value,
      { ...aPlan(), keep: { daily: value } },
      { ...aPlan(), keep: { within: value } },
      { ...aPlan(), minimumCopies: value },
      { ...aPlan(), prune: { deletionCap: { perRun: value } } },
    ]) as Plan[];
    const clocks = [...nonsense, new Date(NaN), new Date(0), new Date('2400-01-01'), Symbol('now')] as Date[];

    for (const plan of plans) {
      expect(judgeThat([newest, old], { plan })).toMatchObject({ deletions: [], blocked: { by: 'plan-invalid' } });
    }
    for (const now of clocks) {
      expect(judgeThat([newest, old], { now })).toMatchObject({ deletions: [], blocked: { by: 'clock-invalid' } });
    }
  });
});

describe('listings', () => {
  test('[S10][L01] only a complete listing can be judged, and only completeListing makes one: anything else does not compile', () => {
    const broken = incompleteListing(new Error('page 3 failed'));

    // @ts-expect-error a listing that broke off cannot be judged
    const judgement = judgeThat([newest], { listing: broken });
    // @ts-expect-error it has nothing to iterate either
    const backups = broken.backups as unknown;
    // @ts-expect-error what was not made by completeListing is not complete
    const forged: CompleteListing = { complete: true, backups: [newest] };

    expect(judgement.blocked?.by).toBe('listing-incomplete');
    expect(judgeThat([newest], { listing: forged }).blocked?.by).toBe('listing-incomplete');
    expect(backups).toBeUndefined();
  });

  test('[L04] a backup listed twice is one backup, wherever its copy stands', () => {
    const backups = days(3);

    const twice = judgeThat([...backups, ...backups.toReversed().map((backup) => ({ ...backup, sizeBytes: 0 }))]);

    expect(twice).toEqual(judgeThat(backups));
  });

  test('[L04] a backup listed twice with different facts stays and does not count', () => {
    const [first = old, second = old] = days(2);
    const differences: Partial<Backup>[] = [
      { status: 'CREATING' },
      { tableId: 'another' },
      { createdAt: undefined },
      { createdAt: new Date(1) },
      { name: 'ours.other' },
      { keptByAws: { isOnLegalHold: true } },
      { keptByAws: { lockedUntil: 'for-good' } },
      { keptByAws: { coldFrom: new Date(1) } },
    ];

    const pairs = differences.map((difference): [Backup, Backup] => [first, { ...first, ...difference }]);
    for (const [one, other] of pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const])) {
      const judgement = judgeThat([one, second, old, other]);

      expect(judgement.verdicts).toHaveLength(3);
      expect(codesOf(judgement, 0)).toEqual(['contradictory']);
      expect(codesOf(judgement, 1)).toContain('newest');
      expect(judgement.counts.unjudgeable).toBe(1);
    }
  });
});
