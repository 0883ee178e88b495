import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { DeploymentProps } from '../../lib/deployment-props.ts';
import { account, anApp, aStack, env, propertiesOf } from './deploy.ts';
import { aMonitoredStack } from './monitored.ts';

const emails = ['oncall@example.com'];
const pager: IAlarmAction = { bind: () => ({ alarmActionArn: `arn:aws:lambda:eu-west-1:${account}:function:pager` }) };
const topicArn = `arn:aws:sns:eu-west-1:${account}:ours`;

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Action: unknown;
  readonly Condition?: unknown;
}

function statements(stack: Stack, type: string, property: string): Statement[] {
  return propertiesOf(stack, type).flatMap(
    (properties) => (properties[property] as { Statement: Statement[] }).Statement,
  );
}

const warningsOf = (stack: Stack) =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => entry.data);

describe('the topic of the deployment', () => {
  test('[M04] is encrypted with a key that CloudWatch may use for alarms of this account', () => {
    const stack = aMonitoredStack({ notify: { emails } });

    expect(propertiesOf(stack, 'AWS::SNS::Topic')).toMatchObject([
      { KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] } },
    ]);
    expect(statements(stack, 'AWS::KMS::Key', 'KeyPolicy').filter(({ Sid }) => Sid === 'AlarmTopic')).toEqual([
      {
        Sid: 'AlarmTopic',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      },
    ]);
  });

  test('[M04] takes alarms of this account, and nothing that is sent in the clear', () => {
    const policy = statements(aMonitoredStack({ notify: { emails } }), 'AWS::SNS::TopicPolicy', 'PolicyDocument');

    expect(policy).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        Principal: '*',
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    ]);
  });

  test('[M04] has no key where AWS owns the keys, because CloudWatch cannot use the one that AWS manages for SNS', () => {
    const stack = aMonitoredStack({ notify: { emails }, encryptionKey: 'aws-owned' });

    const [topic] = propertiesOf(stack, 'AWS::SNS::Topic');
    expect(topic).toBeDefined();
    expect(topic).not.toHaveProperty('KmsMasterKeyId');
  });

  test('[M04] with a key whose policy is not ours, the policy it needs is said', () => {
    const app = anApp();
    const encryptionKey = Key.fromKeyArn(
      new Stack(app, 'Keys', { env }),
      'Key',
      `arn:aws:kms:eu-west-1:${account}:key/0123`,
    );

    expect(warningsOf(aMonitoredStack({ notify: { emails }, encryptionKey }))).toEqual([
      expect.stringMatching(
        /unless it lets cloudwatch.amazonaws.com use kms:Decrypt and kms:GenerateDataKey\*, no alarm is ever sent/,
      ),
    ]);
    expect(warningsOf(aMonitoredStack({ notify: { emails } }))).toEqual([]);
  });
});

describe('an alarm is heard', () => {
  test('by mail, one subscription per address', () => {
    const stack = aMonitoredStack({ notify: { emails: ['a@example.com', 'b@example.com'] } });

    expect(propertiesOf(stack, 'AWS::SNS::Subscription').map(({ Protocol, Endpoint }) => [Protocol, Endpoint])).toEqual(
      [
        ['email', 'a@example.com'],
        ['email', 'b@example.com'],
      ],
    );
  });

  test("through a topic of one's own, and then there is no other", () => {
    const stack = aMonitoredStack({
      notify: { topic: Topic.fromTopicArn(new Stack(anApp(), 'Ours', { env }), 'Topic', topicArn) },
    });

    expect(propertiesOf(stack, 'AWS::SNS::Topic')).toEqual([]);
    expect(actionsOf(stack)).toEqual([[topicArn]]);
    expect(warningsOf(stack)).toEqual([]);
  });

  test('in Slack, where nobody can run a command', () => {
    const stack = aMonitoredStack({ notify: { slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } } });

    expect(propertiesOf(stack, 'AWS::Chatbot::SlackChannelConfiguration')).toEqual([
      expect.objectContaining({
        SlackWorkspaceId: 'T0123ABCD',
        SlackChannelId: 'C0123ABCD',
        SnsTopicArns: [{ Ref: expect.stringMatching(/^NotificationsTopic/) }],
        GuardrailPolicies: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AWSDenyAll']] }],
      }),
    ]);
    expect(warningsOf(stack)).toEqual([]);
  });

  test('by whatever else it does, and then nobody has to be subscribed', () => {
    const stack = aMonitoredStack({ notify: { actions: [pager] } });

    expect(actionsOf(stack)).toEqual([
      [{ Ref: expect.stringMatching(/^NotificationsTopic/) }, expect.stringContaining('pager')],
    ]);
    expect(listensAlarms(stack)).toEqual([]);
    expect(warningsOf(stack)).toEqual([]);
  });

  test.each<[string, DeploymentProps['notify']]>([
    ['by mail', { emails }],
    ['by mail and otherwise', { emails, actions: [pager] }],
    ['by nobody', {}],
  ])('%s, and it is an alarm when nobody is subscribed', (_, notify = {}) => {
    expect(listensAlarms(aMonitoredStack({ notify }))).toEqual(['nobody-listens', 'subscription-unconfirmed']);
  });

  test('by nobody, which is worth a warning that says what to write', () => {
    expect(warningsOf(aMonitoredStack())).toEqual([
      expect.stringContaining("nobody hears an alarm: say who, such as notify: { emails: ['oncall@example.com'] }"),
    ]);
  });
});

