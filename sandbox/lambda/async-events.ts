import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { randomUuid, type Random } from '../random.ts';
import type { FunctionError, InvocationOutcome } from './function-process.ts';
import type { FunctionSettings } from './functions.ts';

/** Takes the record of an event that failed for good to the destination with this ARN. */
export type FailureDestination = (arn: string, record: string) => void;

interface AsyncEventsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly sendToDestination: FailureDestination;
  settings(reference: string): FunctionSettings;
  /** The ARN that was invoked, always with a version or alias. */
  arn(reference: string): string;
  invoke(reference: string, payload: string, requestId: string): Promise<InvocationOutcome>;
  onDropped(reference: string): void;
}

interface AsyncEvent {
  /** The function as the caller named it, with its version or alias if one was given. */
  readonly reference: string;
  readonly payload: string;
  readonly requestId: string;
  readonly acceptedAt: number;
  failures: number;
  throttles: number;
}

const defaultRetries = 2;
const defaultMaxAgeMs = 6 * 3_600_000;
const firstBackOffMs = 1000;
const longestBackOffMs = 5 * 60_000;

/**
 * Lambda's internal queue of asynchronous invocations: a failed event is tried again after one and after two minutes, a throttled one
 * with growing pauses, until its retries or its age run out; then it goes to the on-failure destination.
 */
export class AsyncEvents {
  readonly #parts: AsyncEventsParts;

  constructor(parts: AsyncEventsParts) {
    this.#parts = parts;
  }

  accept(reference: string, payload: string): void {
    const { clock, random } = this.#parts;
    const times = { acceptedAt: clock.now, failures: 0, throttles: 0 };
    const event = { reference, payload, requestId: randomUuid(random), ...times };
    this.#plan(event, 5 + Math.floor(random() * 40));
  }

  #plan(event: AsyncEvent, delayMs: number): void {
    this.#parts.clock.after(delayMs, () => void this.#deliver(event));
  }

  async #deliver(event: AsyncEvent): Promise<void> {
    const { maxEventAgeMs = defaultMaxAgeMs, retryAttempts = defaultRetries } = this.#parts.settings(event.reference);
    if (this.#parts.clock.now - event.acceptedAt > maxEventAgeMs) {
      this.#giveUp(event, 'EventAgeExceeded');
      return;
    }
    const outcome = await this.#attempt(event);
    if (outcome === 'throttled') {
      this.#plan(event, Math.min(longestBackOffMs, firstBackOffMs * 2 ** event.throttles++));
    } else if ('error' in outcome) {
      event.failures++;
      if (event.failures > retryAttempts) this.#giveUp(event, 'RetriesExhausted', outcome.error);
      else this.#plan(event, event.failures * 60_000);
    }
  }

  async #attempt(event: AsyncEvent): Promise<InvocationOutcome | 'throttled'> {
    try {
      return await this.#parts.invoke(event.reference, event.payload, event.requestId);
    } catch (error) {
      if (error instanceof AwsError && error.name === 'TooManyRequestsException') return 'throttled';
      throw error;
    }
  }

  #giveUp(event: AsyncEvent, condition: string, error?: FunctionError): void {
    this.#parts.onDropped(event.reference);
    const { onFailureArn } = this.#parts.settings(event.reference);
    if (onFailureArn)
      this.#parts.sendToDestination(onFailureArn, JSON.stringify(this.#record(event, condition, error)));
  }

  #record(event: AsyncEvent, condition: string, error?: FunctionError): object {
    const requestPayload: unknown = JSON.parse(event.payload);
    return {
      version: '1.0',
      timestamp: new Date(this.#parts.clock.now).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: this.#parts.arn(event.reference),
        condition,
        approximateInvokeCount: event.failures,
      },
      requestPayload,
      ...(error && {
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: error,
      }),
    };
  }
}
