import { expect, test } from '@jest/globals';
import { isDrift } from '../../lambda/domain/point-in-time-recovery.ts';

test.each([
  ['off', 'off', true],
  ['of another window', { days: 7 }, true],
  ['as promised', { days: 35 }, false],
] as const)('point-in-time recovery that is %s drifts from a promise of 35 days: %#', (_, found, drifts) => {
  expect(isDrift({ days: 35, correct: true }, found)).toBe(drifts);
});
