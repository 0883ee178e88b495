import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A command that ended otherwise than well; the message carries the last lines it wrote. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited, so no credential or proxy of the machine reaches the child. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const lastLines = 25;
const graceMilliseconds = 5_000;
const running = new Set<ChildProcess>();

/** Runs a command to its end and returns what it wrote, stdout and stderr as they came. Throws CommandFailed unless it ends with 0. */
export async function run(command: Command): Promise<string> {
  const child = start(command);
  const output = collect(child);
  const code = await exitCode(child);
  if (code === 0) return output.text;
  const tail = output.text.trimEnd().split('\n').slice(-lastLines).join('\n');
  throw new CommandFailed(`${command.file} ${command.args.join(' ')} ended with ${code}:\n${tail}`);
}

/** Starts a command as a process group of its own, with an open stdin. It runs until `stop`, or until this process ends. */
export function start({ file, args, env, cwd }: Command): ChildProcess {
  const child = spawn(file, args, { env, detached: true, stdio: 'pipe', ...(cwd && { cwd }) });
  running.add(child);
  child.once('close', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** What a child has written so far. */
export function collect(child: ChildProcess): { readonly text: string } {
  const output = { text: '' };
  const append = (chunk: Buffer) => (output.text += chunk.toString());
  child.stdout?.on('data', append);
  child.stderr?.on('data', append);
  return output;
}

/** Ends a process group: politely, and after five seconds for good. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close', { signal: AbortSignal.timeout(graceMilliseconds) });
    signalGroup(child, 'SIGTERM');
    await closed.catch(() => undefined);
  }
  signalGroup(child, 'SIGKILL');
}

/** Ends everything that was started, at once: for the way out. */
export function stopAll(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

async function exitCode(child: ChildProcess): Promise<number | string> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 'no code';
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}
