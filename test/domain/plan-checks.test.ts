import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Fault } from '../../lambda/domain/faults.ts';
import { durationSeconds, guaranteedCopies } from '../../lambda/domain/keep-guarantee.ts';
import { checkPlans } from '../../lambda/domain/plan-checks.ts';
import type { Plan, PlanInput } from '../../lambda/domain/plan.ts';
import { planSchema } from '../../lambda/domain/plan.ts';

function aPlan(parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 day)' },
    keep: { daily: 7, monthly: 12 },
    ...parts,
  });
}

const linesOf = (faults: readonly Fault[]) => faults.map(({ message }) => message);
const errorsOf = (...plans: Plan[]) => linesOf(checkPlans(plans).errors);
const warningsOf = (...plans: Plan[]) => linesOf(checkPlans(plans).warnings);

describe('the plan of the documentation', () => {
  test('has nothing to be said against it', () => {
    const plan = aPlan({
      tables: { named: ['orders'], matching: ['prod-*'], tagged: { backup: 'orders' }, except: ['prod-tmp-*'] },
      backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' },
      keep: { last: 3, daily: 7, weekly: 5, monthly: 12, yearly: 7 },
      objectives: { recoveryPoint: 'PT26H', recoveryTime: 'PT1H' },
    });

    expect(checkPlans([plan], { drillPrefix: 'drill-' })).toEqual({ errors: [], warnings: [] });
  });
});

describe('the recovery point objective', () => {
  const promising = (schedule: string, recoveryPoint: string, rest: Partial<PlanInput['backup']> = {}) =>
    errorsOf(aPlan({ backup: { schedule, ...rest }, objectives: { recoveryPoint } }));

  test.each([
    ['rate(1 day)', 'PT24H'],
    ['rate(1 day)', 'P1D'],
    ['cron(0 3 * * ? *)', 'P1D'],
    ['cron(0 3 ? * MON-FRI *)', 'PT72H'],
    ['rate(7 days)', 'P1W'],
  ])('[C03] is kept by %s and %s', (schedule, recoveryPoint) => {
    expect(promising(schedule, recoveryPoint)).toEqual([]);
  });

  test.each([
    ['rate(25 hours)', 'P1D', 'got 25 h with rate(25 hours)'],
    ['rate(1441 minutes)', 'PT24H', 'got 24.02 h with rate(1441 minutes)'],
    ['cron(0 3 ? * MON-FRI *)', 'PT26H', 'got 72 h with cron(0 3 ? * MON-FRI *)'],
    ['cron(0 8-18 * * ? *)', 'PT4H', 'got 14 h with'],
    ['at(2026-11-20T03:00:00)', 'P1D', 'got one that does not fire again and again'],
    ['cron(0 3 * * ? 2020)', 'P1D', 'got one that does not fire again and again'],
  ])('[C03] is broken by %s and %s', (schedule, recoveryPoint, found) => {
    expect(promising(schedule, recoveryPoint)).toEqual([
      expect.stringContaining(
        `plans.orders.backup.schedule must take backups at most ${recoveryPoint} apart, as objectives.recoveryPoint promises, ${found}`,
      ),
    ]);
  });

  test('[C03] is broken by the 25 hours of an autumn day, and by the two days around a time that spring skips', () => {
    const inBerlin = { timeZone: 'Europe/Berlin' };

    expect(promising('cron(0 3 * * ? *)', 'PT24H', inBerlin)).toEqual([expect.stringContaining('got 25 h')]);
    expect(promising('cron(0 3 * * ? *)', 'PT25H', inBerlin)).toEqual([]);
    expect(promising('cron(30 2 * * ? *)', 'PT46H', inBerlin)).toEqual([expect.stringContaining('got 47 h')]);
  });

  test('[D17] counts the whole flexible window in which a backup may start late', () => {
    expect(promising('rate(1 day)', 'PT26H', { flexibleWindowMinutes: 120 })).toEqual([]);
    expect(promising('rate(1 day)', 'PT26H', { flexibleWindowMinutes: 121 })).toEqual([
      expect.stringContaining('got 26.02 h with rate(1 day) and a flexible window of 121 min'),
    ]);
    expect(promising('rate(1 day)', 'PT47H', { flexibleWindowMinutes: 1440 })).toEqual([
      expect.stringContaining('got 48 h'),
    ]);
  });

  test('[C03] is broken by every rate slower than it and by no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20_000 }), fc.integer({ min: 1, max: 20_000 }), (minutes, objective) => {
        expect(promising(`rate(${minutes} minutes)`, `PT${objective}M`)).toHaveLength(minutes > objective ? 1 : 0);
      }),
      { numRuns: 30 },
    );
  });

  test('is not asked for', () => {
    expect(errorsOf(aPlan({ backup: { schedule: 'rate(300 days)' } }))).toEqual([]);
    expect(errorsOf(aPlan({ objectives: { recoveryTime: 'PT1H' } }))).toEqual([]);
  });
});

