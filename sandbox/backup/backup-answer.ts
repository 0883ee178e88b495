import type { FrontResponse } from '../front.ts';

/** What an operation returns that is answered with status 204. */
export const noContent = Symbol('no content');

/** Puts an output on the wire: as JSON, or with an empty body when there is none. */
export function backupAnswer(output: unknown): FrontResponse {
  const body = output === undefined || output === noContent ? '' : JSON.stringify(output);
  return { status: output === noContent ? 204 : 200, headers: {}, body };
}
