/** Ends an invocation whose run did not do all it should, so that Lambda's `Errors`, its retries and the failure queue see it. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
}
