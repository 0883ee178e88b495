import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchesGlob } from '../../lambda/domain/glob.ts';
import { textOf } from './arbitrary-text.ts';

/** Written from the definition, letter by letter; exponential, so for short globs only. */
function matchesByDefinition(glob: string, name: string): boolean {
  if (glob === '') return name === '';
  const rest = glob.slice(1);
  if (glob.startsWith('*')) {
    return Array.from({ length: name.length + 1 }, (_, i) => name.slice(i)).some((tail) =>
      matchesByDefinition(rest, tail),
    );
  }
  const first = glob.slice(0, 1);
  return name !== '' && ['?', name.slice(0, 1)].includes(first) && matchesByDefinition(rest, name.slice(1));
}

describe('a glob', () => {
  test.each([
    ['prod-*', 'prod-orders', true],
    ['prod-*', 'prod-', true],
    ['prod-*', 'preprod-orders', false],
    ['*.v?', 'orders.v2', true],
    ['*.v?', 'orders.v12', false],
    ['*.v?', 'orders-v2', false],
    ['orders', 'orders', true],
    ['orders', 'Orders', false],
    ['*', '', true],
    ['?', '', false],
    ['', '', true],
    ['', 'a', false],
  ])('%p on %p is %p', (glob, name, expected) => {
    expect(matchesGlob(glob, name)).toBe(expected);
  });

  test('means what its definition says', () => {
    fc.assert(
      fc.property(textOf('ab*?', { maxLength: 7 }), textOf('ab', { maxLength: 8 }), (glob, name) => {
        expect(matchesGlob(glob, name)).toBe(matchesByDefinition(glob, name));
      }),
      { numRuns: 5000 },
    );
  });

  test('answers at once where backtracking would take for ever', () => {
    const glob = `${'a*'.repeat(127)}b`;
    const name = 'a'.repeat(255);
    const startedAt = performance.now();

    expect(matchesGlob(glob, name)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
