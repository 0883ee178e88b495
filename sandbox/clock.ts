import { setTimeout as pause } from 'node:timers/promises';
import { EventQueue, type PlannedEvent } from './event-queue.ts';

const ordinary = 0;
/** Goals are reached after everything else of their instant has happened. */
const afterEverything = 1;
/** Turns of the event loop, in a row, that a piece of real work may take before the clock stops waiting for it. */
const patienceTurns = 20_000;
/** How often a clock that keeps pace with real time looks at it. */
const paceMs = 2;

/** Somebody whose real work time waits for. `giveUp` is called when that work seems never to end. */
interface Worker {
  isBusy(): boolean;
  giveUp(): void;
}

/** The next turn of the event loop, when every microtask is done. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Virtual time in epoch milliseconds. It stands still while anything real is under way (a held piece of work, a microtask, a busy
 * function) and otherwise jumps from one planned event to the next. It moves only while somebody awaits a goal, `runUntil` or
 * `runUntilSettled`, or lets it keep pace with real time.
 */
export class VirtualClock {
  readonly #queue = new EventQueue();
  readonly #workers: Worker[] = [];
  #now: number;
  #holds = 0;
  #goals = 0;
  #loop: Promise<void> | undefined;

  constructor(startAt: number) {
    this.#now = startAt;
  }

  get now(): number {
    return this.#now;
  }

  /** Plans `action` for an instant, in whole milliseconds; one that has passed means now. */
  at(instant: number, action: () => void): PlannedEvent {
    return this.#queue.add(Math.max(Math.ceil(instant), this.#now), ordinary, action);
  }

  after(delayMs: number, action: () => void): PlannedEvent {
    return this.at(this.#now + delayMs, action);
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  /** Keeps time still until the promise settles: for work that takes real time but no virtual time. */
  async standStillDuring<T>(work: Promise<T>): Promise<T> {
    this.#holds++;
    try {
      return await work;
    } finally {
      this.#holds--;
    }
  }

  /** Time also stands still while this worker is busy. */
  waitFor(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** Lets everything happen up to and including an instant. */
  async runUntil(instant: number): Promise<void> {
    if (instant < this.#now) {
      throw new RangeError(
        `cannot run until ${new Date(instant).toISOString()}: it is ${new Date(this.#now).toISOString()} already`,
      );
    }
    await this.runUntilSettled(
      new Promise<void>((resolve) => {
        this.#queue.add(instant, afterEverything, resolve);
      }),
    );
  }

  /** Lets time pass until the promise settles, and returns its value. Several goals may be awaited at once. */
  async runUntilSettled<T>(goal: Promise<T>): Promise<T> {
    this.#goals++;
    const reached = goal.finally(() => this.#goals--);
    this.#loop ??= this.#run();
    return Promise.race([reached, this.#loop.then(() => reached)]);
  }

  /** Lets virtual time keep pace with real time until the returned function is called and its promise resolves. */
  keepPace(): () => Promise<void> {
    const offset = this.#now - performance.now();
    let stopped = false;
    const pace = async (): Promise<void> => {
      while (!stopped) {
        await this.runUntil(Math.max(this.#now, Math.floor(offset + performance.now())));
        await pause(paceMs);
      }
    };
    const paced = pace();
    return () => {
      stopped = true;
      return paced;
    };
  }

  async #run(): Promise<void> {
    try {
      let idleTurns = 0;
      await this.#settle();
      while (this.#goals > 0) {
        idleTurns = this.#step() ? 0 : idleTurns + 1;
        if (idleTurns > patienceTurns) throw new Error('somebody waits for something, yet nothing is left to happen');
        await this.#settle();
      }
    } finally {
      this.#loop = undefined;
    }
  }

  #step(): boolean {
    const event = this.#queue.take();
    if (!event) return false;
    this.#now = event.at;
    event.action();
    return true;
  }

  async #settle(): Promise<void> {
    for (let turns = 0; ; turns++) {
      await nextTurn();
      if (this.#holds > 0) continue;
      if (!this.#workers.some((worker) => worker.isBusy())) return;
      if (turns > patienceTurns) this.#losePatience();
    }
  }

  #losePatience(): void {
    for (const worker of this.#workers) if (worker.isBusy()) worker.giveUp();
  }
}
