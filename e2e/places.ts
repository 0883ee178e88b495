import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout. */
export const projectRoot = resolve(import.meta.dirname, '..');

/** The Python environment of the emulators; it outlives a run, so the next one need not install. */
export const pythonEnvironment = join(projectRoot, '.venv');

/** Where to keep what the emulator wrote in a run that failed. */
export function logFile(): string {
  const cache = join(projectRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  return join(cache, 'e2e-emulator.log');
}

/**
 * A directory of this run only. It is outside the checkout, so that deployed functions find neither its modules nor its
 * `package.json`, which would make them ES modules.
 */
export function scratchDirectory(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'ddb-backups-e2e-'));
}
