import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { account, region } from '../environment.ts';
import { projectRoot } from '../places.ts';
import { collect, freePort, start, stop } from '../processes.ts';
import { listeningAddresses } from './listening.ts';

/** A running emulator of an AWS account, on loopback only. */
export class Emulator {
  readonly name: string;
  /** What `AWS_ENDPOINT_URL` must be. */
  readonly endpoint: string;
  readonly port: number;
  readonly #server: ChildProcess;
  readonly #output: { readonly text: string };

  constructor(name: string, host: string, port: number, server: ChildProcess) {
    this.name = name;
    this.endpoint = `http://${host}:${port}`;
    this.port = port;
    this.#server = server;
    this.#output = collect(server);
  }

  /** Every variable a client of the account needs. The credentials are made up. */
  get clientEnvironment(): Record<string, string> {
    return { ...baseEnvironment(), ...madeUpCredentials, AWS_ENDPOINT_URL: this.endpoint };
  }

  /** The addresses the server and all it started listen on, as `127.0.0.1:4566`. */
  listeningAddresses(): Promise<string[]> {
    return listeningAddresses(this.#server.pid);
  }

  /** Waits until the server answers. Throws what it wrote when it ends or does not answer within a minute. */
  async ready(): Promise<this> {
    for (let tries = 0; tries < 240; tries++) {
      if (this.#server.exitCode !== null)
        throw new Error(`the server ended at once:\n${this.#output.text.slice(-2000)}`);
      const answer = await fetch(this.endpoint).catch(() => undefined);
      if (answer) return this;
      await sleep(250);
    }
    throw new Error(`the server did not answer within a minute:\n${this.#output.text.slice(-2000)}`);
  }

  /** Ends the server and the functions it runs. */
  async stop(): Promise<void> {
    await stop(this.#server);
  }

  /** All the server wrote, and the functions it ran. */
  get log(): string {
    return this.#output.text;
  }
}

/** Starts ministack: IAM is enforced, functions run as processes with the Node of `node_modules`. */
export async function startMinistack(python: string, scratch: string): Promise<Emulator> {
  const port = await freePort();
  const env = {
    ...baseEnvironment(),
    ...madeUpCredentials,
    HOME: scratch,
    TMPDIR: scratch,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: `${port}`,
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_ACCOUNT_ID: account,
    MINISTACK_REGION: region,
    LAMBDA_EXECUTOR: 'local',
    IOT_MTLS_ENABLED: '0',
    AUTH: 'true',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const server = start({ file: python, args: [join(import.meta.dirname, 'server.py')], env, cwd: scratch });
  return new Emulator('ministack', '127.0.0.1', port, server).ready();
}

/** Starts moto. */
export async function startMoto(python: string, scratch: string): Promise<Emulator> {
  const port = await freePort();
  const env = { ...baseEnvironment(), HOME: scratch, TMPDIR: scratch };
  const server = start({
    file: python,
    args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', `${port}`],
    env,
    cwd: scratch,
  });
  return new Emulator('moto', 'localhost', port, server).ready();
}

const madeUpCredentials = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

/** Node 24 first, and nothing of the machine's own AWS settings. */
function baseEnvironment(): Record<string, string> {
  const path = [join(projectRoot, 'node_modules', '.bin'), process.env.PATH ?? ''].join(':');
  return { PATH: path, LANG: 'C.UTF-8' };
}