describe('retention', () => {
  const keeping = (keep: PlanInput['keep'], minimumCopies: number, schedule = 'rate(1 day)') =>
    errorsOf(aPlan({ keep, minimumCopies, backup: { schedule } }));

  test.each([
    [{ last: 2 }, 3, 'rate(1 day)', 2],
    [{ daily: 1, monthly: 2 }, 3, 'rate(1 day)', 2],
    [{ within: 'P2D' }, 3, 'rate(1 day)', 2],
    [{ within: 'P14D' }, 3, 'rate(7 days)', 2],
    [{ within: 'PT5H' }, 1, 'rate(6 hours)', 0],
    [{ within: 'P1M' }, 29, 'rate(1 day)', 28],
  ])('[C04] of %j is refused where %d copies are promised at %s', (keep, minimumCopies, schedule, copies) => {
    expect(keeping(keep, minimumCopies, schedule)).toEqual([
      expect.stringContaining(
        `plans.orders.keep must be sure to keep the ${minimumCopies} copies of minimumCopies, got ${copies} with backups up to `,
      ),
    ]);
  });

  test.each([
    [{ last: 3 }, 3, 'rate(1 day)'],
    [{ daily: 7, monthly: 12 }, 1, 'rate(1 hour)'],
    [{ daily: 1, weekly: 3 }, 3, 'rate(1 day)'],
    [{ within: 'P3D' }, 3, 'rate(1 day)'],
    [{ last: 1, within: 'P21D' }, 3, 'rate(7 days)'],
    [{ within: 'P1M' }, 28, 'rate(1 day)'],
    [{ last: 1 }, 3, 'at(2026-11-20T03:00:00)'],
  ])('[C04] of %j is enough for %d copies at %s', (keep, minimumCopies, schedule) => {
    expect(keeping(keep, minimumCopies, schedule)).toEqual([]);
  });

  test('[C04] by age counts the flexible window too', () => {
    const plan = { keep: { within: 'P3D' }, minimumCopies: 3 };

    expect(errorsOf(aPlan({ ...plan, backup: { schedule: 'rate(1 day)', flexibleWindowMinutes: 60 } }))).toHaveLength(
      1,
    );
  });

  test('[C04] by age is enough exactly when it spans interval times copies', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 99 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 2000 }),
        (hours, copies, span) => {
          const isEnough = keeping({ within: `PT${span}H` }, copies, `rate(${hours} hours)`).length === 0;

          expect(isEnough).toBe(span >= hours * copies);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('counts a month as the shortest there is', () => {
    expect(durationSeconds('P1M')).toBe(28 * 86_400);
    expect(durationSeconds('P1W')).toBe(7 * 86_400);
    expect(guaranteedCopies({ within: 'P1M', last: 3, daily: undefined }, 86_400)).toBe(28);
  });
});

