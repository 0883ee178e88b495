import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Ledger } from '../../lib/constructs/ledger.ts';
import type { NotifyProps } from '../../lib/monitoring-props.ts';
import type { EnginePlanProps } from '../../lib/both-engines.ts';
import { summaryRoleStatements } from '../../lib/permissions/summary-role.ts';
import { aMonitoringStack, aPlan, aVaultedPlan, env, propertiesOf, resourcesOf } from './deploy.ts';
import { decide, roleStatements } from './iam-simulation.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:operations';

function aTopic(): ITopic {
  return Topic.fromTopicArn(new Stack(undefined, 'Operations', { env }), 'Topic', topicArn);
}

function summarySchedules(notify?: NotifyProps): Readonly<Record<string, unknown>>[] {
  return propertiesOf(aMonitoringStack({ ...(notify && { notify }) }), 'AWS::Scheduler::Schedule').filter(
    ({ Name }) => Name === 'all-summary',
  );
}

describe('the weekly summary', () => {
  test('is sent on Monday mornings, of all plans, unless told otherwise', () => {
    const [schedule] = summarySchedules({ topic: aTopic() });

    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 7 ? * MON *)',
      ScheduleExpressionTimezone: 'UTC',
    });
    expect(JSON.stringify(schedule?.Target)).toContain('<aws.scheduler.scheduled-time>');
  });

  test('is sent when an operator says', () => {
    const schedules = summarySchedules({ topic: aTopic(), weeklySummary: 'cron(0 6 ? * FRI *)' });

    expect(schedules).toMatchObject([{ ScheduleExpression: 'cron(0 6 ? * FRI *)' }]);
  });

  test('is never sent when it is switched off, or to nobody', () => {
    expect(summarySchedules({ topic: aTopic(), weeklySummary: false })).toEqual([]);
  });

  test('refuses a schedule that Scheduler would refuse', () => {
    expect(() => summarySchedules({ topic: aTopic(), weeklySummary: 'cron(0 7 * * MON)' })).toThrow(
      'notify.weeklySummary',
    );
  });

  test('may publish to its topic and to no other, and change nothing', () => {
    const stack = aMonitoringStack({ plans: { orders: aPlan() }, notify: { topic: aTopic() } });
    const statements = roleStatements(resourcesOf(stack)).get('WeeklySummaryRole') ?? [];
    const may = (action: string, resource: string) => decide(statements, { action, resource });

    expect(may('sns:Publish', topicArn)).toBe('allowed');
    expect(may('sns:Publish', 'arn:aws:sns:eu-west-1:123456789012:other')).toBe('denied');
    expect(may('dynamodb:Query', 'arn:Ledger')).toBe('allowed');
    for (const action of ['PutItem', 'UpdateItem', 'DeleteItem'])
      expect(may(`dynamodb:${action}`, 'arn:Ledger')).toBe('denied');
    for (const action of ['CreateBackup', 'DeleteBackup', 'DeleteTable', 'RestoreTableFromBackup', 'Scan'])
      expect(may(`dynamodb:${action}`, 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders')).toBe(
        'explicitly denied',
      );
  });

  test('may list restore jobs only where a plan is of AWS Backup', () => {
    const mayList = (plan: EnginePlanProps) => {
      const stack = aMonitoringStack({ plans: { orders: plan }, notify: { topic: aTopic() } });
      const statements = roleStatements(resourcesOf(stack)).get('WeeklySummaryRole') ?? [];
      return decide(statements, { action: 'backup:ListRestoreJobs', resource: '*' });
    };

    expect(mayList(aVaultedPlan())).toBe('allowed');
    expect(mayList(aPlan())).toBe('denied');
  });

  test('may use the key of a topic of the deployment, through SNS', () => {
    const stack = aMonitoringStack();
    const topic = new Topic(stack, 'Topic');
    const tables = { chosenByName: [], chosenByTag: [], any: '*', backups: [] };
    const ledger = new Ledger(stack, 'Ledger', {});
    const scope = { tables, ledger, encryptionKey: undefined, topic, topicKey: new Key(stack, 'Key') };

    const statement = summaryRoleStatements(scope).find(({ sid }) => sid === 'UseTopicKey');

    const json = JSON.stringify(stack.resolve(statement?.toStatementJson()));
    expect(json).toContain('"Action":["kms:GenerateDataKey","kms:Decrypt"]');
    expect(json).toContain('sns.eu-west-1.');
  });

  test('has no finding of the AwsSolutions rules', () => {
    const plans = { orders: aPlan(), ledgers: aVaultedPlan({ tables: { named: ['ledgers'] } }) };
    const stack = aMonitoringStack({ plans, notify: { topic: aTopic() } });

    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });
});
