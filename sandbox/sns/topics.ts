import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { decideByResourcePolicy, type Principal } from '../iam/resource-policy.ts';
import type { Keys } from '../kms.ts';
import { randomHex, randomUuid, type Random } from '../random.ts';
import { Inbox } from './inbox.ts';
import { envelope, lambdaEvent, type Notification } from './notification.ts';

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly isRaw: boolean;
  /** What confirms it. */
  readonly token: string;
  isConfirmed: boolean;
}

export interface Topic {
  readonly name: string;
  readonly arn: string;
  displayName: string;
  /** The policy document; undefined is SNS's own, which lets everybody of the account publish. */
  policy: unknown;
  kmsKey: string | undefined;
}

interface TopicsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly keys: Keys;
  readonly sendToQueue: (arn: string, body: string) => void;
  readonly sendToFunction: (arn: string, payload: string) => void;
}

/** What somebody publishes. */
export interface Publication {
  readonly subject?: string | undefined;
  readonly message: string;
}

/** An unconfirmed subscription goes after two days. Source: SNS developer guide, sns-email-notifications. */
const confirmationMs = 2 * 86_400_000;
const longestSubject = 100;
const longestMessageBytes = 262_144;
const confirmedByThemselves = new Set(['sqs', 'lambda']);
const confirmedByHand = new Set(['email', 'email-json', 'http', 'https']);

/** The topics of the account and who is subscribed to them. */
export class Topics {
  readonly #parts: TopicsParts;
  readonly #topics = new Map<string, Topic>();
  #subscriptions: Subscription[] = [];
  readonly #dropped = new Map<string, number>();
  readonly inbox: Inbox;