describe('prune', () => {
  const pruning = (prune: PlanInput['prune'], parts: Partial<PlanInput> = {}) =>
    errorsOf(aPlan({ backup: { schedule: 'rate(1 hour)' }, prune, ...parts }));

  test('must not be so rare that a run would exceed its own cap, and is told a schedule that works', () => {
    expect(pruning({ schedule: 'rate(1 day)' })).toEqual([
      expect.stringMatching(
        /^plans.orders.prune.schedule must let at most 5 backups of a table expire between two runs, as prune.deletionCap allows, got 24 with rate\(1 day\); cron\(\d+ [01]\/2 \* \* \? \*\) would do$/,
      ),
    ]);
  });

  test.each([
    [{ schedule: 'rate(5 hours)' }, {}],
    [{ schedule: 'rate(1 day)', deletionCap: { perTableCount: 24 } }, {}],
    [{ schedule: 'rate(1 day)' }, { keep: { last: 96 } }],
    [{ schedule: 'rate(1 day)' }, { keep: { within: 'P4D' } }],
    [{ schedule: 'rate(1 day)', deletionCap: { perTablePercent: 100 } }, {}],
    [{}, {}],
    [{ schedule: 'rate(1 day)' }, { backup: { schedule: 'at(2026-11-20T03:00:00)' } }],
  ])('may run so: %j with %j', (prune, parts) => {
    expect(pruning(prune, parts)).toEqual([]);
  });

  test('must run again and again', () => {
    expect(pruning({ schedule: 'at(2026-11-20T03:00:00)' })).toEqual([
      'plans.orders.prune.schedule must fire again and again, got at(2026-11-20T03:00:00)',
    ]);
  });

  test('must be allowed to delete what expires of all named tables in one run', () => {
    const named = Array.from({ length: 101 }, (_, i) => `table-${i}`);

    expect(errorsOf(aPlan({ tables: { named } }))).toEqual([
      'plans.orders.prune.deletionCap.perRun must be at least 101: 1 backups of each of 101 named tables expire between two runs, got 100',
    ]);
    expect(errorsOf(aPlan({ tables: { named }, prune: { deletionCap: { perRun: 101 } } }))).toEqual([]);
  });
});

describe('drills', () => {
  const drilling = (tables: PlanInput['tables']) => checkPlans([aPlan({ tables })], { drillPrefix: 'drill-' });

  test.each<[PlanInput['tables'], string]>([
    [{ named: ['orders', 'drill-orders'] }, 'drill-orders'],
    [{ matching: ['drill-prod-*'] }, 'drill-prod-*'],
    [{ matching: ['drill-*'], except: ['drill-tmp-*'] }, 'drill-*'],
  ])('must not find a covered table with their prefix: %j', (tables, found) => {
    expect(drilling(tables)).toMatchObject({
      errors: [
        {
          message: `plans.orders.tables must not cover tables whose names begin with drill-, which drills delete, got ${found}`,
        },
      ],
      warnings: [],
    });
  });

  test.each<PlanInput['tables']>([{ matching: ['*'] }, { matching: ['d?ill*'] }, { matching: ['*-orders'] }])(
    'may meet tables of theirs in %j, which is worth a warning',
    (tables) => {
      expect(drilling(tables)).toMatchObject({ errors: [], warnings: [{ path: 'plans.orders.tables' }] });
    },
  );

  test.each<PlanInput['tables']>([
    { named: ['orders', 'drills'] },
    { matching: ['prod-*', 'drill_*'] },
    { matching: ['*'], except: ['drill-*'] },
    { matching: ['drill-?'], except: ['drill-*'] },
    { tagged: { backup: 'orders' } },
  ])('have nothing to do with %j', (tables) => {
    expect(drilling(tables)).toEqual({ errors: [], warnings: [] });
  });

  test('are not looked at where there are none', () => {
    expect(checkPlans([aPlan({ tables: { matching: ['drill-*'] } })])).toEqual({ errors: [], warnings: [] });
  });

  test('do not mind a named table that the plan leaves out anyway', () => {
    expect(drilling({ named: ['drill-orders', 'orders'], except: ['drill-*'] }).errors).toEqual([]);
  });
});

