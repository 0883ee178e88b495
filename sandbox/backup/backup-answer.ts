import type { FrontResponse } from '../front.ts';

/** What operations return that are answered with an empty body and a status of their own. */
export const noContent = Symbol('no content');
export const created = Symbol('created');

const statuses = new Map<unknown, number>([
  [noContent, 204],
  [created, 201],
]);

/** Puts an output on the wire: as JSON, or with an empty body when there is none. */
export function backupAnswer(output: unknown): FrontResponse {
  const status = statuses.get(output);
  const body = output === undefined || status !== undefined ? '' : JSON.stringify(output);
  return { status: status ?? 200, headers: {}, body };
}