  constructor(parts: TopicsParts) {
    this.#parts = parts;
    this.inbox = new Inbox((endpoint) => this.#confirmAll(endpoint));
  }

  get all(): Topic[] {
    return [...this.#topics.values()];
  }

  /** Creates a topic, or returns the one of this name. */
  create(name: string): Topic {
    const arn = `arn:aws:sns:${this.#parts.region}:${this.#parts.accountId}:${name}`;
    const topic = this.#topics.get(arn) ?? { name, arn, displayName: '', policy: undefined, kmsKey: undefined };
    this.#topics.set(arn, topic);
    return topic;
  }

  get(arn: string): Topic {
    const topic = this.#topics.get(arn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  remove(arn: string): void {
    this.#topics.delete(arn);
    this.#subscriptions = this.#subscriptions.filter(({ topicArn }) => topicArn !== arn);
  }

  /** Of one topic, or all. */
  subscriptions(topicArn?: string): readonly Subscription[] {
    return this.#subscriptions.filter((each) => topicArn === undefined || each.topicArn === topicArn);
  }

  /** How many subscriptions of a topic went, by their subscriber's wish or unconfirmed. */
  dropped(topicArn: string): number {
    return this.#dropped.get(topicArn) ?? 0;
  }

  /** Subscribes an endpoint, or returns the subscription it has. A person is asked to confirm first. */
  subscribe(topicArn: string, protocol: string, endpoint: string, isRaw = false): Subscription {
    this.get(topicArn);
    const isConfirmed = confirmedByThemselves.has(protocol);
    if (!isConfirmed && !confirmedByHand.has(protocol))
      throw new AwsError('InvalidParameter', `Invalid parameter: Does not support this protocol string: ${protocol}`);
    const existing = this.subscriptions(topicArn).find(
      (each) => each.protocol === protocol && each.endpoint === endpoint,
    );
    if (existing) return existing;
    const { random } = this.#parts;
    const arn = `${topicArn}:${randomUuid(random)}`;
    const subscription = { arn, topicArn, protocol, endpoint, isRaw, token: randomHex(random, 64), isConfirmed };
    this.#subscriptions.push(subscription);
    if (!isConfirmed) this.#askToConfirm(subscription);
    return subscription;
  }

  confirm(topicArn: string, token: string): Subscription {
    const subscription = this.subscriptions(topicArn).find((each) => each.token === token);
    if (!subscription) throw new AwsError('InvalidParameter', 'Invalid parameter: Token');
    subscription.isConfirmed = true;
    return subscription;
  }

  unsubscribe(arn: string): void {
    const subscription = this.#subscriptions.find((each) => each.arn === arn);
    if (subscription) this.#drop(subscription);
  }

  /** Publishes a message in the name of an AWS service, which the topic's policy and the key's policy must allow. */
  publishAs(service: string, sourceArn: string, topicArn: string, publication: Publication): string {
    const { accountId } = this.#parts;
    const context = new Map([
      ['aws:sourceaccount', accountId],
      ['aws:sourcearn', sourceArn],
      ['aws:sourceowner', accountId],
      ['aws:securetransport', 'true'],
    ]);
    const topic = this.get(topicArn);
    if (topic.policy !== undefined && this.#decide(topic, { service }, context) !== 'allowed')
      throw denied(service, topicArn);
    if (topic.kmsKey !== undefined) this.#parts.keys.demandForService(topic.kmsKey, service, context);
    return this.publish(topicArn, publication);
  }

  /** Throws when the topic's policy explicitly denies a caller of the account to publish. */
  demandNotDenied(topicArn: string, callerArn: string): void {
    const { accountId } = this.#parts;
    const context = new Map([
      ['aws:sourceowner', accountId],
      ['aws:principalaccount', accountId],
      ['aws:securetransport', 'true'],
    ]);
    if (this.#decide(this.get(topicArn), { arn: callerArn }, context) === 'denied explicitly')
      throw denied(callerArn, topicArn);
  }

  /** Publishes a message and delivers it to every confirmed subscription. Returns its id. */
  publish(topicArn: string, { subject, message }: Publication): string {
    const topic = this.get(topicArn);
    if (message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(message) > longestMessageBytes)
      throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
    if (subject !== undefined && (subject === '' || subject.length > longestSubject || /[\n\r]/.test(subject)))
      throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
    const messageId = randomUuid(this.#parts.random);
    const notification: Notification = { messageId, topicArn, subject, message, at: this.#parts.clock.now };
    for (const subscription of this.subscriptions(topic.arn))
      if (subscription.isConfirmed) this.#deliver(subscription, notification);
    return messageId;
  }

  #decide(
    topic: Topic,
    principal: Principal,
    context: ReadonlyMap<string, string>,
  ): ReturnType<typeof decideByResourcePolicy> {
    return decideByResourcePolicy(topic.policy, principal, { action: 'sns:Publish', resource: topic.arn, context });
  }

  #deliver({ protocol, endpoint, arn, isRaw, topicArn }: Subscription, notification: Notification): void {
    const { sendToQueue, sendToFunction, clock } = this.#parts;
    const { message, subject = 'AWS Notification Message' } = notification;
    if (protocol === 'sqs') sendToQueue(endpoint, isRaw ? message : envelope(notification));
    else if (protocol === 'lambda') sendToFunction(endpoint, lambdaEvent(notification, arn));
    else {
      const body = protocol === 'email' || isRaw ? message : envelope(notification);
      this.inbox.add({ at: clock.now, topicArn, protocol, endpoint, subject, message: body });
    }
  }

  #askToConfirm(subscription: Subscription): void {
    const { clock } = this.#parts;
    const { topicArn, protocol, endpoint, token } = subscription;
    const message = `You have chosen to subscribe to the topic: ${topicArn}\nTo confirm this subscription, confirm this token: ${token}`;
    this.inbox.add({
      at: clock.now,
      topicArn,
      protocol,
      endpoint,
      subject: 'AWS Notification - Subscription Confirmation',
      message,
    });
    clock.after(confirmationMs, () => {
      if (!subscription.isConfirmed) this.#drop(subscription);
    });
  }

  #confirmAll(endpoint: string): number {
    const pending = this.#subscriptions.filter((each) => each.endpoint === endpoint && !each.isConfirmed);
    for (const subscription of pending) subscription.isConfirmed = true;
    return pending.length;
  }

  #drop(subscription: Subscription): void {
    if (!this.#subscriptions.includes(subscription)) return;
    this.#subscriptions = this.#subscriptions.filter((each) => each !== subscription);
    this.#dropped.set(subscription.topicArn, this.dropped(subscription.topicArn) + 1);
  }
}

function denied(who: string, topicArn: string): AwsError {
  const message = `${who} is not authorized to perform: SNS:Publish on resource: ${topicArn} because no resource-based policy allows the SNS:Publish action`;
  return new AwsError('AuthorizationError', message, 403);
}
