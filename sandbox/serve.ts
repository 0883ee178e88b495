import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import { SandboxAccount } from './account.ts';
import { accountServer } from './http-server.ts';
import { RealTime } from './real-time.ts';

const host = '127.0.0.1';

interface Options {
  readonly port: number;
  readonly region: string;
  readonly speed: number;
  readonly seed: number;
  readonly app?: string;
}

function number(least: number, most: number, whole: boolean): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const valid = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value));
    if (valid) return value;
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  };
}

function parseRegion(text: string): string {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return text;
  throw new InvalidArgumentError('It must be spelt like eu-central-1.');
}

const command = new Command('npm run sandbox --')
  .description(
    `Serves an emulated AWS account on ${host} until interrupted: DynamoDB tables, items and backups, and deployed functions.`,
  )
  .option('--port <n>', 'port to listen on; 0 for a free one', number(0, 65_535, true), 4580)
  .option('--region <name>', 'Region of the account', parseRegion, 'eu-central-1')
  .option('--app <folder>', 'a cloud assembly (cdk.out) to deploy: its schedules fire and its functions run')
  .option('--speed <n>', 'virtual seconds per real second', number(0.001, 1_000_000, false), 1)
  .option('--seed <n>', 'the same seed gives the same latencies and ids', number(0, Number.MAX_SAFE_INTEGER, true), 1)
  .allowExcessArguments(false)
  .parse();

await serve(command.opts<Options>());

async function serve({ port, region, app, speed, seed }: Options): Promise<void> {
  const account = new SandboxAccount({ startAt: new Date(), region, seed, journalCapacity: 1000 });
  const stacks = app === undefined ? {} : await deploy(account, app);
  const time = new RealTime(account.clock, speed, report);
  // Clients sign with the machine's clock, which only an account at its pace shares.
  const server = accountServer(account, time, { checkDates: speed === 1, onError: report });
  process.on('unhandledRejection', report);
  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
    command.error(`error: cannot listen on ${host}:${port}: ${reason}`);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const stop = (): void => {
    time.stop();
    server.close();
    server.closeAllConnections();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.stdout.write(banner((server.address() as AddressInfo).port, region, speed, stacks));
  await time.run();
}

async function deploy(account: SandboxAccount, folder: string): ReturnType<SandboxAccount['deploy']> {
  try {
    return await account.clock.runUntilSettled(account.deploy(folder));
  } catch (error) {
    return command.error(`error: cannot deploy ${folder}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function banner(port: number, region: string, speed: number, stacks: Readonly<Record<string, object>>): string {
  const deployed = Object.entries(stacks).map(([name, outputs]) => {
    const lines = Object.entries(outputs).map(([key, value]) => `    ${key} = ${value}\n`);
    return `  stack ${name}\n${lines.join('')}`;
  });
  const pace = speed === 1 ? 'the wall clock' : `${speed} times the wall clock`;
  return `An AWS account listens on ${host}:${port}, at the pace of ${pace}. To use it, in another shell:

  export AWS_ENDPOINT_URL=http://${host}:${port}
  export AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
  aws dynamodb list-backups

${deployed.join('')}Everything is in memory. Ctrl-C ends it.
`;
}

function report(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
