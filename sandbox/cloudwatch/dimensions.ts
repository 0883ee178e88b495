import type { Input } from '../input.ts';
import type { Dimensions } from './metrics.ts';

/** The dimensions in a request, by name. */
export function dimensionsOf(input: Input): Dimensions {
  return Object.fromEntries(
    input.structures('Dimensions').map((dimension) => [dimension.text('Name'), dimension.text('Value')]),
  );
}

/** The same text for the same dimensions, in whatever order they were given. */
export function dimensionsKey(dimensions: Dimensions): string {
  return JSON.stringify(Object.entries(dimensions).sort());
}
