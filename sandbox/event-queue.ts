/** Something that will happen at an instant. Cancelling it after it has happened does nothing. */
export interface PlannedEvent {
  readonly at: number;
  cancel(): void;
}

class QueuedEvent implements PlannedEvent {
  readonly at: number;
  readonly rank: number;
  readonly sequence: number;
  action: (() => void) | undefined;

  constructor(at: number, rank: number, sequence: number, action: () => void) {
    this.at = at;
    this.rank = rank;
    this.sequence = sequence;
    this.action = action;
  }

  cancel(): void {
    this.action = undefined;
  }

  isBefore(other: QueuedEvent): boolean {
    if (this.at !== other.at) return this.at < other.at;
    return this.rank === other.rank ? this.sequence < other.sequence : this.rank < other.rank;
  }
}

/** Events ordered by instant, then rank, then the order they were planned in. A binary heap; cancelled events are dropped lazily. */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];
  #sequence = 0;

  add(at: number, rank: number, action: () => void): PlannedEvent {
    const event = new QueuedEvent(at, rank, this.#sequence++, action);
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** Takes the earliest event that was not cancelled. */
  take(): { at: number; action: () => void } | undefined {
    for (;;) {
      const first = this.#removeFirst();
      if (!first) return undefined;
      const { at, action } = first;
      if (!action) continue;
      first.action = undefined;
      return { at, action };
    }
  }

  /** The instant of the earliest event that was not cancelled. */
  get nextAt(): number | undefined {
    while (this.#heap[0] && !this.#heap[0].action) this.#removeFirst();
    return this.#heap[0]?.at;
  }

  #removeFirst(): QueuedEvent | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (!first || !last || first === last) return first;
    this.#heap[0] = last;
    this.#sink();
    return first;
  }

  #rise(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const leftEvent = this.#heap[left];
      if (!leftEvent) return;
      const rightEvent = this.#heap[left + 1];
      const child = rightEvent?.isBefore(leftEvent) ? left + 1 : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const below = this.#heap[lower];
    const above = this.#heap[upper];
    if (!below || !above || !below.isBefore(above)) return false;
    this.#heap[lower] = above;
    this.#heap[upper] = below;
    return true;
  }
}
