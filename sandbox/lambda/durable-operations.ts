import { AwsError } from '../aws-error.ts';
import { isRecord } from '../input.ts';

export type OperationStatus =
  'STARTED' | 'PENDING' | 'READY' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT' | 'STOPPED';

export interface ErrorObject {
  readonly ErrorMessage?: string;
  readonly ErrorType?: string;
  readonly ErrorData?: string;
  readonly StackTrace?: readonly string[];
}

interface Details {
  readonly Result?: string | undefined;
  readonly Error?: ErrorObject | undefined;
}

/** An operation with AWS's member names. Instants are epoch milliseconds; each way out writes them as its protocol does. */
export interface Operation {
  readonly Id: string;
  readonly ParentId?: string | undefined;
  readonly Name?: string | undefined;
  readonly Type: string;
  readonly SubType?: string | undefined;
  readonly Status: OperationStatus;
  readonly StartTimestamp: number;
  readonly EndTimestamp?: number;
  readonly ExecutionDetails?: { readonly InputPayload: string };
  readonly ContextDetails?: Details & { readonly ReplayChildren?: boolean | undefined };
  readonly StepDetails?: Details & { readonly Attempt?: number; readonly NextAttemptTimestamp?: number | undefined };
  readonly WaitDetails?: { readonly ScheduledEndTimestamp: number };
  readonly ChainedInvokeDetails?: Details;
}

/** How another function answered an operation that invoked it. */
export type ChainedOutcome =
  | { readonly status: 'SUCCEEDED'; readonly result: string | undefined }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'STOPPED'; readonly error: ErrorObject };

/** One update of a checkpoint, as a function sends it. */
export interface OperationUpdate {
  readonly Id: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly Type: string;
  readonly SubType?: string;
  readonly Action: string;
  readonly Payload?: string;
  readonly Error?: ErrorObject;
  readonly ContextOptions?: { readonly ReplayChildren?: boolean };
  readonly StepOptions?: { readonly NextAttemptDelaySeconds?: number };
  readonly WaitOptions?: { readonly WaitSeconds?: number };
  readonly ChainedInvokeOptions?: { readonly FunctionName?: string };
}

/** An event of the history before it is numbered: its type, and what its details say. */
export interface OperationEvent {
  readonly type: string;
  readonly details: object;
}

export interface Transition {
  readonly operation: Operation;
  readonly event: OperationEvent | undefined;
}

