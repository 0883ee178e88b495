import { compileFunction } from 'node:vm';
import type { VirtualClock } from '../clock.ts';
import type { Caller, FrontResponse } from '../front.ts';
import { isRecord } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import type { HttpCall } from '../wire.ts';
import type { Bundle } from './bundle.ts';
import type { DurableConfig } from './durable-execution.ts';
import type { Transport } from './http-stub.ts';
import { processGlobals } from './process-globals.ts';
import { continuing, shortCalls } from './short-calls.ts';
import { virtualTimers, type TimerHost } from './virtual-timers.ts';

/** One version of a function as deployed. */
export interface FunctionDefinition {
  readonly name: string;
  /** ARN of the function, without version. */
  readonly arn: string;
  /** `$LATEST`, or the number of a published version. */
  readonly version: string;
  readonly bundle: Bundle;
  /** The export to call, such as `handler`. */
  readonly exportName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly roleArn: string | undefined;
  readonly durable: DurableConfig | undefined;
}

/** What an invocation is about, beside its payload. */
export interface Invocation {
  readonly requestId: string;
  /** The ARN that was invoked. */
  readonly arn: string;
  /** The durable execution that it continues. */
  readonly executionName?: string;
}

/** What a function threw, as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** How an invocation ended: a payload in JSON (`null` when the function returned nothing), or an error. */
export type InvocationOutcome = { readonly payload: string } | { readonly error: FunctionError };

interface ProcessParts {
  readonly definition: FunctionDefinition;
  readonly clock: VirtualClock;
  readonly random: Random;
  send(call: HttpCall, caller: Caller): Promise<FrontResponse>;
  /** Whether calls that go well at once are sent the short way. */
  readonly sendsShort: boolean;
  /** How far this machine's clock is ahead, in milliseconds. */
  skewMs(): number;
  print(text: string): void;
}

const never = new Promise<never>(() => undefined);

/** Parses in the realm that bundles live in, so that an event is made of their own kind of objects and arrays. */
const parseLikeBundle = compileFunction('return JSON.parse(text)', ['text']) as (text: string) => unknown;

function describe(error: unknown): FunctionError {
  if (!isRecord(error)) return { errorType: typeof error, errorMessage: String(error) };
  const { name, message, stack } = error;
  return {
    errorType: typeof name === 'string' ? name : 'Error',
    errorMessage: typeof message === 'string' ? message : JSON.stringify(error),
    stackTrace: typeof stack === 'string' ? stack.split('\n') : [],
  };
}

