import { runCommandLine } from '../../cli/program.ts';

/** What a command line wrote, and its exit status. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `ddb-backups` as it is, for a sandbox account to run in a process of its own, whose clock is the account's. */
export async function handler(words: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    process[stream].write = (chunk: string | Uint8Array): boolean => {
      written[stream] += String(chunk);
      return true;
    };
  }
  await runCommandLine(words);
  return { status: Number(process.exitCode ?? 0), ...written };
}
