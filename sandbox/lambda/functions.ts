import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Caller, FrontResponse } from '../front.ts';
import { randomStream, randomUuid, type Random } from '../random.ts';
import type { HttpCall } from '../wire.ts';
import { AsyncEvents, type FailureDestination } from './async-events.ts';
import type { DurableExecution } from './durable-execution.ts';
import { DurableExecutions, errorObject, type DurableMetric } from './durable-executions.ts';
import type { ChainedOutcome } from './durable-operations.ts';
import {
  FunctionProcess,
  type FunctionDefinition,
  type Invocation,
  type InvocationOutcome,
} from './function-process.ts';
import { functionReference } from './function-reference.ts';

/** What a function may be given beside its code; the defaults are Lambda's. */
export interface FunctionSettings {
  readonly reservedConcurrency?: number | undefined;
  /** How often an asynchronous invocation is retried. */
  readonly retryAttempts?: number | undefined;
  readonly maxEventAgeMs?: number | undefined;
  /** ARN of the queue that gets events which failed for good. */
  readonly onFailureArn?: string | undefined;
}

interface FunctionVersion {
  readonly definition: FunctionDefinition;
  readonly processes: FunctionProcess[];
}

interface Deployed {
  /** By number, and `$LATEST`. */
  readonly versions: Map<string, FunctionVersion>;
  /** The number of the version that was published for each origin. */
  readonly origins: Map<string, string>;
  /** The number of the version that each alias stands for. */
  readonly aliases: Map<string, string>;
  /** Settings of asynchronous invocation, by the qualifier that they are made for. */
  readonly settings: Map<string, FunctionSettings>;
  running: number;
  started: number;
}

/** What a call that names a function means. */
export interface FunctionTarget {
  readonly definition: FunctionDefinition;
  /** The version or alias that the caller asked for. */
  readonly qualifier: string | undefined;
  /** The ARN that is invoked, with the qualifier if there was one. */
  readonly arn: string;
}

interface FunctionsParts {
  readonly clock: VirtualClock;
  readonly seed: number | string;
  readonly faults: Faults;
  readonly accountConcurrency: number;
  /** A process that has not been used for so long is gone, and the next invocation starts cold. */
  readonly idleProcessLifeMs: number;
  /** Whether the calls of functions that go well at once are sent the short way. */
  readonly sendsShort: boolean;
  send(call: HttpCall, caller: Caller): Promise<FrontResponse>;
  /** Throws AccessDeniedException unless a role may invoke the function with this ARN. */
  authorizeInvocation(roleArn: string | undefined, arn: string): void;
  print(functionName: string, text: string): void;
  sendToDestination: FailureDestination;
  count(functionName: string, metric: LambdaMetric): void;
}

type LambdaMetric = 'Invocations' | 'Errors' | 'Throttles' | 'AsyncEventsDropped' | DurableMetric;

const latest = '$LATEST';

/** The functions of the account: which exist in which versions, which processes run them, and how they are invoked. */
export class Functions {
  /** What runs, and ran, of the durable functions. */
  readonly executions: DurableExecutions;
  readonly #parts: FunctionsParts;
  readonly #deployed = new Map<string, Deployed>();
  /** Processes in an invocation. */
  readonly #running = new Set<FunctionProcess>();
  readonly #events: AsyncEvents;
  readonly #random: Random;

