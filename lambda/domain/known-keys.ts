import { distance } from 'fastest-levenshtein';
import * as z from 'zod';

/** The keys a schema knows at a path; none where it holds no object. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const object = unwrapped(schema);
  if (object instanceof z.ZodArray && path.length > 0) return knownKeys(object.element, path.slice(1));
  if (!(object instanceof z.ZodObject)) return [];
  const shape: Record<string, z.core.$ZodType> = object.shape;
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(shape);
  const inner = shape[String(first)];
  return inner ? knownKeys(inner, rest) : [];
}

/** Says that a key is unknown and, when one is near, which was probably meant. */
export function describeUnknownKey(key: string, known: readonly string[]): string {
  const nearest = key.length <= 40 ? nearestOf(key, known) : undefined;
  return nearest === undefined
    ? `unknown key, allowed are ${known.join(', ')}`
    : `unknown key, did you mean ${nearest}?`;
}

/** The known word that takes the fewest edits, none when more than half of the letters would have to change. */
function nearestOf(key: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((word) => ({ word, edits: distance(key.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= Math.max(word.length, key.length) / 2)
    .sort((a, b) => a.edits - b.edits);
  return nearest?.word;
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault;
  return wrapped ? unwrapped(schema.unwrap()) : schema;
}
