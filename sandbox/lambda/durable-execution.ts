import type { InvocationOutcome } from './function-process.ts';
import {
  checkBatch,
  dueAt,
  invalid,
  isWaiting,
  sizeOf,
  transition,
  whenAnswered,
  whenDue,
  type ChainedOutcome,
  type ErrorObject,
  type Operation,
  type OperationEvent,
  type OperationUpdate,
} from './durable-operations.ts';

/** The durable settings of a function. */
export interface DurableConfig {
  readonly executionTimeoutSeconds: number;
  /** For so long a closed execution is remembered, and its name taken. */
  readonly retentionDays: number;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** What an execution is started with. */
export interface ExecutionStart {
  readonly id: string;
  readonly name: string;
  readonly functionName: string;
  /** ARN of the function, without version. */
  readonly functionArn: string;
  /** The version that runs it from beginning to end, whatever an alias says later. */
  readonly version: string;
  /** The ARN it was invoked by. */
  readonly invokedArn: string;
  readonly config: DurableConfig;
  /** Whether somebody waits for its result. */
  readonly isSynchronous: boolean;
  readonly input: string;
  readonly startedAt: number;
}

/** An event of an execution's history, with AWS's member names; instants are epoch milliseconds. */
export type HistoryEvent = Readonly<Record<string, unknown>> & { readonly EventType: string; readonly EventId: number };

interface Answered {
  readonly token: string;
  readonly clientToken: string;
  readonly at: number;
  readonly answer: CheckpointAnswer;
}

export interface CheckpointAnswer {
  /** Missing once the checkpoint closed the execution. */
  readonly token: string | undefined;
  /** Every operation that changed since the function last heard of it. */
  readonly changed: readonly Operation[];
}

/** Another function that an operation wants invoked. */
export interface ChainedInvoke {
  readonly operationId: string;
  readonly reference: string;
  readonly payload: string;
}

/** Quotas of one execution, as published; operations are counted as they are metered: every retry and every poll is one more. */
const mostOperations = 3000;
const mostStoredBytes = 100 * 1024 * 1024;
/** A checkpoint sent again with the same client token gets the same answer for so long. */
const clientTokenLifeMs = 15 * 60_000;
const closingEvents: Readonly<Record<Exclude<ExecutionStatus, 'RUNNING'>, string>> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  STOPPED: 'ExecutionStopped',
};

/** A durable execution: what it has been through, and what it waits for. Knows no clock: every change is told its instant. */
export class DurableExecution {
  readonly start: ExecutionStart;
  readonly arn: string;
  readonly #operations = new Map<string, Operation>();
  readonly #history: HistoryEvent[] = [];
  /** Operations that changed since the function was last told. */
  readonly #unseen = new Set<string>();
  #invokes: ChainedInvoke[] = [];
  readonly #closed = Promise.withResolvers<undefined>();
  #status: ExecutionStatus = 'RUNNING';
  #endedAt: number | undefined;
  #result: string | undefined;
  #error: ErrorObject | undefined;
  #token = '';
  #checkpoints = 0;
  #answered: Answered | undefined;
  #operationCount = 1;
  #storedBytes: number;

  constructor(start: ExecutionStart) {
    this.start = start;
    this.arn = `${start.functionArn}:${start.version}/durable-execution/${start.name}/${start.id}`;
    this.#storedBytes = sizeOf(start.input);
    const operation: Operation = {
      Id: start.id,
      Name: start.name,
      Type: 'EXECUTION',
      Status: 'STARTED',
      StartTimestamp: start.startedAt,
      ExecutionDetails: { InputPayload: start.input },
    };
    this.#operations.set(start.id, operation);
    const details = { Input: { Payload: start.input }, ExecutionTimeout: start.config.executionTimeoutSeconds };
    this.#record({ type: 'ExecutionStarted', details }, start.startedAt, operation);
  }

  get name(): string {
    return this.start.name;
  }

  get status(): ExecutionStatus {
    return this.#status;
  }

  get isClosed(): boolean {
    return this.#status !== 'RUNNING';
  }

  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** What the handler returned, in JSON. */
  get result(): string | undefined {
    return this.#result;
  }