describe('two plans', () => {
  const first = (tables: PlanInput['tables']) => aPlan({ name: 'first', tables });
  const second = (tables: PlanInput['tables'], keep: PlanInput['keep'] = { last: 9 }) =>
    aPlan({ name: 'second', tables, keep });

  test.each<[PlanInput['tables'], PlanInput['tables'], string]>([
    [{ named: ['orders'] }, { named: ['billing', 'orders'] }, 'orders'],
    [{ named: ['prod-orders'] }, { matching: ['prod-*'] }, 'prod-orders'],
    [{ matching: ['prod-*'] }, { named: ['prod-orders'] }, 'prod-orders'],
    [{ matching: ['prod-*'] }, { matching: ['*-orders'] }, 'prod-orders'],
    [{ matching: ['a*', 'x??'] }, { matching: ['*b', 'z*'], except: ['ab'] }, 'axb'],
  ])('[C05] that cover one table with other retention contradict each other: %j and %j', (one, other, table) => {
    expect(errorsOf(first(one), second(other))).toEqual([
      `plans.second.tables must not cover a table such as ${table}, which plan first covers with other retention: except it from one of them`,
    ]);
  });

  test.each<[PlanInput['tables'], PlanInput['tables']]>([
    [{ named: ['orders'] }, { named: ['billing'] }],
    [{ named: ['prod-orders'] }, { matching: ['prod-*'], except: ['prod-orders'] }],
    [{ matching: ['prod-*'] }, { named: ['billing'] }],
    [{ matching: ['prod-*'] }, { matching: ['test-*'] }],
    [{ matching: ['prod-*'] }, { matching: ['*-orders'], except: ['prod*'] }],
    [{ matching: ['*'], except: ['prod-*'] }, { matching: ['prod-*'] }],
    [{ tagged: { backup: 'a' } }, { named: ['orders'] }],
  ])('[C05] that share no table for certain go together: %j and %j', (one, other) => {
    expect(checkPlans([first(one), second(other)])).toEqual({ errors: [], warnings: [] });
  });

  test('[C05] that keep the same of one table are only warned of paying twice', () => {
    const plans = [first({ named: ['orders'] }), second({ matching: ['ord*'] }, { monthly: 12, daily: 7 })] as const;

    expect(errorsOf(...plans)).toEqual([]);
    expect(warningsOf(...plans)).toEqual([
      'plans.second.tables: covers a table such as orders, which plan first covers too: it is backed up and paid for twice',
    ]);
  });

  test('[C05] that promise one table other windows of point-in-time recovery contradict each other', () => {
    const week = aPlan({ name: 'second', pointInTimeRecovery: { days: 7 } });
    const month = aPlan({ pointInTimeRecovery: { days: 30 } });

    expect(errorsOf(month, week)).toEqual([
      'plans.second.pointInTimeRecovery.days must be 30, as in plan orders, for both cover a table such as orders, got 7',
    ]);
    expect(errorsOf(month, aPlan({ name: 'second' }))).toEqual([]);
    expect(errorsOf(month, { ...month, name: 'second' })).toEqual([]);
  });

  test('[C05] with the same rules but other copies contradict each other', () => {
    const other = aPlan({ name: 'second', minimumCopies: 1 });

    expect(errorsOf(aPlan(), other)).toHaveLength(1);
  });
});

