import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { invalidParameter } from './backup-errors.ts';

const largestPageSize = 1000;
/** AWS does not say how long a page is that nobody asked for. */
const usualPageSize = 100;

/** The rows of one page, and the token that leads on. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly token: { readonly NextToken?: string };
}

/**
 * The rows behind the token that a call carries, as many as it asked for. `keyOf` orders the rows: a page goes on behind the last row of the
 * one before, whatever came and went meanwhile. Throws when the token is of another operation, or has expired because a fault says so.
 */
export function pageOf<Row>(call: ApiCall, rows: readonly Row[], keyOf: (row: Row) => string): Page<Row> {
  const input = new Input(call.input);
  const size = pageSize(input.optionalText('MaxResults'));
  const after = startOf(call, input.optionalText('NextToken'));
  const keyed = rows.map((row) => ({ row, key: keyOf(row) })).filter(({ key }) => after === undefined || key > after);
  keyed.sort((one, other) => (one.key < other.key ? -1 : 1));
  const page = keyed.slice(0, size);
  const last = page.at(-1)?.key;
  const isLast = last === undefined || keyed.length <= size;
  return { rows: page.map(({ row }) => row), token: isLast ? {} : { NextToken: tokenFor(call.operation, last) } };
}

/** Orders what was made at `instant` among others of its kind: the newest first. */
export function newestFirst(instant: number, id: string): string {
  return `${String(Number.MAX_SAFE_INTEGER - Math.floor(instant)).padStart(16, '0')} ${id}`;
}

/** An instant in a query string, in epoch milliseconds. */
export function instantIn(input: Input, member: string): number | undefined {
  const text = input.optionalText(member);
  if (text === undefined) return undefined;
  const instant = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(instant)) throw invalidParameter(`${member} is not a timestamp: ${text}`);
  return instant;
}

function pageSize(text: string | undefined): number {
  if (text === undefined) return usualPageSize;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= largestPageSize) return size;
  throw invalidParameter(`MaxResults must be from 1 to ${largestPageSize}, got ${text}`);
}

function startOf(call: ApiCall, token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const [operation, key] = Buffer.from(token, 'base64url').toString().split('\n');
  const isExpired = call.effects.some((effect) => effect.kind === 'expired-token');
  if (!isExpired && operation === call.operation && key !== undefined) return key;
  throw invalidParameter(`the NextToken is invalid or has expired: ${token}`);
}

function tokenFor(operation: string, key: string): string {
  return Buffer.from(`${operation}\n${key}`).toString('base64url');
}
