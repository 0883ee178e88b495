import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { isRecord } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import {
  DurableExecution,
  type ChainedInvoke,
  type CheckpointAnswer,
  type ExecutionStatus,
} from './durable-execution.ts';
import {
  dueAt,
  invalid,
  payloadBytes,
  readUpdates,
  synchronousPayloadBytes,
  type ChainedOutcome,
  type ErrorObject,
  type Operation,
} from './durable-operations.ts';
import type { FunctionTarget } from './functions.ts';
import type { InvocationOutcome } from './function-process.ts';
import { isoTimes } from './timestamps.ts';

export type DurableMetric =
  | 'DurableExecutionStarted'
  | 'DurableExecutionSucceeded'
  | 'DurableExecutionFailed'
  | 'DurableExecutionTimedOut'
  | 'DurableExecutionStopped';

interface DurableExecutionsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Runs one invocation; throws TooManyRequestsException when concurrency is used up. */
  run(
    functionName: string,
    version: string,
    payload: string,
    invocation: { readonly requestId: string; readonly arn: string; readonly executionName: string },
  ): Promise<InvocationOutcome>;
  /** Invokes another function with the rights of the version that asks for it. */
  chain(from: FunctionTarget, reference: string, payload: string): Promise<ChainedOutcome>;
  count(functionName: string, metric: DurableMetric): void;
}

interface Entry {
  readonly execution: DurableExecution;
  readonly target: FunctionTarget;
  turn: 'idle' | 'planned' | 'running';
  invocations: number;
  /** Invocations that failed in a row. */
  failures: number;
}

/** So many operations come with the invocation, the rest by GetDurableExecutionState: the default page of that call. */
export const pageSize = 100;
const longestSynchronousSeconds = 900;
const firstBackOffMs = 1000;
const longestBackOffMs = 5 * 60_000;
const dayMs = 24 * 3_600_000;
const closingMetrics: Readonly<Record<Exclude<ExecutionStatus, 'RUNNING'>, DurableMetric>> = {
  SUCCEEDED: 'DurableExecutionSucceeded',
  FAILED: 'DurableExecutionFailed',
  TIMED_OUT: 'DurableExecutionTimedOut',
  STOPPED: 'DurableExecutionStopped',
};

/**
 * Lambda's durable executions: keeps what functions checkpoint, invokes them again when a wait or a step's pause is over, and after a failed
 * invocation with growing pauses until the execution times out.
 * > One execution never runs in two invocations at once, and stays with the version that it started on.
 * > A name that is taken means the execution that took it, and an error when the input differs.
 */
export class DurableExecutions {
  readonly #parts: DurableExecutionsParts;
  readonly #entries = new Map<string, Entry>();

  constructor(parts: DurableExecutionsParts) {
    this.#parts = parts;
  }

  /** Every execution that is remembered, in the order of their start. */
  get all(): DurableExecution[] {
    return [...this.#entries.values()].map(({ execution }) => execution);
  }

  /** The executions of one function, oldest first. */
  of(functionName: string): DurableExecution[] {
    return this.all.filter((execution) => execution.start.functionName === functionName);
  }

  find(arn: string): DurableExecution {
    return this.#entry(arn).execution;
  }

  /** Starts an execution, or finds the one that has its name and input. */
  start(
    target: FunctionTarget,
    input: string,
    { name, isSynchronous }: { readonly name?: string | undefined; readonly isSynchronous: boolean },
  ): DurableExecution {
    const { clock, random } = this.#parts;
    const { definition, arn } = target;
    const config = definition.durable;
    if (!config) throw invalid(`Function ${definition.name} is not a durable function.`);
    if (target.qualifier === undefined) throw invalid('You cannot invoke a durable function using an unqualified ARN.');
    if (isSynchronous && config.executionTimeoutSeconds > longestSynchronousSeconds) {
      throw invalid(
        'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
      );
    }
    const existing = name === undefined ? undefined : this.of(definition.name).find((other) => other.name === name);
    if (existing?.start.input === input) return existing;
    if (existing) {
      const message = `Execution already started: ${existing.arn}`;
      throw new AwsError('DurableExecutionAlreadyStartedException', message, 409);
    }
    const execution = new DurableExecution({
      id: randomUuid(random),
      name: name ?? randomUuid(random),
      functionName: definition.name,
      functionArn: definition.arn,
      version: definition.version,
      invokedArn: arn,
      config,
      isSynchronous,
      input,
      startedAt: clock.now,
    });
    const entry: Entry = { execution, target, turn: 'idle', invocations: 0, failures: 0 };
    this.#entries.set(execution.arn, entry);
    this.#parts.count(definition.name, 'DurableExecutionStarted');
    clock.after(config.executionTimeoutSeconds * 1000, () => { this.#timeOut(execution); }); // prettier-ignore
    this.#plan(entry, isSynchronous ? 0 : this.#soonMs());
    return execution;
  }

  checkpoint(arn: string, token: string, clientToken: string | undefined, updates: unknown): CheckpointAnswer {
    const { clock } = this.#parts;
    const entry = this.#entry(arn);
    const { execution } = entry;
    const answer = execution.checkpoint(token, clientToken, readUpdates(updates), clock.now);
    for (const operation of answer.changed) this.#planDue(execution, operation);
    for (const invoke of execution.takeInvokes()) clock.after(this.#soonMs(), () => void this.#chain(entry, invoke));
    if (execution.isClosed) this.#closed(execution);
    return answer;
  }

  /** Ends an execution, and returns when it ended. The function is told nothing: what it has begun stays as it is. */
  stop(arn: string, error: ErrorObject): number {
    const { execution } = this.#entry(arn);
    this.#close(execution, 'STOPPED', { error });
    return execution.endedAt ?? this.#parts.clock.now;
  }

  #entry(arn: string): Entry {
    const entry = this.#entries.get(arn);
    if (!entry) throw new AwsError('ResourceNotFoundException', `Durable execution not found: ${arn}`, 404);
    return entry;
  }

  #soonMs(): number {
    return 5 + Math.floor(this.#parts.random() * 40);
  }

  #plan(entry: Entry, delayMs: number): void {
    if (entry.turn !== 'idle' || entry.execution.isClosed) return;
    entry.turn = 'planned';
    this.#parts.clock.after(delayMs, () => {
      if (!entry.execution.isClosed) void this.#invoke(entry);
    });
  }

