import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { BackupStack } from '../../lib/backup-stack.ts';
import { checkablePlan, withTokens } from '../../lib/plan-input.ts';
import { planSchema } from '../../lambda/domain/plan.ts';
import { anApp, aPlan, env, propertiesOf } from './deploy.ts';

describe('what an operator writes becomes the JSON a schedule carries', () => {
  test('durations become ISO 8601, a window becomes minutes, and everything else stays', () => {
    const props = aPlan({
      tables: { named: ['orders'], matching: ['prod-*'], tagged: { backup: 'orders' }, except: ['prod-tmp-*'] },
      backup: {
        schedule: 'cron(0 4 * * ? *)',
        timeZone: 'Europe/Berlin',
        engine: 'dynamodb',
        flexibleWindow: Duration.hours(1),
      },
      keep: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7, within: Duration.days(14) },
      minimumCopies: 2,
      pointInTimeRecovery: { days: 14, correct: false },
      objectives: { recoveryPoint: Duration.hours(26), recoveryTime: Duration.minutes(90) },
      prune: { schedule: 'rate(1 day)', timeZone: 'UTC', mode: 'report-only', deletionCap: { perRun: 10 } },
    });

    expect(checkablePlan('orders', props).input).toEqual({
      name: 'orders',
      tables: { named: ['orders'], matching: ['prod-*'], tagged: { backup: 'orders' }, except: ['prod-tmp-*'] },
      backup: {
        schedule: 'cron(0 4 * * ? *)',
        timeZone: 'Europe/Berlin',
        engine: 'dynamodb',
        flexibleWindowMinutes: 60,
      },
      keep: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7, within: 'P14D' },
      minimumCopies: 2,
      pointInTimeRecovery: { days: 14, correct: false },
      objectives: { recoveryPoint: 'P1DT2H', recoveryTime: 'PT1H30M' },
      prune: { schedule: 'rate(1 day)', timeZone: 'UTC', mode: 'report-only', deletionCap: { perRun: 10 } },
    });
  });

  test('a key nobody knows is carried along, so that the schema refuses it', () => {
    const props = { ...aPlan(), retentionDays: 7, keep: { daily: 7, hourley: 24 } };

    expect(checkablePlan('orders', props).input).toMatchObject({ retentionDays: 7, keep: { hourley: 24 } });
  });
});

describe('a table whose name only the deployment knows', () => {
  test('is checked under the path of its construct and deployed under its token', () => {
    const table = aTable(new Stack(anApp(), 'Shop', { env }));

    const { input, tokens } = checkablePlan('orders', aPlan({ tables: { named: ['users', table] } }));

    expect(input.tables.named).toEqual(['users', 'Shop.Orders']);
    expect(withTokens(planSchema.parse(input), tokens).tables.named).toEqual(['users', table.tableName]);
  });

  test('is checked under its name where its construct gives it one, and is not to be given twice', () => {
    const table = aTable(new Stack(anApp(), 'Shop', { env }), 'users');

    const { input, tokens } = checkablePlan('orders', aPlan({ tables: { named: [table] } }));

    expect(input.tables.named).toEqual(['users']);
    expect(withTokens(planSchema.parse(input), tokens).tables.named).toEqual([table.tableName]);
    const twice = checkablePlan('orders', aPlan({ tables: { named: [table, 'users'] } }));
    expect(planSchema.safeParse(twice.input).success).toBe(false);
  });

  test('has its real name in the event and in the permissions, whatever CloudFormation makes it', () => {
    const app = anApp();
    const table = aTable(new Stack(app, 'Shop', { env }));

    const stack = new BackupStack(app, 'Backups', { env, plans: { orders: aPlan({ tables: { named: [table] } }) } });

    const [schedule] = propertiesOf(stack, 'AWS::Scheduler::Schedule');
    const input = (schedule?.Target as { Input: { 'Fn::Join': [string, unknown[]] } }).Input['Fn::Join'][1];
    const name = { 'Fn::ImportValue': expect.stringMatching(/^Shop:/) };
    expect(input).toEqual([expect.stringMatching(/"named":\["$/), name, expect.stringMatching(/^"\]/)]);
    expect(JSON.stringify(propertiesOf(stack, 'AWS::IAM::Role'))).toMatch(
      /:table\/",\{"Fn::ImportValue":"Shop:[^}]*\},"\/backup\/\*"/,
    );
  });
});

function aTable(stack: Stack, tableName?: string): Table {
  const partitionKey = { name: 'id', type: AttributeType.STRING };
  return new Table(stack, 'Orders', { partitionKey, ...(tableName !== undefined && { tableName }) });
}
