import { setTimeout as pause } from 'node:timers/promises';
import type { VirtualClock } from './clock.ts';

/** Virtual time keeps up with real time in steps so short while somebody waits for an answer, and so long while nobody does. */
const busyStepMs = 2;
const idleStepMs = 50;

/** Drives a virtual clock by the real one, `speed` virtual seconds to a real one, until it is stopped. */
export class RealTime {
  readonly #clock: VirtualClock;
  readonly #speed: number;
  readonly #onError: (error: unknown) => void;
  readonly #startedAt = performance.now();
  readonly #virtualStart: number;
  readonly #stopping = new AbortController();
  #waiting = 0;
  #nap = new AbortController();

  constructor(clock: VirtualClock, speed: number, onError: (error: unknown) => void) {
    this.#clock = clock;
    this.#speed = speed;
    this.#onError = onError;
    // Deploying took real time, which virtual time makes up for.
    this.#virtualStart = Math.max(clock.now, Date.now());
  }

  /** Lets time pass until `stop` is called. */
  async run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#clock.runUntil(Math.max(this.#clock.now, this.#target()));
      } catch (error) {
        this.#onError(error);
      }
      await this.#sleep();
    }
  }

  stop(): void {
    this.#stopping.abort();
    this.#nap.abort();
  }

  /** Time moves in short steps until the promise settles. */
  async keepAwakeFor<T>(answer: Promise<T>): Promise<T> {
    this.#waiting++;
    this.#nap.abort();
    try {
      return await answer;
    } finally {
      this.#waiting--;
    }
  }

  #target(): number {
    return Math.floor(this.#virtualStart + (performance.now() - this.#startedAt) * this.#speed);
  }

  async #sleep(): Promise<void> {
    this.#nap = new AbortController();
    try {
      await pause(this.#waiting > 0 ? busyStepMs : idleStepMs, undefined, { signal: this.#nap.signal });
    } catch {
      // Woken by a request or by the end.
    }
  }
}
