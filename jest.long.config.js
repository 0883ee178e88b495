import { join } from 'node:path';
import process from 'node:process';
import jest from './jest.config.js';

// Dozens of them bundle the same functions.
process.env.DYNAMODB_BACKUPS_BUNDLE_CACHE ??= join(import.meta.dirname, '.cache/bundles');

/** The lives that take too long for every change: crash sweeps, every alarm, thousands of tables, a quarter of a year. */
/** @type {import('jest').Config} */
export default { ...jest, testMatch: ['<rootDir>/test/**/*.long.test.ts'], testPathIgnorePatterns: [] };
