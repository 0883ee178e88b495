/** One field of a cron expression: what its values are called and how far they reach. */
export interface FieldGrammar {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values from `min` up, upper case; read in any case. */
  readonly names: readonly string[];
  /** What may be written, for people. */
  readonly allowed: string;
  /** Whether `/` may be written; EventBridge knows no steps of days of the week. */
  readonly steps: boolean;
}

export const minuteField = numbers('minute', 0, 59);
export const hourField = numbers('hour', 0, 23);
export const dayOfMonthField = numbers('day of month', 1, 31);
export const yearField = numbers('year', 1970, 2199);
export const monthField: FieldGrammar = {
  ...numbers('month', 1, 12),
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  allowed: '1 to 12 or JAN to DEC, with the wildcards , - * /',
};
export const dayOfWeekField: FieldGrammar = {
  name: 'day of week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
  allowed: '1 to 7 or SUN to SAT, with the wildcards , - *',
  steps: false,
};

function numbers(name: string, min: number, max: number): FieldGrammar {
  return { name, min, max, names: [], allowed: `${min} to ${max}, with the wildcards , - * /`, steps: true };
}

/** An expression outside the grammar; its message says what was found and what is allowed. */
export class ScheduleSyntaxError extends Error {
  override readonly name = 'ScheduleSyntaxError';
}

/**
 * Reads a field that lists its values: an asterisk, or values, ranges `a-b` and steps (of a value, a range or the asterisk) joined by
 * commas. Answers the values in order, each once. Throws a ScheduleSyntaxError for anything else.
 */
export function parseField(text: string, field: FieldGrammar): number[] {
  if (text === '*') return range(field.min, field.max);
  const values = text.split(',').flatMap((item) => parseItem(item, field));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Reads one value of a field, a number or a name. */
export function parseValue(text: string, field: FieldGrammar): number {
  const named = field.names.indexOf(text.toUpperCase());
  if (named >= 0) return field.min + named;
  const value = /^(\d{1,2}|\d{4})$/.test(text) ? Number(text) : NaN;
  if (value >= field.min && value <= field.max) return value;
  throw outside(field, text);
}

function parseItem(item: string, field: FieldGrammar): number[] {
  const slash = item.indexOf('/');
  if (slash < 0) return parseRange(item, field);
  if (!field.steps) throw outside(field, item);
  const step = parseStep(item.slice(slash + 1), field);
  return parseStart(item.slice(0, slash), field).filter((_, i) => i % step === 0);
}

/** What a step counts through: all, a range, or from a value to the end. */
function parseStart(text: string, field: FieldGrammar): number[] {
  if (text === '*') return range(field.min, field.max);
  return text.includes('-') ? parseRange(text, field) : range(parseValue(text, field), field.max);
}

function parseRange(text: string, field: FieldGrammar): number[] {
  const dash = text.indexOf('-');
  if (dash < 0) return [parseValue(text, field)];
  const [first, last] = [parseValue(text.slice(0, dash), field), parseValue(text.slice(dash + 1), field)];
  if (first <= last) return range(first, last);
  throw new ScheduleSyntaxError(
    `${field.name} range must not run backwards, got ${quoted(text)}: write it as two ranges`,
  );
}

function parseStep(text: string, field: FieldGrammar): number {
  const step = /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (step >= 1 && step <= field.max) return step;
  throw new ScheduleSyntaxError(`${field.name} step must be an integer from 1 to ${field.max}, got ${quoted(text)}`);
}

function outside(field: FieldGrammar, text: string): ScheduleSyntaxError {
  return new ScheduleSyntaxError(`${field.name} must be ${field.allowed}, got ${quoted(text)}`);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
