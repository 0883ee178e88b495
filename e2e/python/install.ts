import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonEnvironment } from '../places.ts';
import { CommandFailed, run } from '../processes.ts';
import { Skipped } from '../transcript.ts';

export type EmulatorName = 'ministack' | 'moto';

export interface Installed {
  /** The interpreter that has it. */
  readonly python: string;
}

const python = join(pythonEnvironment, 'bin', 'python');

/**
 * Installs the pinned version of an emulator into `.venv`, unless it is there. Asks no package index when it is.
 *
 * @throws Skipped when the package cannot be had, with the reason
 */
export async function install(name: EmulatorName): Promise<Installed> {
  const requirements = join(import.meta.dirname, `${name}.txt`);
  const version = pinnedVersion(name, readFileSync(requirements, 'utf8'));
  try {
    if ((await installedVersion(name)) === version) return { python };
    if (!existsSync(python))
      await run({ file: 'python3', args: ['-m', 'venv', pythonEnvironment], env: environment() });
    await run({ file: python, args: ['-m', 'pip', 'install', ...pipOptions, '-r', requirements], env: environment() });
    return { python };
  } catch (error) {
    throw new Skipped(reason(error));
  }
}

/** One retry: an index that cannot be reached should be found out soon. */
const pipOptions = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '20'];

function pinnedVersion(name: EmulatorName, requirements: string): string {
  const version = new RegExp(`^${name}(?:\\[.*\\])?==(\\S+)$`, 'm').exec(requirements)?.[1];
  if (version === undefined) throw new Error(`e2e/python/${name}.txt must pin ${name}, as in ${name}==1.2.3`);
  return version;
}

async function installedVersion(name: EmulatorName): Promise<string | undefined> {
  if (!existsSync(python)) return undefined;
  const script = `from importlib.metadata import version; print(version('${name}'))`;
  const text = await run({ file: python, args: ['-c', script], env: environment() }).catch(() => undefined);
  return text?.trim();
}

/** pip needs the machine's own settings: which index, which proxy, which certificates. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The line in which pip, or the system, says what is wrong. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof CommandFailed)) return error.message;
  if (/connection broken|ConnectTimeout|ReadTimeout/i.test(error.message)) return 'the package index cannot be reached';
  const lines = error.message.trimEnd().split('\n');
  return lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? error.message;
}
