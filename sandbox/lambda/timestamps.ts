import { isRecord } from '../input.ts';

function withTimes(value: unknown, write: (instant: number) => unknown): unknown {
  if (Array.isArray(value)) return value.map((member) => withTimes(member, write));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name.endsWith('Timestamp') && typeof member === 'number' ? write(member) : withTimes(member, write),
    ]),
  );
}

/** The same structure with its instants, epoch milliseconds until here, as ISO 8601: so they come with an invocation. */
export function isoTimes(value: unknown): unknown {
  return withTimes(value, (instant) => new Date(instant).toISOString());
}

/** The same structure with its instants as epoch seconds: so they come in an answer of the Lambda API. */
export function epochSeconds(value: unknown): unknown {
  return withTimes(value, (instant) => instant / 1000);
}
