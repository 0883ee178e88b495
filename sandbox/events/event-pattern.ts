import { isRecord } from '../input.ts';

type Test = (rule: unknown, value: unknown) => boolean;

const numericComparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function isNumeric(rule: unknown, value: unknown): boolean {
  const parts: unknown[] = Array.isArray(rule) ? rule : [];
  if (typeof value !== 'number' || parts.length === 0) return false;
  for (let index = 0; index < parts.length; index += 2) {
    const compare = numericComparisons[String(parts[index])];
    const limit = parts[index + 1];
    if (!compare || typeof limit !== 'number' || !compare(value, limit)) return false;
  }
  return true;
}

/** Comparisons beyond equality. Source: EventBridge user guide, eb-create-pattern-operators. */
const tests: Readonly<Record<string, Test>> = {
  prefix: (rule, value) => typeof value === 'string' && value.startsWith(String(rule)),
  suffix: (rule, value) => typeof value === 'string' && value.endsWith(String(rule)),
  'equals-ignore-case': (rule, value) =>
    typeof value === 'string' && value.toLowerCase() === String(rule).toLowerCase(),
  'anything-but': (rule, value) =>
    isRecord(rule) ? !matchesOne(rule, value) : value !== undefined && ![rule].flat().includes(value),
  numeric: isNumeric,
  exists: (rule, value) => (value !== undefined) === rule,
};

function matchesOne(rule: unknown, value: unknown): boolean {
  if (!isRecord(rule)) return rule === value;
  return Object.entries(rule).every(([name, argument]) => tests[name]?.(argument, value) ?? false);
}

/** Whether an event has everything that a pattern names. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  if (!isRecord(pattern)) return false;
  return Object.entries(pattern).every(([name, wanted]) => {
    const value = isRecord(event) && Object.hasOwn(event, name) ? event[name] : undefined;
    if (!Array.isArray(wanted)) return matchesPattern(wanted, value);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return wanted.some((rule) => values.some((each) => matchesOne(rule, each)));
  });
}

/** Throws when a pattern uses what the sandbox cannot match, so that no rule is silently without effect. */
export function checkPattern(pattern: unknown): void {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`an event pattern must be an object with members, got ${JSON.stringify(pattern)}`);
  for (const [name, wanted] of Object.entries(pattern)) {
    if (!Array.isArray(wanted)) checkPattern(wanted);
    else for (const rule of wanted.filter(isRecord)) checkTest(name, rule);
  }
}

function checkTest(name: string, rule: Record<string, unknown>): void {
  const unknown = Object.keys(rule).find((test) => !Object.hasOwn(tests, test));
  if (unknown !== undefined)
    throw new Error(`the sandbox cannot match ${name} by ${unknown}: it knows ${Object.keys(tests).join(', ')}`);
}
