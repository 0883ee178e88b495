import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleName } from '../../lambda/domain/glob-overlap.ts';
import { matchesGlob } from '../../lambda/domain/glob.ts';
import { textOf } from './arbitrary-text.ts';

const glob = textOf('ab*?', { minLength: 1, maxLength: 4 });
/** All names of three to six letters that can make a difference to globs over a and b. */
const shortNames = [3, 4, 5, 6].flatMap((length) =>
  Array.from({ length: 3 ** length }, (_, i) =>
    i.toString(3).padStart(length, '0').replaceAll('0', 'a').replaceAll('1', 'b').replaceAll('2', 'x'),
  ),
);

describe('an example of what globs have in common', () => {
  test('is a name that all of some match and none of others', () => {
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1, maxLength: 3 }), fc.array(glob, { maxLength: 2 }), (allOf, noneOf) => {
        const example = exampleName({ allOf, noneOf });

        const fits = (name: string) =>
          allOf.every((g) => matchesGlob(g, name)) && !noneOf.some((g) => matchesGlob(g, name));
        if (example === undefined) expect(shortNames.filter(fits)).toEqual([]);
        else expect([example, example.length >= 3 && fits(example)]).toEqual([example, true]);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [['prod-*', '*-orders'], [], 'prod-orders'],
    [['*'], ['prod-*'], 'xxx'],
    [['ab'], [], undefined],
    [['a*'], ['*'], undefined],
    [['x?z', 'x*'], ['xy*', 'xaz'], 'xbz'],
  ])('of %j without %j is %p', (allOf, noneOf, expected) => {
    expect(exampleName({ allOf, noneOf })).toBe(expected);
  });

  test('is given up in time where looking on would take for ever', () => {
    const spread = (letter: string) => `*${letter}${'?'.repeat(60)}*`;
    const startedAt = performance.now();

    expect(
      exampleName({ allOf: ['abc'.split('').map(spread).join(''), spread('d')], noneOf: [spread('a')] }),
    ).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  test('is found for globs that spell every letter there is', () => {
    expect(exampleName({ allOf: ['abcdefghijklmnopqrstuvwxyz0123456789*'], noneOf: [] })).toBe(
      'abcdefghijklmnopqrstuvwxyz0123456789',
    );
  });
});
