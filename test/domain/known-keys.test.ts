import { describe, expect, test } from '@jest/globals';
import { describeUnknownKey, knownKeys } from '../../lambda/domain/known-keys.ts';
import { planSchema } from '../../lambda/domain/plan.ts';

describe('the keys a plan knows', () => {
  test.each([
    [['keep'], ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within']],
    [
      ['prune', 'deletionCap'],
      ['perTableCount', 'perTablePercent', 'perRun'],
    ],
    [['objectives'], ['recoveryPoint', 'recoveryTime']],
    [['name'], []],
    [['nowhere', 'to', 'be', 'found'], []],
    [['tables', 'named', 0], []],
    [
      ['drill', 'validate', 'checks', 3],
      ['table', 'key', 'expect'],
    ],
    [['drill', 'validate', 'checks'], []],
  ])('at %j are %j', (path, expected) => {
    expect(knownKeys(planSchema, path)).toEqual(expected);
  });
});

describe('an unknown key', () => {
  test.each([
    ['dayly', 'unknown key, did you mean daily?'],
    ['DAILY', 'unknown key, did you mean daily?'],
    ['weekley', 'unknown key, did you mean weekly?'],
    ['x', 'unknown key, allowed are daily, weekly'],
    ['daily'.repeat(9), 'unknown key, allowed are daily, weekly'],
  ])('%s: %s', (key, expected) => {
    expect(describeUnknownKey(key, ['daily', 'weekly'])).toBe(expected);
  });
});
