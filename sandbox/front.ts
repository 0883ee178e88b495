import { AwsError, ConnectionLost } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import { tableOf, type CallEffect, type Faults } from './faults.ts';
import { isRecord } from './input.ts';
import type { Journal } from './journal.ts';
import { pagingOf } from './pagination.ts';
import { randomHex, randomUuid, type Random } from './random.ts';

/** Who calls: a function of the account, or somebody outside. */
export interface Caller {
  readonly functionName: string | undefined;
  /** The durable execution that the function runs for. */
  readonly executionName?: string | undefined;
  /** The role whose policies decide what the caller may do; undefined may do everything. */
  readonly roleArn: string | undefined;
  /** Ends the calling process at once. */
  crash(): void;
}

export const outsider: Caller = {
  functionName: undefined,
  roleArn: undefined,
  crash: () => {
    throw new Error('only a function can crash, and this call came from outside the account');
  },
};

/** An API call without its transport. `parameters` are the members that a REST protocol carries in its path and headers. */
export interface FrontRequest {
  readonly service: string;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface FrontResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A parsed call on its way to the operation that carries it out. */
export interface ApiCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
  /** What goes wrong with it, for operations whose faults are their own. */
  readonly effects: readonly CallEffect[];
}

export type Operation = (call: ApiCall) => unknown;

/** One AWS service: its operations and how it spells an error. */
export interface Service {
  readonly name: string;
  readonly contentType: string;
  readonly operations: Readonly<Record<string, Operation>>;
  errorBody(error: AwsError): unknown;
  /** Puts an output on the wire when it is not simply JSON. */
  answer?(output: unknown): FrontResponse;
  /** Puts an error on the wire when it is not simply JSON. */
  answerError?(error: AwsError): FrontResponse;
}

interface Outcome {
  readonly output?: unknown;
  readonly error?: AwsError;
}

interface FrontParts {
  readonly region: string;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly random: Random;
  readonly latencyMs: (call: ApiCall, random: Random) => number;
  /** Throws an AwsError when the caller may not make the call. */
  readonly authorize: (call: ApiCall) => void;
}

/** AWS refuses a signature whose date is further away than this. */
const signatureToleranceMs = 5 * 60_000;

const never = new Promise<never>(() => undefined);

function signedAt(headers: Readonly<Record<string, string>>): number | undefined {
  const stamp = headers['x-amz-date'];
  if (stamp === undefined || !/^\d{8}T\d{6}Z$/.test(stamp)) return undefined;
  const part = (from: number, to: number): number => Number(stamp.slice(from, to));
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(9, 11), part(11, 13), part(13, 15));
}

/**
 * The account's only door. Every API call, whatever transport carried it, passes here: it takes virtual time, suffers the planned
 * faults, is authorized, carried out by its service, written to the journal, and answered in AWS's words.
 */
export class Front {
  readonly #parts: FrontParts;
  readonly #services = new Map<string, Service>();
  readonly #aliases = new Map<string, unknown>();
  #dated = { second: NaN, text: '' };

  constructor(parts: FrontParts) {
    this.#parts = parts;
  }

  add(service: Service): void {
    this.#services.set(service.name, service);
  }

  has(service: string, operation: string): boolean {
    return this.#services.get(service)?.operations[operation] !== undefined;
  }

  /** Answers a call. Rejects with ConnectionLost when a fault cuts the line; never settles when the caller crashes. */
  async handle(request: FrontRequest, caller: Caller = outsider): Promise<FrontResponse> {
    const service = this.#services.get(request.service);
    if (!service) return this.#unknown(request);
    let call: ApiCall;
    try {
      call = this.#parse(request, caller);
    } catch (error) {
      return this.#answerError(service, error instanceof AwsError ? error : internalError(error));
    }
    return this.#carryOut(service, call, request.headers);
  }

  async #carryOut(service: Service, call: ApiCall, headers: FrontRequest['headers']): Promise<FrontResponse> {
    const { clock } = this.#parts;
    const isDisturbed = call.effects.length > 0;
    if (isDisturbed && (await this.#breakOff(call, 'before'))) return never;
    const latency = this.#parts.latencyMs(call, this.#parts.random);
    await clock.sleep(latency / 2 + delayOf(call));
    const outcome = await this.#takeEffect(service, call, headers);
    this.#record(call, outcome);
    if (call.effects.some((effect) => effect.kind === 'crash' && effect.when === 'after')) {
      call.caller.crash();
      return never;
    }
    await clock.sleep(latency / 2);
    if (isDisturbed) await this.#breakOff(call, 'after');
    const failure = this.#injectedError(call, 'after') ?? outcome.error;
    return failure ? this.#answerError(service, failure) : this.#answer(service, this.#spoilPage(call, outcome.output));
  }

  #parse(request: FrontRequest, caller: Caller): ApiCall {
    const input = { ...parseBody(request.body), ...request.parameters };
    const paging = pagingOf(request.operation);
    const marker = paging && input[paging.marker];
    if (paging && typeof marker === 'string' && this.#aliases.has(marker)) {
      const original = this.#aliases.get(marker);
      if (original === undefined) Reflect.deleteProperty(input, paging.marker);
      else input[paging.marker] = original;
    }
    const occasion = {
      at: this.#parts.clock.now,
      region: this.#parts.region,
      service: request.service,
      operation: request.operation,
      function: caller.functionName,
      execution: caller.executionName,
      table: tableOf(input),
    };
    return {
      service: request.service,
      operation: request.operation,
      input,
      caller,
      effects: this.#parts.faults.onCall(occasion),
    };
  }

