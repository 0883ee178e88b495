import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byAge, oldestFirst } from '../../lambda/domain/oldest-first.ts';

const epoch = new Date(0);
const year = 365 * 86_400_000;

/** Few instants and few ARNs, so that many are made at once. */
const made = fc.record({
  arn: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  createdAt: fc
    .oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1.7e12, max: 1.8e12 }), fc.integer({ min: 0, max: 8e15 }))
    .map((at) => new Date(at)),
});

describe('oldest first', () => {
  test('is the order of byAge, whatever the instants', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(made, { selector: ({ arn, createdAt }) => `${arn} ${createdAt.getTime()}` }),
        (items) => {
          expect(oldestFirst(items)).toEqual(items.toSorted(byAge));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([278 * year, 280 * year])('does not mind a span of %d ms', (span) => {
    const early = { arn: 'b', createdAt: epoch };
    const late = { arn: 'a', createdAt: new Date(span) };

    expect(oldestFirst([late, early])).toEqual([early, late]);
  });

  test('puts a hundred thousand of one instant in the order of their ARNs', () => {
    const items = Array.from({ length: 100_000 }, (_, nth) => ({
      arn: String((nth * 7919) % 100_000).padStart(6, '0'),
      createdAt: epoch,
    }));

    const sorted = oldestFirst(items);

    expect(sorted.map(({ arn }) => Number(arn))).toEqual(Array.from({ length: 100_000 }, (_, nth) => nth));
  });

  test('leaves what it was given as it was', () => {
    const items = [2, 1].map((at) => ({ arn: 'x', createdAt: new Date(at) }));

    oldestFirst(items);

    expect(items.map(({ createdAt }) => createdAt.getTime())).toEqual([2, 1]);
    expect(oldestFirst([])).toEqual([]);
  });
});
