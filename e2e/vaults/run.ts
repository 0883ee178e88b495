import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { BackupClient } from '@aws-sdk/client-backup';
import { startMoto } from '../emulator/emulator.ts';
import { region } from '../environment.ts';
import { projectRoot, scratchDirectory } from '../places.ts';
import { collect, stopAll } from '../processes.ts';
import { install } from '../python/install.ts';
import { Transcript } from '../transcript.ts';
import { questions, type Question } from './questions.ts';

// Asks the sandbox and moto the same about backup vaults, and compares the answers: `npm run e2e:vaults`.

const lifeSeconds = 300;
const scratch = scratchDirectory();
const transcript = new Transcript();
const limit = setTimeout(() => { leave(1); }, lifeSeconds * 1000); // prettier-ignore

const installed = await transcript.step('moto is installed', () => install('moto'));
if (installed) {
  const moto = await transcript.step('moto starts', () => startMoto(installed.python, scratch));
  const sandbox = await transcript.step('the sandbox starts', startSandbox);
  if (moto && sandbox) await compare(clientOf(sandbox), clientOf(moto.endpoint));
}
clearTimeout(limit);
leave(transcript.hasFailed ? 1 : 0);

async function compare(sandbox: BackupClient, moto: BackupClient): Promise<void> {
  for (const question of questions) {
    const [ours, theirs] = [await answer(sandbox, question), await answer(moto, question)];
    await transcript.step(question.title, () => Promise.resolve(judged(question, ours, theirs)));
  }
}

/** What both answered. Throws when moto says something else than the sandbox, or than it is known to say. */
function judged({ moto }: Question, ours: object, theirs: object): string {
  const expected = moto ?? partOf(ours, theirs);
  const compared = `sandbox ${JSON.stringify(ours)}, moto ${JSON.stringify(theirs)}`;
  if (!isDeepStrictEqual(theirs, expected)) throw new Error(compared);
  if (moto && isDeepStrictEqual(ours, theirs)) throw new Error(`they agree by now: ${compared}`);
  return moto ? `moto differs, as documented: ${compared}` : Object.keys(theirs).join(', ');
}

/** Of a value those members that another one has, too: moto leaves out what it does not know. */
function partOf(value: unknown, other: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(other)) return value.map((each, index) => partOf(each, other[index]));
  if (!isObject(value) || !isObject(other)) return value;
  const shared = Object.entries(value).filter(([member]) => member in other);
  return Object.fromEntries(shared.map(([member, inner]) => [member, partOf(inner, other[member])]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an account answers, without what is its own: instants and request ids. An error counts by its name. */
async function answer(client: BackupClient, { ask }: Question): Promise<object> {
  try {
    return plain(await ask(client));
  } catch (error) {
    if (!(error instanceof Error) || !('$metadata' in error)) throw error;
    return { error: error.name };
  }
}

function plain(answered: object): object {
  const members = Object.entries(answered).filter(
    ([member]) => member !== '$metadata' && member !== 'CreatorRequestId',
  );
  return Object.fromEntries(members.map(([member, value]: [string, unknown]) => [member, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Date) return 'an instant';
  if (Array.isArray(value)) return value.map(plainValue);
  return isObject(value) ? plain(value) : value;
}

function clientOf(endpoint: string): BackupClient {
  return new BackupClient({ region, endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

/** Serves the sandbox on a free port and returns its endpoint. */
async function startSandbox(): Promise<string> {
  const args = [join(projectRoot, 'sandbox', 'serve.ts'), '--port', '0', '--region', region];
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  process.once('exit', () => child.kill());
  const output = collect(child);
  for (;;) {
    const port = /127\.0\.0\.1:(\d+)/.exec(output.text)?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (child.exitCode !== null) throw new Error(`the sandbox ended: ${output.text}`);
    await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  }
}

function leave(status: number): never {
  stopAll();
  rmSync(scratch, { recursive: true, force: true });
  console.log(transcript.summary(0));
  process.exit(status);
}
