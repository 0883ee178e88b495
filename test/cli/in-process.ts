import { jest } from '@jest/globals';
import { runCommandLine } from '../../cli/program.ts';
import type { Ended } from './command-line.ts';

/**
 * Runs a command line in this process, which spares the half second of a process of its own: for what does not depend on being one. What it
 * writes and its exit status are held back, and the variables of `env` are set meanwhile.
 */
export async function runHere(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof written, end: string) => (text: unknown) => {
    written[stream] += `${String(text)}${end}`;
    return true;
  };
  const before = { ...process.env };
  Object.assign(process.env, env);
  jest.spyOn(process.stdout, 'write').mockImplementation(into('stdout', ''));
  jest.spyOn(process.stderr, 'write').mockImplementation(into('stderr', ''));
  jest.spyOn(console, 'log').mockImplementation(into('stdout', '\n'));
  jest.spyOn(console, 'error').mockImplementation(into('stderr', '\n'));
  try {
    await runCommandLine(words);
    return { status: Number(process.exitCode ?? 0), ...written };
  } finally {
    process.exitCode = undefined;
    jest.restoreAllMocks();
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}
