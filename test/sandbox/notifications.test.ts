import { CloudWatchClient, PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from '@aws-sdk/client-cloudwatch';
import {
  ConfirmSubscriptionCommand,
  CreateTopicCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTopicsCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const hour = 3_600_000;
const oncall = 'oncall@example.com';

class World {
  readonly account = new SandboxAccount({ seed: 5, startAt: new Date('2026-11-20T00:00:00Z') });
  readonly sns = this.account.client(SNSClient);
  TopicArn = '';

  static async create(attributes: Record<string, string> = {}): Promise<World> {
    const world = new World();
    const { TopicArn } = await world.sns.send(new CreateTopicCommand({ Name: 'pages', Attributes: attributes }));
    world.TopicArn = TopicArn ?? '';
    return world;
  }

  async subscribe(Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}): Promise<string> {
    const { TopicArn } = this;
    const { SubscriptionArn } = await this.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }));
    return SubscriptionArn ?? '';
  }

  async attributes(): Promise<Record<string, string>> {
    return (await this.sns.send(new GetTopicAttributesCommand({ TopicArn: this.TopicArn }))).Attributes ?? {};
  }
}

describe('a topic', () => {
  test('asks people to confirm, and reaches those who did', async () => {
    const world = await World.create();
    const answered = await world.subscribe('email', oncall);
    await world.subscribe('email', 'nobody@example.com');

    const before = await world.attributes();
    world.account.inbox.confirm(oncall);
    const after = await world.attributes();
    await world.sns.send(new PublishCommand({ TopicArn: world.TopicArn, Subject: 'hello', Message: 'a < b & "c"' }));

    expect(answered).toBe('pending confirmation');
    expect([before.SubscriptionsConfirmed, before.SubscriptionsPending]).toEqual(['0', '2']);
    expect([after.SubscriptionsConfirmed, after.SubscriptionsPending]).toEqual(['1', '1']);
    expect(world.account.inbox.messages(oncall).map(({ subject }) => subject)).toEqual([
      'AWS Notification - Subscription Confirmation',
      'hello',
    ]);
    expect(world.account.inbox.messages(oncall).at(-1)?.message).toBe('a < b & "c"');
    expect(world.account.inbox.messages('nobody@example.com')).toHaveLength(1);
  });

  test('is confirmed by the token of the mail too', async () => {
    const world = await World.create();
    await world.subscribe('email', oncall);
    const Token = /token: (\w+)/.exec(world.account.inbox.messages(oncall)[0]?.message ?? '')?.[1];

    await world.sns.send(new ConfirmSubscriptionCommand({ TopicArn: world.TopicArn, Token }));

    expect((await world.attributes()).SubscriptionsConfirmed).toBe('1');
  });

  // Source: SNS developer guide, sns-email-notifications.
  test('forgets who does not confirm within two days', async () => {
    const world = await World.create();
    await world.subscribe('email', oncall);

    await world.account.runFor(49 * hour);

    expect(await world.attributes()).toMatchObject({ SubscriptionsPending: '0', SubscriptionsDeleted: '1' });
    expect(() => { world.account.inbox.confirm(oncall); }).toThrow('no subscription of oncall@example.com'); // prettier-ignore
  });

  test('lists its subscriptions, and loses them when somebody unsubscribes', async () => {
    const world = await World.create();
    world.account.queues.create('inbox');
    const queue = 'arn:aws:sqs:eu-central-1:123456789012:inbox';
    const SubscriptionArn = await world.subscribe('sqs', queue);
    await world.subscribe('email', oncall);

    const { Subscriptions } = await world.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: world.TopicArn }));
    await world.sns.send(new UnsubscribeCommand({ SubscriptionArn }));

    expect(Subscriptions).toEqual([
      { SubscriptionArn, Owner: '123456789012', Protocol: 'sqs', Endpoint: queue, TopicArn: world.TopicArn },
      {
        SubscriptionArn: 'PendingConfirmation',
        Owner: '123456789012',
        Protocol: 'email',
        Endpoint: oncall,
        TopicArn: world.TopicArn,
      },
    ]);
    expect(await world.attributes()).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsDeleted: '1' });
  });

  test('delivers to queues, in an envelope or raw', async () => {
    const world = await World.create();
    for (const name of ['wrapped', 'raw']) world.account.queues.create(name);
    await world.subscribe('sqs', 'arn:aws:sqs:eu-central-1:123456789012:wrapped');
    await world.subscribe('sqs', 'arn:aws:sqs:eu-central-1:123456789012:raw', { RawMessageDelivery: 'true' });

    await world.sns.send(new PublishCommand({ TopicArn: world.TopicArn, Message: 'a word' }));

    expect(JSON.parse(world.account.queues.messages('wrapped')[0]?.body ?? '')).toMatchObject({
      Type: 'Notification',
      TopicArn: world.TopicArn,
      Message: 'a word',
    });
    expect(world.account.queues.messages('raw')[0]?.body).toBe('a word');
  });

  test('delivers to functions', async () => {
    const world = await World.create();
    const arn = world.account.loadFunction({
      name: 'reader',
      code: 'exports.handler = async (event) => { console.log(event.Records[0].Sns.Message); };',
    });
    await world.subscribe('lambda', arn);

    await world.sns.send(new PublishCommand({ TopicArn: world.TopicArn, Message: 'a word' }));
    await world.account.runFor(1000);

    expect(world.account.logs.of('reader').map(({ text }) => text)).toContain('a word');
  });

  test.each([
    ['a topic that is not there', { TopicArn: 'arn:aws:sns:eu-central-1:123456789012:none' }, 'NotFound'],
    ['a subject of 101 characters', { Subject: 'x'.repeat(101) }, 'InvalidParameter'],
    ['a message of more than 256 KB', { Message: 'x'.repeat(262_145) }, 'InvalidParameter'],
  ])('refuses %s', async (_, changes, name) => {
    const world = await World.create();
    const message = { TopicArn: world.TopicArn, Message: 'a word', ...changes };

    await expect(world.sns.send(new PublishCommand(message))).rejects.toMatchObject({
      name: expect.stringMatching(`^${name}`),
    });
  });

  test('is listed', async () => {
    const world = await World.create();

    expect((await world.sns.send(new ListTopicsCommand({}))).Topics).toEqual([{ TopicArn: world.TopicArn }]);
  });
});

