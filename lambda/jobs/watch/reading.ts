/** Something that was read, or could not be. */
export type Reading<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false };

/** What could not be read, and why. */
export interface ReadFailure {
  readonly what: string;
  readonly message: string;
}

/** Reads, and notes what failed instead of giving up: one thing that cannot be read does not silence the others. */
export async function attempt<Value>(
  what: string,
  failures: ReadFailure[],
  read: () => Promise<Value>,
): Promise<Reading<Value>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    failures.push({ what, message: describeError(error) });
    return { ok: false };
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
