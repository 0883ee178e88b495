import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';

/** What a function's timers need to know about the process they live in. */
export interface TimerHost {
  readonly clock: VirtualClock;
  /** Runs the callback now, later (while the process is frozen between invocations) or never (once it is dead). */
  wake(callback: () => void): void;
  /** Counts what the process waits for. */
  waits: number;
}

type Callback = (...values: unknown[]) => void;

/** Looks like Node's Timeout, and ends on the virtual clock. */
class VirtualTimeout {
  readonly #host: TimerHost;
  readonly #delayMs: number;
  readonly #callback: () => void;
  readonly #repeats: boolean;
  #planned: PlannedEvent | undefined;

  constructor(host: TimerHost, callback: () => void, delayMs: number, repeats: boolean) {
    this.#host = host;
    this.#callback = callback;
    // As in Node: anything below a millisecond, or not a number, is one millisecond.
    this.#delayMs = delayMs >= 1 && delayMs <= 0x7fff_ffff ? Math.trunc(delayMs) : 1;
    this.#repeats = repeats;
    this.#plan();
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  refresh(): this {
    this.close();
    this.#plan();
    return this;
  }

  close(): this {
    if (!this.#planned) return this;
    this.#planned.cancel();
    this.#planned = undefined;
    this.#host.waits--;
    return this;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #plan(): void {
    this.#host.waits++;
    this.#planned = this.#host.clock.after(this.#delayMs, () => {
      this.#planned = undefined;
      this.#host.waits--;
      if (this.#repeats) this.#plan();
      this.#host.wake(this.#callback);
    });
  }
}

function clear(timer: unknown): void {
  if (timer instanceof VirtualTimeout) timer.close();
}

/** `setTimeout` and its family on the virtual clock, and their promise forms. */
export function virtualTimers(host: TimerHost) {
  const start = (repeats: boolean) => (callback: Callback, delayMs?: number, ...values: unknown[]) =>
    new VirtualTimeout(host, () => { callback(...values); }, delayMs ?? 1, repeats); // prettier-ignore
  const sleep = <T>(delayMs?: number, value?: T, options?: { signal?: AbortSignal }) =>
    new Promise<T | undefined>((resolve, reject) => {
      const timer = start(false)(() => { resolve(value); }, delayMs); // prettier-ignore
      options?.signal?.addEventListener('abort', () => {
        timer.close();
        reject(new DOMException('The operation was aborted', 'AbortError'));
      });
    });
  return {
    setTimeout: start(false),
    setInterval: start(true),
    clearTimeout: clear,
    clearInterval: clear,
    promises: { setTimeout: sleep, setImmediate: () => new Promise((resolve) => setImmediate(resolve)) },
  };
}