/** One process of a function: its module is evaluated once, and it serves one invocation at a time until it dies. */
export class FunctionProcess implements TimerHost, Caller {
  readonly clock: VirtualClock;
  readonly #parts: ProcessParts;
  /** Timers and API calls under way: what the process waits for. */
  waits = 0;
  immediates = 0;
  lastUsedAt = 0;
  #state: 'frozen' | 'running' | 'dead' = 'frozen';
  #gaveUp = false;
  #handler: ((event: unknown, context: unknown) => unknown) | undefined;
  #finish: ((outcome: InvocationOutcome) => void) | undefined;
  #invocation: Invocation = { requestId: '', arn: '' };
  #onThaw: (() => void)[] = [];

  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.clock = parts.clock;
  }

  get functionName(): string {
    return this.#parts.definition.name;
  }

  get roleArn(): string | undefined {
    return this.#parts.definition.roleArn;
  }

  get executionName(): string | undefined {
    return this.#invocation.executionName;
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  get isGone(): boolean {
    return this.#state === 'dead';
  }

  /** Whether it works on something real that virtual time has to wait for. */
  get isBusy(): boolean {
    return this.#state === 'running' && (this.waits === 0 || this.immediates > 0) && !this.#gaveUp;
  }

  giveUpWaiting(): void {
    this.#gaveUp = true;
  }

  /** Runs the handler. Always resolves: with what it returned or threw, or with the way the process died. */
  invoke(payload: string, invocation: Invocation): Promise<InvocationOutcome> {
    const deadline = this.clock.now + this.#parts.definition.timeoutMs;
    this.#invocation = invocation;
    const timeout = this.clock.at(deadline, () => { this.#timeOut(); }); // prettier-ignore
    return new Promise((resolve) => {
      this.#finish = (outcome) => {
        timeout.cancel();
        this.lastUsedAt = this.clock.now;
        this.#finish = undefined;
        resolve(outcome);
      };
      this.#thaw();
      void this.#run(payload, deadline);
    });
  }

  /** The process dies at once: no further effect, no answer received, no output. */
  crash(): void {
    const errorMessage = `RequestId: ${this.#invocation.requestId} Error: Runtime exited with error: signal: killed`;
    this.#die({ errorType: 'Runtime.ExitError', errorMessage });
  }

  wake(callback: () => void): void {
    this.#gaveUp = false;
    if (this.#state === 'running') callback();
    if (this.#state === 'frozen') this.#onThaw.push(callback);
  }

  #timeOut(): void {
    const seconds = (this.#parts.definition.timeoutMs / 1000).toFixed(2);
    const stamp = new Date(this.clock.now).toISOString();
    const errorMessage = `${stamp} ${this.#invocation.requestId} Task timed out after ${seconds} seconds`;
    this.#die({ errorType: 'Sandbox.Timedout', errorMessage });
  }

  #die(error: FunctionError): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#onThaw = [];
    this.#finish?.({ error });
  }

  #thaw(): void {
    this.#state = 'running';
    this.#gaveUp = false;
    for (const callback of this.#onThaw.splice(0)) callback();
  }

  async #run(payload: string, deadline: number): Promise<void> {
    let outcome: InvocationOutcome;
    try {
      this.#handler ??= this.#coldStart();
      const returned: unknown = await this.#handler(parseLikeBundle(payload), this.#context(deadline));
      outcome = { payload: JSON.stringify(returned ?? null) };
    } catch (error) {
      outcome = { error: describe(error) };
    }
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.#finish?.(outcome);
  }

  #coldStart(): (event: unknown, context: unknown) => unknown {
    const { definition, random, sendsShort } = this.#parts;
    const transport: Transport = (call) => this.#send(call);
    const now = (): number => this.clock.now + this.#parts.skewMs();
    const module: { exports: unknown } = { exports: {} };
    const globals = processGlobals(
      {
        filename: definition.bundle.filename,
        env: definition.env,
        random,
        timers: this,
        transport: sendsShort ? continuing(transport) : transport,
        now,
        print: (text) => {
          if (this.#state !== 'dead') this.#parts.print(text);
        },
        exit: () => {
          this.crash();
        },
      },
      module,
    );
    const short = { transport, now, randomUuid: () => randomUuid(random), ...virtualTimers(this) };
    definition.bundle.evaluate(globals, sendsShort ? shortCalls(short) : undefined);
    const handler: unknown = Reflect.get(module.exports as object, definition.exportName);
    if (typeof handler !== 'function') {
      throw Object.assign(new Error(`${definition.exportName} is undefined or not exported`), {
        name: 'Runtime.HandlerNotFound',
      });
    }
    return (event, context) => Reflect.apply(handler, undefined, [event, context]) as unknown;
  }

  async #send(call: HttpCall): Promise<FrontResponse> {
    if (this.#state === 'dead') return never;
    this.waits++;
    try {
      return await this.#parts.send(call, this);
    } finally {
      this.waits--;
      if (this.#state !== 'running') await new Promise<void>((resolve) => { this.wake(resolve); }); // prettier-ignore
    }
  }

  #context(deadline: number): object {
    const { definition } = this.#parts;
    const { requestId, arn } = this.#invocation;
    return {
      functionName: definition.name,
      functionVersion: definition.version,
      invokedFunctionArn: arn,
      memoryLimitInMB: String(definition.memoryMb),
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${definition.name}`,
      logStreamName: `[${definition.version}]${requestId}`,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - this.clock.now),
    };
  }
}
