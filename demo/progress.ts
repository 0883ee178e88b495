import type { WriteStream } from 'node:tty';

const barWidth = 24;

/** Shows how far a life has got: one line that is written over on a terminal, a line every tenth elsewhere. */
export class Progress {
  readonly #stream: Pick<WriteStream, 'write' | 'isTTY'>;
  readonly #days: number;
  #tenths = 0;

  constructor(stream: Pick<WriteStream, 'write' | 'isTTY'>, days: number) {
    this.#stream = stream;
    this.#days = days;
  }

  say(text: string): void {
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** Announces that a day is over. */
  day(day: number, facts: string): void {
    const text = `day ${String(day).padStart(String(this.#days).length)} of ${this.#days} · ${facts}`;
    if (this.#stream.isTTY) {
      const done = Math.round((barWidth * day) / this.#days);
      this.say(`${'█'.repeat(done)}${'░'.repeat(barWidth - done)} ${text}`);
    } else if (Math.floor((10 * day) / this.#days) > this.#tenths) {
      this.#tenths = Math.floor((10 * day) / this.#days);
      this.say(text);
    }
  }

  /** Takes the line away, so that what follows starts at the margin. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
