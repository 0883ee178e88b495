import { AwsError } from '../aws-error.ts';
import type { ApiCall, FrontResponse, Service } from '../front.ts';
import type { Roles } from '../iam/roles.ts';
import { Input } from '../input.ts';
import { queryAnswer, queryError } from '../query-protocol.ts';
import type { Subscription, Topic, Topics } from './topics.ts';

const namespace = 'http://sns.amazonaws.com/doc/2010-03-31/';
const pageSize = 100;

/** An answer that is XML already. */
class QueryAnswer {
  readonly response: FrontResponse;

  constructor(operation: string, output: object) {
    this.response = { status: 200, headers: {}, body: queryAnswer(operation, namespace, output, 'sandbox') };
  }
}

interface SnsParts {
  readonly topics: Topics;
  readonly roles: Roles;
  readonly accountId: string;
}

type Operate = (parts: SnsParts, input: Input, call: ApiCall) => object;

const operations: Readonly<Record<string, Operate>> = {
  CreateTopic: ({ topics }, input) => {
    const topic = topics.create(input.text('Name', { pattern: /^[\w-]{1,256}(\.fifo)?$/ }));
    const attributes = input.optionalStructure('Attributes')?.members ?? {};
    for (const [name, value] of Object.entries(attributes)) setTopicAttribute(topic, name, String(value));
    return { TopicArn: topic.arn };
  },
  DeleteTopic: ({ topics }, input) => {
    topics.remove(input.text('TopicArn'));
    return {};
  },
  ListTopics: ({ topics }, input) => paged(topics.all, input, 'Topics', ({ arn }) => ({ TopicArn: arn })),
  GetTopicAttributes: (parts, input) => ({
    Attributes: topicAttributes(parts, parts.topics.get(input.text('TopicArn'))),
  }),
  SetTopicAttributes: ({ topics }, input) => {
    const topic = topics.get(input.text('TopicArn'));
    setTopicAttribute(topic, input.text('AttributeName'), input.optionalText('AttributeValue') ?? '');
    return {};
  },
  Subscribe: ({ topics }, input) => {
    const attributes = input.optionalStructure('Attributes');
    if (attributes?.members.FilterPolicy !== undefined)
      throw new AwsError('InvalidParameter', 'the sandbox has no filter policies');
    const isRaw = attributes?.optionalText('RawMessageDelivery') === 'true';
    const subscription = topics.subscribe(
      input.text('TopicArn'),
      input.text('Protocol'),
      input.text('Endpoint'),
      isRaw,
    );
    const tellsArn = subscription.isConfirmed || input.optionalText('ReturnSubscriptionArn') === 'true';
    return { SubscriptionArn: tellsArn ? subscription.arn : 'pending confirmation' };
  },
  ConfirmSubscription: ({ topics }, input) => ({
    SubscriptionArn: topics.confirm(input.text('TopicArn'), input.text('Token')).arn,
  }),
  Unsubscribe: ({ topics }, input) => {
    topics.unsubscribe(input.text('SubscriptionArn'));
    return {};
  },
  ListSubscriptions: (parts, input) => listSubscriptions(parts, input, undefined),
  ListSubscriptionsByTopic: (parts, input) =>
    listSubscriptions(parts, input, parts.topics.get(input.text('TopicArn')).arn),
  Publish: (parts, input, call) => {
    const topicArn = input.optionalText('TopicArn') ?? input.text('TargetArn');
    authorize(parts, parts.topics.get(topicArn), call);
    return {
      MessageId: parts.topics.publish(topicArn, {
        subject: input.optionalText('Subject'),
        message: input.text('Message'),
      }),
    };
  },
};

/** A role must not be denied by the topic's policy, and must be allowed to use the topic's key. */
function authorize({ topics, roles }: SnsParts, topic: Topic, { caller }: ApiCall): void {
  if (caller.roleArn === undefined) return;
  topics.demandNotDenied(topic.arn, caller.roleArn);
  if (topic.kmsKey === undefined) return;
  const throughSns = new Map([['kms:viaservice', `sns.${topic.arn.split(':')[3]}.amazonaws.com`]]);
  for (const action of ['kms:GenerateDataKey', 'kms:Decrypt'])
    roles.demand(caller.roleArn, action, topic.kmsKey, throughSns);
}

function setTopicAttribute(topic: Topic, name: string, value: string): void {
  if (name === 'Policy') topic.policy = value === '' ? undefined : JSON.parse(value);
  else if (name === 'KmsMasterKeyId') topic.kmsKey = value === '' ? undefined : value;
  else if (name === 'DisplayName') topic.displayName = value;
  else throw new AwsError('InvalidParameter', `Invalid parameter: AttributeName: the sandbox does not know ${name}`);
}

function topicAttributes({ topics, accountId }: SnsParts, topic: Topic): Map<string, string> {
  const subscriptions = topics.subscriptions(topic.arn);
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  return new Map([
    ['TopicArn', topic.arn],
    ['Owner', accountId],
    ['DisplayName', topic.displayName],
    ['SubscriptionsConfirmed', String(confirmed)],
    ['SubscriptionsPending', String(subscriptions.length - confirmed)],
    ['SubscriptionsDeleted', String(topics.dropped(topic.arn))],
    ...(topic.policy === undefined ? [] : [['Policy', JSON.stringify(topic.policy)] as const]),
    ...(topic.kmsKey === undefined ? [] : [['KmsMasterKeyId', topic.kmsKey] as const]),
  ]);
}

function listSubscriptions({ topics, accountId }: SnsParts, input: Input, topicArn: string | undefined): object {
  return paged(topics.subscriptions(topicArn), input, 'Subscriptions', (subscription: Subscription) => ({
    SubscriptionArn: subscription.isConfirmed ? subscription.arn : 'PendingConfirmation',
    Owner: accountId,
    Protocol: subscription.protocol,
    Endpoint: subscription.endpoint,
    TopicArn: subscription.topicArn,
  }));
}

function paged<T>(rows: readonly T[], input: Input, name: string, describe: (row: T) => object): object {
  const from = Number(input.optionalText('NextToken') ?? 0);
  const next = from + pageSize;
  return { [name]: rows.slice(from, next).map(describe), NextToken: rows.length > next ? String(next) : undefined };
}

/** The SNS API, in the Query protocol that all its clients speak. */
export function snsService(parts: SnsParts): Service {
  return {
    name: 'sns',
    contentType: 'text/xml',
    operations: Object.fromEntries(
      Object.entries(operations).map(([name, operate]) => [
        name,
        (call: ApiCall) => new QueryAnswer(name, operate(parts, new Input(call.input), call)),
      ]),
    ),
    answer: (output) => (output instanceof QueryAnswer ? output.response : { status: 200, headers: {}, body: '' }),
    errorBody: (error) => ({ Code: error.name, Message: error.message }),
    answerError: (error) => ({ status: error.status, headers: {}, body: queryError(error, namespace) }),
  };
}