const actions: Readonly<Record<string, readonly string[]>> = {
  STEP: ['START', 'SUCCEED', 'FAIL', 'RETRY'],
  WAIT: ['START', 'CANCEL'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  CHAINED_INVOKE: ['START', 'CANCEL'],
  EXECUTION: ['SUCCEED', 'FAIL'],
};
/** Longest wait and longest pause before a step's next attempt. */
const longestDelaySeconds = 31_622_400;
/** Most that one operation may carry, as the model of `OperationUpdate` states it for everything but synchronous executions. */
export const payloadBytes = 1024 * 1024;
export const synchronousPayloadBytes = 6 * 1024 * 1024;

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Reads the updates of a checkpoint; what has no id, an unknown type or an action its type lacks is refused. */
export function readUpdates(value: unknown): OperationUpdate[] {
  return (Array.isArray(value) ? value : []).map((update: unknown) => {
    if (!isRecord(update) || typeof update.Id !== 'string') throw invalid('Operation update must have an Id.');
    const allowed = actions[String(update.Type)];
    if (!allowed) throw invalid(`Unknown operation type: ${String(update.Type)}.`);
    if (!allowed.includes(String(update.Action))) throw invalid('Invalid action for the given operation type.');
    return update as unknown as OperationUpdate;
  });
}

/** Rules that a checkpoint has to keep as a whole. */
export function checkBatch(updates: readonly OperationUpdate[]): void {
  const closing = updates.findIndex((update) => update.Type === 'EXECUTION');
  if (closing >= 0 && closing < updates.length - 1) throw invalid('EXECUTION checkpoint must be the last update.');
  const seen = new Map<string, OperationUpdate>();
  for (const update of updates) {
    const before = seen.get(update.Id);
    const startsAndEnds =
      before?.Action === 'START' && update.Action !== 'START' && ['STEP', 'CONTEXT'].includes(before.Type);
    if (before && !startsAndEnds) throw invalid('Cannot update the same operation twice in a single request.');
    seen.set(update.Id, update);
  }
}

/** What an update makes of an operation; throws InvalidParameterValueException when it is in no state for it. */
export function transition(current: Operation | undefined, update: OperationUpdate, now: number): Transition {
  checkPayload(update);
  if (current && current.Type !== update.Type) throw invalid('Cannot change the type of an operation.');
  switch (update.Type) {
    case 'STEP':
      return stepTransition(current, update, now);
    case 'WAIT':
      return waitTransition(current, update, now);
    case 'CHAINED_INVOKE':
      return chainedTransition(current, update, now);
    default:
      return contextTransition(current, update, now);
  }
}

function checkPayload(update: OperationUpdate): void {
  const { Action, Payload, Error: error } = update;
  if (Action === 'SUCCEED' && error) throw invalid('Cannot provide an Error for SUCCEED action.');
  if (Action === 'FAIL' && Payload !== undefined) throw invalid('Cannot provide a Payload for FAIL action.');
  if (Action === 'RETRY' && error && Payload !== undefined)
    throw invalid('Cannot provide both error and payload to RETRY a STEP.');
  if (update.Type !== 'EXECUTION' && sizeOf(Payload) > payloadBytes)
    throw invalid(`${update.Type} payload size must be at most ${payloadBytes} bytes.`);
  if (sizeOf(error) > payloadBytes) throw invalid(`Error object size must be at most ${payloadBytes} bytes.`);
}

function begun(update: OperationUpdate, now: number): Operation {
  const { Id, ParentId, Name, Type, SubType } = update;
  return { Id, ParentId, Name, Type, SubType, Status: 'STARTED', StartTimestamp: now };
}

function delayMs(seconds: number | undefined): number {
  if (seconds === undefined || seconds < 1 || seconds > longestDelaySeconds)
    throw invalid(`A delay must be from 1 to ${longestDelaySeconds} seconds, got ${String(seconds)}.`);
  return seconds * 1000;
}

function stepTransition(current: Operation | undefined, update: OperationUpdate, now: number): Transition {
  const operation = current ?? begun(update, now);
  const { Action, Payload, Error: error, StepOptions } = update;
  if (Action === 'START') {
    if (current && current.Status !== 'READY') throw invalid('Invalid current STEP state to start.');
    const StepDetails = current?.StepDetails && { ...current.StepDetails, NextAttemptTimestamp: undefined };
    return {
      operation: { ...operation, Status: 'STARTED', ...(StepDetails && { StepDetails }) },
      event: { type: 'StepStarted', details: {} },
    };
  }
  if (!['STARTED', 'READY'].includes(operation.Status))
    throw invalid(`Invalid current STEP state to ${Action === 'RETRY' ? 're-attempt' : 'close'}.`);
  const Attempt = (operation.StepDetails?.Attempt ?? 0) + 1;
  const NextAttemptDelaySeconds = StepOptions?.NextAttemptDelaySeconds;
  const RetryDetails = { CurrentAttempt: Attempt, NextAttemptDelaySeconds };
  // A poll of waitForCondition is a RETRY with a payload: it succeeded and is to be repeated.
  const failed = error !== undefined || Action === 'FAIL';
  const event = failed
    ? { type: 'StepFailed', details: { Error: { Payload: error }, RetryDetails } }
    : { type: 'StepSucceeded', details: { Result: { Payload }, RetryDetails } };
  if (Action === 'RETRY') {
    const NextAttemptTimestamp = now + delayMs(NextAttemptDelaySeconds);
    const StepDetails = { Attempt, Result: Payload, Error: error, NextAttemptTimestamp };
    return { operation: { ...operation, Status: 'PENDING', StepDetails }, event };
  }
  const StepDetails = { Attempt, Result: Payload, Error: error };
  const Status = Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
  return { operation: { ...operation, Status, EndTimestamp: now, StepDetails }, event };
}

function waitTransition(current: Operation | undefined, update: OperationUpdate, now: number): Transition {
  if (update.Action === 'START') {
    if (current) throw invalid('Cannot start a WAIT that already exists.');
    const Duration = update.WaitOptions?.WaitSeconds;
    const ScheduledEndTimestamp = now + delayMs(Duration);
    return {
      operation: { ...begun(update, now), WaitDetails: { ScheduledEndTimestamp } },
      event: { type: 'WaitStarted', details: { Duration, ScheduledEndTimestamp } },
    };
  }
  if (current?.Status !== 'STARTED')
    throw invalid('Cannot cancel a WAIT that does not exist or has already completed.');
  return {
    operation: { ...current, Status: 'CANCELLED', EndTimestamp: now },
    event: { type: 'WaitCancelled', details: {} },
  };
}

function chainedTransition(current: Operation | undefined, update: OperationUpdate, now: number): Transition {
  if (update.Action === 'START') {
    if (current) throw invalid('Cannot start a CHAINED_INVOKE that already exists.');
    const FunctionName = update.ChainedInvokeOptions?.FunctionName;
    if (FunctionName === undefined) throw invalid('Invalid ChainedInvokeOptions for the given action.');
    const details = { FunctionName, Input: { Payload: update.Payload } };
    return { operation: begun(update, now), event: { type: 'ChainedInvokeStarted', details } };
  }
  if (current?.Status !== 'STARTED')
    throw invalid('Cannot cancel a CHAINED_INVOKE that does not exist or has already completed.');
  return { operation: { ...current, Status: 'CANCELLED', EndTimestamp: now }, event: undefined };
}

const chainedEvents = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'TimedOut', STOPPED: 'Stopped' } as const;

