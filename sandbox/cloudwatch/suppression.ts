import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';
import type { Suppression } from './alarm.ts';

interface SuppressionParts {
  readonly clock: VirtualClock;
  readonly waitMs: number;
  readonly extensionMs: number;
  isSuppressorInAlarm(): boolean;
  /** Takes the actions of the newest state, which nothing suppresses any more. */
  release(): void;
}

/**
 * Holds back the actions of one composite alarm while its suppressor is in ALARM, for the wait period before that may happen, and for the
 * extension period after it. What is told in the end is the newest state only.
 * Source: CloudWatch API reference, PutCompositeAlarm, ActionsSuppressor.
 */
export class ActionSuppression {
  readonly #parts: SuppressionParts;
  #by: Suppression | undefined;
  #isHolding = false;
  #planned: PlannedEvent | undefined;

  constructor(parts: SuppressionParts) {
    this.#parts = parts;
    if (parts.isSuppressorInAlarm()) this.#by = 'Alarm';
  }

  get by(): Suppression | undefined {
    return this.#by;
  }

  /** The composite alarm changed its state. */
  changed(): void {
    this.#isHolding = true;
    if (this.#parts.isSuppressorInAlarm()) this.#suppress('Alarm');
    else if (this.#by !== 'ExtensionPeriod') this.#suppress('WaitPeriod', this.#parts.waitMs);
  }

  suppressorChanged(): void {
    if (this.#parts.isSuppressorInAlarm()) this.#suppress('Alarm');
    else if (this.#by === 'Alarm') this.#suppress('ExtensionPeriod', this.#parts.extensionMs);
  }

  /** Ends all suppression without a word, for an alarm that goes or is put anew. */
  close(): void {
    this.#planned?.cancel();
    this.#isHolding = false;
    this.#by = undefined;
  }

  #suppress(by: Suppression, forMs?: number): void {
    this.#planned?.cancel();
    this.#by = by;
    if (forMs !== undefined) this.#planned = this.#parts.clock.after(forMs, () => { this.#release(); }); // prettier-ignore
  }

  #release(): void {
    const wasHolding = this.#isHolding;
    this.close();
    if (wasHolding) this.#parts.release();
  }
}
