import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';

/** What a function's timers need to know about the process they live in. */
export interface TimerHost {
  readonly clock: VirtualClock;
  /** Runs the callback now, later (while the process is frozen between invocations) or never (once it is dead). */
  wake(callback: () => void): void;
  /** Counts what the process waits for. */
  waits: number;
  /** Counts what it has put off until the next turn of the event loop: time stands still until that is done. */
  immediates: number;
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

/** Looks like Node's Immediate. */
class VirtualImmediate {
  readonly #host: TimerHost;
  readonly #immediate: NodeJS.Immediate;
  #isPending = true;

  constructor(host: TimerHost, callback: () => void) {
    this.#host = host;
    host.immediates++;
    this.#immediate = setImmediate(() => {
      this.#settle();
      host.wake(callback);
    });
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

  close(): void {
    clearImmediate(this.#immediate);
    this.#settle();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #settle(): void {
    if (this.#isPending) this.#host.immediates--;
    this.#isPending = false;
  }
}

function clear(timer: unknown): void {
  if (timer instanceof VirtualTimeout || timer instanceof VirtualImmediate) timer.close();
}

/** `setTimeout` and its family on the virtual clock, `setImmediate` where the process can be seen to wait for it, and their promise forms. */
export function virtualTimers(host: TimerHost) {
  const start = (repeats: boolean) => (callback: Callback, delayMs?: number, ...values: unknown[]) =>
    new VirtualTimeout(host, () => { callback(...values); }, delayMs ?? 1, repeats); // prettier-ignore
  const startImmediate = (callback: Callback, ...values: unknown[]) =>
    new VirtualImmediate(host, () => { callback(...values); }); // prettier-ignore
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
    setImmediate: startImmediate,
    clearImmediate: clear,
    promises: {
      setTimeout: sleep,
      setImmediate: <T>(value?: T) =>
        new Promise<T | undefined>((resolve) => startImmediate(() => { resolve(value); })), // prettier-ignore
    },
  };
}