/** What the answer of the other function makes of the operation that invoked it. */
export function whenAnswered(operation: Operation, outcome: ChainedOutcome, now: number): Transition {
  const { status } = outcome;
  const [ChainedInvokeDetails, details] =
    status === 'SUCCEEDED'
      ? [{ Result: outcome.result }, { Result: { Payload: outcome.result } }]
      : [{ Error: outcome.error }, { Error: { Payload: outcome.error } }];
  return {
    operation: { ...operation, Status: status, EndTimestamp: now, ChainedInvokeDetails },
    event: { type: `ChainedInvoke${chainedEvents[status]}`, details },
  };
}

function contextTransition(current: Operation | undefined, update: OperationUpdate, now: number): Transition {
  const { Action, Payload, Error: error } = update;
  if (Action === 'START') {
    if (current) throw invalid('Cannot start a CONTEXT that already exists.');
    return { operation: begun(update, now), event: { type: 'ContextStarted', details: {} } };
  }
  if (current && current.Status !== 'STARTED') throw invalid('Invalid current CONTEXT state to close.');
  const ContextDetails = { Result: Payload, Error: error, ReplayChildren: update.ContextOptions?.ReplayChildren };
  const Status = Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED';
  return {
    operation: { ...(current ?? begun(update, now)), Status, EndTimestamp: now, ContextDetails },
    event:
      Action === 'SUCCEED'
        ? { type: 'ContextSucceeded', details: { Result: { Payload } } }
        : { type: 'ContextFailed', details: { Error: { Payload: error } } },
  };
}

/** The instant at which time alone changes an operation: a wait ends, or a step may be tried again. */
export function dueAt(operation: Operation): number | undefined {
  if (operation.Type === 'WAIT' && operation.Status === 'STARTED') return operation.WaitDetails?.ScheduledEndTimestamp;
  return operation.Status === 'PENDING' ? operation.StepDetails?.NextAttemptTimestamp : undefined;
}

/** Whether something other than the function will change an operation. */
export function isWaiting(operation: Operation): boolean {
  return dueAt(operation) !== undefined || (operation.Type === 'CHAINED_INVOKE' && operation.Status === 'STARTED');
}

/** What time makes of an operation that is due. A step that may be tried again leaves no event. */
export function whenDue(operation: Operation, now: number): Transition {
  if (operation.Type !== 'WAIT') return { operation: { ...operation, Status: 'READY' }, event: undefined };
  const waitedMs = (operation.WaitDetails?.ScheduledEndTimestamp ?? now) - operation.StartTimestamp;
  return {
    operation: { ...operation, Status: 'SUCCEEDED', EndTimestamp: now },
    event: { type: 'WaitSucceeded', details: { Duration: waitedMs / 1000 } },
  };
}
