import { join } from 'node:path';
import process from 'node:process';
import jest from './jest.config.js';

// Dozens of them bundle the same functions.
process.env.DYNAMODB_BACKUPS_BUNDLE_CACHE ??= join(import.meta.dirname, '.cache/bundles');

/** The tests that let a deployed app live for hours and days of virtual time, which take minutes. */
/** @type {import('jest').Config} */
export default { ...jest, testMatch: ['<rootDir>/test/**/*.life.test.ts'], testPathIgnorePatterns: [] };
