import { describe, expect, test } from '@jest/globals';
import { nextTryAt } from '../../lambda/domain/copy-retries.ts';

const failedAt = new Date('2026-11-20T03:00:00Z');
const minutesUntil = (attempt: number, isSourceGone = false) => {
  const at = nextTryAt({ attempt, failedAt, isSourceGone });
  return at && (at.getTime() - failedAt.getTime()) / 60_000;
};

describe('a copy that failed', () => {
  test('is tried again 10, 30 and 90 minutes later, and given up with its fourth try', () => {
    expect([1, 2, 3, 4].map((attempt) => minutesUntil(attempt))).toEqual([10, 30, 90, undefined]);
    expect(minutesUntil(5)).toBeUndefined();
  });

  test('is given up at once when its source is gone', () => {
    expect([1, 2, 3].map((attempt) => minutesUntil(attempt, true))).toEqual([undefined, undefined, undefined]);
  });
});
