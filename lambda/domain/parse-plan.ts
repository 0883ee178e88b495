import type * as z from 'zod';
import type { Fault } from './faults.ts';
import { describeValue, faultAt, mustBe } from './faults.ts';
import { describeUnknownKey, knownKeys } from './known-keys.ts';
import type { Plan } from './plan.ts';
import { planSchema } from './plan.ts';

export type ParsedPlan =
  { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly faults: readonly Fault[] };

const longestText = 1_000_000;
const mostValues = 10_000;
/** The values that drills check for may have 32 levels, as in DynamoDB, and each takes two here. */
const deepest = 80;

/**
 * Reads a plan and fills in its defaults, or names everything wrong with it at once. Takes anything that JSON can hold and does not
 * throw, whatever it is; what it says stays short however much it was given.
 */
export function parsePlan(json: unknown): ParsedPlan {
  const hostile = whyHostile(json);
  if (hostile) return { ok: false, faults: [hostile] };
  const parsed = planSchema.safeParse(json);
  if (parsed.success) return { ok: true, plan: parsed.data };
  return { ok: false, faults: parsed.error.issues.flatMap((issue) => faultsOf(issue, json)) };
}

/** Reads a plan from the text of a JSON file; a byte order mark before it is ignored. */
export function parsePlanJson(text: string): ParsedPlan {
  const allowed = `must be JSON of at most ${longestText} characters`;
  if (text.length > longestText) return { ok: false, faults: [mustBe([], allowed, text)] };
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const fault = faultAt([], { value: describeValue(text), allowed }, `${allowed}: ${String(error).slice(0, 200)}`);
    return { ok: false, faults: [fault] };
  }
  return parsePlan(json);
}

function faultsOf(issue: z.core.$ZodIssue, json: unknown): Fault[] {
  const found = valueAt(json, issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(planSchema, issue.path);
    const allowed = known.join(', ');
    return issue.keys.map((key) =>
      faultAt(
        [...issue.path, key],
        { value: describeValue(valueAt(found, [key])), allowed },
        describeUnknownKey(key, known),
      ),
    );
  }
  const isComplete = issue.code === 'custom' && issue.params?.complete === true;
  return isComplete
    ? [faultAt(issue.path, { value: describeValue(found), allowed: issue.message }, issue.message)]
    : [mustBe(issue.path, issue.message, found)];
}

/** What stands at a path, looking at own properties only. */
function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    json,
  );
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

/**
 * Refuses what the schema should never see: more values than any plan has, deeper ones (or a ring of them), and keys named
 * `__proto__`, which would vanish instead of being refused.
 */
function whyHostile(json: unknown): Fault | undefined {
  const queue: { value: unknown; path: string[] }[] = [{ value: json, path: [] }];
  for (const { value, path } of queue) {
    if (!isObject(value)) continue;
    const keys = Object.keys(value);
    if (keys.includes('__proto__')) return mustBe([...path, '__proto__'], 'must not be a key', value);
    if (path.length >= deepest) return mustBe(path, `must not be nested more than ${deepest} deep`, value);
    if (queue.length + keys.length > mostValues) return mustBe([], `must hold at most ${mostValues} values`, json);
    queue.push(...keys.map((key) => ({ value: value[key], path: [...path, key] })));
  }
  return undefined;
}
