import * as z from 'zod';
import { isRegionName } from './arn.ts';

// Every message says what is allowed and begins with `must`; `parsePlan` puts the path before it and the value behind it.

export function text(pattern: RegExp, allowed: string) {
  const error = `must be ${allowed}`;
  return z.string({ error }).regex(pattern, { error });
}

export function whole(min: number, max: number) {
  const error = `must be an integer of at least ${min}`;
  return z
    .int({ error })
    .min(min, { error })
    .max(max, { error: `must be at most ${max}` });
}

export function object<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object' : undefined) });
}

export function list(item: z.ZodString) {
  return distinct(item, { min: 0, max: 1000, error: 'must be an array of at most 1000 texts, each given once' });
}

export function distinct<Item extends z.ZodType<string>>(
  item: Item,
  limits: { min: number; max: number; error: string },
) {
  const { min, max, error } = limits;
  const given = z.array(item, { error }).min(min, { error }).max(max, { error });
  return given.refine((texts) => new Set<string>(texts).size === texts.length, { error });
}

export function regionName() {
  const error = 'must be the name of a Region such as eu-west-1';
  return z.string({ error }).refine(isRegionName, { error });
}

export function choice<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` });
}

export function positive(max: number) {
  const error = 'must be a number above 0';
  return z
    .number({ error })
    .gt(0, { error })
    .max(max, { error: `must be at most ${max}` });
}

export function flag() {
  return z.boolean({ error: 'must be true or false' });
}

export function percent() {
  const error = 'must be a number from 0 to 100';
  return z.number({ error }).min(0, { error }).max(100, { error });
}
