import { describe, expect, test } from '@jest/globals';
import { checkPlans } from '../../../lambda/domain/plan-checks.ts';
import { type Plan, type PlanInput, planSchema } from '../../../lambda/domain/plan.ts';

type DrillInput = NonNullable<PlanInput['drill']>;

function aPlan(drill?: Partial<DrillInput>, parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'], matching: ['prod-*'], except: ['prod-tmp'] },
    backup: { schedule: 'rate(1 day)' },
    keep: { daily: 7 },
    ...(drill && { drill: { schedule: 'rate(7 days)', ...drill } }),
    ...parts,
  });
}

const checked = (plan: Plan) => {
  const { errors, warnings } = checkPlans([plan], { drillPrefix: 'ddb-drill-' });
  return { errors: errors.map(({ message }) => message), warnings: warnings.map(({ message }) => message) };
};

describe('the drills of a plan', () => {
  const check = { key: { id: { S: '7' } }, expect: {} };

  test('may check any table the plan covers, also one that it may cover by its tags', () => {
    const checks = ['orders', 'prod-users'].map((table) => ({ ...check, table }));

    expect(checked(aPlan({ validate: { checks } }))).toEqual({ errors: [], warnings: [] });
    const byTag = { tables: { tagged: { backup: 'yes' } } };
    expect(checked(aPlan({ validate: { checks } }, byTag)).errors).toEqual([]);
  });

  test('must not check a table that is never drilled', () => {
    const checks = ['orders', 'users', 'prod-tmp'].map((table) => ({ ...check, table }));

    expect(checked(aPlan({ validate: { checks } })).errors).toEqual([
      'plans.orders.drill.validate.checks.1.table must be a table the plan covers, got "users"',
      'plans.orders.drill.validate.checks.2.table must be a table the plan covers, got "prod-tmp"',
    ]);
  });

  test.each([
    ['PT1H', 'PT1H'],
    ['PT59M', 'PT1H'],
    ['PT24H', 'P2D'],
  ])('must not give up after %s when a restore may take %s', (timeout, recoveryTime) => {
    expect(checked(aPlan({ timeout }, { objectives: { recoveryTime } })).errors).toEqual([
      `plans.orders.drill.timeout must be longer than the ${recoveryTime} of objectives.recoveryTime, got ${timeout}`,
    ]);
  });

  test('may promise no restore time at all, or a shorter one than they wait for', () => {
    expect(checked(aPlan({ timeout: 'PT1H' })).errors).toEqual([]);
    expect(checked(aPlan({}, { objectives: { recoveryPoint: 'P2D' } })).errors).toEqual([]);
    expect(checked(aPlan({ timeout: 'PT2H' }, { objectives: { recoveryTime: 'PT1H' } })).errors).toEqual([]);
  });

  test('may act outside the drill table, which is worth a warning', () => {
    expect(checked(aPlan({ rearm: ['tags', 'alarms', 'kinesis-destination'] }))).toEqual({
      errors: [],
      warnings: ['plans.orders.drill.rearm: alarms and kinesis-destination act outside the drill table in every drill'],
    });
  });

  describe('into another Region', () => {
    const away = { region: 'eu-west-1', encryptionKey: 'aws-managed' };

    test.each(['aws-managed', 'aws-owned', 'arn:aws:kms:eu-west-1:111122223333:key/0123'])(
      'may encrypt with %s',
      (encryptionKey) => {
        expect(checked(aPlan({ ...away, encryptionKey }))).toEqual({ errors: [], warnings: [] });
      },
    );

    test('must say with which key, for none of the source is there', () => {
      expect(checked(aPlan({ region: 'eu-west-1' })).errors).toEqual([
        'plans.orders.drill.encryptionKey must be given when drills restore into another Region: a key of eu-west-1, aws-managed or aws-owned, got nothing',
      ]);
    });

    test('must not use a key of yet another one', () => {
      const encryptionKey = 'arn:aws:kms:eu-central-1:111122223333:key/0123';

      expect(checked(aPlan({ ...away, encryptionKey })).errors).toEqual([
        'plans.orders.drill.encryptionKey must be a key of eu-west-1, where drills restore into, got one of eu-central-1',
      ]);
    });

    test('must not give back what is bound to the Region of the source', () => {
      expect(checked(aPlan({ ...away, rearm: ['tags', 'alarms', 'kinesis-destination'] }))).toEqual({
        errors: ['alarms', 'kinesis-destination'].map(
          (setting) =>
            `plans.orders.drill.rearm must hold only settings that another Region can have: a table's stream and what its alarms notify are of its own Region, got ${setting}`,
        ),
        warnings: [],
      });
    });
  });

  test('must not choose a time of a backup, which has its own', () => {
    const restoreTo = { before: 'PT6H' };

    expect(checked(aPlan({ restoreTo, backup: 'point-in-time' })).errors).toEqual([]);
    expect(checked(aPlan({ restoreTo })).errors).toEqual([
      'plans.orders.drill.restoreTo must be left out unless drill.backup is point-in-time, got PT6H with latest',
    ]);
  });

  test('are warned of a time that clocks skip', () => {
    const drill = { schedule: 'cron(30 2 ? * SUN *)', timeZone: 'Europe/Berlin' };

    expect(checked(aPlan(drill)).warnings).toEqual([
      expect.stringMatching(/^plans.orders.drill.schedule: does not fire/),
    ]);
  });

  test('[X03] must not make tables that a pattern of some plan fits', () => {
    const everything = aPlan(undefined, { name: 'all', tables: { matching: ['*'] } });
    const excepted = aPlan(undefined, {
      name: 'all',
      tables: { matching: ['*'], except: ['ddb-drill-*', 'orders', 'prod-*'] },
    });
    const together = (other: Plan) => checkPlans([aPlan({}), other], { drillPrefix: 'ddb-drill-' });

    expect(together(everything).errors.map(({ message }) => message)).toContain(
      'plans.all.tables must not cover tables whose names begin with ddb-drill-, which drills delete, got *',
    );
    expect(together(excepted)).toEqual({ errors: [], warnings: [] });
    expect(checked(everything).errors).toEqual([]);
  });
});