  constructor(parts: FunctionsParts) {
    this.#parts = parts;
    this.#random = randomStream(parts.seed, 'lambda');
    this.#events = new AsyncEvents({
      clock: parts.clock,
      random: this.#random,
      settings: (reference) => this.#settings(this.target(reference)),
      arn: (reference) => qualified(this.target(reference)),
      invoke: (reference, payload, requestId) => this.#run(this.target(reference), payload, { requestId }),
      sendToDestination: parts.sendToDestination,
      onDropped: (reference) => { parts.count(this.target(reference).definition.name, 'AsyncEventsDropped'); }, // prettier-ignore
    });
    this.executions = new DurableExecutions({
      clock: parts.clock,
      random: randomStream(parts.seed, 'durable'),
      run: (name, version, payload, invocation) => this.#run(this.target(name, version), payload, invocation),
      chain: (from, reference, payload) => this.#chain(from, reference, payload),
      count: (name, metric) => { parts.count(name, metric); }, // prettier-ignore
    });
    parts.clock.waitFor({
      isBusy: () => this.#isBusy(),
      giveUp: () => { this.#running.forEach((process) => { process.giveUpWaiting(); }); }, // prettier-ignore
    });
  }

  get names(): string[] {
    return [...this.#deployed.keys()];
  }

  /** Deploys a function, or its new code: processes of the old one serve no further invocation. Published versions stay. */
  deploy(definition: Omit<FunctionDefinition, 'version'>, settings: FunctionSettings = {}): void {
    const deployed = this.#deployed.get(definition.name) ?? neverDeployed();
    deployed.versions.set(latest, { definition: { ...definition, version: latest }, processes: [] });
    deployed.settings.set(latest, settings);
    this.#deployed.set(definition.name, deployed);
  }

  /**
   * Publishes the code and configuration as they are now, and returns the number of the new version. What has been published for the same
   * `origin`, such as a resource of a template, is not published again.
   */
  publish(name: string, origin?: string): string {
    const { versions, origins } = this.#find(name);
    const published = origin === undefined ? undefined : origins.get(origin);
    if (published !== undefined) return published;
    const { definition } = this.target(name);
    // Numbers are not used twice, and $LATEST is the first of the versions.
    const version = String(versions.size);
    const env = { ...definition.env, AWS_LAMBDA_FUNCTION_VERSION: version };
    versions.set(version, { definition: { ...definition, version, env }, processes: [] });
    if (origin !== undefined) origins.set(origin, version);
    return version;
  }

  /** Creates an alias or makes it stand for another version, and returns its ARN. */
  putAlias(name: string, alias: string, version: string): string {
    const { definition } = this.target(name, version);
    this.#find(name).aliases.set(alias, definition.version);
    return `${definition.arn}:${alias}`;
  }

  removeAlias(name: string, alias: string): void {
    this.#find(name).aliases.delete(alias);
  }

  /** Changes settings of the function or, when its reference carries one, those of the version or alias. */
  configure(reference: string, settings: FunctionSettings): void {
    const target = this.target(reference);
    this.#find(target.definition.name).settings.set(target.qualifier ?? latest, {
      ...this.#settings(target),
      ...settings,
    });
  }

  has(reference: string): boolean {
    const { name, qualifier = latest } = functionReference(reference);
    const deployed = this.#deployed.get(name);
    return deployed !== undefined && (deployed.versions.has(qualifier) || deployed.aliases.has(qualifier));
  }

  /** What a name or ARN means, together with the qualifier that may be given apart. Throws ResourceNotFoundException. */
  target(reference: string, apart?: string): FunctionTarget {
    const { name, qualifier = apart } = functionReference(reference);
    if (apart !== undefined && qualifier !== apart) {
      const message = 'The derived qualifier from the function name does not match the specified qualifier.';
      throw new AwsError('InvalidParameterValueException', message);
    }
    const deployed = this.#find(name);
    const { definition } = versionOf(deployed, qualifier ?? latest);
    return { definition, qualifier, arn: qualifier === undefined ? definition.arn : `${definition.arn}:${qualifier}` };
  }

  /** How many processes of a function have been started, all versions together: its cold starts. */
  coldStarts(name: string): number {
    return this.#find(name).started;
  }

  /** Invokes and waits, for the whole of a durable execution. Throws TooManyRequestsException when its concurrency is used up. */
  async invoke(reference: string, payload: string, executionName?: string): Promise<InvocationOutcome> {
    const target = this.target(reference);
    if (target.definition.durable) {
      return this.executions.start(target, payload, { name: executionName, isSynchronous: true }).outcome();
    }
    refuseName(executionName);
    return this.#run(target, payload);
  }

  /**
   * Accepts an event for asynchronous invocation, with Lambda's retries and destinations. Of a durable function it starts, or finds, an
   * execution and returns it.
   */
  enqueue(reference: string, payload: string, executionName?: string): DurableExecution | undefined {
    const target = this.target(reference);
    if (target.definition.durable)
      return this.executions.start(target, payload, { name: executionName, isSynchronous: false });
    refuseName(executionName);
    this.#events.accept(reference, payload);
    return undefined;
  }

  async #chain(from: FunctionTarget, reference: string, payload: string): Promise<ChainedOutcome> {
    const target = this.target(reference);
    this.#parts.authorizeInvocation(from.definition.roleArn, target.arn);
    if (target.definition.durable) {
      const child = this.executions.start(target, payload, { isSynchronous: false });
      await child.outcome();
      const { status, result, error = {} } = child;
      return status === 'SUCCEEDED' || status === 'RUNNING' ? { status: 'SUCCEEDED', result } : { status, error };
    }
    const outcome = await this.#run(target, payload);
    if ('payload' in outcome) return { status: 'SUCCEEDED', result: outcome.payload };
    return { status: 'FAILED', error: errorObject(outcome.error) };
  }

  async #run(
    target: FunctionTarget,
    payload: string,
    invocation: Partial<Invocation> = {},
  ): Promise<InvocationOutcome> {
    const { name } = target.definition;
    const deployed = this.#find(name);
    const version = versionOf(deployed, target.definition.version);
    const requestId = invocation.requestId ?? randomUuid(this.#random);
    const { reservedConcurrency = this.#parts.accountConcurrency } = deployed.settings.get(latest) ?? {};
    if (deployed.running >= reservedConcurrency) {
      this.#parts.count(name, 'Throttles');
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    }
    deployed.running++;
    this.#parts.count(name, 'Invocations');
    const process = this.#processFor(deployed, version);
    this.#running.add(process);
    const outcome = await process.invoke(payload, { arn: target.arn, ...invocation, requestId });
    this.#running.delete(process);
    deployed.running--;
    if ('error' in outcome) this.#parts.count(name, 'Errors');
    return outcome;
  }

  #settings({ definition, qualifier = latest }: FunctionTarget): FunctionSettings {
    return this.#find(definition.name).settings.get(qualifier) ?? {};
  }

  #isBusy(): boolean {
    for (const process of this.#running) if (process.isBusy) return true;
    return false;
  }

  #processFor(deployed: Deployed, version: FunctionVersion): FunctionProcess {
    const { definition, processes } = version;
    const oldest = this.#parts.clock.now - this.#parts.idleProcessLifeMs;
    const usable = processes.filter(
      (process) => !process.isGone && (!process.isFrozen || process.lastUsedAt >= oldest),
    );
    processes.splice(0, Infinity, ...usable);
    const frozen = usable.find((process) => process.isFrozen);
    if (frozen) return frozen;
    const started = this.#start(definition, deployed.started++);
    processes.push(started);
    return started;
  }

  #start(definition: FunctionDefinition, ordinal: number): FunctionProcess {
    const { clock, seed, faults, sendsShort } = this.#parts;
    return new FunctionProcess({
      definition,
      clock,
      sendsShort,
      random: randomStream(seed, `${definition.name}/${ordinal}`),
      send: (call, caller) => this.#parts.send(call, caller),
      skewMs: () => faults.skewMs({ at: clock.now, function: definition.name }),
      print: (text) => { this.#parts.print(definition.name, text); }, // prettier-ignore
    });
  }

  #find(name: string): Deployed {
    const deployed = this.#deployed.get(name);
    if (!deployed) throw notFound(name);
    return deployed;
  }
}

function qualified({ arn, qualifier }: FunctionTarget): string {
  return qualifier === undefined ? `${arn}:${latest}` : arn;
}

function neverDeployed(): Deployed {
  return { versions: new Map(), origins: new Map(), aliases: new Map(), settings: new Map(), running: 0, started: 0 };
}

function versionOf({ versions, aliases }: Deployed, qualifier: string): FunctionVersion {
  const version = versions.get(aliases.get(qualifier) ?? qualifier);
  if (!version) throw notFound(qualifier);
  return version;
}

function refuseName(executionName: string | undefined): void {
  if (executionName === undefined) return;
  throw new AwsError('InvalidParameterValueException', 'Only a durable function takes a DurableExecutionName.');
}

function notFound(reference: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${reference}`, 404);
}
