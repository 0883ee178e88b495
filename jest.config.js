/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // These have configurations of their own: `npm run test:lives` and `npm run test:long`.
  testPathIgnorePatterns: ['\\.(?:life|long)\\.test\\.ts$'],
  maxWorkers: '100%',
  testTimeout: 240_000,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  coverageProvider: 'v8',
  collectCoverageFrom: ['lambda/domain/**/*.ts'],
  coverageReporters: ['text'],
  coverageThreshold: { 'lambda/domain/': { lines: 100, branches: 100 } },
};
