import jest from './jest.config.js';

/** What takes longest: crash sweeps of the deployed app, every alarm, thousands of tables, many histories. */
/** @type {import('jest').Config} */
export default { ...jest, testMatch: ['<rootDir>/test/**/*.long.test.ts'], testPathIgnorePatterns: [] };
