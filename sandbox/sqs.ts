import { AwsError } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import type { ApiCall, Service } from './front.ts';
import { Input } from './input.ts';
import { randomUuid, type Random } from './random.ts';

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
}

interface Held {
  readonly message: QueueMessage;
  visibleAt: number;
}

/** Takes how many messages of a queue are visible, by the queue's name. */
type PublishDepth = (queue: string, visible: number) => void;

const minuteMs = 60_000;
/** A queue that is empty and that nobody uses stays active for so long. Source: SQS developer guide, "CloudWatch metrics". */
const activeMs = 6 * 60 * minuteMs;

/** The queues of the account, read as arrays. A received message hides for 30 s and comes back unless it is deleted. */
export class Queues {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #publish: PublishDepth | undefined;
  readonly #queues = new Map<string, Held[]>();
  /** Until when each queue is active that is. */
  readonly #activeUntil = new Map<string, number>();

  constructor(clock: VirtualClock, random: Random, publish?: PublishDepth) {
    this.#clock = clock;
    this.#random = random;
    this.#publish = publish;
  }

  create(name: string): void {
    if (!this.#queues.has(name)) this.#queues.set(name, []);
  }

  get names(): string[] {
    return [...this.#queues.keys()];
  }

  /** Every message in a queue, oldest first. Takes its name, URL or ARN. */
  messages(queue: string): QueueMessage[] {
    return this.#find(queue).map((held) => held.message);
  }

  send(queue: string, body: string, attributes: Readonly<Record<string, unknown>> = {}): QueueMessage {
    const message = { messageId: randomUuid(this.#random), body, attributes, sentAt: this.#clock.now };
    this.#find(queue).push({ message, visibleAt: this.#clock.now });
    this.#keepActive(nameOf(queue));
    return message;
  }

  receive(queue: string, atMost: number, hiddenMs: number): QueueMessage[] {
    const visible = this.#find(queue).filter((held) => held.visibleAt <= this.#clock.now);
    return visible.slice(0, atMost).map((held) => {
      held.visibleAt = this.#clock.now + hiddenMs;
      return held.message;
    });
  }

  delete(queue: string, messageId: string): void {
    const held = this.#find(queue);
    const index = held.findIndex(({ message }) => message.messageId === messageId);
    if (index >= 0) held.splice(index, 1);
  }

  /** > The depth of an active queue is published each minute; a queue is active while it holds a message, and for six hours more. */
  #keepActive(name: string): void {
    if (!this.#publish) return;
    const isActive = this.#activeUntil.has(name);
    this.#activeUntil.set(name, this.#clock.now + activeMs);
    if (!isActive) this.#clock.after(minuteMs, () => { this.#publishDepth(name); }); // prettier-ignore
  }

  #publishDepth(name: string): void {
    const held = this.#find(name);
    this.#publish?.(name, held.filter(({ visibleAt }) => visibleAt <= this.#clock.now).length);
    if (held.length > 0) this.#activeUntil.set(name, this.#clock.now + activeMs);
    if ((this.#activeUntil.get(name) ?? 0) > this.#clock.now)
      this.#clock.after(minuteMs, () => { this.#publishDepth(name); }); // prettier-ignore
    else this.#activeUntil.delete(name);
  }

  #find(queue: string): Held[] {
    const held = this.#queues.get(nameOf(queue));
    if (!held) throw new AwsError('QueueDoesNotExist', `the specified queue does not exist: ${queue}`);
    return held;
  }
}

/** The name in a queue's name, URL or ARN. */
function nameOf(queue: string): string {
  return queue.slice(Math.max(queue.lastIndexOf('/'), queue.lastIndexOf(':')) + 1);
}

function sendMessage(queues: Queues, call: ApiCall): object {
  const input = new Input(call.input);
  const attributes = input.optionalStructure('MessageAttributes')?.members ?? {};
  const { messageId } = queues.send(input.text('QueueUrl'), input.text('MessageBody'), attributes);
  return { MessageId: messageId };
}

function receiveMessage(queues: Queues, call: ApiCall): object {
  const input = new Input(call.input);
  const atMost = input.optionalNumber('MaxNumberOfMessages', 1, 10) ?? 1;
  const hiddenMs = (input.optionalNumber('VisibilityTimeout', 0, 43_200) ?? 30) * 1000;
  const messages = queues.receive(input.text('QueueUrl'), atMost, hiddenMs);
  return {
    Messages: messages.map(({ messageId, body, attributes }) => ({
      MessageId: messageId,
      ReceiptHandle: messageId,
      Body: body,
      MessageAttributes: attributes,
    })),
  };
}

function deleteMessage(queues: Queues, call: ApiCall): object {
  const input = new Input(call.input);
  queues.delete(input.text('QueueUrl'), input.text('ReceiptHandle'));
  return {};
}

/** The SQS API: SendMessage, ReceiveMessage and DeleteMessage. */
export function sqsService(queues: Queues): Service {
  return {
    name: 'sqs',
    contentType: 'application/x-amz-json-1.0',
    operations: {
      SendMessage: (call) => sendMessage(queues, call),
      ReceiveMessage: (call) => receiveMessage(queues, call),
      DeleteMessage: (call) => deleteMessage(queues, call),
    },
    errorBody: (error) => ({ __type: `com.amazonaws.sqs#${error.name}`, message: error.message }),
  };
}