  /** Crashes the caller or cuts the line, if a fault says so. True when nobody is left to answer. */
  async #breakOff(call: ApiCall, when: 'before' | 'after'): Promise<boolean> {
    for (const effect of call.effects) {
      if (effect.kind === 'crash' && effect.when === when) {
        call.caller.crash();
        return true;
      }
      if (effect.kind === 'connection-lost' && effect.when === when) {
        await this.#parts.clock.sleep(1);
        throw new ConnectionLost(effect.code ?? 'ECONNRESET');
      }
    }
    return false;
  }

  async #takeEffect(service: Service, call: ApiCall, headers: FrontRequest['headers']): Promise<Outcome> {
    try {
      const injected = this.#injectedError(call, 'before');
      if (injected) throw injected;
      this.#checkSignature(headers);
      this.#parts.authorize(call);
      const operation = Object.hasOwn(service.operations, call.operation)
        ? service.operations[call.operation]
        : undefined;
      if (!operation) throw new AwsError('UnknownOperationException', '');
      return { output: await operation(call) };
    } catch (error) {
      if (error instanceof AwsError) return { error };
      throw error;
    }
  }

  #injectedError(call: ApiCall, when: 'before' | 'after'): AwsError | undefined {
    for (const effect of call.effects) {
      if (effect.kind !== 'error' || effect.when !== when) continue;
      const status = effect.status ?? (effect.name === 'InternalServerError' ? 500 : 400);
      return new AwsError(effect.name, effect.message ?? `injected ${effect.name}`, status);
    }
    return undefined;
  }

  #checkSignature(headers: FrontRequest['headers']): void {
    const instant = signedAt(headers);
    const { now } = this.#parts.clock;
    if (instant === undefined || Math.abs(instant - now) <= signatureToleranceMs) return;
    const relation = instant < now ? 'Signature expired' : 'Signature not yet current';
    throw new AwsError(
      'InvalidSignatureException',
      `${relation}: ${headers['x-amz-date'] ?? ''} is more than 5 min. away`,
    );
  }

  #record(call: ApiCall, outcome: Outcome): void {
    const unacknowledged = call.effects.some(
      (effect) => 'when' in effect && effect.when === 'after' && (effect.kind !== 'error' || !outcome.error),
    );
    this.#parts.journal.record({
      at: this.#parts.clock.now,
      region: this.#parts.region,
      service: call.service,
      operation: call.operation,
      input: call.input,
      outcome: outcome.error ? outcome.error.name : 'ok',
      unacknowledged,
      functionName: call.caller.functionName,
      ...(call.caller.executionName !== undefined && { executionName: call.caller.executionName }),
    });
  }

  #spoilPage(call: ApiCall, output: unknown): unknown {
    const paging = pagingOf(call.operation);
    if (!paging || call.effects.length === 0 || !isRecord(output)) return output;
    const page: Record<string, unknown> = { ...output };
    const rows = page[paging.rows];
    for (const effect of call.effects) {
      if (effect.kind === 'truncated-page') page[paging.rows] = Array.isArray(rows) ? rows.slice(0, effect.rows) : rows;
      if (effect.kind === 'truncated-page' || effect.kind === 'missing-marker') page[paging.nextMarker] = undefined;
      if (effect.kind === 'repeated-marker')
        page[paging.nextMarker] = call.input[paging.marker] ?? page[paging.nextMarker];
      if (effect.kind === 'empty-page') {
        page[paging.rows] = [];
        page[paging.nextMarker] = this.#aliasFor(call.input[paging.marker]);
      }
    }
    return page;
  }

  /** A fresh marker that leads where `marker` leads. */
  #aliasFor(marker: unknown): string {
    const { now } = this.#parts.clock;
    const suffix = `${String(now).padStart(14, '0')}-${randomHex(this.#parts.random, 8)}`;
    const alias = `arn:aws:dynamodb:us-east-1:000000000000:table/empty-page/backup/${suffix}`;
    this.#aliases.set(alias, marker);
    return alias;
  }

  #answer(service: Service, output: unknown): FrontResponse {
    if (service.answer) {
      const answered = service.answer(output);
      return { ...answered, headers: { ...this.#headers(service), ...answered.headers } };
    }
    return { status: 200, headers: this.#headers(service), body: JSON.stringify(output ?? {}) };
  }

  #answerError(service: Service, error: AwsError): FrontResponse {
    const headers = { ...this.#headers(service), 'x-amzn-errortype': error.name };
    const answered = service.answerError?.(error);
    if (answered) return { ...answered, headers: { ...headers, ...answered.headers } };
    return { status: error.status, headers, body: JSON.stringify(service.errorBody(error)) };
  }

  #headers(service: Service): Record<string, string> {
    return {
      'content-type': service.contentType,
      date: this.#date(),
      'x-amzn-requestid': randomUuid(this.#parts.random),
    };
  }

  /** The same text for every answer of one second. */
  #date(): string {
    const second = Math.floor(this.#parts.clock.now / 1000);
    if (second !== this.#dated.second) this.#dated = { second, text: new Date(second * 1000).toUTCString() };
    return this.#dated.text;
  }

  #unknown(request: FrontRequest): FrontResponse {
    const body = { __type: 'UnknownOperationException', message: `no service ${request.service} in this account` };
    return { status: 400, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(body) };
  }
}

function delayOf({ effects }: ApiCall): number {
  return effects.reduce((total, effect) => total + (effect.kind === 'delay' ? effect.ms : 0), 0);
}

function internalError(cause: unknown): AwsError {
  return new AwsError('InternalServerError', cause instanceof Error ? cause.message : String(cause), 500);
}

function parseBody(body: string): Record<string, unknown> {
  if (body === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
  if (!isRecord(parsed)) throw new AwsError('SerializationException', 'the body is not a JSON object');
  return parsed;
}
