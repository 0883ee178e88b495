import fc from 'fast-check';

/** Mostly the usual value: `weight` times as often as all the unusual ones together. */
export function often<T, U>(usual: T, weight: number, ...unusual: readonly U[]): fc.Arbitrary<T | U> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...unusual) });
}
