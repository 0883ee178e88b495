export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** What functions print, the newest `capacity` lines of each. */
export class Logs {
  readonly #capacity: number;
  readonly #lines = new Map<string, LogLine[]>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(functionName: string, line: LogLine): void {
    if (this.#capacity === 0) return;
    const lines = this.#lines.get(functionName) ?? [];
    lines.push(line);
    this.#lines.set(functionName, lines.length >= 2 * this.#capacity ? lines.slice(-this.#capacity) : lines);
  }

  of(functionName: string): readonly LogLine[] {
    return (this.#lines.get(functionName) ?? []).slice(-this.#capacity);
  }
}