describe('synth refuses', () => {
  test.each<[string, NonNullable<DeploymentProps['notify']>, string]>([
    [
      'what is no address',
      { emails: ['a@example.com', 'oncall'] },
      'notify.emails.1 must be an e-mail address, got "oncall"',
    ],
    ['an empty address', { emails: [''] }, 'notify.emails.0 must be an e-mail address, got ""'],
    [
      'two in one',
      { emails: ['a@example.com, b@example.com'] },
      'notify.emails.0 must be an e-mail address, got "a@exam',
    ],
    [
      'one given twice',
      { emails: [...emails, ...emails] },
      'notify.emails.1 must be given once, got "oncall@example.com" again',
    ],
    [
      'a name for a workspace',
      { slack: { workspaceId: 'ours', channelId: 'C1' } },
      'notify.slack.workspaceId must be the id of',
    ],
    [
      'a name for a channel',
      { slack: { workspaceId: 'T1', channelId: '#ops' } },
      'notify.slack.channelId must be the id of a channel',
    ],
    [
      'more than CloudWatch does',
      { actions: Array.from({ length: 5 }, () => pager) },
      'notify.actions must be at most 4',
    ],
  ])('%s', (_, notify, message) => {
    expect(() => aStack({ notify })).toThrow(message);
  });

  test('a topic of another Region, where no alarm can reach it', () => {
    const topic = Topic.fromTopicArn(
      new Stack(anApp(), 'Ours', { env }),
      'Topic',
      topicArn.replace('eu-west-1', 'us-east-1'),
    );

    expect(() => aStack({ notify: { topic } })).toThrow(
      'notify.topic must be a topic of region eu-west-1, got one of us-east-1',
    );
  });
});

test.each<[string, Partial<DeploymentProps>]>([
  ['with a key', { notify: { emails } }],
  ['with keys of AWS', { notify: { emails }, encryptionKey: 'aws-owned' }],
  ['in Slack', { notify: { slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' } } }],
])('cdk-nag has nothing to say about alarms %s', (_, props) => {
  expect(new AwsSolutionsChecks().validateScope(aMonitoredStack(props)).violations).toEqual([]);
});

/** What the alarms do that do anything, each list once. */
function actionsOf(stack: Stack): unknown[] {
  const types = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'];
  const lists = types
    .flatMap((type) => propertiesOf(stack, type))
    .flatMap(({ AlarmActions, OKActions }) => [AlarmActions, OKActions]);
  const distinct = new Set(lists.filter(Boolean).map((list) => JSON.stringify(list)));
  return [...distinct].map((list): unknown => JSON.parse(list));
}

function listensAlarms(stack: Stack): string[] {
  const names = propertiesOf(stack, 'AWS::CloudWatch::Alarm').map(
    ({ AlarmName }) => String(AlarmName).split('/')[2] ?? '',
  );
  return names.filter((name) => /listens|subscription/.test(name)).sort();
}
