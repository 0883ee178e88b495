import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { accountServer } from '../../sandbox/http-server.ts';
import { RealTime } from '../../sandbox/real-time.ts';
import { runHere } from './in-process.ts';

export const main = resolve(import.meta.dirname, '../../cli/main.ts');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line as an operator would, with a sandbox account as its AWS. */
export class CommandLine {
  readonly #env: NodeJS.ProcessEnv;
  readonly stop: () => Promise<void>;

  /** Serves the account, whose clock follows the real one from now on, until `stop` is called. */
  static async in(account: SandboxAccount): Promise<CommandLine> {
    const time = new RealTime(account.clock, 1, console.error);
    const server = accountServer(account, time, { checkDates: false, onError: console.error });
    const running = time.run();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new CommandLine(endpoint, account.region, async () => {
      server.closeAllConnections();
      server.close();
      time.stop();
      await running;
    });
  }

  private constructor(endpoint: string, region: string, stop: () => Promise<void>) {
    this.#env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'sandbox',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
    this.stop = stop;
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.#run(args);
  }

  /** The same in this process: for what does not depend on being one of its own. */
  runHere(...args: readonly string[]): Promise<Ended> {
    return runHere(args, this.#env);
  }

  /** Kills the command as soon as it says on stderr what is waited for. */
  kill(when: RegExp, ...args: readonly string[]): Promise<Ended> {
    return this.#run(args, when);
  }

  async #run(args: readonly string[], killWhen?: RegExp): Promise<Ended> {
    const child = spawn(process.execPath, [main, ...args], { env: this.#env, timeout: 50_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (killWhen?.test(stderr)) child.kill('SIGKILL');
    });
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  }
}
