import { mkdirSync, mkdtempSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout. */
export const projectRoot = resolve(import.meta.dirname, '..');

/** The Python environment of the emulators; it outlives a run, so the next one need not install. */
export const pythonEnvironment = join(projectRoot, '.venv');

const cache = join(projectRoot, '.cache');

/** What the emulator wrote in the last run that failed. */
export const logFile = join(cache, 'e2e-emulator.log');

/** A directory of this run only, inside the checkout and ignored by git. */
export function scratchDirectory(): string {
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'e2e-'));
}
