import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  boundsOf,
  boundsOfTiming,
  nextPollMilliseconds,
  type Poll,
  type RestoreTiming,
  withPoll,
} from '../../../lambda/domain/drill/restore-timing.ts';

const acceptedAt = Date.UTC(2026, 10, 20, 5);
const day = 24 * 3_600_000;

/** Polls a restore of a known length; every poll is answered up to 2 seconds after it is due. */
function pollsOf(length: number, lateness: () => number): Poll[] {
  const polls: Poll[] = [];
  for (let at = 0; ;) {
    at += nextPollMilliseconds(at) + lateness();
    polls.push({ at: acceptedAt + at, finished: at >= length });
    if (at >= length) return polls;
  }
}

const lengths = fc.oneof(
  fc.integer({ min: 10_000, max: 2 * day }),
  fc.integer({ min: 10_000, max: 3_600_000 }),
  fc.constantFrom(10_000, 12_000, 12_001, 2 * day),
);
const latenesses = fc.infiniteStream(fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.constant(2_000)));

describe('the time of a restore', () => {
  test('[X19] lies within bounds that are less than 15 seconds or 2 % apart, however late polls are: 10,000 lengths of 10 s to 48 h', () => {
    fc.assert(
      fc.property(lengths, latenesses, (length, stream) => {
        const seconds = length / 1000;

        const { atLeastSeconds, atMostSeconds = Infinity } = boundsOf(
          acceptedAt,
          pollsOf(length, () => Number(stream.next().value)),
        );

        if (seconds < atLeastSeconds || seconds > atMostSeconds) throw new Error(`${seconds} is not within the bounds`);
        const error = atMostSeconds - atLeastSeconds;
        if (error >= Math.max(15, 0.02 * seconds)) throw new Error(`${error} s is too far apart for ${seconds} s`);
      }),
      { numRuns: 10_000 },
    );
  });

  test('[X19] takes at most 1,000 polls in 24 hours and as many in 7 days', () => {
    expect(pollsOf(day, () => 0).length).toBeLessThan(400);
    expect(pollsOf(7 * day, () => 0).length).toBeLessThan(500);
  });

  test.each([0, -5_000, NaN, -Infinity])('[X19] is asked for after 12 seconds when a clock says %p', (elapsed) => {
    expect(nextPollMilliseconds(elapsed)).toBe(12_000);
  });

  test('is asked for in whole seconds, ever more rarely', () => {
    fc.assert(
      fc.property(fc.nat(7 * day), fc.nat(day), (elapsed, more) => {
        expect(nextPollMilliseconds(elapsed) % 1000).toBe(0);
        expect(nextPollMilliseconds(elapsed + more)).toBeGreaterThanOrEqual(nextPollMilliseconds(elapsed));
      }),
    );
  });
});

describe('the bounds', () => {
  const poll = (seconds: number, finished: boolean): Poll => ({ at: acceptedAt + seconds * 1000, finished });

  test('have no upper one before the end was seen', () => {
    expect(boundsOf(acceptedAt, [])).toEqual({ atLeastSeconds: 0 });
    expect(boundsOf(acceptedAt, [poll(12, false), poll(24, false)])).toEqual({ atLeastSeconds: 24 });
  });

  test('begin at the last poll that found it unfinished, and end at the first that found it finished', () => {
    const polls = [poll(12, false), poll(24, true), poll(36, true)];

    expect(boundsOf(acceptedAt, polls)).toEqual({ atLeastSeconds: 12, atMostSeconds: 24 });
    expect(boundsOf(acceptedAt, [poll(12, true)])).toEqual({ atLeastSeconds: 0, atMostSeconds: 12 });
  });

  test('forget an end that a later poll takes back', () => {
    const polls = [poll(12, true), poll(24, false), poll(36, true)];

    expect(boundsOf(acceptedAt, polls)).toEqual({ atLeastSeconds: 24, atMostSeconds: 36 });
  });

  test('survive a clock that goes back', () => {
    expect(boundsOf(acceptedAt, [poll(-9, false)])).toEqual({ atLeastSeconds: 0 });
    expect(boundsOf(acceptedAt, [poll(60, false), poll(50, false), poll(40, true)])).toEqual({
      atLeastSeconds: 60,
      atMostSeconds: 60,
    });
  });

  test('are the same when they travel as JSON between polls', () => {
    const anyPoll = fc.record({ at: fc.integer({ min: acceptedAt, max: acceptedAt + day }), finished: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyPoll), (polls) => {
        const timing = polls.reduce<RestoreTiming>(
          (seen, each) => JSON.parse(JSON.stringify(withPoll(seen, each))) as RestoreTiming,
          { acceptedAt },
        );

        expect(boundsOfTiming(timing)).toEqual(boundsOf(acceptedAt, polls));
      }),
    );
  });
});
