/** One thing wrong with what somebody wrote: where, what was found and what is allowed; `message` says it in one line. */
export interface Fault {
  /** Dotted, such as `tables.named.0`; empty for the whole. */
  readonly path: string;
  /** What was found, described in at most 80 characters. */
  readonly value: string;
  readonly allowed: string;
  readonly message: string;
}

const mostShown = 50;

/** One line per fault, at most fifty, then how many more there are. */
export function describeFaults(faults: readonly Fault[]): string {
  const lines = faults.slice(0, mostShown).map(({ message }) => message);
  const more = faults.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** A fault whose line reads `keep.last must be an integer of at least 1, got 0`. */
export function mustBe(path: readonly PropertyKey[], allowed: string, found: unknown): Fault {
  return faultAt(path, { value: describeValue(found), allowed }, `${allowed}, got ${describeValue(found)}`);
}

/** A fault with a line of its own; a text that begins with `must` continues the path, any other follows a colon. */
export function faultAt(
  path: readonly PropertyKey[],
  { value, allowed }: Pick<Fault, 'value' | 'allowed'>,
  text: string,
): Fault {
  const where = describePath(path);
  const joint = text.startsWith('must ') ? ' ' : ': ';
  return { path: where, value, allowed, message: `${where === '' ? 'plan' : where}${joint}${text}` };
}

/** Says what a value is without ever repeating a long or deep one. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string')
    return value.length > 60
      ? `${JSON.stringify(value.slice(0, 60))}… (${value.length} characters)`
      : JSON.stringify(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'number' || typeof value === 'boolean' || value === null
    ? String(value)
    : `a ${typeof value}`;
}

function describePath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (/^[\w-]{1,60}$/.test(String(part)) ? `.${String(part)}` : `[${describeValue(String(part))}]`))
    .join('')
    .replace(/^\./, '');
}