  get error(): ErrorObject | undefined {
    return this.#error;
  }

  /** Every operation in the order of their start, the execution itself first. */
  get operations(): readonly Operation[] {
    return [...this.#operations.values()];
  }

  get history(): readonly HistoryEvent[] {
    return this.#history;
  }

  /** How many durable operations it has used, of the 3,000 that one execution may. */
  get operationCount(): number {
    return this.#operationCount;
  }

  /** Whether something changed that the function does not know yet. */
  get hasNews(): boolean {
    return this.#unseen.size > 0;
  }

  /** Whether something other than the function itself will move it on. */
  get isWaiting(): boolean {
    return this.operations.some(isWaiting);
  }

  /** Resolves when it has ended, however it ended. */
  async outcome(): Promise<InvocationOutcome> {
    await this.#closed.promise;
    if (this.#status === 'SUCCEEDED') return { payload: this.#result ?? 'null' };
    const { ErrorType = this.#status, ErrorMessage = '', StackTrace } = this.#error ?? {};
    return {
      error: { errorType: ErrorType, errorMessage: ErrorMessage, ...(StackTrace && { stackTrace: StackTrace }) },
    };
  }

  /** Begins an invocation: tokens of earlier ones are void. Returns what changed without the function's doing. */
  begin(invocation: number): { token: string; updated: string[] } {
    const updated = [...this.#unseen];
    this.#unseen.clear();
    this.#renewToken(invocation);
    return { token: this.#token, updated };
  }

  /** What a replay needs: everything but the inside of completed contexts that do not ask for it. */
  state(): Operation[] {
    const left = new Set<string>();
    return this.operations.filter(({ Id, ParentId }) => {
      const parent = ParentId === undefined ? undefined : this.#operations.get(ParentId);
      const isOver = parent?.EndTimestamp !== undefined && parent.ContextDetails?.ReplayChildren !== true;
      const isLeft = ParentId !== undefined && (isOver || left.has(ParentId));
      if (isLeft) left.add(Id);
      return !isLeft;
    });
  }

  checkToken(token: string): void {
    if (this.isClosed || token !== this.#token) throw invalid('Invalid Checkpoint Token');
  }

  /** Applies all updates of a checkpoint or, when one is refused, none. */
  checkpoint(
    token: string,
    clientToken: string | undefined,
    updates: readonly OperationUpdate[],
    now: number,
  ): CheckpointAnswer {
    const before = this.#answered;
    if (before?.token === token && before.clientToken === clientToken && now - before.at <= clientTokenLifeMs)
      return before.answer;
    this.checkToken(token);
    checkBatch(updates);
    this.#apply(updates, now);
    const changed = [...this.#unseen].flatMap((id) => this.#operations.get(id) ?? []);
    this.#unseen.clear();
    if (!this.isClosed) this.#renewToken(Number(Buffer.from(token, 'base64').toString().split('/')[1]));
    const answer = { token: this.isClosed ? undefined : this.#token, changed };
    if (clientToken !== undefined) this.#answered = { token, clientToken, at: now, answer };
    return answer;
  }

  /** Lets time complete an operation, if it is still waiting for this instant. */
  timeHasCome(id: string, instant: number): boolean {
    const operation = this.#operations.get(id);
    if (this.isClosed || !operation || dueAt(operation) !== instant) return false;
    const { operation: next, event } = whenDue(operation, instant);
    this.#put(next, event, instant);
    return true;
  }

  /** The functions that it wants invoked, each told once. */
  takeInvokes(): ChainedInvoke[] {
    const invokes = this.#invokes;
    this.#invokes = [];
    return invokes;
  }

  /** Takes the answer of another function, if its operation still waits for it. */
  answered(id: string, outcome: ChainedOutcome, now: number): boolean {
    const operation = this.#operations.get(id);
    if (this.isClosed || operation?.Status !== 'STARTED') return false;
    this.#storedBytes += sizeOf('result' in outcome ? outcome.result : outcome.error);
    const { operation: next, event } = whenAnswered(operation, outcome, now);
    this.#put(next, event, now);
    return true;
  }

  /** Notes the end of an invocation. One that failed is one more operation. */
  invocationEnded(requestId: string, startedAt: number, now: number, error: ErrorObject | undefined): void {
    if (this.isClosed) return;
    if (error) {
      this.#operationCount++;
      this.#storedBytes += sizeOf(error);
    }
    const details = {
      StartTimestamp: startedAt,
      EndTimestamp: now,
      RequestId: requestId,
      ...(error && { Error: { Payload: error } }),
    };
    this.#record({ type: 'InvocationCompleted', details }, now);
  }

  close(
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    now: number,
    { result, error }: { readonly result?: string | undefined; readonly error?: ErrorObject | undefined } = {},
  ): void {
    if (this.isClosed) return;
    this.#status = status;
    this.#endedAt = now;
    this.#result = result;
    this.#error = error;
    const self = this.#operations.get(this.start.id);
    const operation = self && { ...self, Status: status, EndTimestamp: now };
    if (operation) this.#operations.set(operation.Id, operation);
    const details = status === 'SUCCEEDED' ? { Result: { Payload: result } } : { Error: { Payload: error } };
    this.#record({ type: closingEvents[status], details }, now, operation);
    this.#closed.resolve(undefined);
  }

  #apply(updates: readonly OperationUpdate[], now: number): void {
    const changes = new Map<string, Operation>();
    const events: { event: OperationEvent | undefined; operation: Operation }[] = [];
    const invokes: ChainedInvoke[] = [];
    const latest = (id: string): Operation | undefined => changes.get(id) ?? this.#operations.get(id);
    let operationCount = this.#operationCount;
    let storedBytes = this.#storedBytes;
    let closing: OperationUpdate | undefined;
    for (const update of updates) {
      const { Id, ParentId, Type } = update;
      if (ParentId !== undefined && latest(ParentId)?.Type !== 'CONTEXT') throw invalid('Invalid parent operation id.');
      storedBytes += sizeOf(update.Payload) + sizeOf(update.Error);
      if (Type === 'EXECUTION') {
        // Whatever id it carries, it means the execution itself.
        closing = update;
        continue;
      }
      const { operation, event } = transition(latest(Id), update, now);
      if (!latest(Id) || update.Action === 'RETRY') operationCount++;
      const reference = update.Action === 'START' ? update.ChainedInvokeOptions?.FunctionName : undefined;
      if (reference !== undefined) invokes.push({ operationId: Id, reference, payload: update.Payload ?? '{}' });
      changes.set(Id, operation);
      events.push({ event, operation });
    }
    if (operationCount > mostOperations) throw invalid(`An execution may have at most ${mostOperations} operations.`);
    if (storedBytes > mostStoredBytes) throw invalid(`An execution may store at most ${mostStoredBytes} bytes.`);
    [this.#operationCount, this.#storedBytes] = [operationCount, storedBytes];
    this.#invokes.push(...invokes);
    for (const { event, operation } of events) if (event) this.#record(event, now, operation);
    for (const operation of changes.values()) this.#put(operation, undefined, now);
    if (closing?.Action === 'SUCCEED') this.close('SUCCEEDED', now, { result: closing.Payload });
    if (closing?.Action === 'FAIL') this.close('FAILED', now, { error: closing.Error });
  }

  #put(operation: Operation, event: OperationEvent | undefined, now: number): void {
    this.#operations.set(operation.Id, operation);
    this.#unseen.add(operation.Id);
    if (event) this.#record(event, now, operation);
  }

  #record({ type, details }: OperationEvent, now: number, operation?: Operation): void {
    this.#history.push({
      EventType: type,
      EventId: this.#history.length + 1,
      EventTimestamp: now,
      ...(operation && {
        Id: operation.Id,
        Name: operation.Name,
        ParentId: operation.ParentId,
        SubType: operation.SubType,
      }),
      [`${type}Details`]: details,
    });
  }

  #renewToken(invocation: number): void {
    const text = `${this.start.id}/${invocation}/${++this.#checkpoints}`;
    this.#token = Buffer.from(text).toString('base64');
  }
}
