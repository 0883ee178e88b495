import jest from './jest.config.js';

/** The tests that let a deployed app live for hours and days of virtual time, which take minutes. */
/** @type {import('jest').Config} */
export default { ...jest, testMatch: ['<rootDir>/test/**/*.life.test.ts'], testPathIgnorePatterns: [] };
