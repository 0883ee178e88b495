import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const script = resolve(import.meta.dirname, '../../sandbox/serve.ts');
/** Whatever happens, no server outlives this. */
const hardTimeoutMs = 120_000;

/** A sandbox in a process of its own, and what it printed. */
export class ServedAccount {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #output: { text: string };

  private constructor(child: ChildProcess, output: { text: string }, port: number) {
    this.#child = child;
    this.#output = output;
    this.port = port;
  }

  /** Starts `npm run sandbox` on a free port and waits for its banner. Rejects when it ends first. */
  static async start(...flags: readonly string[]): Promise<ServedAccount> {
    const { child, output } = launch(['--port', '0', ...flags]);
    for (;;) {
      const port = /127\.0\.0\.1:(\d+)/.exec(output.text)?.[1];
      if (port) return new ServedAccount(child, output, Number(port));
      if (child.exitCode !== null) throw new Error(`the sandbox ended: ${output.text}`);
      await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close')]);
    }
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get output(): string {
    return this.#output.text;
  }

  /** Asks the server to end and returns its exit status. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    const [status] = (await closed) as [number | null];
    return status;
  }
}

/** Runs the script to its end; for flags it should refuse. */
export async function serveInVain(...flags: readonly string[]): Promise<{ status: number | null; output: string }> {
  const { child, output } = launch(flags);
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output: output.text };
}

function launch(flags: readonly string[]): { child: ChildProcess; output: { text: string } } {
  const child = spawn(process.execPath, [script, ...flags], {
    timeout: hardTimeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk.toString();
    });
  }
  return { child, output };
}
