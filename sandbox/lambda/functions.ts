import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Caller, FrontResponse } from '../front.ts';
import { randomStream, randomUuid, type Random } from '../random.ts';
import type { HttpCall } from '../wire.ts';
import { AsyncEvents, type FailureDestination } from './async-events.ts';
import { FunctionProcess, type FunctionDefinition, type InvocationOutcome } from './function-process.ts';

/** What a function may be given beside its code; the defaults are Lambda's. */
export interface FunctionSettings {
  readonly reservedConcurrency?: number | undefined;
  /** How often an asynchronous invocation is retried. */
  readonly retryAttempts?: number | undefined;
  readonly maxEventAgeMs?: number | undefined;
  /** ARN of the queue that gets events which failed for good. */
  readonly onFailureArn?: string | undefined;
}

interface Deployed {
  definition: FunctionDefinition;
  settings: FunctionSettings;
  readonly processes: FunctionProcess[];
  running: number;
  started: number;
}

interface FunctionsParts {
  readonly clock: VirtualClock;
  readonly seed: number | string;
  readonly faults: Faults;
  readonly accountConcurrency: number;
  /** A process that has not been used for so long is gone, and the next invocation starts cold. */
  readonly idleProcessLifeMs: number;
  send(call: HttpCall, caller: Caller): Promise<FrontResponse>;
  print(functionName: string, text: string): void;
  sendToDestination: FailureDestination;
  count(functionName: string, metric: 'Invocations' | 'Errors' | 'Throttles' | 'AsyncEventsDropped'): void;
}

/** The functions of the account: which exist, which processes run them, and how they are invoked. */
export class Functions {
  readonly #parts: FunctionsParts;
  readonly #deployed = new Map<string, Deployed>();
  readonly #events: AsyncEvents;
  readonly #random: Random;

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
    this.#random = randomStream(parts.seed, 'lambda');
    this.#events = new AsyncEvents({
      clock: parts.clock,
      random: this.#random,
      settings: (name) => this.#find(name).settings,
      arn: (name) => this.#find(name).definition.arn,
      invoke: (name, payload, requestId) => this.invoke(name, payload, requestId),
      sendToDestination: parts.sendToDestination,
      onDropped: (name) => { parts.count(name, 'AsyncEventsDropped'); }, // prettier-ignore
    });
    parts.clock.waitFor({
      isBusy: () => this.#running().some((process) => process.isBusy),
      giveUp: () => { this.#running().forEach((process) => { process.giveUpWaiting(); }); }, // prettier-ignore
    });
  }

  get names(): string[] {
    return [...this.#deployed.keys()];
  }

  /** Deploys a function, or its new version: processes of the old one serve no further invocation. */
  deploy(definition: FunctionDefinition, settings: FunctionSettings = {}): void {
    const before = this.#deployed.get(definition.name);
    this.#deployed.set(definition.name, {
      definition,
      settings,
      processes: [],
      running: 0,
      started: before?.started ?? 0,
    });
  }

  configure(name: string, settings: FunctionSettings): void {
    const deployed = this.#find(name);
    deployed.settings = { ...deployed.settings, ...settings };
  }

  has(nameOrArn: string): boolean {
    return this.#deployed.has(functionName(nameOrArn));
  }

  /** How many processes of a function have been started: its cold starts. */
  coldStarts(name: string): number {
    return this.#find(name).started;
  }

  /** Invokes and waits. Throws TooManyRequestsException when its concurrency is used up. */
  async invoke(
    nameOrArn: string,
    payload: string,
    requestId: string = randomUuid(this.#random),
  ): Promise<InvocationOutcome> {
    const name = functionName(nameOrArn);
    const deployed = this.#find(name);
    if (deployed.running >= (deployed.settings.reservedConcurrency ?? this.#parts.accountConcurrency)) {
      this.#parts.count(name, 'Throttles');
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    }
    deployed.running++;
    this.#parts.count(name, 'Invocations');
    const process = this.#processFor(deployed);
    const outcome = await process.invoke(payload, requestId);
    deployed.running--;
    if ('error' in outcome) this.#parts.count(name, 'Errors');
    return outcome;
  }

  /** Accepts an event for asynchronous invocation, with Lambda's retries and destinations. */
  enqueue(nameOrArn: string, payload: string): void {
    const name = functionName(nameOrArn);
    this.#find(name);
    this.#events.accept(name, payload);
  }

  #running(): FunctionProcess[] {
    return [...this.#deployed.values()].flatMap((deployed) => (deployed.running > 0 ? deployed.processes : []));
  }

  #processFor(deployed: Deployed): FunctionProcess {
    const oldest = this.#parts.clock.now - this.#parts.idleProcessLifeMs;
    const usable = deployed.processes.filter(
      (process) => !process.isGone && (!process.isFrozen || process.lastUsedAt >= oldest),
    );
    deployed.processes.splice(0, Infinity, ...usable);
    return usable.find((process) => process.isFrozen) ?? this.#start(deployed);
  }

  #start(deployed: Deployed): FunctionProcess {
    const { definition } = deployed;
    const { clock, seed, faults } = this.#parts;
    const process = new FunctionProcess({
      definition,
      clock,
      random: randomStream(seed, `${definition.name}/${deployed.started++}`),
      send: (call, caller) => this.#parts.send(call, caller),
      skewMs: () => faults.skewMs({ at: clock.now, function: definition.name }),
      print: (text) => { this.#parts.print(definition.name, text); }, // prettier-ignore
    });
    deployed.processes.push(process);
    return process;
  }

  #find(nameOrArn: string): Deployed {
    const deployed = this.#deployed.get(functionName(nameOrArn));
    if (!deployed) throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    return deployed;
  }
}

/** The name in a function's name or ARN, version or alias left out. */
export function functionName(nameOrArn: string): string {
  return /:function:([^:]+)/.exec(nameOrArn)?.[1] ?? nameOrArn.split(':')[0] ?? nameOrArn;
}