describe('an alarm reaches a topic', () => {
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';

  /** What the history says of the one action, after the alarm was raised. */
  async function outcome(world: World): Promise<string> {
    const alarm: PutMetricAlarmCommandInput = {
      AlarmName: 'overdue',
      Namespace: 'App',
      MetricName: 'Age',
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      AlarmActions: [world.TopicArn],
    };
    await world.account.client(CloudWatchClient).send(new PutMetricAlarmCommand(alarm));
    world.account.metrics.put('App', 'Age', {}, { at: world.account.clock.now, value: 2 });
    await world.account.runFor(120_000);
    const [action] = world.account.alarms.history('overdue').filter(({ type }) => type === 'Action');
    return action?.summary ?? 'nothing';
  }

  const statement = (changes: object = {}) => ({
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: '*',
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
    ...changes,
  });
  const policy = (...Statement: object[]) => JSON.stringify({ Statement });
  const denyInsecure = statement({
    Effect: 'Deny',
    Principal: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });

  test.each([
    ['without a policy of its own', undefined, true],
    ['that lets CloudWatch publish', policy(statement()), true],
    ['that lets CloudWatch publish, and nobody without TLS', policy(statement(), denyInsecure), true],
    ['that denies what comes without TLS and allows nobody', policy(denyInsecure), false],
    ['that lets somebody else publish', policy(statement({ Principal: { Service: 'events.amazonaws.com' } })), false],
    [
      'that lets CloudWatch publish for another account',
      policy(statement({ Condition: { StringEquals: { 'aws:SourceAccount': '999999999999' } } })),
      false,
    ],
    [
      'that lets alarms of this name publish',
      policy(statement({ Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:*:*:alarm:over*' } } })),
      true,
    ],
  ])('%s', async (_, Policy, reached) => {
    const world = await World.create();
    const AttributeValue = Policy;
    if (Policy !== undefined) {
      const { TopicArn } = world;
      await world.sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: 'Policy', AttributeValue }));
    }

    expect(await outcome(world)).toMatch(reached ? /^Successfully/ : /^Failed .*not authorized.*SNS:Publish/);
  });

  // Source: SNS developer guide, sns-key-management: services need kms:Decrypt and kms:GenerateDataKey* in the key policy.
  test.each([
    ['whose key lets CloudWatch use it', { Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }, /^Successfully/],
    ['whose key lets CloudWatch only decrypt', { Action: 'kms:Decrypt' }, /^Failed .*kms:GenerateDataKey/],
    [
      'whose key is for the account alone',
      { Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'kms:*' },
      /^Failed .*kms:/,
    ],
  ])('%s', async (_, changes, expected) => {
    const world = await World.create({ KmsMasterKeyId: key });
    world.account.keys.setPolicy(key, { Statement: [statement(changes)] });

    expect(await outcome(world)).toMatch(expected);
  });

  test('never with the key that AWS manages for SNS', async () => {
    expect(await outcome(await World.create({ KmsMasterKeyId: 'alias/aws/sns' }))).toMatch(/^Failed/);
  });

  test('not while its key is disabled', async () => {
    const world = await World.create({ KmsMasterKeyId: key });
    world.account.keys.setPolicy(key, { Statement: [statement({ Action: 'kms:*' })] });
    world.account.keys.disable(key);

    expect(await outcome(world)).toMatch(/^Failed .*disabled/);
  });
});

