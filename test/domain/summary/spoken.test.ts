import { expect, test } from '@jest/globals';
import { spokenBytes, spokenDuration, spokenInstant } from '../../../lambda/domain/summary/spoken.ts';

test.each([
  [0, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min'],
  [90, '1 min 30 s'],
  [3_600, '1 h'],
  [3_725, '1 h 2 min'],
  [86_400, '1 d'],
  [100_000, '1 d 3 h'],
])('%d seconds are said as %s', (seconds, said) => {
  expect(spokenDuration(seconds)).toBe(said);
});

test.each([
  [0, '0 B'],
  [0.4, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [12_345_678_901, '12.3 GB'],
  [999_000_000_000, '999 GB'],
  [3e18, '3000 PB'],
  [1e15, '1.0 PB'],
])('%d bytes are said as %s', (bytes, said) => {
  expect(spokenBytes(bytes)).toBe(said);
});

test('an instant is said in UTC, with its weekday', () => {
  expect(spokenInstant(new Date('2026-11-23T07:05:09Z'))).toBe('Mon 23 Nov 2026, 07:05 UTC');
});
