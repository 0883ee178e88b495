import { join } from 'node:path';
import process from 'node:process';

// Dozens of tests run the functions as they are deployed, and all have the same bundles.
process.env.DYNAMODB_BACKUPS_BUNDLE_CACHE ??= join(import.meta.dirname, '.cache/bundles');

// Where in our code a construct was made is asked of a stack trace for each of thousands, and told by no test.
process.env.CDK_DISABLE_STACK_TRACE ??= '1';
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });

/** @type {import('jest').Config} */
export default {
  testEnvironment: '<rootDir>/test/runner/plain-environment.cjs',
  // The CDK is loaded once for each worker, not once for each file.
  runtime: '<rootDir>/test/runner/shared-cdk.cjs',
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