describe('a role that publishes', () => {
  async function publishAs(world: World, ...statements: object[]): Promise<string> {
    const { account, TopicArn } = world;
    const roleArn = account.roles.put('job');
    account.roles.attach('job', 'main', { Statement: statements });
    const { status, body } = await account.clock.runUntilSettled(
      account.front.handle(
        { service: 'sns', operation: 'Publish', headers: {}, body: '', parameters: { TopicArn, Message: 'a word' } },
        { functionName: 'job', roleArn, crash: () => undefined },
      ),
    );
    return status === 200 ? 'ok' : (/<Code>(\w+)/.exec(body)?.[1] ?? body);
  }
  const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource });

  test('needs the topic', async () => {
    const world = await World.create();

    expect(await publishAs(world, allow('sns:Publish', world.TopicArn))).toBe('ok');
    expect(await publishAs(world, allow('sns:Publish', `${world.TopicArn}-other`))).toBe('AccessDeniedException');
  });

  test('needs the key of an encrypted topic', async () => {
    const world = await World.create({ KmsMasterKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1' });

    expect(await publishAs(world, allow('sns:Publish'))).toBe('AccessDeniedException');
    expect(await publishAs(world, allow('sns:Publish'), allow('kms:*'))).toBe('ok');
  });

  test('uses that key through SNS', async () => {
    const world = await World.create({ KmsMasterKeyId: 'arn:aws:kms:eu-central-1:123456789012:key/1' });
    const through = (service: string) => ({
      ...allow('kms:*'),
      Condition: { StringEquals: { 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` } },
    });

    expect(await publishAs(world, allow('sns:Publish'), through('sns'))).toBe('ok');
    expect(await publishAs(world, allow('sns:Publish'), through('sqs'))).toBe('AccessDeniedException');
  });

  test('may be denied by the topic', async () => {
    const world = await World.create();
    const Policy = { Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: '*' }] };
    world.account.topics.get(world.TopicArn).policy = Policy;

    expect(await publishAs(world, allow('sns:Publish'))).toBe('AuthorizationError');
  });
});
