import { Readable } from 'node:stream';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SettingsClients } from '../../lambda/aws/clients.ts';
import type { Timing } from '../../lambda/jobs/ports.ts';

/** An error as AWS spells it. */
export class Refusal {
  readonly name: string;
  readonly message: string;

  constructor(name: string, message = 'refused') {
    this.name = name;
    this.message = message;
  }
}

const commandHeader = 'x-stub-command';
const inputHeader = 'x-stub-input';

type Input = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>> | Refusal;
/** The answer to each operation, or a function of its input that gives one. */
export type Answers = Readonly<Record<string, Answer | ((input: Input) => Answer)>>;

/** Clients of the real SDK over answers of our own, and what they asked. */
export class StubAws {
  readonly calls: { readonly operation: string; readonly input: Input }[] = [];
  readonly slept: number[] = [];
  #answers: Answers;
  #now = Date.parse('2026-11-20T03:00:00Z');

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  answer(answers: Answers): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  get clients(): SettingsClients {
    const config = this.#config;
    return {
      dynamodb: new DynamoDBClient(config),
      autoScaling: new ApplicationAutoScalingClient(config),
      cloudWatch: new CloudWatchClient(config),
    };
  }

  get eventBridge(): EventBridgeClient {
    return new EventBridgeClient(this.#config);
  }

  /** AWS Backup spells an operation as a path: the command is told in headers instead. */
  get backup(): BackupClient {
    const client = new BackupClient(this.#config);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          const { headers } = args.request as { headers: Record<string, string> };
          headers[commandHeader] = commandName.replace(/Command$/, '');
          headers[inputHeader] = JSON.stringify(args.input);
          return next(args);
        },
      { step: 'build', name: 'tellCommand' },
    );
    return client;
  }

  get #config() {
    return {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: (request: { headers: Record<string, string>; body?: unknown }) => this.#handle(request),
      },
    };
  }

  /** A clock that only sleeping moves. */
  get timing(): Timing {
    return {
      now: () => new Date(this.#now),
      sleep: (milliseconds) => {
        this.slept.push(milliseconds);
        this.#now += milliseconds;
        return Promise.resolve();
      },
      random: () => 0.5,
    };
  }

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  inputsOf(operation: string): Input[] {
    return this.calls.filter((call) => call.operation === operation).map(({ input }) => input);
  }

  #handle({ headers, body }: { headers: Record<string, string>; body?: unknown }) {
    const operation = headers[commandHeader] ?? (headers['x-amz-target'] ?? '').split('.').at(-1) ?? '';
    const text =
      headers[inputHeader] ?? (typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array));
    const input = JSON.parse(text) as Input;
    this.calls.push({ operation, input });
    const given = this.#answers[operation] ?? new Refusal('UnknownOperationException', operation);
    const answer = typeof given === 'function' ? given(input) : given;
    const isRefusal = answer instanceof Refusal;
    const answered = JSON.stringify(isRefusal ? { __type: answer.name, message: answer.message } : answer);
    const response = {
      statusCode: isRefusal ? 400 : 200,
      headers: { 'content-type': 'application/x-amz-json-1.0', date: new Date(this.#now).toUTCString() },
      body: Readable.from([Buffer.from(answered)]),
    };
    return Promise.resolve({ response });
  }
}
