/** A stream of numbers in [0, 1). The same seed and name always give the same stream. */
export type Random = () => number;

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** A stream of its own for each name, so that one part's draws never shift another's. Algorithm: mulberry32. */
export function randomStream(seed: number | string, name: string): Random {
  let state = hash(`${seed}/${name}`);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

export function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

const hexDigits = '0123456789abcdef';

export function randomHex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += hexDigits.charAt(Math.floor(random() * 16));
  return text;
}

/** A version 4 UUID drawn from `random`. */
export function randomUuid(random: Random): `${string}-${string}-${string}-${string}-${string}` {
  const hex = randomHex(random, 32);
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