  #planDue(execution: DurableExecution, operation: Operation): void {
    const instant = dueAt(operation);
    if (instant === undefined) return;
    this.#parts.clock.at(instant, () => {
      const entry = this.#entries.get(execution.arn);
      if (entry && execution.timeHasCome(operation.Id, instant)) this.#plan(entry, this.#soonMs());
    });
  }

  async #chain(entry: Entry, { operationId, reference, payload }: ChainedInvoke): Promise<void> {
    let outcome: ChainedOutcome;
    try {
      outcome = await this.#parts.chain(entry.target, reference, payload);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      outcome = { status: 'FAILED', error: { ErrorType: error.name, ErrorMessage: error.message } };
    }
    if (entry.execution.answered(operationId, outcome, this.#parts.clock.now)) this.#plan(entry, this.#soonMs());
  }

  async #invoke(entry: Entry): Promise<void> {
    const { clock, random } = this.#parts;
    const { execution } = entry;
    entry.turn = 'running';
    const requestId = randomUuid(random);
    const startedAt = clock.now;
    const { functionName, version, invokedArn } = execution.start;
    const invocation = { requestId, arn: invokedArn, executionName: execution.name };
    let outcome: InvocationOutcome | 'throttled';
    try {
      outcome = await this.#parts.run(functionName, version, this.#payload(entry), invocation);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      outcome = 'throttled';
    }
    entry.turn = 'idle';
    if (execution.isClosed) return;
    if (outcome === 'throttled') {
      this.#tryAgain(entry);
      return;
    }
    const error = 'error' in outcome ? errorObject(outcome.error) : undefined;
    execution.invocationEnded(requestId, startedAt, clock.now, error);
    if ('payload' in outcome) this.#take(entry, outcome.payload);
    else this.#tryAgain(entry);
  }

  #payload(entry: Entry): string {
    const { execution } = entry;
    const { token, updated } = execution.begin(++entry.invocations);
    const state = execution.state();
    return JSON.stringify({
      DurableExecutionArn: execution.arn,
      CheckpointToken: token,
      InitialExecutionState: {
        Operations: isoTimes(state.slice(0, pageSize)),
        NextMarker: state.length > pageSize ? String(pageSize) : '',
      },
      UpdatedOperationIds: updated,
    });
  }

  #tryAgain(entry: Entry): void {
    this.#plan(entry, Math.min(longestBackOffMs, firstBackOffMs * 2 ** entry.failures++));
  }

  /** Acts on what an invocation answered. */
  #take(entry: Entry, payload: string): void {
    const { execution } = entry;
    const answer: unknown = JSON.parse(payload);
    const { Status, Result, Error: error } = isRecord(answer) ? answer : {};
    entry.failures = 0;
    if (Status === 'SUCCEEDED') {
      this.#succeed(execution, typeof Result === 'string' ? Result : undefined);
    } else if (Status === 'FAILED') {
      this.#close(execution, 'FAILED', { error: isRecord(error) ? error : {} });
    } else if (Status !== 'PENDING') {
      this.#refuse(execution, 'Invalid Status in invocation output.');
    } else if (execution.hasNews) {
      this.#plan(entry, 0);
    } else if (!execution.isWaiting) {
      this.#refuse(execution, 'Cannot return PENDING status with no pending operations.');
    }
  }

  #succeed(execution: DurableExecution, result: string | undefined): void {
    const limit = execution.start.isSynchronous ? synchronousPayloadBytes : payloadBytes;
    if (Buffer.byteLength(result ?? '') > limit) this.#refuse(execution, `A result may have at most ${limit} bytes.`);
    else this.#close(execution, 'SUCCEEDED', { result });
  }

  #refuse(execution: DurableExecution, message: string): void {
    const error = { ErrorType: 'InvalidParameterValueException', ErrorMessage: message };
    this.#close(execution, 'FAILED', { error });
  }

  #timeOut(execution: DurableExecution): void {
    this.#close(execution, 'TIMED_OUT', { error: { ErrorMessage: 'Execution timed out.' } });
  }

  #close(
    execution: DurableExecution,
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    ending: { readonly result?: string | undefined; readonly error?: ErrorObject },
  ): void {
    if (execution.isClosed) return;
    execution.close(status, this.#parts.clock.now, ending);
    this.#closed(execution);
  }

  #closed(execution: DurableExecution): void {
    const { status, start, arn } = execution;
    if (status === 'RUNNING') return;
    this.#parts.count(start.functionName, closingMetrics[status]);
    this.#parts.clock.after(start.config.retentionDays * dayMs, () => this.#entries.delete(arn));
  }
}

/** A function's error as durable executions spell it. */
export function errorObject({
  errorType,
  errorMessage,
  stackTrace,
}: {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}): ErrorObject {
  return { ErrorType: errorType, ErrorMessage: errorMessage, ...(stackTrace && { StackTrace: stackTrace }) };
}
