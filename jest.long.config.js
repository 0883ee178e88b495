import jest from './jest.config.js';

/** The lives that take too long for every change: crash sweeps, every alarm, thousands of tables, a quarter of a year. */
/** @type {import('jest').Config} */
export default { ...jest, testMatch: ['<rootDir>/test/**/*.long.test.ts'], testPathIgnorePatterns: [] };
