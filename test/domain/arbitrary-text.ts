import fc from 'fast-check';

/** Random strings over a small alphabet. */
export function textOf(alphabet: string, given: { minLength?: number; maxLength: number }): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), ...given });
}
