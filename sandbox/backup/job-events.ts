import type { VirtualClock } from '../clock.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { CallEffect } from '../faults.ts';
import type { Random } from '../random.ts';

/** An event as AWS Backup is about to tell it. */
interface Told {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** > AWS Backup emits events to EventBridge in a best-effort manner every 5 minutes. Source: developer guide, eventbridge. */
const roundMs = 5 * 60_000;

/** Tells of jobs on the default event bus: everything since the last round at once, in order. */
export class JobEvents {
  readonly #clock: VirtualClock;
  readonly #bus: EventBus;
  readonly #phaseMs: number;
  #waiting: Told[] = [];

  constructor(clock: VirtualClock, bus: EventBus, random: Random) {
    this.#clock = clock;
    this.#bus = bus;
    this.#phaseMs = Math.floor(random() * roundMs);
  }

  /** Tells an event with the next round, unless a fault of the job's request loses it. Members that are undefined are left out. */
  tell(event: Told, effects: readonly CallEffect[]): void {
    if (effects.some(({ kind }) => kind === 'lost-events')) return;
    if (this.#waiting.length === 0) this.#clock.at(this.#nextRound(), () => { this.#goRound(); }); // prettier-ignore
    const detail = Object.fromEntries(Object.entries(event.detail).filter(([, value]) => value !== undefined));
    this.#waiting.push({ ...event, detail });
  }

  #goRound(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const event of told) this.#bus.put({ source: 'aws.backup', ...event });
  }

  #nextRound(): number {
    const rounds = Math.floor((this.#clock.now - this.#phaseMs) / roundMs) + 1;
    return rounds * roundMs + this.#phaseMs;
  }
}

/** An instant as events spell it. */
export function eventTime(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}