describe('warnings', () => {
  test('[D09] name the time of a schedule that spring skips, for backups and for prune', () => {
    const local = { timeZone: 'Europe/Berlin' };
    const plan = aPlan({
      backup: { schedule: 'cron(30 2 * * ? *)', ...local },
      prune: { schedule: 'cron(0 2 * * ? *)', ...local },
    });

    expect(warningsOf(plan)).toEqual([
      'plans.orders.backup.schedule: does not fire at 2026-03-29T02:30 and 27 times more until 2053: allowed is a time that the clocks of Europe/Berlin do not skip, or the zone UTC',
      expect.stringContaining('plans.orders.prune.schedule: does not fire at 2026-03-29T02:00 and 27 times more'),
    ]);
  });

  describe('of a cap that is enough on most days', () => {
    const keep = { last: 10, daily: 14, weekly: 8, monthly: 6 };
    const nightly = { backup: { schedule: 'cron(0 3 * * ? *)' }, keep };
    const twiceAWeek = 'cron(0 5 ? * MON,THU *)';

    test('name what may expire at once, and what would do', () => {
      expect(warningsOf(aPlan({ ...nightly, prune: { schedule: twiceAWeek } }))).toEqual([
        expect.stringMatching(
          /^plans\.orders\.prune\.schedule: should let at most 5 .* got up to 7 with cron\(0 5 \? \* MON,THU \*\); cron\(\d+ \d+ \* \* \? \*\) or prune\.deletionCap\.perTableCount 7 would do$/,
        ),
      ]);
    });

    test('speak of the cap alone where no schedule would do', () => {
      const all = { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7, within: 'P1D' };
      const plan = aPlan({
        keep: all,
        prune: { schedule: 'rate(1 hour)', deletionCap: { perTableCount: 5, perTablePercent: 0 } },
      });

      expect(warningsOf(plan)).toEqual([
        expect.stringMatching(/hour\); prune\.deletionCap\.perTableCount 7 would do$/),
      ]);
    });

    test('are given for copies that let go of more', () => {
      const awsBackup = { copies: [{ region: 'eu-west-1', keep }] };
      const backup = { ...nightly.backup, engine: 'aws-backup' as const, awsBackup };
      const plan = aPlan({ backup, keep: { last: 10 }, prune: { schedule: twiceAWeek } });

      expect(warningsOf(plan)).toEqual([expect.stringContaining('got up to 7 with')]);
    });

    test.each([
      ['a cap that is large enough', { schedule: twiceAWeek, deletionCap: { perTableCount: 7 } }],
      ['the schedule that a plan without one gets', {}],
    ])('are not given for %s', (_, prune) => {
      expect(warningsOf(aPlan({ ...nightly, prune }))).toEqual([]);
    });
  });

  test('[D09] speak of one skipped time as of one', () => {
    const plan = aPlan({ backup: { schedule: 'at(2026-03-29T02:30:00)', timeZone: 'Europe/Berlin' } });

    expect(warningsOf(plan)).toEqual([expect.stringContaining('does not fire at 2026-03-29T02:30: allowed is')]);
  });

  test.each([
    ['cron(30 2 * * ? *)', 'UTC'],
    ['cron(0 4 * * ? *)', 'Europe/Berlin'],
    ['cron(0 * * * ? *)', 'America/New_York'],
  ])('[D09] are not given for %s in %s', (schedule, timeZone) => {
    expect(warningsOf(aPlan({ backup: { schedule, timeZone } }))).toEqual([]);
  });

  test.each([
    ['rate(1 hour)', 'PT60M', {}, 'leaves 0 min beyond the longest gap of 1 h', 'at least 90 min'],
    ['rate(1 hour)', 'PT89M', {}, 'leaves 29 min beyond the longest gap of 1 h', 'at least 90 min'],
    [
      'cron(0 3 * * ? *)',
      'PT25H',
      { timeZone: 'Europe/Berlin' },
      'leaves 0 min beyond the longest gap of 25 h',
      '1530',
    ],
    ['rate(1 day)', 'PT26H', { flexibleWindowMinutes: 100 }, 'leaves 20 min beyond the longest gap of 25.67 h', '1570'],
  ])('name a recovery point that %s leaves no time for: %s', (schedule, recoveryPoint, rest, text, allowed) => {
    const plan = aPlan({ backup: { schedule, ...rest }, objectives: { recoveryPoint } });

    const [warning, ...more] = warningsOf(plan);

    expect(warning).toContain(`plans.orders.objectives.recoveryPoint: ${text}`);
    expect(warning).toContain(allowed);
    expect(more).toEqual([]);
  });

  test.each([
    ['rate(1 hour)', 'PT90M'],
    ['cron(0 3 * * ? *)', 'PT24H30M'],
    ['rate(1 hour)', undefined],
  ])('are not given where half an hour is left: %s and %s', (schedule, recoveryPoint) => {
    const objectives = recoveryPoint === undefined ? {} : { recoveryPoint };

    expect(warningsOf(aPlan({ backup: { schedule }, objectives }))).toEqual([]);
  });

  test('name a table that the plan both names and leaves out', () => {
    expect(warningsOf(aPlan({ tables: { named: ['orders', 'prod-a'], except: ['prod-*'] } }))).toEqual([
      'plans.orders.tables.named: prod-a is not backed up, for tables.except leaves it out',
    ]);
  });
});

test('the length of a duration is the same after a thousand others were asked for', () => {
  const seconds = Array.from({ length: 1_100 }, (_, nth) => durationSeconds(`PT${nth + 1}S`));

  expect(seconds).toEqual(Array.from({ length: 1_100 }, (_, nth) => nth + 1));
  expect(durationSeconds('PT1S')).toBe(1);
});
