import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import {
  Alarm,
  AlarmMuteRule,
  AlarmRule,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  MathExpression,
  Metric,
  ScheduleExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

// The first synthesis of a process loads the whole of the CDK.

const startAt = new Date('2026-11-20T00:00:00Z');
const env = { account: '123456789012', region: 'eu-central-1' };
const oncall = 'oncall@example.com';

interface Choices {
  /** Whether the key of the topic lets CloudWatch use it. */
  readonly keyFor?: 'cloudwatch' | 'nobody';
  readonly withMuteRule?: boolean;
  readonly email?: string;
}

/** Synthesizes alarms, a topic with a key, a dashboard, a rule and a channel; returns its `cdk.out`. */
function synthesized({ keyFor = 'cloudwatch', withMuteRule = false, email = oncall }: Choices = {}): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-out-')), builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Watch', { env });
  const key = new Key(stack, 'Key', { alias: 'pages' });
  if (keyFor === 'cloudwatch') key.grantEncryptDecrypt(new ServicePrincipal('cloudwatch.amazonaws.com'));
  const topic = new Topic(stack, 'Pages', { masterKey: key, enforceSSL: true });
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': env.account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(email));
  const age = new Metric({ namespace: 'App', metricName: 'Age', statistic: 'Maximum', period: Duration.minutes(15) });
  const overdue = new Alarm(stack, 'Overdue', {
    metric: age,
    threshold: 10,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.BREACHING,
  });
  const doubled = new Alarm(stack, 'Doubled', {
    metric: new MathExpression({ expression: 'age * 2', usingMetrics: { age }, period: Duration.minutes(15) }),
    threshold: 30,
    evaluationPeriods: 1,
  });
  const bad = new CompositeAlarm(stack, 'Bad', {
    alarmRule: AlarmRule.allOf(overdue, doubled),
    compositeAlarmName: 'bad',
  });
  bad.addAlarmAction(new SnsAction(topic));
  if (withMuteRule) {
    new AlarmMuteRule(stack, 'Paused', {
      alarms: [bad],
      schedule: ScheduleExpression.at({ year: 2026, month: 11, day: 20, hour: 0, minute: 0 }),
      duration: Duration.hours(2),
    });
  }
  new Dashboard(stack, 'Board', { dashboardName: 'board', widgets: [[new GraphWidget({ left: [age] })]] });
  const heard = new Queue(stack, 'Heard', { queueName: 'heard' });
  new Rule(stack, 'Changes', { eventPattern: { source: ['aws.cloudwatch'] }, targets: [new SqsQueue(heard)] });
  new SlackChannelConfiguration(stack, 'Slack', {
    slackChannelConfigurationName: 'pages',
    slackWorkspaceId: 'T01',
    slackChannelId: 'C01',
    notificationTopics: [topic],
  });
  return app.synth().directory;
}

async function live(account: SandboxAccount, value: number): Promise<void> {
  account.metrics.put('App', 'Age', {}, { at: account.clock.now, value });
  await account.runFor(900_000);
}

const pages = (account: SandboxAccount) =>
  account.inbox.messages(oncall).map(({ subject }) => subject).filter((subject) => !subject.startsWith('AWS')); // prettier-ignore

describe('a deployed app', () => {
  test('has its alarms evaluated, and their messages delivered', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });

    await account.deploy(synthesized());
    account.inbox.confirm(oncall);
    for (const value of [5, 12, 20, 5]) await live(account, value);

    expect(pages(account)).toEqual(['ALARM: "bad" in EU (Frankfurt)']);
    expect(account.monitoring.dashboards.get('board').body).toContain('"Age"');
    expect(account.queues.messages('heard').length).toBeGreaterThan(3);
    const slack = account.inbox.messages().filter(({ endpoint }) => endpoint.includes('chatbot'));
    expect(slack.at(-1)?.subject).toBe('ALARM: "bad" in EU (Frankfurt)');
  });

  test('whose key shuts CloudWatch out raises its alarm, tells nobody, and has that in the history', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });

    await account.deploy(synthesized({ keyFor: 'nobody' }));
    account.inbox.confirm(oncall);
    await live(account, 20);

    expect(account.alarms.get('bad')?.state.value).toBe('ALARM');
    expect(pages(account)).toEqual([]);
    expect(account.alarms.history('bad').map(({ summary }) => summary)).toContainEqual(
      expect.stringMatching(/^Failed to execute action .*kms:GenerateDataKey/),
    );
  });

  test('is silent while it is muted, and tells afterwards what still holds', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });

    await account.deploy(synthesized({ withMuteRule: true }));
    account.inbox.confirm(oncall);
    await live(account, 20);
    const early = pages(account);
    for (let quarter = 0; quarter < 8; quarter++) await live(account, 20);

    expect([early, pages(account)]).toEqual([[], ['ALARM: "bad" in EU (Frankfurt)']]);
  });

  test('deployed again subscribes whom it now names, and nobody else', async () => {
    const account = new SandboxAccount({ seed: 7, startAt });
    await account.deploy(synthesized());

    await account.deploy(synthesized({ email: 'second@example.com' }));

    const endpoints = account.topics.subscriptions().map(({ endpoint }) => endpoint);
    expect(endpoints.filter((endpoint) => endpoint.includes('@'))).toEqual(['second@example.com']);
    expect(account.alarms.all).toHaveLength(3);
  });
});
