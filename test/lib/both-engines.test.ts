import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { PlanProps } from '../../lib/plan-props.ts';
import { account, aMonitoringStack, aPlan, aStack, env, propertiesOf } from './deploy.ts';

const awsBackup = { startWindow: Duration.hours(2) };

/** A plan whose backups both engines take. */
function aPlanOfBoth(changes: Partial<PlanProps> = {}): PlanProps {
  return {
    ...aPlan({ keep: { daily: 7 } }),
    backup: { schedule: 'cron(0 3 * * ? *)', engine: 'both', awsBackup },
    ...changes,
  };
}

function warningsOf(stack: Stack): unknown[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => entry.data);
}

describe('a plan of both engines', () => {
  test('is deployed as one plan for each, which promise and keep the same', () => {
    const objectives = { recoveryPoint: Duration.hours(28) };

    const { plans, pairs } = aStack({ plans: { orders: aPlanOfBoth({ objectives }) } }).deployment;

    expect(plans.map(({ name, backup }) => [name, backup.engine])).toEqual([
      ['orders', 'dynamodb'],
      ['orders-vault', 'aws-backup'],
    ]);
    expect(plans[0]).toMatchObject({ keep: { daily: 7 }, objectives: { recoveryPoint: 'P1DT4H' } });
    expect(plans[0]?.backup).not.toHaveProperty('awsBackup');
    expect(plans[1]).toMatchObject({
      tables: plans[0]?.tables,
      keep: plans[0]?.keep,
      objectives: plans[0]?.objectives,
      backup: { schedule: 'cron(0 3 * * ? *)', awsBackup: { startWindowMinutes: 120 } },
    });
    expect(pairs).toEqual(new Map([['orders', 'orders-vault']]));
  });

  test('has a schedule of each engine, one that follows jobs, and alarms of each', () => {
    const props = { plans: { orders: aPlanOfBoth() } };

    const schedules = propertiesOf(aStack(props), 'AWS::Scheduler::Schedule').map(({ Name }) => Name);
    const alarms = propertiesOf(aMonitoringStack(props), 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName);

    expect(schedules).toEqual(expect.arrayContaining(['orders-backup', 'orders-vault-backup', 'orders-vault-follow']));
    expect(schedules).not.toContain('orders-follow');
    for (const plan of ['orders', 'orders-vault'])
      expect(alarms).toContainEqual(expect.stringMatching(new RegExp(`/${plan}/backups-missing$`)));
  });

  test('has point-in-time recovery looked after once', () => {
    const { plans } = aStack({ plans: { orders: aPlanOfBoth({ pointInTimeRecovery: { days: 35 } }) } }).deployment;

    expect(plans.map(({ pointInTimeRecovery }) => pointInTimeRecovery?.days)).toEqual([35, undefined]);
  });

  test('rehearses restores of both, and what AWS Backup cannot do with those of DynamoDB only', () => {
    const drill = { schedule: 'cron(0 6 ? * SUN *)', indexes: 'none', timeout: Duration.hours(8) } as const;
    const drillsOf = (props: NonNullable<PlanProps['drill']>) =>
      aStack({ plans: { orders: aPlanOfBoth({ drill: props }) } }).deployment.plans.map((plan) => plan.drill);

    const [ofDynamoDb, ofAwsBackup] = drillsOf({ ...drill, reportToAwsBackup: true });
    const [toThePast, none] = drillsOf({ ...drill, backup: 'point-in-time' });

    expect(ofDynamoDb).toMatchObject({ indexes: 'none', timeout: 'PT8H' });
    expect(ofDynamoDb).not.toHaveProperty('reportToAwsBackup');
    expect(ofAwsBackup).toMatchObject({ indexes: 'all', timeout: 'PT8H', reportToAwsBackup: true });
    expect(toThePast).toMatchObject({ backup: 'point-in-time' });
    expect(none).toBeUndefined();
  });

  test('is one plan to whoever wrote it: what is wrong with it is said once, by its own path', () => {
    const wrong = aPlanOfBoth({ keep: { daily: 0 } });

    expect(() => aStack({ plans: { orders: wrong } })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^[^\n]*\n- plans\.orders\.keep\.daily must be [^\n]*$/) as unknown,
      }),
    );
  });

  test('warns once, and not that its tables are paid for twice', () => {
    const backup = { schedule: 'cron(30 2 * * ? *)', timeZone: 'Europe/Berlin', engine: 'both' } as const;

    const stack = aStack({ plans: { orders: aPlanOfBoth({ backup }) } });

    expect(warningsOf(stack)).toEqual([expect.stringContaining('plans.orders.backup.schedule')]);
  });

  test('warns of what its drills do with backups of DynamoDB only, and restores recovery points without it', () => {
    const region = 'eu-central-1';
    const key = Key.fromKeyArn(new Stack(undefined, 'Keys', { env }), 'Key', `arn:aws:kms:${region}:${account}:key/1`);
    const drill = { schedule: 'cron(0 6 ? * SUN *)', region, encryptionKey: key, indexes: ['by-day'] };
    const stackWith = (props: NonNullable<PlanProps['drill']>) =>
      aStack({ plans: { orders: aPlanOfBoth({ drill: props }) } });

    const stack = stackWith(drill);

    expect(warningsOf(stack)).toEqual([
      expect.stringContaining('plans.orders.drill.region is for backups of DynamoDB only: plan orders-vault drills'),
      expect.stringContaining('plans.orders.drill.indexes is for backups of DynamoDB only: plan orders-vault restores'),
    ]);
    const [ofDynamoDb, ofAwsBackup] = stack.deployment.plans.map((plan) => plan.drill);
    expect(ofDynamoDb).toMatchObject({ region, encryptionKey: key.keyArn, indexes: ['by-day'] });
    expect(ofAwsBackup).toMatchObject({ indexes: 'all' });
    expect(ofAwsBackup).not.toHaveProperty('region');
    expect(ofAwsBackup?.encryptionKey).toBeUndefined();
  });

  test.each<[string, NonNullable<PlanProps['drill']>]>([
    [
      'asks for nothing that AWS Backup cannot do',
      { schedule: 'rate(7 days)', indexes: 'all', timeout: Duration.hours(8) },
    ],
    ['does not restore recovery points', { schedule: 'rate(7 days)', backup: 'point-in-time', indexes: 'none' }],
  ])('warns of nothing when its drill %s', (_, drill) => {
    expect(warningsOf(aStack({ plans: { orders: aPlanOfBoth({ drill }) } }))).toEqual([]);
  });

  test('keeps the word for a key of AWS where it drills in the Region of its vault', () => {
    const drill = { schedule: 'rate(7 days)', region: 'eu-central-1', encryptionKey: 'aws-owned' } as const;

    const { plans } = aStack({ plans: { orders: aPlanOfBoth({ drill }) } }).deployment;

    expect(plans[1]?.drill).toMatchObject({ encryptionKey: 'aws-owned' });
  });

  test('leaves nobody else its second name', () => {
    const plans = { orders: aPlanOfBoth(), 'orders-vault': aPlan({ tables: { named: ['users'] } }) };

    expect(() => aStack({ plans })).toThrow(
      'plans.orders-vault must have another name, for plan orders of both engines has it',
    );
  });

  test('is asked for by the dashboard as a whole, whatever became of one engine', () => {
    const [dashboard] = propertiesOf(
      aMonitoringStack({ plans: { orders: aPlanOfBoth() } }),
      'AWS::CloudWatch::Dashboard',
    );

    expect(JSON.stringify(dashboard)).toContain('MIN([morders, morders_vault]) / 3600');
  });
});

test('plans of different engines may keep the backups of one table for different times', () => {
  const plans = {
    short: aPlan({ keep: { daily: 7 }, backup: { schedule: 'cron(0 3 * * ? *)' } }),
    long: aPlan({ keep: { monthly: 12 }, backup: { schedule: 'cron(0 4 * * ? *)', engine: 'aws-backup' } }),
  };

  const stack = aStack({ plans });

  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});
