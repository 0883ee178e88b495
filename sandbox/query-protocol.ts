import type { AwsError } from './aws-error.ts';
import { isRecord } from './input.ts';

/** Reads a request of AWS's Query protocol: `Tags.member.1.Key=team` becomes `{ Tags: [{ Key: 'team' }] }`. Every value is a text. */
export function readQuery(body: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(body)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let place = root;
    for (const name of names) {
      const inner = Object.hasOwn(place, name) ? place[name] : undefined;
      const next: Record<string, unknown> = isRecord(inner) ? inner : {};
      setOwn(place, name, next);
      place = next;
    }
    setOwn(place, last, value);
  }
  return isRecord(root) ? Object.fromEntries(Object.entries(root).map(([name, value]) => [name, gathered(value)])) : {};
}

/** Names come from outside: `__proto__` is a name like any other. */
function setOwn(place: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Turns numbered members into a list, and numbered entries into a record. */
function gathered(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { member, entry } = value;
  if (isRecord(member)) return numbered(member).map(gathered);
  if (isRecord(entry)) return Object.fromEntries(numbered(entry).filter(isRecord).map(entryOf));
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, gathered(inner)]));
}

function numbered(members: Record<string, unknown>): unknown[] {
  return Object.entries(members)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, member]) => member);
}

function entryOf(entry: Record<string, unknown>): [string, unknown] {
  return [String(entry.key ?? entry.Name), gathered(entry.value ?? entry.Value)];
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');
}

/** A value in XML as the Query protocol spells it: lists have members, maps have entries. */
function xml(name: string, value: unknown): string {
  if (value === undefined || value === null) return '';
  return `<${name}>${content(value)}</${name}>`;
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map((member) => xml('member', member)).join('');
  if (value instanceof Map) {
    return [...value].map(([key, inner]) => xml('entry', { key: String(key), value: String(inner) })).join('');
  }
  if (!isRecord(value)) return escaped(String(value));
  return Object.entries(value)
    .map(([name, inner]) => xml(name, inner))
    .join('');
}

/** The answer to an operation. */
export function queryAnswer(operation: string, namespace: string, output: object, requestId: string): string {
  const result = xml(`${operation}Result`, output) + xml('ResponseMetadata', { RequestId: requestId });
  return `<${operation}Response xmlns="${namespace}">${result}</${operation}Response>`;
}

/** The answer to an operation that failed. */
export function queryError(error: AwsError, namespace: string): string {
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const told = xml('Error', { Type: type, Code: error.name, Message: error.message }) + xml('RequestId', 'sandbox');
  return `<ErrorResponse xmlns="${namespace}">${told}</ErrorResponse>`;
}
