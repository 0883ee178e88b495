import { describe, expect, test } from '@jest/globals';
import { checkPlans } from '../../lambda/domain/plan-checks.ts';
import { planSchema, type Plan, type PlanInput } from '../../lambda/domain/plan.ts';

/** A plan of recovery points, taken daily and kept for a week. */
function aPlan(awsBackup: PlanInput['backup']['awsBackup'] = {}, parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup', awsBackup },
    keep: { daily: 7 },
    ...parts,
  });
}

const faultsOf = (plan: Plan) => checkPlans([plan]).errors.map(({ message }) => message);

describe('drills of recovery points', () => {
  const drill = { schedule: 'cron(0 6 ? * SUN *)' };

  test('restore where the vault is, with all the indexes of the table', () => {
    const elsewhere = aPlan({}, { drill: { ...drill, region: 'eu-west-1', indexes: 'none' } });

    expect(faultsOf(aPlan({}, { drill }))).toEqual([]);
    expect(faultsOf(elsewhere)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^plans\.orders\.drill\.region must be/),
        expect.stringMatching(/^plans\.orders\.drill\.indexes must be/),
      ]),
    );
  });

  test('of a point in time restore what DynamoDB can, of which AWS Backup cannot be told', () => {
    const past = { ...drill, backup: 'point-in-time' as const, indexes: 'none' as const };

    expect(faultsOf(aPlan({}, { drill: past }))).toEqual([]);
    expect(faultsOf(aPlan({}, { drill: { ...drill, reportToAwsBackup: true } }))).toEqual([]);
    expect(faultsOf(aPlan({}, { drill: { ...past, reportToAwsBackup: true } }))).toEqual([
      'plans.orders.drill.reportToAwsBackup must be left out unless drills restore recovery points of AWS Backup, got true with point-in-time',
    ]);
    const ofDynamoDb = { backup: { schedule: 'cron(0 3 * * ? *)' }, drill: { ...drill, reportToAwsBackup: true } };
    expect(faultsOf(aPlan({}, ofDynamoDb))).toEqual([expect.stringContaining('got true with engine dynamodb')]);
  });
});

describe('copies', () => {
  const copiesKept = (keep: PlanInput['keep']) => aPlan({ copies: [{ region: 'eu-west-1', keep }] });

  test('are kept as many as the floor asks for', () => {
    expect(faultsOf(copiesKept({ daily: 30 }))).toEqual([]);
    expect(faultsOf(copiesKept({ daily: 2 }))).toEqual([
      'plans.orders.backup.awsBackup.copies.0.keep must be sure to keep the 3 copies of minimumCopies, got 2',
    ]);
  });

  test('are held against the lock of the vaults of the app, and not against that of another vault', () => {
    const vaultArn = 'arn:aws:backup:eu-west-1:123456789012:backup-vault:company';
    const copyLock = { minimumDays: 60 };
    const errorsWith = (copy: object) =>
      checkPlans([aPlan({ copies: [{ region: 'eu-west-1', keep: { daily: 30 }, ...copy }] })], { copyLock }).errors;

    expect(errorsWith({}).map(({ path }) => path)).toEqual(['plans.orders.backup.awsBackup.copies.0.keep']);
    expect(errorsWith({ vaultArn })).toEqual([]);
  });

  test('of a plan that runs once are as many as there are', () => {
    const once = aPlan(
      {},
      {
        backup: {
          schedule: 'at(2027-01-01T03:00:00)',
          engine: 'aws-backup',
          awsBackup: { copies: [{ region: 'eu-west-1', keep: { daily: 1 } }] },
        },
      },
    );

    expect(faultsOf(once).filter((message) => message.includes('copies.0'))).toEqual([]);
  });
});

test('plans of different engines may keep the backups of one table as each likes', () => {
  const other = { ...aPlan({}, { name: 'long', keep: { monthly: 12 } }) };
  const native = planSchema.parse({
    name: 'short',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 day)' },
    keep: { daily: 7 },
  });

  expect(checkPlans([native, other])).toEqual({ errors: [], warnings: [] });
});

test('a start window counts as part of the longest gap, and is named when it breaks the objective', () => {
  const plan = aPlan({ startWindowMinutes: 180 }, { objectives: { recoveryPoint: 'PT26H' } });

  expect(faultsOf(plan)).toEqual([
    'plans.orders.backup.schedule must take backups at most PT26H apart, as objectives.recoveryPoint promises, got 27 h with cron(0 3 * * ? *) and a start window of 180 min',
  ]);
});
